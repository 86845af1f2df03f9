"""Figures of runs with ions: what they show is what the result holds, surfaces lie where they should."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import synthetic_ions as made
from exobase.fields.conics import boundary
from exobase.io.results import Result
from exobase.report import draw, figure_names
from exobase.report.cells import draw_cells, norm_of
from exobase.report.page_parts import draw_figures
from exobase.report.planes import outlines, path_energy, radius_of, window

pytestmark = pytest.mark.filterwarnings("error")

ION_FIGURES = ("fields", "ion_density", "ring", "rain_map", "rain")


@pytest.fixture(scope="module")
def ions(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return made.ion_result(tmp_path_factory.mktemp("ions"))


def only(result: Result, *groups: str) -> Result:
    """The result with these groups of the ions only."""
    of_ions = ("cube/", "ring/", "rain/", "field/", "path/")
    data = {k: v for k, v in result.data.items() if k.startswith(groups) or not k.startswith(of_ions)}
    return dataclasses.replace(result, data=data)


def drawn(result: Result, name: str) -> Figure:
    figure = draw(result, name)
    assert figure is not None
    return figure


def test_figures_appear_where_the_run_kept_what_they_show(ions: Result) -> None:
    assert set(ION_FIGURES) <= set(figure_names(ions))
    assert all(draw(only(ions, "nothing"), name) is None for name in ION_FIGURES)
    assert draw(only(ions, "field/"), "fields") is not None


def test_the_report_holds_them_and_writes_them_as_png(
    ions: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exobase.report.page_parts.figure_names", lambda result: list(ION_FIGURES))
    text = draw_figures(ions, tmp_path)
    assert text.count("data:image/png;base64,") == len(ION_FIGURES)
    assert {path.stem for path in tmp_path.iterdir()} == set(ION_FIGURES)
    assert "hatched: standard error above 50 %" in text


@pytest.mark.parametrize("name", ION_FIGURES)
def test_axes_and_colours_carry_quantity_and_unit(ions: Result, name: str) -> None:
    axes = drawn(ions, name).axes
    text = " ".join(a.get_xlabel() + a.get_ylabel() for a in axes)
    wanted = {
        "fields": ("$x/R$, upstream", "$z/R$", "(nT)", "(km s$^{-1}$)", "(keV)"),
        "ion_density": ("$x/R$, upstream", "$y/R$", "(cm$^{-3}$)"),
        "ring": ("(km s$^{-1}$)",),
        "rain_map": ("Local time (h", "Latitude (degrees)", "(cm$^{-2}$ s$^{-1}$)", "(mW m$^{-2}$)"),
        "rain": ("(keV)", "Cosine", "(cm$^{-2}$ s$^{-1}$ keV$^{-1}$)"),
    }
    assert all(part in text for part in wanted[name]), text


def test_a_slice_is_the_mean_of_the_cells_on_both_sides_of_the_plane(ions: Result) -> None:
    n = ions["cube/density"][0] * 1e-6
    middle = made.CUBE // 2
    for axes, axis in zip(drawn(ions, "ion_density").axes[:2], (2, 1), strict=True):
        mesh: Any = axes.collections[0]
        expected = 0.5 * (n.take(middle - 1, axis) + n.take(middle, axis))
        shown = mesh.get_array().filled(0.0).reshape(made.CUBE, made.CUBE).T
        assert shown == pytest.approx(expected)


def test_cells_with_more_than_half_their_value_as_error_are_hatched() -> None:
    values = np.array([[1.0, 2.0], [3.0, 0.0]])
    axes = Figure().subplots()
    draw_cells(axes, [0, 1, 2], [0, 1, 2], values, values * [[0.4, 0.6], [0.7, np.nan]], norm_of(values))
    shown: Any = axes.collections[0].get_array()
    hatched: Any = axes.collections[1]
    assert np.ma.getmaskarray(shown).reshape(2, 2).T.tolist() == [[False, False], [False, True]]
    assert np.ma.getmaskarray(hatched.get_array()).reshape(2, 2).T.tolist() == [[True, False], [False, True]]
    assert hatched.get_hatch()


def test_the_ring_shows_numbers_over_the_volume_of_velocity_space(ions: Result) -> None:
    mesh: Any = drawn(ions, "ring").axes[0].collections[0]
    f = mesh.get_array().filled(0.0).reshape(made.RING, 2 * made.RING)
    across, along = np.linspace(0.0, 800.0, made.RING + 1), np.linspace(-800.0, 800.0, 2 * made.RING + 1)
    volume = math.pi * np.diff(across**2)[:, None] * np.diff(along)
    assert f * volume == pytest.approx(ions["ring/number"][0])


@pytest.mark.parametrize(("aberration", "along"), [(0.0, math.cos(1.0)), (0.1, math.cos(1.1))])
def test_ions_at_rest_begin_on_the_circle_of_the_wind(tmp_path: Path, aberration: float, along: float) -> None:
    """w = -u: along B it is U cos(cone); with a clock angle of 90 degrees the aberration adds to the cone angle."""
    result = made.ion_result(tmp_path, cone=1.0, clock=0.5 * math.pi, aberration=aberration)
    marker = next(line for line in drawn(result, "ring").axes[0].get_lines() if line.get_marker() == "D")
    x, y = float(marker.get_xdata()[0]), float(marker.get_ydata()[0])
    assert x == pytest.approx(400.0 * along)
    assert math.hypot(x, y) == pytest.approx(400.0)


def test_paths_are_coloured_by_kinetic_energy_and_not_joined(ions: Result) -> None:
    v2 = np.array([1.0, 5.0, 25.0, 0.0, 2500.0]) * 1e8
    assert path_energy(ions) == pytest.approx(0.5 * np.array([2.66e-26] * 3 + [1.67e-27] * 2) * v2)
    lines: Any = next(c for c in drawn(ions, "fields").axes[0].collections if len(c.get_paths()) == 3)
    segments = np.array(lines.get_segments()) * radius_of(ions) / 1e6
    assert segments[:, 0].tolist() == pytest.approx(np.array([[4, 0], [5, 1], [0, 5]]))


def test_the_spectrum_of_the_rain_integrates_to_its_rate_over_the_sphere(ions: Result) -> None:
    left = drawn(ions, "rain").axes[0]
    points: Any = left.containers[0].lines[0]
    width = 0.2e-3  # keV, of the cells of the synthetic energies
    area = 4.0 * math.pi * ions.case["r_inner"] ** 2 * 1e4
    assert float(np.sum(points.get_ydata()) * width * area) == pytest.approx(ions["rain/rate"][0].sum())


def level(result: Result, label: str, *place: float) -> float:
    """Level at a place in radii, negative inside."""
    function = next(value for name, value, _ in outlines(result) if name.startswith(label))
    return float(function(*(np.array([p]) for p in place))[0])


def test_paraboloids_of_the_model_lie_where_kobel_and_flueckiger_have_them(tmp_path: Path) -> None:
    """x = d - rho^2/(2 p): d = p = R_m at the obstacle; d = R_b, p = 2 R_b - R_m at the shock; turned with the wind."""
    rm, rb, turn = 1.25, 1.64, 0.1
    r = made.mars_ions().body_radius
    result = made.ion_result(tmp_path, model="kobel_flueckiger", obstacle=rm * r, bow_shock=rb * r)
    for label, nose, p in (("obstacle", rm, rm), ("shock", rb, 2.0 * rb - rm)):
        assert level(result, label, nose, 0.0, 0.0) == pytest.approx(0.0, abs=1e-12)
        assert level(result, label, nose - 1.0, math.sqrt(p), math.sqrt(p)) == pytest.approx(0.0, abs=1e-12)
        assert level(result, label, nose - 0.1, 0.0, 0.0) < 0.0
    turned = made.ion_result(tmp_path, model="kobel_flueckiger", obstacle=rm * r, bow_shock=rb * r, aberration=turn)
    nose = (rm * math.cos(turn), -rm * math.sin(turn), 0.0)
    assert level(turned, "obstacle", *nose) == pytest.approx(0.0, abs=1e-12)
    assert window(result, 5.0) == 5.0
    assert window(result, 10.0) == pytest.approx(4.0 * rb)


def test_published_boundaries_of_the_case_are_named_and_lie_where_they_were_published(tmp_path: Path) -> None:
    names = ["mars bow_shock vignes2000", "mars mpb trotignon2006", "venus imb martinecz2008"]
    result = made.ion_result(tmp_path, boundaries=names)
    labels = [label for label, _, _ in outlines(result)]
    assert labels[1:] == [
        "bow shock (Vignes 2000)",
        "magnetic pile-up boundary (Trotignon 2006)",
        "induced magnetosphere boundary (Martinecz 2008)",
    ]
    for name, label in zip(names, labels[1:], strict=True):
        assert level(result, label, boundary(name).standoff, 0.0, 0.0) == pytest.approx(0.0, abs=1e-9)
        r = float(boundary(name).radius_at(2.0)[0])
        assert level(result, label, r * math.cos(2.0), 0.0, r * math.sin(2.0)) == pytest.approx(0.0, abs=1e-6)
    assert labels[1] in drawn(result, "fields").legends[0].get_texts()[1].get_text()


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_figures_survive_what_was_not_sampled(ions: Result, value: float) -> None:
    groups = ("cube/", "ring/", "rain/", "field/")
    data = {
        name: np.full_like(array, value) if name.startswith(groups) and not name.endswith(("edges", "axis")) else array
        for name, array in ions.data.items()
    }
    for name in ION_FIGURES:
        draw(dataclasses.replace(ions, data=data), name)


def test_infinite_errors_of_a_single_batch_are_drawn_without(ions: Result) -> None:
    data = {k: np.full_like(v, np.inf) if k.endswith("_stderr") else v for k, v in ions.data.items()}
    for name in ION_FIGURES:
        drawn(dataclasses.replace(ions, data=data), name)
