"""The figure of a sweep and its lines of theory."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.analytic.knudsen_layer import flux_ratio, temperature_ratio
from exobase.io.sweeps import Column, SweepTable, write_sweep
from exobase.report.sweep import draw_sweep, plot_sweep, series
from exobase.report.transition import isentropic, jeans, parker_wind, published, sonic_layer

CASE = json.dumps({"species": [{"species": {"zeta_rot": 0.0}}]})


def table(**figure: Any) -> SweepTable:
    """Three values of lambda0 at two Knudsen numbers."""
    lambda0, kn0 = [6.0, 1.0, 10.0, 6.0, 1.0, 10.0], [0.1] * 3 + [0.01] * 3
    flux = [0.02, 0.8, math.nan, 0.015, 0.7, 0.001]
    columns = [
        Column("body.jeans_parameter", "1", "", lambda0),
        Column("species.0.knudsen_number", "1", "", kn0),
        Column("knudsen_number_radius", "1", "", kn0),
        Column("flux_over_evaporation", "1", "", flux),
        Column("flux_over_evaporation_stderr", "1", "", [0.1 * f for f in flux]),
        Column("flux_over_jeans", "1", "", [math.nan] * 6),
    ]
    attrs = {
        "keys": ["body.jeans_parameter", "species.0.knudsen_number"],
        "figure": json.dumps(figure),
        "labels": "{}",
        "table_columns": [c.name for c in columns],
    }
    return SweepTable({c.name: c for c in columns}, {}, attrs, [CASE] * 6)


def test_rows_that_share_the_other_keys_make_a_series_in_the_order_of_x() -> None:
    found = series(table(), "body.jeans_parameter")
    assert [(s.label, s.rows) for s in found] == [("$l/R_0$ = 0.1", [1, 0, 2]), ("$l/R_0$ = 0.01", [4, 3, 5])]


def test_only_panels_with_numbers_are_drawn_and_missing_points_left_out() -> None:
    figure = draw_sweep(table())
    assert figure is not None
    (axes,) = figure.axes
    assert axes.get_xlabel() == r"Jeans parameter $\lambda_0$"
    assert axes.get_yscale() == "log"
    bars = [container[0].get_xdata().tolist() for container in axes.containers]
    assert bars == [[1.0, 6.0], [1.0, 6.0, 10.0]]


def test_a_sweep_without_numbers_has_no_figure(tmp_path: Path) -> None:
    empty = table(quantities=["flux_over_jeans"])
    assert draw_sweep(empty) is None
    write_sweep(tmp_path / "sweep.h5", empty)
    assert plot_sweep(tmp_path / "sweep.h5") == []


def test_the_figure_is_made_again_from_the_file_alone(tmp_path: Path) -> None:
    write_sweep(tmp_path / "sweep.h5", table())
    (path,) = plot_sweep(tmp_path / "sweep.h5")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_lines_of_theory_are_drawn_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.report.sweep.conduction", lambda quantity, x, kn0, gamma: 0.0 * x + kn0)
    plain = draw_sweep(table())
    asked = draw_sweep(table(theory="transition"))
    assert plain is not None
    assert asked is not None
    labels = asked.axes[0].get_legend_handles_labels()[1]
    assert {"Jeans from $R_0$", "Parker, isothermal", "Knudsen layer", "fluid with conduction"} <= set(labels)
    assert "Jeans from $R_0$" not in plain.axes[0].get_legend_handles_labels()[1]


def test_lines_take_the_values_of_their_theory() -> None:
    """Jeans (1 + l) exp(-l); sonic Knudsen layer 0.8157 and 0.788 of evaporation (Anisimov, Knight); Parker far below
    its sonic point sqrt(2 pi) y0^-2 exp(3/2 - 2/y0), y0 = 2/lambda0, but for the Mach number there, below 1e-5."""
    assert jeans(np.array([0.0, 6.0]), 5 / 3) == pytest.approx([1.0, 7.0 * math.exp(-6.0)])
    assert sonic_layer(np.array([0.0, 2.2, 2.3]), 5 / 3) == pytest.approx(
        [0.8157, 0.8157, math.nan], abs=1e-4, nan_ok=True
    )
    assert float(sonic_layer(np.array([1.0]), 1.4)[0]) == pytest.approx(0.788, abs=1e-3)
    deep = parker_wind(np.array([1.9, 20.0]), 5 / 3)
    assert math.isnan(deep[0])
    assert deep[1] == pytest.approx(math.sqrt(2.0 * math.pi) * 100.0 * math.exp(1.5 - 20.0), rel=1e-4, abs=0.0)
    assert published(np.array([5.0, 6.0, 15.0]), 5 / 3) == pytest.approx([math.nan, 1.7, 1.4], nan_ok=True)


def test_the_isentropic_line_joins_the_sonic_layer_and_ends_where_the_gas_is_bound() -> None:
    """gamma 7/5: from lambda0 = 2 gamma T1/T0 with the flux of the sonic layer to gamma/(gamma - 1) = 3.5 with none."""
    start = 2.8 * float(temperature_ratio(1.0, 1.4))
    line = isentropic(np.array([start - 1e-3, start + 1e-6, 3.0, 3.4999, 3.6]), 1.4)
    assert np.isnan(line[[0, 4]]).all()
    assert line[1] == pytest.approx(float(flux_ratio(1.0, 1.4)), rel=1e-3)
    assert line[1] > line[2] > line[3] > 0.0
    assert line[3] < 1e-2
    assert np.isnan(isentropic(np.array([2.0, 3.0]), 5 / 3)).all()
