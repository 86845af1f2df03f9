"""Cells against mean free path and scale height, the gas above the outer boundary; on results made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.io.results import Result
from exobase.judge.mesh import falls, mesh_checks, outer_boundary, paths_beyond, resolution

CASE = {"collisions": "vss", "outer": {"type": "kepler_return"}}


def result(edges: np.ndarray, density: Any, returned: float = 0.0, escaped: float = 1.0) -> Result:
    """One species whose mean free path is 1/density(r), of the mean density of each cell."""
    fine = np.linspace(edges[:-1], edges[1:], 2001)
    free = 1.0 / np.trapezoid(density(fine), fine, axis=0) * np.diff(edges)
    cells = edges.size - 1
    data = {
        "species/names": np.array(["X"]),
        "grid/edges": edges,
        "grid/r": 0.5 * (edges[1:] + edges[:-1]),
        "profile/particles": np.full((1, cells), 50.0),
        "profile/mean_free_path": free[None, :],
        "quality/dt_nu": np.full(cells, 0.3),
        "ledger/flux_weight": np.array([[returned, escaped]]),
    }
    return Result(Path("result.h5"), {}, data, {}, {"ledger": {"entries": ["returned", "escaped"]}})


def test_an_exponential_gas_is_judged_at_the_dense_end_of_its_cells() -> None:
    """Density exp(-z), base path 1/2.5: three cells of 1.0 are 2.5 paths long at their base, 1.58 in the mean."""
    edges = np.linspace(10.0, 13.0, 4)
    density = lambda r: 2.5 * np.exp(10.0 - r)  # noqa: E731
    r = result(edges, density)
    assert falls(edges, r["profile/mean_free_path"][0]) == pytest.approx([1.0, 1.0, 1.0], rel=1e-6)
    found = resolution(r)
    assert found.value == pytest.approx(2.5 / 1.8, rel=1e-3)
    assert not found.passed
    assert "2.5 mean free paths and 1 scale heights" in found.detail


def test_long_cells_fail_where_gas_collides_and_not_where_it_is_thin() -> None:
    """Cells of two scale heights: base path 0.9 scale heights (fails, although 1.1 paths each) or 100 (passes)."""
    edges = np.linspace(10.0, 16.0, 4)
    for base, passed in ((1.0 / 0.9, False), (0.01, True)):
        found = resolution(result(edges, lambda r, base=base: base * np.exp(10.0 - r)))
        assert found.passed == passed
        assert "2 scale heights" in found.detail
    fine = np.linspace(10.0, 16.0, 13)
    assert resolution(result(fine, lambda r: np.exp(10.0 - r))).passed


def test_paths_above_a_power_law_are_those_of_its_integral() -> None:
    """1/l = a r^-3: a/(2 R^2) above R."""
    edges = np.geomspace(1.0, 4.0, 41)
    free = np.sqrt(edges[1:] * edges[:-1]) ** 3 / 5.0
    assert paths_beyond(edges, free, np.ones(40)) == pytest.approx(5.0 / 32.0, rel=1e-9, abs=0.0)
    assert np.isnan(paths_beyond(edges, np.full(40, np.inf), np.ones(40)))


def test_a_boundary_within_the_gas_fails_by_what_returns_from_it() -> None:
    """0.5 mean free paths above it: fails where 80 % return, not where 10 % do."""
    edges = np.geomspace(1.0, 4.0, 41)
    density = lambda r: 16.0 * r**-3  # noqa: E731
    for returned, passed in ((4.0, False), (1.0 / 9.0, True)):
        found = outer_boundary(result(edges, density, returned))
        assert found.passed == passed
        assert found.value == pytest.approx(0.5 * returned / (1.0 + returned), rel=0.01)
        assert ("raise domain.outer" in found.detail) != passed
    assert "not judged" in outer_boundary(result(edges, density)).detail


def test_what_is_judged_depends_on_the_case() -> None:
    r = result(np.geomspace(1.0, 4.0, 41), lambda r: 0.1 * r**-3)
    assert [o.name for o in mesh_checks(r, CASE)] == ["resolution", "outer_boundary"]
    assert [o.name for o in mesh_checks(r, {**CASE, "outer": {"type": "remove"}})] == ["resolution"]
    assert mesh_checks(r, {**CASE, "collisions": "off"}) == []


def test_a_boundary_above_a_supersonic_flow_is_not_judged() -> None:
    """lambda0 = 2: 0.8386 +- 0.0040 of the evaporation with it at 40 R0 (number 0.51), 0.8389 +- 0.0034 at 100 R0."""
    edges = np.geomspace(1.0, 40.0, 41)
    r = result(edges, lambda r: 50.0 * r**-2.0, returned=1.0, escaped=1.0)
    assert not outer_boundary(r).passed
    fast = np.linspace(0.5, 2.0, 40)
    choked = Result(r.path, {}, {**r.data, "gas/mach": fast, "gas/knudsen": np.full(40, 0.1)}, {}, r.group_attrs)
    found = outer_boundary(choked)
    assert found.passed
    assert "faster than sound" in found.detail
    for mach, knudsen in ((0.5 * fast, 0.1), (fast, 1.0)):
        data = {**r.data, "gas/mach": mach, "gas/knudsen": np.full(40, knudsen)}
        assert not outer_boundary(Result(r.path, {}, data, {}, r.group_attrs)).passed
