"""The quick layout puts panels where constrained layout puts them, and the PNG is what ``savefig`` writes."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from exobase.io.results import read_result
from exobase.report import draw
from exobase.report.layout import QuickLayout, thin_ticks, write_png
from exobase.report.style import RC, legend_above, new_figure


@pytest.mark.parametrize("name", ["density", "quality", "history"])
def test_panels_stand_where_constrained_layout_puts_them(exosphere: Path, name: str) -> None:
    boxes = []
    for layout in (QuickLayout(), "constrained"):
        figure = draw(read_result(exosphere), name)
        assert figure is not None
        figure.set_layout_engine(layout)
        with mpl.rc_context(RC):
            figure.draw_without_rendering()
        boxes.append([axes.get_position().extents for axes in figure.axes])
    assert np.abs(np.array(boxes[0]) - np.array(boxes[1])).max() < 1e-3


def test_minor_ticks_and_spines_are_back_after_the_layout(exosphere: Path) -> None:
    figure = draw(read_result(exosphere), "density")
    assert figure is not None
    before = [axes.xaxis.get_minor_locator() for axes in figure.axes]
    figure.draw_without_rendering()
    assert [axes.xaxis.get_minor_locator() for axes in figure.axes] == before
    assert all(spine.get_in_layout() for axes in figure.axes for spine in axes.spines.values())
    assert any(len(axes.xaxis.get_minorticklocs()) for axes in figure.axes)


def test_the_png_has_the_size_and_the_pixels_of_savefig() -> None:
    with mpl.rc_context(RC):
        images = []
        for once in (True, False):
            figure = new_figure(3.0, 2.0)
            figure.subplots().plot([0.0, 1.0], [1.0, 30.0], label="x")
            buffer = io.BytesIO()
            if once:
                write_png(figure, buffer, 200)
                assert figure.dpi == 100
            else:
                figure.savefig(buffer, format="png", dpi=200)
            images.append(np.asarray(Image.open(buffer).convert("RGB"), dtype=float))
    assert images[0].shape == (400, 600, 3)
    assert np.abs(images[0] - images[1]).mean() < 1.0


def test_wide_logarithmic_axes_have_few_minor_ticks() -> None:
    for top, number in ((20.0, 18), (1e3, 8), (1e9, 0)):
        figure = new_figure(3.0, 2.0)
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.set_xlim(1.0, top)
        ticks = thin_ticks(figure).axes[0].xaxis.get_minorticklocs()
        assert np.sum((ticks > 1.0) & (ticks < top)) <= number
        assert (number == 0) == (len(ticks) == 0)


def test_a_long_legend_fits_the_width_and_takes_nothing_from_the_panels() -> None:
    heights, legends = [], []
    for number in (2, 12):
        with mpl.rc_context(RC):
            figure = new_figure(5.4, 4.8)
            axes = figure.subplots()
            for k in range(number):
                axes.plot([0, 1], [k, k], label=f"dissociative recombination {k}, recoils")
            legend_above(figure, [axes], 3)
            figure.draw_without_rendering()
        box = figure.legends[0].get_window_extent()
        assert box.x0 >= 0.0
        assert box.x1 <= figure.bbox.width
        heights.append(axes.get_position().height * figure.get_figheight())
        legends.append(box.height / figure.bbox.height)
    assert heights[1] > 0.93 * heights[0]
    assert legends[1] < 0.25
