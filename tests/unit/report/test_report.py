"""Figures and page come from the result file alone and show theory, errors and units."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from exobase.errors import InputError
from exobase.io.results import Result, ResultWriter, read_result
from exobase.report import draw, figure_names, plot, write_report
from exobase.report.labels import formula
from exobase.report.markup import measured, number
from exobase.report.style import height_of, powers

pytestmark = pytest.mark.filterwarnings("error")


def test_every_figure_of_a_result_is_written(exosphere: Path, tmp_path: Path) -> None:
    paths = plot(exosphere, tmp_path)
    names = {"density", "temperature", "velocity", "flux", "knudsen", "escape_spectrum", "history", "quality", "vdf_H"}
    assert {path.stem for path in paths} == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_chosen_figures_only(mixture: Path, tmp_path: Path) -> None:
    assert [path.name for path in plot(mixture, tmp_path, ["knudsen"])] == ["knudsen.png"]
    with pytest.raises(InputError, match="there are density"):
        plot(mixture, tmp_path, ["nothing"])


def test_axes_carry_quantity_and_unit(exosphere: Path, mixture: Path) -> None:
    for path in (exosphere, mixture):
        result = read_result(path)
        for name in figure_names(result):
            figure = draw(result, name)
            assert figure is not None
            for axes in figure.axes:
                if axes.get_visible():
                    assert (
                        axes.get_xlabel() or axes.get_subplotspec().is_last_row() is False or axes.get_title(loc="left")
                    )
            text = " ".join(axes.get_xlabel() + axes.get_ylabel() for axes in figure.axes)
            assert re.search(r"\((km|K|eV|cm|m s|km s)|/|number|Step|Mach", text), (name, text)


def test_theory_is_a_line_and_simulation_points_with_error_bars(exosphere: Path) -> None:
    figure = draw(read_result(exosphere), "density")
    assert figure is not None
    axes = figure.axes[0]
    styles = {line.get_linestyle() for line in axes.get_lines() if len(line.get_xdata()) > 10}
    assert {"None", "-", ":"} <= styles
    assert axes.containers


def test_the_coordinate_is_altitude_for_a_body_and_relative_radius_without(exosphere: Path) -> None:
    result = read_result(exosphere)
    assert height_of(result).label == "Altitude (km)"
    assert float(height_of(result).convert(6.871e6)) == pytest.approx(500.0)
    bare = Result(result.path, {**result.attrs, "case_json": "{}"}, result.data, result.variables, result.group_attrs)
    assert "R_0" in height_of(bare).label


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


def test_the_report_is_one_page_that_needs_no_other_file(mixture: Path) -> None:
    path = write_report(mixture.parent.parent)
    assert path == mixture.parent / "report.html"
    text = path.read_text(encoding="utf-8")
    parser = Links()
    parser.feed(text)
    assert parser.open == []
    assert len(parser.sources) == 8
    assert all(source.startswith("data:image/png;base64,") for source in parser.sources)
    for part in (
        "Checks",
        "Escape",
        "Exobase",
        "Ledger",
        "Provenance",
        "state_digest",
        "collision_rate",
        "outer boundary at 10",
    ):
        assert part in text
    assert (mixture.parent / "figures" / "density.png").is_file()


def test_text_of_the_case_is_escaped(tmp_path: Path) -> None:
    from synthetic import write_exosphere

    path = write_exosphere(tmp_path / "result.h5")
    result = read_result(path)
    attrs = {**result.attrs, "title": "<script>alert(1)</script>"}
    from exobase.report.page import page

    text = page(Result(path, attrs, result.data, result.variables, result.group_attrs))
    assert "<script>" not in text


def test_a_poor_result_still_makes_a_page(tmp_path: Path) -> None:
    """One species, two cells, nothing escaped, nothing sampled in the upper cell."""
    from synthetic import case_dict

    nan = float("nan")
    with ResultWriter(tmp_path / "result.h5", {"case_json": json.dumps(case_dict("poor")), "collisions": "off"}) as w:
        w.put("species/names", np.array(["H"]), units="1", long_name="species", dims=["species"])
        w.put("grid/edges", np.array([6.871e6, 7e6, 8e6]), units="m", long_name="faces", dims=["edge"])
        w.put("grid/r", np.array([6.93e6, 7.5e6]), units="m", long_name="radius", dims=["cell"])
        for name in ("density", "u_r", "T_r", "T_t", "T", "mach", "particle_flux"):
            values = np.array([[1e11 if name == "density" else 900.0, 0.0 if name == "density" else nan]])
            w.put(f"profile/{name}", values, units="1", long_name=name, dims=["species", "cell"])
        for name in ("radius", "temperature", "density", "jeans_parameter", "jeans_flux", "flux_over_jeans"):
            w.put(f"exobase/{name}", np.array([nan]), units="1", long_name=name, dims=["species"])
        for name in ("rate", "flux", "at_radius", "energy_rate"):
            w.put(f"escape/{name}", np.array([0.0]), units="1", long_name=name, dims=["species"])
    text = write_report(tmp_path / "result.h5").read_text(encoding="utf-8")
    assert "none in the domain" in text


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (4.8213e26, 1.9e24, "(4.821 ± 0.019) × 10<sup>26</sup>"),
        (0.7214, 0.013, "0.721 ± 0.013"),
        (1234.5, 20.0, "1234 ± 20"),
        (float("nan"), 1.0, "none"),
        (2.0, float("nan"), "2"),
    ],
)
def test_numbers_are_written_to_the_digits_their_error_allows(value: float, stderr: float, text: str) -> None:
    assert measured(value, stderr) == text


def test_small_formats() -> None:
    assert number(3.2e-9) == "3.200 × 10<sup>-9</sup>"
    assert formula("CO2+") == "CO$_{2}$$^{+}$"
    assert powers(4.82e26) == r"4.82$\times$10$^{26}$"


def test_the_ratio_says_which_theory_it_is_over(exosphere: Path) -> None:
    result = read_result(exosphere)
    closed = {**result.case, "outer": {**result.case["outer"], "type": "specular"}}
    attrs = {**result.attrs, "case_json": json.dumps(closed)}
    for attributes, label in ((result.attrs, "Density / free flight"), (attrs, "Density / barometric")):
        shown = draw(Result(result.path, attributes, result.data, result.variables, result.group_attrs), "density")
        assert shown is not None
        assert shown.axes[1].get_xlabel() == label


def varied(result: Result, names: str, value: float | None) -> Result:
    """The result with every number whose name begins so set to a value (None: left out)."""
    data = {}
    for name, array in result.data.items():
        if not name.startswith(names):
            data[name] = array
        elif value is not None:
            data[name] = np.full_like(array, value) if array.dtype.kind == "f" else array
    return Result(result.path, result.attrs, data, result.variables, result.group_attrs)


PROFILES = ["density", "temperature", "velocity", "flux", "knudsen"]
DRAWN_FROM = {
    "vdf/f_": ["vdf_H"],
    "vdf/T": ["vdf_H"],
    "profile/": PROFILES,
    "exobase/": [*PROFILES, "escape_spectrum"],
    "escape/": ["flux", "escape_spectrum", "history"],
    "escape/spectrum": ["escape_spectrum"],
    "history/": ["history"],
    "quality/": ["quality", "knudsen"],
}
"""Figures that show something of a group."""


@pytest.mark.parametrize(
    ("names", "value"),
    [
        ("vdf/f_", float("nan")),
        ("vdf/f_", 0.0),
        ("vdf/T", float("nan")),
        ("profile/", float("nan")),
        ("profile/", 0.0),
        ("exobase/", float("nan")),
        ("escape/", float("nan")),
        ("escape/", 0.0),
        ("history/", float("nan")),
        ("quality/", float("nan")),
        ("quality/", None),
        ("history/", None),
        ("escape/spectrum", None),
    ],
)
def test_figures_survive_what_does_not_exist(exosphere: Path, mixture: Path, names: str, value: float | None) -> None:
    result = varied(read_result(exosphere if names.startswith("vdf") else mixture), names, value)
    whole = figure_names(read_result(exosphere)) + figure_names(read_result(mixture))
    assert set(DRAWN_FROM[names]) <= set(whole)
    for name in DRAWN_FROM[names]:
        figure = draw(result, name) if name in figure_names(result) else None
        if figure is not None:
            figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("changes", "collisions"),
    [({"geometry": "planar", "gravity": 0.5, "gm": 0.0}, "hard_sphere"), ({"gm": 0.0}, "off")],
)
def test_figures_survive_planar_geometry_and_no_gravity(
    mixture: Path, changes: dict[str, object], collisions: str
) -> None:
    result = read_result(mixture)
    attrs = {
        **result.attrs,
        "case_json": json.dumps({**result.case, **changes}),
        "geometry": changes.get("geometry", "radial"),
    }
    bare = Result(result.path, {**attrs, "collisions": collisions}, result.data, result.variables, result.group_attrs)
    for name in figure_names(bare):
        figure = draw(bare, name)
        if figure is not None:
            figure.draw_without_rendering()


def test_a_species_that_was_not_sampled_is_said_to_be_absent(exosphere: Path) -> None:
    result = read_result(exosphere)
    f = {name: result[name].copy() for name in ("vdf/f_vr", "vdf/f_vt")}
    for values in f.values():
        values[1, 0] = np.nan
    gone = Result(result.path, result.attrs, {**result.data, **f}, result.variables, result.group_attrs)
    figure = draw(gone, "vdf_H")
    assert figure is not None
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert said == ["no H sampled here"] * 2


def test_no_exosphere_is_drawn_above_a_closed_column(mixture: Path) -> None:
    """Between walls the column is barometric everywhere, up to the content, which no reservoir sets."""
    result = read_result(mixture)
    case = {**result.case, "outer": {"type": "specular"}, "inner": {"type": "diffuse", "temperature": 270.0}}
    attrs = {**result.attrs, "case_json": json.dumps(case)}
    figure = draw(Result(result.path, attrs, result.data, result.variables, result.group_attrs), "density")
    assert figure is not None
    assert not [line for line in figure.axes[0].get_lines() if line.get_linestyle() == "-"]
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert "barometric, same content" in labels
