"""Figures in several formats and styles, into a folder or one file."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

from exobase.errors import InputError
from exobase.io.results import read_result
from exobase.io.sweeps import Column, SweepTable, write_sweep
from exobase.report import figures
from exobase.report.figures import draw, plot
from exobase.report.look import make_look


def test_each_format_is_a_file_and_text_stays_text(exosphere: Path, tmp_path: Path) -> None:
    look = make_look(["png", "pdf", "svg"])
    made = plot(exosphere, tmp_path / "figures", ["flux"], look)
    assert [path.name for path in made] == ["flux.png", "flux.pdf", "flux.svg"]
    assert made[0].read_bytes().startswith(b"\x89PNG")
    pdf = made[1].read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/Type3" not in pdf
    assert ">Altitude (km)</text>" in made[2].read_text(encoding="utf-8")
    before = [path.read_bytes() for path in made]
    assert [path.read_bytes() for path in plot(exosphere, tmp_path / "figures", ["flux"], look)] == before


def test_one_figure_goes_into_the_file_that_is_named(exosphere: Path, tmp_path: Path) -> None:
    assert plot(exosphere, tmp_path / "new" / "fig.svg", ["flux"]) == [tmp_path / "new" / "fig.svg"]
    assert plot(exosphere, tmp_path / "folder", ["flux"]) == [tmp_path / "folder" / "flux.png"]
    assert plot(exosphere, tmp_path / "mars.kn01", ["flux"]) == [tmp_path / "mars.kn01" / "flux.png"]
    (tmp_path / "folder.pdf").mkdir()
    assert plot(exosphere, tmp_path / "folder.pdf", ["flux"]) == [tmp_path / "folder.pdf" / "flux.png"]


def test_a_file_for_several_figures_or_of_another_format_is_refused(exosphere: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"fig.pdf: is one file, but there are 2 figures"):
        plot(exosphere, tmp_path / "fig.pdf", ["flux", "density"])
    with pytest.raises(InputError, match=r"fig.pdf: is a pdf file, but --format asks for png"):
        plot(exosphere, tmp_path / "fig.pdf", ["flux"], make_look(["png"]))
    with pytest.raises(
        InputError, match=r"fig.pfd: figures are not written as pfd; allowed: png, pdf, svg, or a folder"
    ):
        plot(exosphere, tmp_path / "fig.pfd", ["flux"])
    with pytest.raises(InputError, match=r"fig.eps: figures are not written as eps; allowed: png, pdf, svg"):
        plot(exosphere, tmp_path / "fig.eps", ["flux"])
    assert list(tmp_path.iterdir()) == []


def test_unknown_figures_are_told_with_those_that_there_are(exosphere: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no figure 'fluxes' of .*result.h5; there are density, temperature, .*vdf_H"):
        plot(exosphere, tmp_path, ["fluxes"])


def test_a_figure_without_data_is_an_error_where_it_is_named_and_left_out_where_not(
    exosphere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "_DRAWERS", {"flux": figures._DRAWERS["flux"], "knudsen": lambda _: None})
    monkeypatch.setattr(figures, "figure_names", lambda _: ["flux", "knudsen"])
    assert plot(exosphere, tmp_path) == [tmp_path / "flux.png"]
    with pytest.raises(InputError, match=r"figure 'knudsen' has nothing to show of .*result.h5"):
        plot(exosphere, tmp_path, ["knudsen"])


def test_resolution_and_style_change_the_figure(exosphere: Path, tmp_path: Path) -> None:
    style = tmp_path / "journal.mplstyle"
    style.write_text("figure.figsize: 3.6, 3\nfont.size: 6\naxes.prop_cycle: cycler(color=['112233', '445566'])\n")
    plain = imread(plot(exosphere, tmp_path / "a.png", ["flux"], make_look(dpi=100))[0])
    fine = imread(plot(exosphere, tmp_path / "b.png", ["flux"], make_look(dpi=200))[0])
    assert fine.shape[:2] == pytest.approx([2 * n for n in plain.shape[:2]], abs=1)
    figure = draw(read_result(exosphere), "density", make_look(style=style))
    usual = draw(read_result(exosphere), "density")
    assert figure is not None
    assert usual is not None
    assert figure.get_figwidth() == pytest.approx(3.6)
    shape = usual.get_figheight() / usual.get_figwidth()  # a legend in more rows makes the figure higher
    assert shape - 1e-9 < figure.get_figheight() / 3.6 < 1.3 * shape
    colours = {line.get_color() for axes in figure.axes for line in axes.get_lines()}
    assert "#112233" in colours
    assert figure.axes[0].xaxis.label.get_size() == pytest.approx(6.0)
    assert usual.axes[0].xaxis.label.get_size() == pytest.approx(9.0)


def test_a_style_of_matplotlib_is_found_by_its_name(exosphere: Path) -> None:
    figure = draw(read_result(exosphere), "flux", make_look(style="ggplot"))
    assert figure is not None
    assert figure.axes[0].get_facecolor() == pytest.approx(mpl.colors.to_rgba("#E5E5E5"))
    assert mpl.rcParams["axes.facecolor"] == "white"


def test_a_faulty_style_is_an_error_with_file_and_line(tmp_path: Path) -> None:
    style = tmp_path / "bad.mplstyle"
    style.write_text("font.size: 9\nfont.sizes: 9\naxes.linewidth: wide\n")
    with pytest.raises(InputError) as caught:
        make_look(style=style)
    first, second = caught.value.messages
    assert str(style) in first
    assert "Bad key font.sizes" in first
    assert "line 2" in first
    assert "axes.linewidth" in second
    assert "line 3" in second
    style.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"bad.mplstyle: cannot be read as a matplotlib style"):
        make_look(style=style)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"style": "ggplt"}, "--style ggplt: neither a file nor a style of matplotlib; did you mean 'ggplot'?"),
        ({"style": "no/such.mplstyle"}, "--style no/such.mplstyle: no such file"),
        ({"formats": ["eps"]}, "--format eps: no such format; allowed: png, pdf, svg"),
        ({"dpi": 1.0}, "--dpi 1: must lie between 10 and 2400"),
        ({"dpi": np.nan}, "--dpi nan: must lie between 10 and 2400"),
    ],
)
def test_wrong_choices_are_named_with_what_is_allowed(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_look(**given)  # type: ignore[arg-type]


def test_the_folder_of_a_sweep_and_its_table_are_plotted_alike(tmp_path: Path) -> None:
    columns = [Column("x", "1", "", [1.0, 2.0]), Column("escape_rate", "s-1", "escape rate", [3.0, 4.0])]
    attrs = {"keys": ["x"], "table_columns": ["x", "escape_rate"], "labels": "{}", "figure": "{}"}
    case = '{"species": [{"species": {"zeta_rot": 0.0}}]}'
    write_sweep(tmp_path / "sweep.h5", SweepTable({c.name: c for c in columns}, {}, attrs, [case] * 2))
    assert plot(tmp_path) == [tmp_path / "sweep.png"]
    assert plot(tmp_path / "sweep.h5", tmp_path / "s.svg", ["sweep"]) == [tmp_path / "s.svg"]
    with pytest.raises(InputError, match=r"no figure 'flux' of the sweep .*; there are sweep"):
        plot(tmp_path, names=["flux"])


def test_a_style_that_cannot_be_drawn_is_refused_by_name(
    exosphere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TeX without its program, here in a path without programs."""
    style = tmp_path / "tex.mplstyle"
    style.write_text("text.usetex: True\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="cannot be drawn with this style"):
        plot(exosphere, tmp_path / "a.pdf", ["density"], make_look(style=style))
    assert [p.name for p in tmp_path.iterdir()] == ["tex.mplstyle"]
