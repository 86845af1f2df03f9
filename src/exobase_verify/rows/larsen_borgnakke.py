"""Exchange of translational and rotational energy in a box: equilibrium, and relaxation at the rate nu/Z.

dT_rot/dt = (T_tr - T_rot) nu(T_tr)/Z with zeta T_rot + 3 T_tr constant, so that the gap D = T_tr - T_rot obeys
-dln D/dt = (1 + zeta/3) nu/Z; nu = n <sigma g> depends on T_tr. In equilibrium both temperatures are the same and a
molecule's rotational energy over kT is a gamma variate of shape zeta/2: <e^2>/<e>^2 = 1 + 2/zeta. The law holds for
Maxwellian velocities, from which relaxation itself leads away unless Z is large or omega = 1: over 1.2 decay times the
rate of hard spheres with Z = 3 is 0.9 % too low. Rates are therefore those of the first third of a decay time. Small Z
need the sequential scheme (:mod:`exobase.cross_sections.rotation`). Reference: Borgnakke & Larsen 1975, J. Comput.
Phys. 18, 405; Haas et al. 1994, doi:10.1063/1.868221. Boxes are independent: their scatter gives the error.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.linalg import expm

from exobase.analytic import kinetic
from exobase.constants import K_B
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities
from exobase.judge.outcome import Bounds
from exobase.species import Species
from exobase_verify.box import Array, Box, gas
from exobase_verify.row import Curve, Row, Size, judged, mean_of

BOXES = 20
DENSITY = 1e20
HOT, COLD = 500.0, 100.0
DECAY = 0.35
"""Decay times over which a rate is measured."""
"""Translational and rotational temperature at the start of a relaxation [K]."""
RATE = Bounds(relative=0.01)
EQUAL = Bounds(relative=2e-3)
ENERGY = Bounds(absolute=1e-12)
_HAAS = "Borgnakke & Larsen 1975; Haas et al. 1994"


class Rotor(NamedTuple):
    """A rotating gas: degrees of freedom, omega, Z (Z_inf if t_star [K] is given)."""

    zeta: float
    omega: float
    z: float
    t_star: float = 0.0

    @property
    def species(self) -> Species:
        """28 u, 4 angstrom."""
        return gas("A", 28.0, omega=self.omega, zeta=self.zeta, z=self.z, t_star=self.t_star)

    def number(self, temperature: float) -> float:
        """Z at a temperature [K]."""
        return float(parker_number(self.z, self.t_star, temperature))

    def sequential(self, temperature: float) -> bool:
        """Whether the collisions of two such molecules follow the sequential scheme."""
        z = self.number(temperature)
        return bool(relaxation_probabilities(5.0 - 2.0 * self.omega, self.zeta, self.zeta, z, z)[2])

    def frequency(self, temperature: float) -> float:
        """Collision frequency [s-1]."""
        kind = self.species
        return float(kinetic.collision_frequency(DENSITY, temperature, kind.mass, kind.diameter, self.omega))

    def __str__(self) -> str:
        z = f"Parker's Z, Z_inf {self.z:g}, T* {self.t_star:g} K" if self.t_star else f"Z {self.z:g}"
        return (
            f"zeta {self.zeta:g}, omega {self.omega:g}, {z}, {'sequential' if self.sequential(HOT) else 'prohibited'}"
        )


PROHIBITED = (
    Rotor(2.0, 0.5, 3.0),
    Rotor(2.0, 0.75, 5.0),
    Rotor(3.0, 0.75, 4.0),
    Rotor(3.0, 1.0, 4.0),
)
SEQUENTIAL = (Rotor(2.0, 0.5, 2.0), Rotor(2.0, 1.0, 2.2), Rotor(3.0, 0.75, 2.5))
PARKER = Rotor(2.0, 0.74, 18.0, 91.5)


def expected_gap(law: Rotor, times: Array, hot: float = HOT, cold: float = COLD) -> Array:
    """T_tr - T_rot [K] at ``times`` (from 0), by Runge-Kutta steps of which 50 lie between two times."""
    equilibrium = (3.0 * hot + law.zeta * cold) / (3.0 + law.zeta)

    def slope(gap: float) -> float:
        t = equilibrium + law.zeta / (3.0 + law.zeta) * gap
        return -(1.0 + law.zeta / 3.0) * law.frequency(t) / law.number(t) * gap

    gap, out = hot - cold, [hot - cold]
    for step in np.repeat(np.diff(times) / 50.0, 50):
        k1 = slope(gap)
        k2 = slope(gap + 0.5 * step * k1)
        k3 = slope(gap + 0.5 * step * k2)
        gap += step * (k1 + 2.0 * k2 + 2.0 * k3 + slope(gap + step * k3)) / 6.0
        out.append(gap)
    return np.array(out[::50])


def relaxation(law: Rotor, particles: int, z: float | None = None, decay: float = DECAY, seed: int = 21) -> Row:
    """Rate of decay of T_tr - T_rot over theory, ``decay`` decay times from 500 and 100 K.

    z: the collision number the kernel gets, if not that of the law. Parker's Z follows the boxes' temperatures.
    """
    each = particles // BOXES
    kind = law.species if z is None else law._replace(z=z).species
    duration = decay * law.number(HOT) / ((1.0 + law.zeta / 3.0) * law.frequency(HOT))
    dt = duration / 18
    box = Box([kind], np.full((BOXES, 1), each), np.array([DENSITY / each]), 1.0, dt, seed, 8.0, HOT)
    box.maxwellian(np.array([HOT]))
    box.rotate(np.array([COLD]))
    before = box.conserved()
    start = np.subtract(*box.cell_temperatures(0))
    times, gaps = [0.0], [start]
    for _ in range(6):
        for _ in range(3):
            if law.t_star:
                box.temperatures[:] = box.cell_temperatures(0)[0]
            box.collide()
        times.append(box.time)
        gaps.append(np.subtract(*box.cell_temperatures(0)))
    drift = float(np.abs(box.conserved()[:, 3] / before[:, 3] - 1.0).max())
    theory = expected_gap(law, np.array(times))
    found = [mean_of(gap - start * t / theory[0]) for gap, t in zip(gaps[1:], theory[1:], strict=True)]
    values = np.array([theory[0], *(t + mean for (mean, _), t in zip(found, theory[1:], strict=True))])
    errors = np.array([0.0, *(error for _, error in found)])
    exact = math.log(theory[0] / theory[-1])
    labels, each_time = ("collisions per particle", "T_tr - T_rot (K)"), np.array(times) * law.frequency(300.0)
    curve = Curve.of(
        "Rotational relaxation", labels, each_time, values, errors, theory, str(law),
    )  # fmt: skip
    detail = f"energy changed by {drift:.1e}; {2 * box.collisions() / box.n:.2f} collisions per particle"
    value, error = math.log(values[0] / values[-1]) / exact, float(errors[-1] / values[-1]) / exact
    return judged(
        f"Larsen-Borgnakke, {law}: relaxation rate over nu/Z", value, error, 1.0, RATE, source=_HAAS, detail=detail,
        curves=[curve],
    )  # fmt: skip


def uncorrected(law: Rotor, particles: int) -> Row:
    """Relaxation rate with P = (zeta_t + zeta)/(zeta_t Z) in the sequential scheme, over nu/Z; theory 1 - P (1 - f)/2.

    The kernel, which corrects P, gets the Z for which its corrected probability is this P.
    """
    f = (5.0 - 2.0 * law.omega) / (5.0 - 2.0 * law.omega + law.zeta)
    p = 1.0 / (f * law.z)
    slow = 1.0 - 0.5 * p * (1.0 - f)
    row = relaxation(law, particles, z=law.z / slow)
    name = f"Larsen-Borgnakke, {law}: relaxation rate over nu/Z with uncorrected probabilities"
    return judged(name, row.value, row.error, slow, RATE, source=_HAAS, detail=row.detail)


def equilibrium(law: Rotor, particles: int, start: tuple[float, float], before: float, sampled: float) -> list[Row]:
    """Ratio of temperatures, and width of the distribution of rotational energy, from two temperatures [K].

    Means over ``sampled`` collisions of each molecule after ``before`` of them. From far away the width still exceeds
    its law by 4e-3 after 4 to 5 Z collisions (measured for zeta 3, omega 1, Z 4), a third of that with every further Z.
    """
    each = particles // BOXES
    dt = 0.25 / law.frequency(300.0)
    box = Box(
        [law.species],
        np.full((BOXES, 1), each),
        np.array([DENSITY / each]),
        1.0,
        dt,
        23,
        8.0,
        max(start),
        bool(law.t_star),
    )
    box.maxwellian(np.array([start[0]]))
    box.rotate(np.array([start[1]]))
    start_sums = box.conserved()
    ratios, shapes = [], []
    for k in range(math.ceil((before + sampled) / 0.25)):
        box.collide()
        if k >= before / 0.25:
            translation, rotation = box.cell_temperatures(0)
            ratios.append(rotation / translation)
            e = box.spin.reshape(BOXES, each)
            shapes.append((e**2).mean(axis=1) / e.mean(axis=1) ** 2)
    drift = float(np.abs(box.conserved()[:, 3] / start_sums[:, 3] - 1.0).max())
    name = f"Larsen-Borgnakke, {law}, from {start[0]:g} and {start[1]:g} K"
    exact = 1.0 + 2.0 / law.zeta
    return [
        judged(f"{name}: T_rot over T_tr", *mean_of(np.mean(ratios, axis=0)), 1.0, EQUAL, source=_HAAS),
        judged(f"{name}: mean square over square mean", *mean_of(np.mean(shapes, axis=0)), exact, EQUAL, source=_HAAS),
        judged(f"{name}: relative change of energy", drift, 0.0, 0.0, ENERGY, detail="largest of all boxes"),
    ]


def with_atoms(particles: int, z: float = 4.0, zeta: float = 2.0) -> Row:
    """T_rot of 28 u in as many atoms of 16 u, Maxwell molecules: its change over that of the exact linear law."""
    kinds = [gas("A", 28.0, omega=1.0, zeta=zeta, z=z), gas("B", 16.0, omega=1.0)]
    each = particles // (2 * BOXES)
    ma, mb = kinds[0].mass, kinds[1].mass
    like, unlike = (DENSITY * float(kinetic.rate_coefficient(300.0, ma, m, 4e-10, 1.0)) for m in (ma, mb))
    dt = 0.1 / (like + unlike)
    box = Box(kinds, np.full((BOXES, 2), each), np.full(2, DENSITY / each), 1.0, dt, 29, 8.0, 1.5 * HOT)
    box.maxwellian(np.array([HOT]))
    box.rotate(np.array([COLD]))
    box.collide(30)
    exact = expm(atoms_matrix(ma, mb, like, unlike, zeta, z) * box.time) @ np.array([HOT, HOT, COLD])
    here = box.species_of == 0
    energy = np.bincount(box.cell_of[here], 2.0 * ma / (zeta * K_B) * box.spin[here], BOXES) / each
    value, error = mean_of(energy - COLD)
    own = [box.temperature(s) for s in range(2)]
    detail = f"T of both {own[0]:.1f} and {own[1]:.1f} K, theory {exact[0]:.1f} and {exact[1]:.1f} K"
    return judged(
        f"Larsen-Borgnakke, zeta {zeta:g}, Z {z:g}, among atoms: rise of T_rot", value, error, float(exact[2]) - COLD,
        RATE, unit="K", source=f"{_HAAS}; Maxwell molecules", detail=detail,
    )  # fmt: skip


def atoms_matrix(ma: float, mb: float, like: float, unlike: float, zeta: float, z: float) -> Array:
    """d(T_A, T_B, T_rot)/dt of Maxwell molecules A, which rotate, and B, of equal density; nu of A with A and with B.

    In a collision of A with B the relative motion has the temperature T_r = (m_B T_A + m_A T_B)/M and loses
    (zeta/2) k (T_r - T_rot)/Z; A receives m_A/M of the energy of the centre of mass and m_B/M of the relative one.
    """
    a, b = ma / (ma + mb), mb / (ma + mb)
    relative, centre = np.array([b, a, 0.0]), np.array([a, b, 0.0])
    first, second, spin = np.eye(3)
    lost = zeta / (3.0 * z)
    da = unlike * (a * centre + b * relative - first) - lost * (like * (first - spin) + unlike * b * (relative - spin))
    db = unlike * (b * centre + a * relative - second) - lost * unlike * a * (relative - spin)
    return np.array([da, db, (like * (first - spin) + unlike * (relative - spin)) / z])


def unequal_weights(boxes: int, ratio: float = 4.0) -> list[Row]:
    """Two rotating gases of weights ``ratio`` to 1 in equilibrium: the gap of each after 15 collisions, mean of boxes.

    A collision of unequal weights conserves energy on average only; both kinds of energy walk, without a drift.
    """
    kinds = [gas("A", 28.0, omega=0.75, zeta=2.0, z=4.0), gas("B", 44.0, omega=0.75, zeta=3.0, z=2.5)]
    numbers = np.tile([[600, int(600 * ratio)]], (boxes, 1))
    weight = np.array([ratio, 1.0]) * DENSITY / (600.0 * ratio)
    nu = DENSITY * float(kinetic.rate_coefficient(300.0, kinds[0].mass, kinds[1].mass, 4e-10, 0.75))
    box = Box(kinds, numbers, weight, 1.0, 0.15 / nu, 31, 8.0)
    box.maxwellian(np.array([300.0]), exact=False)
    box.rotate(np.array([300.0]), exact=False)
    box.collide(50)
    rows = []
    for s, kind in enumerate(kinds):
        translation, rotation = box.cell_temperatures(s)
        gap = (rotation - translation) / 300.0
        name = f"Larsen-Borgnakke, weights {ratio:g} to 1, zeta {kind.zeta_rot:g}: (T_rot - T_tr)/T"
        rows.append(judged(name, *mean_of(gap), 0.0, Bounds(absolute=0.01, sigma=4.0), source=_HAAS))
    return rows


def equilibrium_rows(size: Size) -> list[Row]:
    """Detailed balance from equilibrium, and equilibrium from far away; mixture of weights."""
    full = size == "full"
    particles, boxes = (8_000_000, 4000) if full else (2_000_000, 200)
    near: tuple[Rotor, ...] = (*PROHIBITED, *SEQUENTIAL, PARKER) if full else (PROHIBITED[2], SEQUENTIAL[0], PARKER)
    far: tuple[Rotor, ...] = (*PROHIBITED, *SEQUENTIAL) if full else (SEQUENTIAL[1],)
    found: list[Row] = []
    for law in near:
        found += equilibrium(law, particles, (300.0, 300.0), 2.0, 2.0)
    for law in far:
        found += equilibrium(law, particles // 2, (HOT, COLD), 8.0 * law.number(300.0), 3.0 * law.number(300.0))
    return found + unequal_weights(boxes)


def relaxation_rows(size: Size) -> list[Row]:
    """Rates of both schemes, of Parker's Z, and among atoms; what an uncorrected sequential scheme would give."""
    particles = 16_000_000 if size == "full" else 2_000_000
    laws = (*PROHIBITED, *SEQUENTIAL, PARKER) if size == "full" else (*PROHIBITED[::2], *SEQUENTIAL[::2], PARKER)
    found = [relaxation(law, particles) for law in laws]
    return [*found, *(uncorrected(law, particles) for law in SEQUENTIAL[::2]), with_atoms(particles)]
