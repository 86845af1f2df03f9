"""Cells: a monotone map from position to cell number.

Edges increase from the inner to the outer boundary; cell i holds edge(i) <= position < edge(i+1); volumes of the
shells add up to 4 pi/3 (R1^3 - R0^3); the centre of a cell is its volume-mean position, integral of r^3 over integral
of r^2. Steps change only at cell edges and by no more than the ratio 1.5. The rules of sizes and steps (mean free path
/ 2, scale height / 10; U dt <= step.courant size, dt nu <= step.collision_fraction) are checked in the cells they give.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from exobase.case import Case, make_case
from exobase.geometry.mesh import STEP_RATIO, Mesh, build_mesh
from exobase.geometry.patches import shares
from exobase.geometry.space import Planar
from exobase.simulation.layout import lay_mesh, thermal_speed
from exobase.simulation.profile import expected_profile, mean_free_paths, pressure_scale_height
from exobase.simulation.weights import flux_weights

TABLES: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "barometric",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
    ],
}
VARIANTS: dict[str, dict[str, Any]] = {
    "jeans": {},
    "dense": {"species.0.knudsen_number": 0.002, "body.jeans_parameter": 10.0},
    "collisionless": {"collisions": "off", "allow_trapped": True},
    "global": {"time_step": "global"},
    "columns": {"run.columns": 3},
    "log": {"grid.spacing": "log", "grid.cells": 57},
    "uniform": {"grid.spacing": "uniform", "grid.cells": 33},
    "one": {"grid.spacing": "uniform", "grid.cells": 1},
}


def case_of(name: str) -> Case:
    return make_case(TABLES, VARIANTS[name])


@pytest.fixture(params=list(VARIANTS))
def case(request: pytest.FixtureRequest) -> Case:
    return case_of(request.param)


@pytest.fixture
def mesh(case: Case) -> Mesh:
    return lay_mesh(case, expected_profile(case))


def edges(mesh: Mesh) -> np.ndarray:
    return mesh.edge(np.arange(mesh.layers + 1))


def test_edges_increase_from_boundary_to_boundary(case: Case, mesh: Mesh) -> None:
    e = edges(mesh)
    assert np.all(np.diff(e) > 0.0)
    assert (e[0], e[-1]) == (case.r_inner, case.r_outer)
    assert (mesh.inner, mesh.outer) == (case.r_inner, case.r_outer)


def test_a_position_lies_in_the_cell_that_locate_names(mesh: Mesh) -> None:
    """Random positions, every edge, and the floating-point neighbours of every edge."""
    e = edges(mesh)
    x = np.concatenate([np.random.default_rng(1).uniform(e[0], e[-1], 20_000), e, np.nextafter(e, 0.0)])
    x = x[(x >= e[0]) & (x < e[-1])]
    assert np.array_equal(mesh.locate(x), np.searchsorted(e, x, side="right") - 1)
    assert mesh.locate(np.array([e[0] * 0.5, e[-1], 2.0 * e[-1]])).tolist() == [0, mesh.layers - 1, mesh.layers - 1]


def test_volumes_add_up_to_the_domain(case: Case, mesh: Mesh) -> None:
    lo, hi = mesh.bounds(0, mesh.total)
    volume = mesh.volume(lo, hi)
    whole = 4.0 * math.pi / 3.0 * (case.r_outer**3 - case.r_inner**3)
    assert np.all(volume > 0.0)
    assert float(volume.sum()) == pytest.approx(whole, rel=1e-12, abs=0.0)
    assert mesh.area(case.r_inner) * mesh.patches == pytest.approx(4.0 * math.pi * case.r_inner**2, rel=1e-14, abs=0.0)


def test_every_column_has_the_same_cells(mesh: Mesh) -> None:
    lo, hi = mesh.bounds(0, mesh.total)
    assert lo.size == mesh.layers * mesh.patches
    assert np.array_equal(lo.reshape(mesh.patches, -1), np.tile(edges(mesh)[:-1], (mesh.patches, 1)))
    part_lo, part_hi = mesh.bounds(mesh.total // 3, mesh.total)
    assert np.array_equal(part_lo, lo[mesh.total // 3 :])
    assert np.array_equal(part_hi, hi[mesh.total // 3 :])


def test_the_centre_is_the_volume_mean(mesh: Mesh) -> None:
    lo, hi = mesh.bounds(0, mesh.layers)
    expected = 0.75 * (hi**4 - lo**4) / (hi**3 - lo**3)
    np.testing.assert_allclose(mesh.centre(lo, hi), expected, rtol=1e-9)
    assert np.all((mesh.centre(lo, hi) > lo) & (mesh.centre(lo, hi) < hi))


def test_steps_change_only_at_cell_edges(mesh: Mesh) -> None:
    e = edges(mesh)
    assert np.all(np.isin(mesh.runs.edge, e))
    assert (mesh.runs.edge[0], mesh.runs.edge[-1]) == (e[0], e[-1])
    assert np.all(np.diff(mesh.runs.edge) > 0.0)
    assert mesh.runs.edge.size == mesh.runs.dt.size + 1


def test_neighbouring_steps_differ_by_at_most_the_ratio(mesh: Mesh) -> None:
    assert STEP_RATIO <= 1.5
    dt = mesh.runs.dt
    ratio = np.maximum(dt[1:], dt[:-1]) / np.minimum(dt[1:], dt[:-1])
    assert np.all(ratio <= STEP_RATIO * (1.0 + 1e-12))
    assert np.all(ratio > 1.0)


def test_a_global_step_is_one_run() -> None:
    case = case_of("global")
    mesh = lay_mesh(case, expected_profile(case))
    local = lay_mesh(case_of("jeans"), expected_profile(case))
    assert mesh.runs.dt.size == 1
    assert local.runs.dt.size > 5
    assert mesh.runs.dt[0] == local.runs.dt.min()
    assert np.array_equal(edges(mesh), edges(local))


@pytest.mark.parametrize("name", ["jeans", "dense", "collisionless"])
def test_cells_and_steps_obey_their_rules(name: str) -> None:
    """Sizes within 5 % (the map is tabulated on 2048 nodes), steps never too long by more than that."""
    case = case_of(name)
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    lo, hi = mesh.bounds(0, mesh.layers)
    x, r = 0.5 * (lo + hi), profile.position
    height = np.interp(x, r, pressure_scale_height(r, profile.density, profile.temperature))
    free = np.interp(x, r, mean_free_paths(case, profile.density, profile.temperature)[0])
    u = thermal_speed(case, profile.temperature)[0, 0]
    limit = np.minimum(np.minimum(height / 10.0, 0.1 * x), free / 2.0)
    size = hi - lo
    inside = slice(2, -2)
    assert np.all(size[inside] <= 1.05 * limit[inside])
    assert np.all(size[inside] >= 0.85 * limit[inside])
    dt = mesh.step_of(x)
    nu = 2.0 / math.sqrt(math.pi) * u / free if case.collisions != "off" else np.zeros_like(free)
    longest = np.minimum(case.step.courant * size / u, case.step.collision_fraction / np.maximum(nu, 1e-300))
    assert np.all(dt <= 1.05 * longest)
    assert dt.max() > 3.0 * dt.min()


@pytest.mark.parametrize("name", ["jeans", "dense", "collisionless", "log", "global"])
def test_weights_give_the_wanted_number_per_cell_on_average(name: str) -> None:
    """Flux weight times step is the number of real particles per simulated one; content over it, mean over cells, to 5
    %.
    """
    case = case_of(name)
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    lo, hi = mesh.bounds(0, mesh.layers)
    number = profile.density_at(mesh.centre(lo, hi))[0] * mesh.volume(lo, hi)
    weight = flux_weights(case, mesh, profile, 0, mesh.layers) * mesh.step_of(0.5 * (lo + hi))
    assert np.all(weight > 0.0)
    assert float((number / weight).mean()) == pytest.approx(case.run.particles_per_cell, rel=0.05, abs=0.0)
    # Equal weights: fewest where the gas is thinnest.
    assert np.ptp(weight / mesh.step_of(0.5 * (lo + hi))) < 1e-9 * weight.max()


def test_weights_of_a_part_are_those_of_the_whole() -> None:
    """Ranks compute the weights of their own cells: the same bits."""
    case = case_of("jeans")
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    whole = flux_weights(case, mesh, profile, 0, mesh.layers)
    assert np.array_equal(flux_weights(case, mesh, profile, 3, 9), whole[3:9])


def test_equal_weights_are_equal() -> None:
    case = make_case(TABLES, {"time_step": "global", "weights.mode": "equal"})
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    weight = flux_weights(case, mesh, profile, 0, mesh.layers)
    assert np.all(weight == weight[0])


def test_planar_cells_have_unit_area() -> None:
    x = np.linspace(0.0, 2.0, 65)
    mesh = build_mesh(Planar(0.0), shares(2), x, np.full(65, 0.1), lambda _, size: size)
    lo, hi = mesh.bounds(0, mesh.total)
    assert mesh.space == Planar(0.0)
    assert mesh.layers == 20
    assert float(mesh.volume(lo, hi).sum()) == pytest.approx(2.0, rel=1e-13, abs=0.0)
    assert mesh.area(1.0) == 0.5
    np.testing.assert_allclose(mesh.centre(lo, hi), 0.5 * (lo + hi), rtol=1e-14)


@pytest.mark.parametrize("step", [0.0, math.nan, math.inf, -1.0])
def test_an_impossible_step_is_refused(step: float) -> None:
    x = np.linspace(0.0, 1.0, 9)
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match="time step"):
        build_mesh(Planar(0.0), shares(1), x, np.full(9, 0.1), lambda _, size: np.full_like(size, step))
