"""The figure of a sweep over names: laws or tables side by side, with the ranges that are accepted."""

from __future__ import annotations

import json
import math

from exobase.io.sweeps import Column, SweepTable
from exobase.report.sweep import draw_sweep, positions, series

NAMES = ["a/one", "a/two", "b/one", "b/two"]


def table() -> SweepTable:
    """Two blocks over two tables; only the first point has a range to accept."""
    columns = [
        Column("name", "1", "", NAMES),
        Column("block", "1", "", ["a", "a", "b", "b"]),
        Column("background.table", "1", "", ["inputs/one.csv", "inputs/two.csv"] * 2),
        Column("escape_rate", "s-1", "escape rate", [2e25, 1e25, 7e25, math.nan]),
        Column("escape_rate_stderr", "s-1", "", [4e23, 2e23, 1e24, math.nan]),
    ]
    expect = [
        Column("point", "1", "", ["a/one", "b/one"]),
        Column("quantity", "1", "", ["escape_rate", "escape_rate"]),
        Column("lowest", "s-1", "", [4e24, math.nan]),
        Column("highest", "s-1", "", [1.6e26, math.nan]),
    ]
    attrs = {
        "keys": ["background.table"],
        "figure": json.dumps({"x": "block", "quantities": ["escape_rate"]}),
        "labels": json.dumps({"a": "forward", "b": "isotropic"}),
    }
    return SweepTable({c.name: c for c in columns}, {c.name: c for c in expect}, attrs, ["{}"] * 4)


def test_names_stand_side_by_side_in_their_order() -> None:
    x, names = positions(table(), "block")
    assert (x.tolist(), names) == ([0.0, 0.0, 1.0, 1.0], ["forward", "isotropic"])
    assert positions(table(), "background.table")[1] == ["one", "two"]


def test_each_table_is_a_series_over_the_blocks() -> None:
    assert [(s.label, s.rows) for s in series(table(), "block")] == [
        ("background = one", [0, 2]),
        ("background = two", [1, 3]),
    ]


def test_points_and_accepted_ranges_are_drawn_without_lines_between_names() -> None:
    figure = draw_sweep(table())
    assert figure is not None
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["forward", "isotropic"]
    bars = [container[0].get_xdata().tolist() for container in axes.containers]
    assert bars == [[0.0, 1.0], [0.0]]
    shaded = [line for line in axes.lines if line.get_label() == "accepted"]
    assert [line.get_ydata().tolist() for line in shaded] == [[4e24, 1.6e26]]
    joins = [line for line in axes.lines if line not in shaded and line.get_linestyle() == "-"]
    assert all(len(line.get_xdata()) < 2 or line in shaded for line in joins)


def test_a_sweep_over_names_alone_is_drawn_over_them() -> None:
    found = table()
    found.attrs["figure"] = "{}"
    figure = draw_sweep(found)
    assert figure is not None
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["one", "two"]
