"""The simulation as a library object: reservoirs that change, and advances by a time.

Collisionless gas above a reservoir: the escape is the Jeans flux of the reservoir, (1 + lambda) exp(-lambda) n vbar/4.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from exobase.analytic.jeans import jeans_flux
from exobase.case import make_case
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.simulation import Simulation

R0, N, T, MASS = 1e6, 1e12, 300.0, 6.6464731e-27
GM = 2.0 * K_B * T * R0 / MASS
FREE: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "time_step": "global",
    "body": {"gm": f"{GM} m3 s-2", "radius": f"{R0} m"},
    "domain": {"inner": f"{R0} m", "outer": f"{3 * R0} m"},
    "species": [{"name": "He", "temperature": f"{T} K", "density": f"{N} m-3"}],
    "grid": {"cells": 12},
    "tally": {"record_every": 8},
    "run": {"particles_per_cell": 150},
}


def expected(n: float, temperature: float) -> float:
    """Escape rate [s-1] of the reservoir."""
    return float(jeans_flux(n, temperature, MASS, R0, GM)) * 4.0 * math.pi * R0**2


def settled_escape(sim: Simulation) -> tuple[float, float]:
    """Net loss at the outer face and its error [s-1], after the gas between the faces has been renewed."""
    speed = math.sqrt(2.0 * K_B * T / MASS)
    sim.advance(20.0 * R0 / speed)
    sim.start_tally()
    sim.advance(60.0 * R0 / speed)
    mean, stderr = sim.boundary_flux()["outer", "He"]["number"]
    return -mean, stderr


def test_the_escape_follows_density_and_temperature_of_the_reservoir() -> None:
    """Jeans' flux within 4 errors (each at most 4 %) at n, 3 n, and 0.4 n with 1.5 T; nothing enters from n = 0."""
    sim = Simulation(make_case(FREE))
    for n, temperature in ((N, T), (3.0 * N, T), (0.4 * N, 1.5 * T)):
        sim.set_reservoir("inner", "He", n=n, u=0.0, T=temperature)
        rate, error = settled_escape(sim)
        assert 0.0 < error < 0.04 * rate
        assert abs(rate - expected(n, temperature)) < 4.0 * error
    sim.set_reservoir("inner", "He", n=0.0, u=0.0, T=T)
    sim.advance(100.0 * R0 / math.sqrt(2.0 * K_B * T / MASS))
    assert settled_escape(sim)[0] < 1e-3 * expected(N, T)


def test_a_species_of_which_only_the_mass_is_known_escapes_like_any_other() -> None:
    """Jeans' flux within 4 errors: without collisions nothing needs a diameter, from the plan to the balance."""
    sim = Simulation(make_case(FREE, {"species": [{**FREE["species"][0], "name": "X", "mass": f"{MASS} kg"}]}))
    assert not sim.case.species[0].species.collides
    speed = math.sqrt(2.0 * K_B * T / MASS)
    sim.advance(20.0 * R0 / speed)
    sim.start_tally()
    sim.advance(60.0 * R0 / speed)
    mean, error = sim.boundary_flux()["outer", "X"]["number"]
    assert 0.0 < error < 0.04 * abs(mean)
    assert abs(-mean - expected(N, T)) < 4.0 * error


def test_a_reservoir_without_gas_is_filled_from_the_other_side() -> None:
    sim = Simulation(make_case({**FREE, "outer": {"type": "remove"}, "initial": "empty"}))
    sim.set_reservoir("inner", "He", n=0.0, u=0.0, T=T)
    sim.step(20)
    before = sim.history.particles[-1]
    sim.set_reservoir("outer", "He", n=N, u=0.0, T=T)
    sim.step(200)
    assert before == 0
    assert sim.history.particles[-1] > 100


@pytest.mark.parametrize(
    ("face", "species", "state", "words"),
    [
        ("top", "He", (N, 0.0, T), "no face 'top' with species 'He'; there are inner/He, outer/He"),
        ("inner", "H", (N, 0.0, T), "no face 'inner' with species 'H'"),
        ("inner", "He", (-1.0, 0.0, T), "n = -1.0 m-3 must not be negative"),
        ("inner", "He", (math.nan, 0.0, T), "n = nan m-3"),
        ("inner", "He", (N, math.inf, T), "u = inf m/s finite"),
        ("inner", "He", (N, 0.0, 0.0), "T = 0.0 K must be positive"),
        ("inner", "He", (N, 0.0, math.nan), "T = nan K"),
    ],
)
def test_a_bad_reservoir_is_refused_and_the_old_one_stays(
    face: str, species: str, state: tuple[float, float, float], words: str
) -> None:
    sim = Simulation(make_case(FREE))
    with pytest.raises(InputError, match="set_reservoir") as caught:
        sim.set_reservoir(face, species, *state)
    assert words in str(caught.value)
    assert sim.reservoirs["inner", "He"].density == N


def test_advance_takes_whole_steps_whose_times_add_up() -> None:
    sim = Simulation(make_case(FREE))
    dt = float(sim.engine.tables.boundary.dt)
    assert sim.advance(5.0 * dt) == pytest.approx(5.0 * dt)
    assert (sim.steps, sim.time) == (5, pytest.approx(5.0 * dt))
    taken = sum(sim.advance(0.3 * dt) for _ in range(40))
    assert (sim.steps, taken) == (17, pytest.approx(12.0 * dt))
    assert sim.advance(0.0) == 0.0
    assert sim.advance(7.4 * dt) == pytest.approx(7.0 * dt)
    assert sim.steps == 24


@pytest.mark.parametrize("t", [-1.0, math.nan, math.inf])
def test_advance_refuses_what_is_no_time(t: float) -> None:
    sim = Simulation(make_case(FREE))
    with pytest.raises(InputError, match="must be finite and not negative"):
        sim.advance(t)
    assert sim.steps == 0


def test_advance_needs_a_common_time() -> None:
    with pytest.raises(InputError, match='needs time_step = "global"'):
        Simulation(make_case({**FREE, "time_step": "local"})).advance(1.0)
