"""A closed column of a mixture of unequal weights: nothing enters, nothing leaves, so energy and number stay.

Specular walls, no gravity, 50 particles per cell and species. Energy stays that of the start however long the run, and
all temperatures are equal (equipartition): the exact answers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.case import make_case
from exobase.constants import K_B
from exobase.simulation import Simulation

TEMPERATURE = 300.0
TOTAL = 4e13


def _gas(name: str, mass: float, diameter: float, omega: float, share: float, **rotation: Any) -> dict[str, Any]:
    return {
        "name": name, "mass": f"{mass} u", "diameter": f"{diameter} angstrom", "omega": omega,
        "reference_temperature": "273 K", "temperature": f"{TEMPERATURE} K", "density": f"{TOTAL * share} m-3",
        **rotation,
    }  # fmt: skip


# Weights are as the densities: 2:1:1, 122:1 (methane in nitrogen), 6500:1 (hydrogen in carbon dioxide).
MIXTURES = {
    "2:1:1": [
        _gas("A", 4.0, 2.5, 0.66, 0.5, rotational_dof=2, rotational_number=3.0),
        _gas("B", 44.0, 5.0, 0.95, 0.25, rotational_dof=3, rotational_number=2.7),
        _gas("C", 16.0, 3.0, 0.5, 0.25),
    ],
    "122:1": [
        _gas("N2", 28.0, 4.17, 0.74, 122.0 / 123.0, rotational_dof=2, rotational_number=5.0),
        _gas("CH4", 16.0, 4.8, 0.84, 1.0 / 123.0),
    ],
    "6500:1": [_gas("CO2", 44.0, 5.6, 0.93, 6500.0 / 6501.0), _gas("H", 1.0, 2.0, 0.8, 1.0 / 6501.0)],
}


CLOSED: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "vhs",
    "time_step": "global",
    "initial": "barometric",
    "body": {"gm": "0 m3 s-2"},
    "domain": {"inner": "1000 km", "outer_over_inner": 1.25},
    "inner": {"type": "specular"},
    "outer": {"type": "specular"},
    "grid": {"adapt": False},
}


@cache
def column(mixture: str, seed: int, steps: int, mode: str = "equal") -> tuple[float, NDArray[np.float64]]:
    """Energy over the last twentieth of the run over that at the start, and T_r and T_t [ns, 2] K."""
    case = make_case(
        {
            **CLOSED,
            "species": MIXTURES[mixture],
            "weights": {"mode": mode},
            "run": {"particles_per_cell": 50, "seed": seed},
        }
    )
    sim = Simulation(case)
    e, s = sim.engine, sim.state()
    square = s["v_normal"] ** 2 + s["v_tangent_1"] ** 2 + s["v_tangent_2"] ** 2
    spin = s["rotational_energy"] if e.tables.columns > 4 else 0.0
    start = float((s["weight"] * e.tables.pairs.mass[s["species"].astype(int)] * (0.5 * square + spin)).sum())
    number = e.particles.count
    sim.start_tally()
    sim.step(steps)
    assert e.particles.count == number
    last = np.array(sim.history.energy)[-max(steps // 800, 1) :].sum(axis=1)
    blocks = e.state.blocks["moments"]
    sums = blocks.data.sum(axis=2).reshape(e.tables.ncell, e.tables.ns, e.tables.moments).sum(axis=0)
    per_kelvin = e.tables.pairs.mass / (K_B * sums[:, 0])
    return float(last.mean()) / start, np.stack([per_kelvin * sums[:, 2], 0.5 * per_kelvin * sums[:, 3]], axis=1)


@pytest.mark.parametrize("mixture", MIXTURES)
def test_energy_of_a_closed_mixture_stays_over_thousands_of_steps(mixture: str) -> None:
    """Without coins that remember it walks by some 2 % in as many steps."""
    ratio, _ = column(mixture, 1, 3000)
    assert abs(ratio - 1.0) < 4e-3


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["equal", "cell"])
@pytest.mark.parametrize("mixture", MIXTURES)
def test_energy_and_temperatures_of_eight_seeds(mixture: str, mode: str) -> None:
    """Energy within 1e-3 rms of the start; all temperatures equal within 0.2 % and 3 errors."""
    found = [column(mixture, seed, 20_000, mode) for seed in range(1, 9)]
    energy = np.array([ratio for ratio, _ in found]) - 1.0
    assert np.sqrt((energy**2).mean()) < 1e-3
    temperatures = np.array([t / t.mean() for _, t in found])
    error = temperatures.std(axis=0, ddof=1) / np.sqrt(8.0)
    assert (np.abs(temperatures.mean(axis=0) - 1.0) < 2e-3 + 3.0 * error).all()


BIASED = pytest.mark.xfail(
    reason="coins of 2:1:1 keep T_r of the species of the largest weight 0.4 % above T_t (docs/numerics.md)",
    strict=True,
)


@pytest.mark.slow
@pytest.mark.parametrize("mixture", [pytest.param("2:1:1", marks=BIASED), "122:1", "6500:1"])
def test_temperatures_along_and_across_the_radius_are_equal(mixture: str) -> None:
    """T_r and T_t of every species within 0.2 % and 3 errors (sixteen seeds)."""
    seeds = (*range(1, 9), *range(11, 19))
    found = np.array([t for _, t in (column(mixture, seed, 20_000) for seed in seeds)])
    anisotropy = found[:, :, 0] / found[:, :, 1] - 1.0
    assert (np.abs(anisotropy.mean(axis=0)) < 2e-3 + 3.0 * anisotropy.std(axis=0, ddof=1) / np.sqrt(len(seeds))).all()


def test_a_trace_has_the_temperature_and_rotation_of_the_few_particles_that_carry_it() -> None:
    """Rotating methane, 1 % in nitrogen, 25 particles each per cell: all at the temperature of the nitrogen.

    Nitrogen's particles weigh 100 times more. Methane that follows the noise of their mean velocity is colder by 0.3 %,
    and its rotation by 1.0 %.
    """
    n2 = _gas("N2", 28.0, 4.17, 0.74, 1.0, rotational_dof=2, rotational_number=5.0)
    ch4 = _gas("CH4", 16.0, 4.8, 0.84, 0.01, rotational_dof=3, rotational_number=5.0)
    domain, run = {"inner": "1000 km", "outer_over_inner": 1.5}, {"particles_per_cell": 25, "seed": 1}
    sim = Simulation(make_case({**CLOSED, "domain": domain, "run": run, "species": [n2, ch4]}))
    e, blocks = sim.engine, []
    assert e.tables.omega[0] > 90.0 * e.tables.omega[1]
    sim.step(2000)
    for _ in range(16):
        sums = np.zeros((2, 3))
        for _ in range(200):
            sim.step(10)
            s = sim.state()
            kind = s["species"].astype(int)
            square = s["v_normal"] ** 2 + s["v_tangent_1"] ** 2 + s["v_tangent_2"] ** 2
            sums += np.stack([np.bincount(kind, w) for w in (np.ones(kind.size), square, s["rotational_energy"])], 1)
        per_kelvin = e.tables.pairs.mass / (K_B * sums[:, 0])
        translation, rotation = per_kelvin * sums[:, 1] / 3.0, 2.0 * per_kelvin * sums[:, 2] / e.tables.pairs.zeta
        carrier = 0.6 * translation[0] + 0.4 * rotation[0]
        blocks.append([translation[1] / carrier, rotation[1] / carrier])
    mean, error = np.mean(blocks, axis=0), np.std(blocks, axis=0, ddof=1) / 4.0
    assert (error < 2e-3).all()
    assert (np.abs(mean - 1.0) < 1.5e-3 + 3.0 * error).all()
