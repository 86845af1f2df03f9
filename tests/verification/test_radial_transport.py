"""Self-consistent radial runs against each other and against exact results.

Local and global steps, empty and barometric starts are different roads to the same steady state; collisionless escape
is the Jeans flux n U/(2 sqrt(pi)) (1 + lambda) exp(-lambda); errors must cover the truth as often as normal errors do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from exobase.analytic import chamberlain
from exobase.analytic.jeans import evaporation_flux, jeans_flux
from exobase.case import Case, make_case
from exobase.simulation import Simulation
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import BlockEstimate, block_estimate

HARD_SPHERES: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "barometric",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
    "outer": {"type": "kepler_return", "returns": "at_once"},
    "species": [
        {"name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
    ],
    "run": {"particles_per_cell": 100},
}
FREE: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "initial": "empty",
    "body": {"jeans_parameter": 4.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
    "species": [{"name": "X", "mass": "1 u", "temperature": "100 K", "density": "1e10 m-3", "diameter": "2 angstrom"}],
    "grid": {"max_ratio": 0.1},
    "step": {"courant": 1.0},
    "run": {"particles_per_cell": 40},
}


def averaged(case: Case, burn_in: int, steps: int) -> tuple[Simulation, BlockEstimate]:
    """Run, and the escape rate over the evaporation rate of the reservoir."""
    sim = Simulation(case)
    sim.step(burn_in)
    sim.start_tally()
    sim.step(steps)
    s = case.species[0]
    scale = 4.0 * math.pi * case.r_inner**2 * float(evaporation_flux(s.density, s.temperature, s.mass))
    return sim, block_estimate(sim.history.rates(Entry.ESCAPED, sim.tally_from or 0)[:, 0] / scale)


def sampled(sim: Simulation) -> dict[str, np.ndarray]:
    """Centre, density, velocity and temperatures of the only species, with errors."""
    from exobase.simulation.collect import chunks

    (chunk,) = list(chunks(sim))
    return {"r": chunk.r} | {k: v[0] for k, v in chunk.species.items()}


def test_collisionless_escape_is_the_jeans_flux_and_errors_cover_it() -> None:
    """40 seeds: 55 to 80 % within one standard error, mean within 3 errors of theory."""
    case = make_case(FREE)
    s = case.species[0]
    truth = float(jeans_flux(s.density, s.temperature, s.mass, case.r_inner, case.gm))
    truth /= float(evaporation_flux(s.density, s.temperature, s.mass))
    estimates = [averaged(make_case(FREE, {"run.seed": seed}), 400, 1280)[1] for seed in range(1, 41)]
    pulls = np.array([(e.mean - truth) / e.stderr for e in estimates])
    means = np.array([e.mean for e in estimates])
    assert abs(means.mean() - truth) < 3.0 * means.std(ddof=1) / math.sqrt(means.size)
    assert 0.55 <= np.mean(np.abs(pulls) < 1.0) <= 0.80


def test_returning_after_the_flight_time_or_at_once_gives_the_same_escape() -> None:
    """Without collisions the escape does not depend on when bound particles come back."""
    changes = {"time_step": "global", "run.particles_per_cell": 60}
    late = averaged(make_case(FREE, changes), 800, 2400)[1]
    at_once = averaged(make_case(FREE, changes | {"outer.returns": "at_once"}), 800, 2400)[1]
    assert abs(late.mean - at_once.mean) < 3.0 * math.hypot(late.stderr, at_once.stderr)


@pytest.mark.slow
def test_two_starts_give_the_same_flux() -> None:
    """jeans_6 from an empty and from a barometric start."""
    empty = averaged(make_case(HARD_SPHERES, {"initial": "empty"}), 6000, 24000)[1]
    filled = averaged(make_case(HARD_SPHERES), 4000, 24000)[1]
    assert empty.stderr < 0.015 * empty.mean
    assert abs(empty.mean - filled.mean) < 3.0 * math.hypot(empty.stderr, filled.stderr)


@pytest.mark.slow
def test_local_and_global_steps_agree_in_flux_and_profiles() -> None:
    """jeans_6: flux within 3 errors; n, T_r, T_t and n u within 4.5 in all cells.

    The burn-in of the global run is 100 crossing times R0/sqrt(kT/m).
    """
    same = {"grid.adapt": False}
    local, local_flux = averaged(make_case(HARD_SPHERES, same), 4000, 40000)
    steps = same | {"time_step": "global", "run.particles_per_cell": 300}
    uniform, global_flux = averaged(make_case(HARD_SPHERES, steps), 100000, 120000)
    assert global_flux.stderr < 0.02 * global_flux.mean
    assert abs(local_flux.mean - global_flux.mean) < 3.0 * math.hypot(local_flux.stderr, global_flux.stderr)
    a, b = sampled(local), sampled(uniform)
    assert np.array_equal(a["r"], b["r"])
    for name in ("density", "T_r", "T_t", "particle_flux"):
        pull = (a[name] - b[name]) / np.hypot(a[f"{name}_stderr"], b[f"{name}_stderr"])
        assert np.abs(pull).max() < 4.5, name
        assert np.sqrt(np.mean(pull**2)) < 1.6, name


@pytest.mark.slow
def test_weights_that_follow_the_density_do_not_bias_the_flux() -> None:
    """weights.power 0 (no clones) against 1 (equal numbers everywhere)."""
    none = averaged(make_case(HARD_SPHERES, {"weights.power": 0.0}), 4000, 24000)[1]
    full = averaged(make_case(HARD_SPHERES, {"weights.power": 1.0}), 4000, 24000)[1]
    assert abs(none.mean - full.mean) < 3.0 * math.hypot(none.stderr, full.stderr)


def column(**changes: Any) -> Case:
    """Hard spheres between a diffuse wall at 100 K and a specular lid: no flow, T constant."""
    tables = {
        "body": {"jeans_parameter": 10.0},
        "domain": {"inner": "1000 km", "outer_over_inner": 2.0},
        "inner": {"type": "diffuse", "temperature": "100 K"},
        "outer": {"type": "specular"},
        "species": [{**HARD_SPHERES["species"][0], "knudsen_number": 0.05}],
        "run": {"particles_per_cell": 200},
    }
    return make_case({**HARD_SPHERES, **tables}, changes)


@pytest.mark.slow
@pytest.mark.parametrize("time_step", ["local", "global"])
def test_a_closed_column_is_barometric_with_either_step(time_step: str) -> None:
    """T within .5 % and |u|/U below 2e-3 in all cells where errors are smaller, density in hydrostatic balance."""
    case = column(time_step=time_step)
    sim, _ = averaged(case, 4000, 60000)
    a = sampled(sim)
    speed = case.species[0].thermal_speed()
    good = a["T_stderr"] < 0.004 * a["T"]
    assert good.sum() > 0.7 * good.size
    assert np.all(np.abs(a["T"][good] / 100.0 - 1.0) < 0.005 + 3.0 * a["T_stderr"][good] / 100.0)
    assert np.all(np.abs(a["u_r"]) < 1e-3 * speed + 3.5 * a["u_r_stderr"])
    law = np.log(a["density"]) - 10.0 * 1e6 / a["r"]
    error = a["density_stderr"] / a["density"]
    offset = np.average(law, weights=1.0 / error**2)
    assert np.all(np.abs(law - offset) < 0.01 + 4.0 * error)


@pytest.mark.slow
@pytest.mark.parametrize("time_step", ["local", "global"])
def test_collisionless_density_is_chamberlains_with_either_step(time_step: str) -> None:
    """Ballistic and escaping particles, lambda_c = 4 to 3 r_c: within 1 % and 4 standard errors in every cell."""
    fine = {"outer.returns": "at_once", "grid.max_ratio": 0.03, "run.particles_per_cell": 100}
    case = make_case(FREE, fine | {"time_step": time_step})
    sim, _ = averaged(case, 1500, 12000)
    a, s = sampled(sim), case.species[0]
    theory = chamberlain.density(a["r"], s.density, case.r_inner, s.temperature, s.mass, case.gm)
    error = a["density_stderr"] / theory
    assert error.max() < 0.03
    assert np.all(np.abs(a["density"] / theory - 1.0) < 0.01 + 4.0 * error)
