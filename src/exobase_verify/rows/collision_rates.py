"""Collision rates and mean free path of a gas at rest in a box.

Per volume and time n^2 <sigma g>/2 within a species and n1 n2 <sigma g> between two, <sigma g> = 2 sqrt(pi) d^2
sqrt(2kT_r/m_r) (T/T_r)^(1-omega); mean free path 1/(sqrt2 n sigma_T) (Bird 1994, sections 4.3-4.4). A box of N
particles has N(N-1)/2 pairs of like ones, so the exact number is that with n^2 replaced by N(N-1) (W/V)^2.
The velocities have the exact temperature; the standard error is that of the number of collisions, N^(-1/2).
"""

from __future__ import annotations

import math

import numpy as np

from exobase.analytic import kinetic
from exobase.constants import K_B
from exobase.judge.outcome import Bounds
from exobase_verify.box import Box, gas, one_cell
from exobase_verify.row import Row, Size, judged

T = 400.0
DENSITY = 1e20
NUMBERS = {1.0: [60_000, 60_000], 4.0: [30_000, 120_000], 0.0625: [160_000, 10_000]}
"""Particles of the two species of the mixture, by their ratio of weights."""
RATE = Bounds(relative=3e-3)
PATH = Bounds(relative=5e-3)
_SOURCE = "Bird 1994, section 4.3"


def expected_rate(box: Box, a: int, b: int, temperature: float) -> float:
    """Collisions per time of a pair of species in the whole box, from theory [s-1 of simulated collisions]."""
    sa, sb = box.species[a], box.species[b]
    d, omega = kinetic.cross_pair(sa.diameter, sb.diameter), kinetic.cross_pair(sa.omega, sb.omega)
    k = float(kinetic.rate_coefficient(temperature, sa.mass, sb.mass, d, omega))
    na, nb = (box.numbers[:, s].astype(float) for s in (a, b))
    # The N_a W_a N_b W_b real pairs collide at k/V each; one simulated collision stands for min(W_a, W_b) of them.
    pairs = 0.5 * na * (na - 1.0) if a == b else na * nb
    return float((pairs * max(box.weight[a], box.weight[b]) * k / box.volume).sum())


def one_gas(omega: float, steps: int = 80) -> tuple[Row, Box]:
    """Frequency of collisions of one particle over theory, of 1e5 particles in ``steps`` steps of 0.2/nu."""
    kind = gas("A", 28.0, omega=omega)
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter, omega))
    box = one_cell([kind], [100_000], [DENSITY], 0.2 / nu, hottest=T)
    box.maxwellian(np.array([T]))
    box.collide(steps)
    exact = expected_rate(box, 0, 0, T) * box.time
    row = _counted(f"collision rate, omega {omega:g}", box.collisions(), exact, RATE)
    return row, box


def mixture(omega_1: float, omega_2: float, ratio: float, steps: int = 100) -> tuple[list[Row], Box]:
    """Like and unlike pairs of molecules of 4 u and 40 u, weights W1/W2 = ``ratio`` at the same densities.

    Particles of the lighter weight suffer every collision, at the rate n <sigma g>. Collisions of unequal weights let
    the temperatures walk by about 1 %, so theory takes those of every step (T_12 = (m2 T1 + m1 T2)/(m1 + m2) for
    unlike pairs).
    """
    kinds = [gas("A", 4.0, 2.5e-10, omega_1), gas("B", 40.0, 4e-10, omega_2)]
    nu = DENSITY * float(kinetic.rate_coefficient(T, kinds[0].mass, kinds[1].mass, 3.25e-10, 0.5 * (omega_1 + omega_2)))
    box = one_cell(kinds, NUMBERS[ratio], [DENSITY, DENSITY], 0.15 / nu, hottest=T)
    box.maxwellian(np.array([T, T]))
    pairs, expected = ((0, 0), (0, 1), (1, 1)), np.zeros(3)
    for _ in range(steps):
        t1, t2 = box.temperature(0), box.temperature(1)
        between = (t1 * kinds[1].mass + t2 * kinds[0].mass) / (kinds[0].mass + kinds[1].mass)
        for pair, ((a, b), t) in enumerate(zip(pairs, (t1, between, t2), strict=True)):
            expected[pair] += box.dt * expected_rate(box, a, b, t)
        box.collide()
    name = f"collision rate, 4 u and 40 u, omega {omega_1:g} and {omega_2:g}, weights {ratio:g} to 1"
    rows = [
        _counted(f"{name}: {pair}", box.collisions(k), float(expected[k]), RATE)
        for k, pair in enumerate(("light pairs", "unlike pairs", "heavy pairs"))
    ]
    return rows, box


def free_path(omega: float, steps: int = 80) -> Row:
    """Distance flown by all particles over the number of their collisions (two per collision), over theory."""
    kind = gas("A", 40.0, omega=omega)
    path = float(kinetic.mean_free_path(DENSITY, T, kind.diameter, omega))
    mean_speed = math.sqrt(8.0 * K_B * T / (math.pi * kind.mass))
    box = one_cell([kind], [100_000], [DENSITY], 0.2 * path / mean_speed, seed=3, hottest=T)
    box.maxwellian(np.array([T]))
    flown = 0.0
    for _ in range(steps):
        flown += float(np.sqrt((box.v**2).sum(axis=0)).sum()) * box.dt
        box.collide()
    found = flown / (2.0 * box.collisions())
    error = path / math.sqrt(box.collisions())
    return judged(f"mean free path, omega {omega:g}", found, error, path, PATH, unit="m", source=_SOURCE)


def rates(size: Size) -> list[Row]:
    """One gas of three omegas, and mixtures of equal and unequal weights."""
    long = 4 if size == "full" else 1
    found = [one_gas(omega, 80 * long)[0] for omega in (0.5, 0.75, 1.0)]
    for omegas in ((0.5, 0.5), (0.7, 0.9)):
        for ratio in (1.0, 4.0):
            found += mixture(*omegas, ratio, 300 * long)[0]
    # few particles of the heavy weight: their own pairs need more steps
    return found + mixture(0.5, 0.5, 0.0625, 1000 * long)[0]


def paths(size: Size) -> list[Row]:
    """Hard and variable hard spheres."""
    return [free_path(omega, 320 if size == "full" else 80) for omega in (0.5, 0.75)]


def _counted(name: str, count: int, expected: float, bounds: Bounds) -> Row:
    detail = f"{count} collisions over the {expected:.0f} of theory"
    return judged(name, count / expected, math.sqrt(count) / expected, 1.0, bounds, source=_SOURCE, detail=detail)
