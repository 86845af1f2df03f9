"""Relaxation of columns in local steps against exact eigenvalues.

Slab of height L with one open end, diffusivity a: the slowest mode decays in (2L/pi)^2/a. Isothermal column without
escape, D and dt ~ l ~ 1/n: d2f/dy2 + mu exp(-2y/H) f = 0 has sqrt(mu) H = 2.405, so N = H^2/(5.78 a0 dt0), with the
values at the base. The module's formulas are within 12 % of both.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.case import Case, make_case
from exobase.constants import K_B
from exobase.simulation.column import column_top, quarter_edges
from exobase.simulation.layout import lay_mesh
from exobase.simulation.profile import expected_profile, mean_free_paths
from exobase.simulation.slow_modes import CONDUCTION, slow_modes

HS = {"name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K"}


def column(knudsen_number: float = 0.005, depth: float = 60.0, **tables: object) -> Case:
    """A sphere's column with H = R0/depth."""
    return make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "body": {"jeans_parameter": depth},
            "domain": {"inner": "1000 km", "outer_over_inner": 1.3},
            "species": [{**HS, "knudsen_number": knudsen_number}],
            **tables,
        }
    )


def slab(**outer: object) -> Case:
    return make_case(
        {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
            "outer": outer,
            "species": [{**HS, "density": "1e20 m-3"}],
        }
    )


def diffusivity(case: Case) -> float:
    """Of temperature at the base [m2 s-1]: kappa/(n c_p)."""
    profile = expected_profile(case)
    path = float(mean_free_paths(case, profile.density, profile.temperature)[0, 0])
    return CONDUCTION / 2.5 * path * math.sqrt(8.0 * K_B * 100.0 / (math.pi * case.species[0].mass))


def test_conduction_of_a_slab_is_that_of_theory() -> None:
    case = slab(type="specular")
    exact = (2.0 / math.pi) ** 2 / diffusivity(case)
    assert slow_modes(case, expected_profile(case)).conduction == pytest.approx(exact, rel=0.12)
    both_ends = slab(type="diffuse", temperature="100 K")
    assert slow_modes(both_ends, expected_profile(both_ends)).conduction == pytest.approx(exact / 4.0, rel=0.12)


def test_conduction_of_a_deep_column_is_that_of_its_base_in_local_steps() -> None:
    """Steps grow in factors of 1.5 and so lie up to 1.5 times below those that grow with the free path; gravity and
    area change by 15 % over three scale heights of R0/60.
    """
    case = column(0.001, grid={"per_scale_height": 1.0, "per_mean_free_path": 2.0}, weights={"energy_levels": 1})
    profile = expected_profile(case)
    mesh = lay_mesh(case, profile)
    dt = float(mesh.step_of(profile.position[:1])[0])
    height = case.r_inner / 60.0
    exact = height**2 / (5.783 * diffusivity(case) * dt)
    found = slow_modes(case, profile, mesh)
    assert 0.8 < found.conduction / exact < 1.65
    assert found.diffusion == 0.0
    assert found.slowest == found.conduction


def test_a_denser_column_is_slower_by_the_square_of_the_density_in_steps() -> None:
    thin, dense = column(0.0006), column(0.0003)
    slow = [slow_modes(c, expected_profile(c), lay_mesh(c, expected_profile(c))).conduction for c in (thin, dense)]
    assert slow[1] / slow[0] == pytest.approx(4.0, rel=0.25)


def test_an_exosphere_that_follows_the_exobase_slows_the_column() -> None:
    """lambda0 = 10, Kn0 = 0.01 to 6 R0: 600 to 700 steps seen in the temperature of the column (runs of 300 000 steps).

    The domain that ends at the exobase, 1.42 R0, holds less than half of that heat.
    """
    found = []
    for outer in (1.45, 6.0):
        domain = {"inner": "1000 km", "outer_over_inner": outer}
        case = column(0.01, 10.0, domain=domain, weights={"energy_levels": 1}, outer={"type": "kepler_return"})
        profile = expected_profile(case)
        found.append(slow_modes(case, profile, lay_mesh(case, profile)).conduction)
    assert found[1] > 1.8 * found[0]
    assert 450.0 < found[1] < 900.0


def test_the_slowest_species_of_a_mixture_diffuses() -> None:
    trace = {"name": "X", "mass": "2 u", "diameter": "4 angstrom", "temperature": "100 K", "density": "1e11 m-3"}
    case = column(species=[{**HS, "knudsen_number": 0.005}, trace])
    found = slow_modes(case, expected_profile(case))
    assert found.diffusion > 0.0
    quick = slow_modes(case, expected_profile(case), outflow=[0.0, 1e60])
    assert quick.diffusion == pytest.approx(found.diffusion / 4.0, rel=1e-6)


def test_escape_opens_the_top_and_a_flow_renews_the_gas() -> None:
    case = column(depth=6.0)
    profile = expected_profile(case)
    still = slow_modes(case, profile)
    assert math.isinf(still.renewal)
    some = slow_modes(case, profile, outflow=[1e20])
    assert 0.99 * still.conduction < some.conduction < still.conduction
    content = float(np.trapezoid(profile.density[0] * 4.0 * math.pi * profile.position**2, profile.position))
    blown = slow_modes(case, profile, outflow=[content])
    assert blown.conduction == pytest.approx(still.conduction / 4.0, rel=0.05)
    assert blown.renewal == pytest.approx(1.0, rel=0.05)


def test_without_collisions_only_the_crossing_counts() -> None:
    case = make_case({"solver": "dsmc", "collisions": "off", "body": {"name": "Earth"},
                      "domain": {"inner": "6900 km", "outer_over_inner": 3.0},
                      "species": [{"name": "H", "density": "1e5 cm-3", "temperature": "1000 K"}]})  # fmt: skip
    found = slow_modes(case, expected_profile(case))
    speed = case.species[0].thermal_speed()
    assert found.crossing == pytest.approx((case.r_outer - case.r_inner) / speed, rel=1e-6)
    assert (found.diffusion, found.conduction) == (0.0, 0.0)


def test_quarters_divide_the_fall_of_the_density_below_the_exobase() -> None:
    case = column()
    profile = expected_profile(case)
    edges = quarter_edges(case, profile)
    assert edges[0] == case.r_inner
    assert edges[-1] == pytest.approx(column_top(case, profile), rel=1e-12)
    log = np.log(profile.density_at(edges)[0])
    assert np.diff(log) == pytest.approx(np.full(4, (log[-1] - log[0]) / 4.0), rel=0.01)
    flat = slab(type="specular")
    assert quarter_edges(flat, expected_profile(flat)) == pytest.approx(np.linspace(0.0, 1.0, 5))
