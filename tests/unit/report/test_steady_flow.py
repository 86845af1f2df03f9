"""Lines of steady flows in figures: they are drawn where the case sets the flow up, and hold its values.

Lag of rotation to first order, with Kn_T = l |dT/dr|/T: (T_rot - T_tr)/T = Z Kn_T u/vbar.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from exobase.constants import K_B
from exobase.errors import InputError
from exobase.io.results import Result, read_result
from exobase.judge import flows
from exobase.judge.references import theory
from exobase.report.figures import draw, figure_names
from exobase.report.steady_flow import LABELS, lag_estimate

Z = 3.0


def with_case(result: Result, **changes: Any) -> Result:
    case = {**result.case, **changes}
    attrs = {
        **result.attrs, "case_json": json.dumps(case), "collisions": case["collisions"], "geometry": case["geometry"]
    }  # fmt: skip
    return dataclasses.replace(result, attrs=attrs)


@pytest.fixture(scope="module")
def wind(exosphere: Path) -> Result:
    """Hydrogen above Earth's exobase with the settings of a transonic diatomic wind and a rotational temperature."""
    result = read_result(exosphere)
    entry = json.loads(json.dumps(result.case["species"][0]))
    entry["species"]["zeta_rot"] = 2.0
    entry["rotation"] = {"number": Z, "t_star": 0.0}
    mass, t0 = entry["species"]["mass"], entry["temperature"]
    entry["bulk_speed"] = 0.36862 * float(np.sqrt(1.4 * K_B * t0 / mass))
    gm = 3.2 * K_B * t0 * result.case["r_inner"] / mass
    t = result["profile/T"]
    data = {**result.data, "profile/T_rot": 1.1 * t, "profile/T_rot_stderr": 0.01 * t}
    result = dataclasses.replace(result, data=data)
    return with_case(result, collisions="vhs", gm=gm, species=[entry], outer={"type": "remove"})


def line(axes: Axes, label: str) -> tuple[np.ndarray, np.ndarray]:
    found = next(x for x in axes.get_lines() if x.get_label() == label)
    return np.asarray(found.get_xdata(), dtype=float), np.asarray(found.get_ydata(), dtype=float)


def test_the_isentropic_wind_is_drawn_in_density_temperature_and_velocity(wind: Result) -> None:
    about, label = theory(wind.case, "H"), LABELS["isentropic"]
    for name, part, unit in (("density", "density", 1e-6), ("temperature", "temperature", 1.0)):
        figure = draw(wind, name)
        assert figure is not None
        values, altitude = line(figure.axes[0], label)
        state = flows.flow("isentropic", about, altitude * 1e3 + 6.371e6)
        assert values == pytest.approx(unit * getattr(state, part), rel=1e-6, abs=0.0)
    for name in figure_names(wind):
        figure = draw(wind, name)
        assert figure is None or figure.draw_without_rendering() is None


def test_the_density_is_shown_over_the_wind_and_not_over_a_barometric_gas(wind: Result) -> None:
    figure = draw(wind, "density")
    assert figure is not None
    assert figure.axes[1].get_xlabel() == "Density / isentropic wind"
    assert "barometric" not in figure.axes[0].get_legend_handles_labels()[1]


def test_the_lag_of_rotation_is_shown_beside_its_estimate(wind: Result) -> None:
    figure = draw(wind, "temperature")
    assert figure is not None
    estimate, altitude = line(figure.axes[1], "first-order lag")
    about = theory(wind.case, "H")
    state = flows.flow("isentropic", about, altitude * 1e3 + 6.371e6)
    entry = wind.case["species"][0]
    expected = lag_estimate(about, entry, altitude * 1e3 + 6.371e6) / state.temperature
    assert estimate == pytest.approx(expected, rel=1e-6)
    points = figure.axes[1].containers[0].lines[0].get_xdata()
    assert points == pytest.approx(np.full(len(points), 0.1), rel=1e-9)


def test_the_estimate_of_the_lag_is_z_times_the_gradient_knudsen_number(wind: Result) -> None:
    about, entry = theory(wind.case, "H"), wind.case["species"][0]
    r = np.linspace(1.9, 2.1, 401) * about.r_inner
    state = flows.flow("isentropic", about, r)
    free = 1.0 / (np.sqrt(2.0) * np.pi * entry["species"]["diameter"] ** 2 * state.density)
    knudsen = -free * np.gradient(np.log(state.temperature), r)
    speed = np.sqrt(8.0 * K_B * state.temperature / (np.pi * about.mass))
    expected = Z * knudsen * state.velocity / speed
    found = lag_estimate(about, entry, r) / state.temperature
    assert found[1:-1] == pytest.approx(expected[1:-1], rel=1e-4)
    assert np.all(found > 0.0)
    with pytest.raises(ValueError, match="depends on temperature"):
        lag_estimate(about, {**entry, "rotation": {"number": Z, "t_star": 90.0}}, r)
    with pytest.raises(InputError, match="no isentropic wind"):
        lag_estimate(dataclasses.replace(about, gamma=5 / 3), entry, r)


def test_the_free_molecular_sphere_is_drawn_with_both_temperatures(exosphere: Path) -> None:
    sphere = with_case(read_result(exosphere), gm=0.0, outer={"type": "remove"})
    about = theory(sphere.case, "H")
    figure = draw(sphere, "temperature")
    assert figure is not None
    assert LABELS["free_molecular"] in figure.axes[0].get_legend_handles_labels()[1]
    curves = [
        x for x in figure.axes[0].get_lines() if x.get_linestyle() == "-" and len(np.asarray(x.get_xdata())) > 100
    ]
    altitude = np.asarray(curves[0].get_ydata(), dtype=float)
    state = flows.flow("free_molecular", about, altitude * 1e3 + 6.371e6)
    assert np.asarray(curves[0].get_xdata()) == pytest.approx(state.temperature_radial, rel=1e-6)
    assert np.asarray(curves[1].get_xdata()) == pytest.approx(state.temperature_transverse, rel=1e-6)


def test_the_gas_above_a_knudsen_layer_is_a_constant_line(exosphere: Path) -> None:
    result = read_result(exosphere)
    entry = {**result.case["species"][0], "outer_bulk_speed": 1000.0, "outer_density": 1e10}
    plane = with_case(
        result, geometry="planar", gm=0.0, collisions="hard_sphere", outer={"type": "remove"}, species=[entry]
    )
    figure = draw(plane, "temperature")
    assert figure is not None
    values, _ = line(figure.axes[0], LABELS["knudsen_layer"])
    assert values == pytest.approx(669.1, rel=1e-4)
    for name in figure_names(plane):
        figure = draw(plane, name)
        assert figure is None or figure.draw_without_rendering() is None
