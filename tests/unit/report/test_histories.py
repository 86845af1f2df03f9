"""Figures and page of test-particle results: from the file alone, with errors and units, whatever is missing."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import synthetic_histories as made
from exobase.errors import InputError
from exobase.io.results import Result, read_result
from exobase.report import draw, figure_names, plot, write_report
from exobase.report.births import energy_groups, grouped
from exobase.report.hot_spectra import running
from exobase.report.page import page

pytestmark = pytest.mark.filterwarnings("error")

MAPS = {"zenith_map", "sphere_map", "escape_zenith"}
PROFILES = {"corona", "escape", "spectra", "angles", "escape_probability", "heating", "convergence", "background"}


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mapped")
    return made.write_histories(folder / "output" / "result.h5", mapped=True, splitting=True)


@pytest.fixture(scope="module")
def radial(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return read_result(made.write_histories(tmp_path_factory.mktemp("radial") / "result.h5"))


def test_maps_are_drawn_where_they_were_kept(radial: Result, tmp_path: Path, mapped: Path) -> None:
    assert {name for name in figure_names(radial) if draw(radial, name) is not None} == PROFILES
    assert [path.name for path in plot(mapped, tmp_path, ["convergence"])] == ["convergence.png"]


def test_figures_of_the_other_solver_are_unknown(radial: Result) -> None:
    with pytest.raises(InputError, match="there are corona, escape"):
        draw(radial, "vdf_O")


@pytest.mark.parametrize("name", sorted(PROFILES | MAPS))
def test_axes_carry_quantity_and_unit(mapped: Path, name: str) -> None:
    figure = draw(read_result(mapped), name)
    assert figure is not None
    text = " ".join(axes.get_xlabel() + axes.get_ylabel() for axes in figure.axes)
    assert any(unit in text for unit in ("(km)", "(eV)", "cm$^{-3}$", "s$^{-1}$", "Cosine", "batches", "(degrees)")), (
        text
    )


@pytest.mark.parametrize("name", ["corona", "escape", "spectra", "angles", "escape_probability", "convergence"])
def test_what_was_counted_has_error_bars(mapped: Path, name: str) -> None:
    figure = draw(read_result(mapped), name)
    assert figure is not None
    assert any(axes.containers for axes in figure.axes)


def test_the_corona_shows_every_process_and_the_background(radial: Result) -> None:
    figure = draw(radial, "corona")
    assert figure is not None
    labels = figure.axes[0].get_legend_handles_labels()[1]
    for text in ("all processes", "O$_{2}$$^{+}$ + e, recoils", "background CO$_{2}$", "exobase, altitude 200 km"):
        assert text in labels


def test_the_escape_energy_stands_at_its_place(radial: Result) -> None:
    figure = draw(radial, "spectra")
    assert figure is not None
    lines = {float(line.get_xdata()[0]) for line in figure.axes[0].get_lines() if len(set(line.get_xdata())) == 1}
    expected = made.GM * made.MASS["O"] / (made.RADIUS + 2e5) / made.EV
    assert expected == pytest.approx(1.98, abs=0.01)
    assert any(abs(x / expected - 1.0) < 1e-9 for x in lines)


EMPTY = {
    "profile/": ["corona", "heating"],
    "births/": ["escape_probability", "heating"],
    "surface/": ["spectra", "angles"],
    "escape/": ["escape", "escape_zenith"],
    "series/": ["convergence"],
    "map/": ["zenith_map", "sphere_map"],
    "background/": ["background", "corona"],
}


def varied(result: Result, begin: str, end: str, value: float) -> Result:
    """The result with every number of a group, places of cells excepted, set to a value."""
    data = {}
    for name, array in result.data.items():
        places = name.endswith(("edges", "/radius", "/r", "at_radius"))
        taken = name.startswith(begin) and name.endswith(end) and array.dtype.kind == "f" and not places
        data[name] = np.full_like(array, value) if taken else array
    return dataclasses.replace(result, data=data)


@pytest.mark.parametrize("value", [0.0, float("nan")])
@pytest.mark.parametrize("names", EMPTY)
def test_figures_survive_what_was_not_sampled(mapped: Path, names: str, value: float) -> None:
    empty = varied(read_result(mapped), names, "", value)
    for name in EMPTY[names]:
        draw(empty, name)


def test_infinite_errors_of_a_single_batch_are_drawn_without(mapped: Path) -> None:
    single = varied(read_result(mapped), "", "_stderr", np.inf)
    for name in figure_names(single):
        draw(single, name)


class Links(HTMLParser):
    """Collects what a page would load, and that tags are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for key, value in attrs if key in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_states_verdict_area_ledger_and_provenance(mapped: Path) -> None:
    text = write_report(mapped.parent.parent).read_text(encoding="utf-8")
    parser = Links()
    parser.feed(text)
    assert parser.open == []
    assert {path.stem for path in (mapped.parent / "figures").iterdir()} == PROFILES | MAPS
    assert len(parser.sources) == len(PROFILES | MAPS)
    assert all(source.startswith("data:image/png;base64,") for source in parser.sources)
    for part in (
        "4 of 4 checks passed",
        "Hot oxygen &amp; carbon",
        "O<sub>2</sub><sup>+</sup> + e dayside, factor 0.5 of the whole sphere",
        "pickup O<sup>+</sup> cos zenith, factor 0.25",
        "pickup O<sup>+</sup>, recoils",
        "a warning",
        "born + recoil + split = roulette + escaped + absorbed + thermalised + lost + trapped",
        "kinetic energy given to recoils",
        "Exobase at an altitude of 200 km",
        "state_digest",
        "40\u202f000 histories",
        "40 batches",
    ):
        assert part in text, part


def test_a_failed_balance_is_said_in_the_head_of_the_page(radial: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.report.page.draw_figures", lambda result, folder: "")
    counts = radial["ledger/counts"].copy()
    counts[0, 0] += 1
    text = page(dataclasses.replace(radial, data={**radial.data, "ledger/counts": counts}))
    assert '<span class="fail">2 of 3 checks passed</span>' in text


def test_running_errors_are_those_of_the_first_batches() -> None:
    series = np.random.default_rng(3).normal(5e25, 4e24, 50)
    mean, error = running(series, np.array([2, 10, 50]))
    for k, n in enumerate((2, 10, 50)):
        assert mean[k] == pytest.approx(series[:n].mean())
        assert error[k] == pytest.approx(series[:n].std(ddof=1) / np.sqrt(n))


def test_energy_groups_hold_about_equal_parts_and_every_used_cell_once() -> None:
    weight = np.array([0.0, 1.0, 3.0, 2.0, 0.0, 2.0, 1.0, 3.0, 0.0])
    groups = energy_groups(weight, 3)
    assert np.concatenate(groups).tolist() == [1, 2, 3, 5, 6, 7]
    assert [float(weight[g].sum()) for g in groups] == [4.0, 4.0, 4.0]
    assert energy_groups(np.zeros(4), 3) == []


def test_grouped_probabilities_are_weighted_by_births(radial: Result) -> None:
    cells = np.array([12, 15])
    p, error = grouped(radial, 0, cells)
    rate = radial["births/rate"][0][:, cells]
    escapes = rate * radial["births/escape_probability"][0][:, cells]
    k = 8
    assert p[k] == pytest.approx(escapes[k].sum() / rate[k].sum())
    assert error[k] == pytest.approx(0.05 * np.hypot(*escapes[k]) / rate[k].sum())
