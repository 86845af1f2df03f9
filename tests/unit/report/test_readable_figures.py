"""What readers of figures stumbled over stays mended: limits, bands, marks of poorly known cells, empty cells."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.figure import Figure

import synthetic_histories as made
from exobase.io.results import Result, read_result
from exobase.report import draw
from exobase.report.style import height_of


def changed(result: Result, data: dict[str, np.ndarray] | None = None, **case: Any) -> Result:
    """A result with other arrays, and other entries of its case."""
    attrs = {**result.attrs, "case_json": json.dumps({**result.case, **case})}
    return dataclasses.replace(result, data={**result.data, **(data or {})}, attrs=attrs)


def drawn(result: Result, name: str) -> Figure:
    figure = draw(result, name)
    assert figure is not None
    return figure


def hatched(axes: Axes) -> list[PolyCollection]:
    return [
        c for c in axes.collections if isinstance(c, PolyCollection) and c.get_hatch() and c.get_array() is not None
    ]


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("readable")
    return read_result(made.write_histories(folder / "result.h5", mapped=True, splitting=True))


def test_thousands_of_noisy_records_become_blocks_with_a_band(exosphere: Path) -> None:
    result, number = read_result(exosphere), 5000
    rng = np.random.default_rng(5)
    history = {name: array for name, array in result.data.items() if name.startswith("history/")}
    old = len(history["history/step"])
    longer = {
        name: rng.normal(1.0, 3.0, (number, *array.shape[1:])) * float(np.mean(array))
        for name, array in history.items()
        if array.dtype.kind == "f" and len(array) == old
    }
    longer["history/step"] = np.arange(1, number + 1) * 10
    figure = drawn(changed(result, longer), "history")
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    assert max(len(line.get_xdata()) for line in lines) <= 120
    flow = next(axes for axes in figure.axes if axes.get_ylabel().startswith("Net flow"))
    assert max(len(line.get_xdata()) for line in flow.get_lines()) <= 24
    assert len(flow.collections) == 3


@pytest.mark.parametrize("factor", [1.0, 300.0])
def test_bars_of_the_flow_stay_within_the_panel(exosphere: Path, factor: float) -> None:
    result = read_result(exosphere)
    errors = {"profile/particle_flux_stderr": factor * result["profile/particle_flux_stderr"]}
    axes = drawn(changed(result, errors), "flux").axes[0]
    low, high = axes.get_xlim()
    bars = [path.vertices for bar in axes.containers for lines in bar[2] for path in lines.get_paths()]
    assert len(bars) <= 30
    assert all(np.ptp(v[:, 0]) <= high - low for v in bars)


def test_cells_from_which_nothing_escaped_are_not_coloured_as_the_smallest_value(mapped: Result) -> None:
    figure = drawn(mapped, "escape_probability")
    axes = figure.axes[0]
    p = mapped["births/escape_probability"][0]
    assert np.any(p == 0.0)
    mesh = next(c for c in axes.collections if isinstance(c, QuadMesh))
    shown = np.ma.getmaskarray(np.ma.asarray(mesh.get_array())).reshape(p.shape)
    assert np.all(shown[~(p > 0.0)])
    white = hatched(axes)
    assert len(white) == 1
    assert int(np.sum(p == 0.0)) == white[0].get_array().compressed().size
    labels = [text.get_text() for a in figure.axes if a.get_legend() for text in a.get_legend().get_texts()]
    assert {"map: born, none escaped", "map: none born"} <= set(labels)


@pytest.mark.parametrize(
    ("name", "figure", "cell"),
    [("zenith_density", "zenith_map", (3, -1)), ("density", "sphere_map", (slice(None), 2, 3))],
)
def test_a_hot_cell_that_rests_on_few_particles_is_hatched_and_does_not_set_the_colours(
    mapped: Result, name: str, figure: str, cell: tuple[Any, ...]
) -> None:
    values = mapped[f"map/{name}"].copy()
    error, top = 0.05 * values, float(values[0].max())
    values[0][cell], error[0][cell] = 1e3 * top, 0.9e3 * top
    result = changed(mapped, {f"map/{name}": values, f"map/{name}_stderr": error})
    axes = drawn(result, figure).axes[0]
    marks, mesh = hatched(axes), next(c for c in axes.collections if isinstance(c, QuadMesh))
    assert [mark.get_array().compressed().size for mark in marks] == [1]
    assert mesh.norm.vmax <= 1.001e-6 * top


def test_the_vertical_axis_ends_at_the_highest_cell_with_particles(exosphere: Path) -> None:
    result = read_result(exosphere)
    n = result["profile/density"].copy()
    n[:, 40:] = 0.0
    short = changed(result, {"profile/density": n})
    edge = float(height_of(result).convert(result["grid/edges"][40]))
    for axes in drawn(short, "density").axes:
        assert axes.get_ylim()[1] == pytest.approx(edge)


def test_energies_end_where_nothing_was_counted_above(mapped: Result) -> None:
    spectrum, edges = mapped["escape/spectrum"].copy(), mapped["energy/edges"] / made.EV
    spectrum[..., 10:] = 0.0
    axes = drawn(changed(mapped, {"escape/spectrum": spectrum}), "escape").axes[1]
    assert axes.get_xlim()[1] == pytest.approx(1.05 * edges[10])


def test_births_and_heating_are_shown_up_to_the_highest_of_them(mapped: Result) -> None:
    axes = drawn(mapped, "heating").axes[0]
    seen = (mapped["births/rate"].sum(axis=2) > 0.0).any(axis=0)
    born, heated = mapped["births/edges"][1:][seen], mapped["grid/edges"][1:][mapped["profile/heating"] > 0.0]
    top = float(height_of(mapped).convert(max(born.max(), heated.max())))
    assert axes.get_ylim()[1] == pytest.approx(top)


def test_axes_show_altitudes_where_the_case_gives_them(exosphere: Path) -> None:
    result = read_result(exosphere)
    surface = changed(result, body_name="", body_radius=float(result["grid/edges"][0]))
    assert "R_0" in height_of(surface).label
    spelled = dataclasses.replace(surface, attrs={**surface.attrs, "case_toml": 'outer_altitude = "60000 km"'})
    assert height_of(spelled).label == "Altitude (km)"
    assert drawn(spelled, "density").axes[0].get_ylabel() == "Altitude (km)"
    named = changed(result, body_radius=float(result["grid/edges"][0]))
    assert height_of(named).label == "Altitude (km)"


def test_temperatures_above_the_reservoir_are_ringed_unless_something_heats(mixture: Path) -> None:
    result = read_result(mixture)
    t, error = result["profile/T"].copy(), np.full_like(result["profile/T"], 1.0)
    t[0, 5:8] = 290.0
    data = {"profile/T": t, "profile/T_stderr": error}
    rings = [_rings(drawn(changed(result, data, **case), "temperature")) for case in ({}, {"sources": ["hot"]})]
    assert rings == [[290.0] * 3, []]
    axes = drawn(changed(result, data), "temperature").axes[0]
    labels = axes.get_legend_handles_labels()[1]
    assert "reservoir 270 K" in labels
    assert "$T$ over 270 K by more than 3 errors" in labels


def _rings(figure: Figure) -> list[float]:
    lines = [line for axes in figure.axes for line in axes.get_lines() if str(line.get_label()).startswith("$T$ over")]
    return [float(x) for line in lines for x in line.get_xdata()]


def test_powers_of_ten_stand_in_the_title_and_not_over_it(exosphere: Path) -> None:
    result = read_result(exosphere)
    small = changed(result, {"quality/clone_fraction": np.full_like(result["quality/clone_fraction"], 4e-5)})
    figure = drawn(small, "quality")
    figure.draw_without_rendering()
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert "Clones / particles and step, 10$^{-5}$" in titles
    assert not any(axes.yaxis.get_offset_text().get_text() for axes in figure.axes)
