"""A homogeneous gas in a box: the production kernel ``collide`` on cells that nothing enters or leaves.

A cell of volume V holds N_s simulated particles of species s, W_s real ones each: density N_s W_s/V. The kernel takes
flux weights W/dt. Velocities and rotational energies are drawn from keyed streams; cells are independent of each other,
so the scatter among them measures the error of their mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from exobase.collisions.listed import majorants
from exobase.collisions.ntc import Pairs, collide, no_diagnostics
from exobase.collisions.temperature import follow_temperature
from exobase.constants import ATOMIC_MASS, K_B
from exobase.cross_sections.listed import build_listed
from exobase.cross_sections.vhs import PairLaws, mean_laws, pair_tables
from exobase.geometry.columns import SPIN
from exobase.geometry.patches import WALLS
from exobase.geometry.space import Planar
from exobase.jit import kernel
from exobase.particles.births import no_births
from exobase.particles.conserve import energy_scale, new_keeper
from exobase.particles.levels import no_levels
from exobase.particles.memory import no_memory
from exobase.particles.move import Cells
from exobase.rng import Stream, slot_key, step_key, uniform
from exobase.species import Species
from exobase.tallies.ledger import ENTRIES, Books

Array = NDArray[np.float64]
T_REF = 273.0
_NO_FORCE = Planar(0.0).motion
_SPIN = 1000
"""Number of the draw of rotational energies of the first species (velocities have the numbers 0, 1, ...)."""


@kernel
def _fill(key: np.uint64, out: Array) -> None:
    for i in range(out.size):
        out[i] = uniform(slot_key(key, i), 0)


def uniforms(seed: int, number: int, count: int) -> Array:
    """Independent numbers, uniform in (0, 1); ``number`` tells apart what is drawn with the same seed."""
    out = np.empty(count)
    _fill(np.uint64(step_key(seed, int(Stream.TEST), number)), out)
    return out


def normals(seed: int, number: int, shape: tuple[int, ...]) -> Array:
    """Independent standard normal numbers; ``number`` as in :func:`uniforms`."""
    drawn: Array = ndtri(uniforms(seed, number, int(np.prod(shape)))).reshape(shape)
    return drawn


def gas(
    name: str,
    mass_u: float,
    diameter: float = 4e-10,
    omega: float = 0.5,
    alpha: float = 1.0,
    zeta: float = 0.0,
    z: float = 5.0,
    t_star: float = 0.0,
) -> Species:
    """A made-up species: mass [u], collision diameter [m] at 273 K, viscosity exponent omega, VSS exponent alpha.

    zeta: rotational degrees of freedom; z: rotational collision number, or Z_inf of Parker's Z(T) with t_star [K].
    """
    mass = mass_u * ATOMIC_MASS
    return Species(name, mass, 0, diameter, omega, T_REF, alpha, zeta, "test", z, z if t_star else 0.0, t_star)


@dataclass
class Box:
    """Cells of a homogeneous mixture.

    numbers [ncell, ns] simulated particles; weight [ns] real ones each; volume of a cell [m3]; dt [s].
    majorant_speed: largest relative speed expected, in units of sqrt(2kT/m) at the temperature ``hottest`` [K], which
    is also the first temperature of the cells for Z(T); ``follow``: it follows the particles, as in a simulation.
    laws: of the pairs; default: the means of the species' parameters.
    """

    species: list[Species]
    numbers: NDArray[np.int64]
    weight: Array
    volume: float
    dt: float
    seed: int = 1
    majorant_speed: float = 6.0
    hottest: float = 300.0
    follow: bool = False
    laws: PairLaws | None = None

    def __post_init__(self) -> None:
        ns, cells = len(self.species), self.numbers.shape[0]
        self.mass = np.array([s.mass for s in self.species])
        self.start = np.concatenate([[0], np.cumsum(self.numbers.ravel())]).astype(np.int64)
        self.n = int(self.start[-1])
        zeta = np.array([s.zeta_rot for s in self.species])
        self.x = np.zeros((5 if zeta.any() else 4, self.n + 64))
        self.species_of = np.repeat(np.tile(np.arange(ns), cells), self.numbers.ravel())
        self.cell_of = np.repeat(np.arange(cells), self.numbers.sum(axis=1))
        law = "hard_sphere" if all(s.omega == 0.5 for s in self.species) else "vss"
        laws = mean_laws(self.species, law) if self.laws is None else self.laws
        coefficient, exponent, alpha = pair_tables(self.species, laws)
        a, b = np.triu_indices(ns)
        z_number = np.array([s.z_rot for s in self.species])
        a, b = a.astype(np.int64), b.astype(np.int64)
        t_star = np.array([s.t_star for s in self.species])
        self.pairs = Pairs(
            a, b, coefficient, exponent, alpha, self.mass, zeta, z_number, t_star,
            tables=build_listed(self.species, laws),
        )  # fmt: skip
        self.temperatures = np.full(cells, self.hottest)
        one, zero = np.ones(cells), np.zeros(cells, dtype=np.int64)
        no = np.zeros(cells, dtype=np.bool_)
        self.cells = Cells(
            0 * one, one, self.dt * one, self.volume * one, zero, no, no, no, np.zeros((0, WALLS)), 0, ns, 1
        )
        self.omega = np.tile(self.weight / self.dt, cells)
        thermal = np.sqrt(2.0 * K_B * self.hottest / self.mass)
        speed = self.majorant_speed / np.sqrt(2.0) * np.hypot(thermal[a], thermal[b])
        self.majorant = np.tile(majorants(self.pairs, speed), (cells, 1))
        shape = self.majorant.shape
        self.d = no_diagnostics(*shape)
        groups = cells * ns
        weight, energy, momentum = (np.zeros((groups, ENTRIES)) for _ in range(3))
        none = np.zeros((ns, 1), dtype=np.int64)
        counts = np.zeros((groups, ENTRIES), dtype=np.int64)
        self.books = Books(counts, weight, energy, momentum, none, np.ones(ns), np.ones((ns, 1)))
        self.levels, self.births = no_levels(ns), no_births(self.x.shape[0], 0)
        self.memory = no_memory(0, self.x.shape[0], 1)
        kt = K_B * self.hottest
        momentum, energy = self.weight * np.sqrt(self.mass * kt), self.weight * energy_scale(np.full(ns, kt))
        scale = [momentum.max(), energy.max()]
        self.keeper = new_keeper(
            np.tile(np.sqrt(kt / self.mass), cells), np.tile(np.array(scale) / self.dt, (cells, 1))
        )
        self.partner = np.empty(int(self.numbers.sum(axis=1).max()) + 1, dtype=np.int64)
        self.step = 0

    @property
    def v(self) -> Array:
        """Velocities [3, n] (a view)."""
        return self.x[1:4, : self.n]

    @property
    def spin(self) -> Array:
        """Rotational energies per mass [n] in J/kg (a view); of a gas with rotational energy."""
        return self.x[SPIN, : self.n]

    def density(self, s: int) -> float:
        """Real particles of a species per volume [m-3], mean over cells."""
        return float(self.numbers[:, s].mean() * self.weight[s] / self.volume)

    def maxwellian(self, temperatures: Array, exact: bool = True) -> None:
        """Maxwellian velocities; ``exact``: shifted and scaled to zero momentum and the exact energy of each
        species.
        """
        for s, t in enumerate(np.broadcast_to(temperatures, len(self.species))):
            here = self.species_of == s
            v = normals(self.seed, s, (3, int(here.sum()))) * np.sqrt(K_B * t / self.mass[s])
            if exact:
                v -= v.mean(axis=1, keepdims=True)
                v *= np.sqrt(3.0 * K_B * t / self.mass[s] / (v**2).sum(axis=0).mean())
            self.v[:, here] = v

    def rotate(self, temperatures: Array, exact: bool = True) -> None:
        """Rotational energies of equilibrium at the temperatures of the species [K]: gamma variates of shape zeta/2.

        ``exact``: scaled to the exact energy of each species.
        """
        for s, t in enumerate(np.broadcast_to(temperatures, len(self.species))):
            zeta, here = self.pairs.zeta[s], self.species_of == s
            if zeta == 0.0:
                self.spin[here] = 0.0
                continue
            e = gammaincinv(0.5 * zeta, uniforms(self.seed, _SPIN + s, int(here.sum())))
            if exact:
                e *= 0.5 * zeta / e.mean()
            self.spin[here] = K_B * t / self.mass[s] * e

    def collide(self, steps: int = 1, check: bool = False) -> None:
        """Collide all cells ``steps`` times; ``check``: also look for repeated partners and measure separations."""
        for _ in range(steps):
            keys = [
                np.uint64(step_key(self.seed, int(p), self.step)) for p in (Stream.COLLISION, Stream.COLLISION_COUNT)
            ]
            if self.follow:
                follow_temperature(self.x, self.start, self.cells, self.omega, self.mass, self.temperatures)
            collide(
                _NO_FORCE, self.x, self.start, self.cells, self.omega, self.pairs, self.levels, self.keeper,
                self.temperatures, self.majorant, keys[0], keys[1], self.partner, check, self.d, self.books,
                self.births, self.memory,
            )  # fmt: skip
            self.step += 1

    @property
    def time(self) -> float:
        """Time since the start [s]."""
        return self.step * self.dt

    def collisions(self, pair: int = 0) -> int:
        """Collisions of a pair so far, all cells."""
        return int(self.d.collisions[:, pair].sum())

    def temperature(self, s: int) -> float:
        """From the variance of the velocities [K]."""
        v = self.v[:, self.species_of == s]
        return float(self.mass[s] * v.var(axis=1).sum() / (3.0 * K_B))

    def rotational_temperature(self, s: int) -> float:
        """From the mean rotational energy [K]."""
        energy = self.spin[self.species_of == s].mean()
        return float(2.0 * self.mass[s] * energy / (self.pairs.zeta[s] * K_B))

    def cell_temperatures(self, s: int) -> Array:
        """Translational and rotational temperature of each cell [2, ncell] K; the former about its mean velocity."""
        here, cells = self.species_of == s, self.numbers.shape[0]
        w = self.weight[self.species_of] * self.mass[self.species_of]
        total = np.bincount(self.cell_of, w, cells)
        mean = np.array([np.bincount(self.cell_of, w * row, cells) for row in self.v]) / total
        thermal = ((self.v[:, here] - mean[:, self.cell_of[here]]) ** 2).sum(axis=0) / 3.0
        energy = (thermal, 2.0 / self.pairs.zeta[s] * self.spin[here])
        sums = np.array([np.bincount(self.cell_of[here], e, cells) for e in energy])
        out: Array = self.mass[s] / K_B * sums / self.numbers[:, s]
        return out

    def conserved(self) -> Array:
        """Total weighted momentum and energy, rotation included, per cell [ncell, 4] (kg m/s, J)."""
        w = self.weight[self.species_of] * self.mass[self.species_of]
        energy = 0.5 * (self.v**2).sum(axis=0)
        if self.x.shape[0] > SPIN:
            energy = energy + self.spin
        quantities = [*(w * row for row in self.v), w * energy]
        return np.array([np.bincount(self.cell_of, q, self.numbers.shape[0]) for q in quantities]).T


def one_cell(
    species: list[Species], numbers: list[int], density: list[float], dt: float, seed: int = 1, **more: Any
) -> Box:
    """A single cell with given densities [m-3]; weights follow from a volume of 1 m3."""
    weight = np.array(density) / np.array(numbers)
    return Box(species, np.array([numbers]), weight, 1.0, dt, seed, **more)
