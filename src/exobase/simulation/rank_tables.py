"""What one rank reads in its steps: all that follows from case, mesh, profile and the cells that it owns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.collisions.ntc import Pairs
from exobase.constants import K_B
from exobase.geometry.columns import PLACED, SPIN
from exobase.geometry.mesh import Mesh
from exobase.geometry.motion import Motion
from exobase.parallel import Comm, Decomposition
from exobase.particles.conserve import energy_scale
from exobase.particles.levels import Levels, level_of
from exobase.particles.move import Boundary, Cells
from exobase.particles.resolve import Domain
from exobase.particles.sort import Groups
from exobase.simulation.column import quarter_edges
from exobase.simulation.levels import levels_of
from exobase.simulation.profile import Profile
from exobase.simulation.tables import boundary_of, cells_of
from exobase.simulation.weights import flux_weights
from exobase.tallies.moments import moment_count

Array = NDArray[np.float64]
SPECTRUM_UNIT = float(1 << 30)


class VelocityCells(NamedTuple):
    """Owned cells whose velocities are counted: local ``cell`` and number of the ``radius`` [n]; largest ``speed`` [ns]
    m/s of their histograms.
    """

    cell: NDArray[np.int64]
    radius: NDArray[np.int64]
    speed: Array


@dataclass(frozen=True)
class Tables:
    """Tables of the owned cells ``begin`` .. ``end``-1. Nothing here changes in a step.

    omega [rows]: flux weights of the gas; largest_weight [ns]: largest of them on any rank. A row is a cell and a
    species, a group a row and an energy level. To change one: ``dataclasses.replace``.
    """

    case: Case
    mesh: Mesh
    profile: Profile
    parts: Decomposition
    begin: int
    end: int
    motion: Motion
    pairs: Pairs
    levels: Levels
    cells: Cells
    boundary: Boundary
    omega: Array
    largest_weight: Array

    @cached_property
    def ns(self) -> int:
        """Number of species."""
        return len(self.case.species)

    @cached_property
    def ncell(self) -> int:
        """Number of owned cells."""
        return self.end - self.begin

    @cached_property
    def rows(self) -> int:
        """Number of rows."""
        return self.ncell * self.ns

    @cached_property
    def width(self) -> int:
        """Groups of a cell."""
        return self.ns * self.levels.number

    @cached_property
    def groups(self) -> int:
        """Number of groups."""
        return self.ncell * self.width

    @cached_property
    def kinds(self) -> int:
        """Kinds of particles that the ledger tells apart: the gas, and tracers if there are any."""
        return 2 if self.levels.number > 1 else 1

    @cached_property
    def rotating(self) -> bool:
        """Whether molecules rotate."""
        return bool(self.pairs.zeta.any())

    @cached_property
    def follows_temperature(self) -> bool:
        """Whether the collision numbers of rotation follow the temperature of the cells."""
        return self.rotating and bool(self.pairs.t_star.any()) and self.pairs.a.size > 0

    @cached_property
    def columns(self) -> int:
        """Columns of a particle."""
        if self.mesh.placed:
            return PLACED
        return SPIN + 1 if self.rotating else SPIN

    @cached_property
    def shear(self) -> bool:
        """Whether moments of a shear flow are sampled."""
        return self.case.shear

    @cached_property
    def moments(self) -> int:
        """Number of moments sampled."""
        return moment_count(self.rotating, self.shear, self.mesh.placed)

    @cached_property
    def group_omega(self) -> Array:
        """Flux weight of each group."""
        return np.ravel(self.omega.reshape(-1, self.ns, 1) * self.levels.factor.reshape(self.ns, -1))

    @cached_property
    def domain(self) -> Domain:
        """Where particles move, in one tuple for kernels."""
        return Domain(self.motion, self.mesh.runs, self.cells, self.boundary, self.group_omega, self.mesh.map)

    @cached_property
    def grouping(self) -> Groups:
        """How particles are grouped, in one tuple for kernels."""
        return Groups(self.begin, self.ns, self.levels.number, self.group_omega, self.pairs.zeta)

    @cached_property
    def sampled(self) -> Array:
        """Factor with which each group of a cell counts in moments [width]: 1 for the gas, 0 for tracers."""
        return np.tile(np.arange(self.levels.number) == 0, self.ns).astype(np.float64)

    @cached_property
    def quarter(self) -> NDArray[np.int64]:
        """Quarter of the collisional column that holds each cell [ncell]; others lie beyond it."""
        middle = 0.5 * (self.cells.lo + self.cells.hi)
        return np.asarray(np.searchsorted(quarter_edges(self.case, self.profile), middle) - 1)

    @cached_property
    def coin_speed(self) -> Array:
        """Thermal speed sqrt(kT/m) [rows] m/s, the unit of the coins of clone and remove."""
        return np.ascontiguousarray(np.sqrt(self._kt / self.pairs.mass)).ravel()

    @cached_property
    def coin_scale(self) -> Array:
        """Momentum and energy of the heaviest weight in each cell [ncell, 2], the units of the coins of collisions."""
        mass, omega = self.pairs.mass, self.omega.reshape(self.ncell, self.ns)
        scale = np.empty((self.ncell, 2))
        scale[:, 0] = (omega * np.sqrt(mass * self._kt)).max(axis=1, initial=0.0)
        scale[:, 1] = (omega * energy_scale(self._kt)).max(axis=1, initial=0.0)
        return scale

    @property
    def _kt(self) -> Array:
        """Expected kT [ncell, ns] J."""
        return np.asarray(K_B * self.profile.temperature_at(self.mesh.centre(self.cells.lo, self.cells.hi)).T)

    @cached_property
    def traced(self) -> NDArray[np.bool_]:
        """Species [ns] whose escape is counted on tracers."""
        return self.levels.highest > 0

    @property
    def escape_factor(self) -> Array:
        """Weight over that of the gas of the lowest level [ns] in which particles leave: 1 without tracers."""
        place = np.inf if self.case.outer.type == "kepler_return" else self.mesh.outer
        potential = float(self.case.space.potential(place))
        level = [level_of(self.levels, s, potential) for s in range(self.ns)]
        return np.asarray(self.levels.factor.reshape(self.ns, -1)[np.arange(self.ns), level])

    @property
    def spectrum_weight(self) -> Array:
        """Largest flux weight [ns] of an escaping particle, in which the spectrum is counted."""
        return np.asarray(self.largest_weight * self.escape_factor)

    @property
    def spectrum_units(self) -> Array:
        """Integer units of the spectrum per flux weight [ns, kinds]: 0 for the kind that is not counted."""
        unit = SPECTRUM_UNIT / self.spectrum_weight
        if self.kinds == 1:
            return np.ascontiguousarray(unit[:, None])
        both = np.stack([np.where(self.traced, 0.0, unit), np.where(self.traced, unit, 0.0)], axis=1)
        return np.ascontiguousarray(both)

    @property
    def bins_per_energy(self) -> Array:
        """Bins of the escape spectrum per specific energy [ns]."""
        return np.asarray(self.pairs.mass / spectrum_width(self.case))

    @cached_property
    def velocity_cells(self) -> VelocityCells:
        """Where velocities are counted (``tally.vdf_radii``)."""
        radii = np.array(self.case.tally.vdf_radii, dtype=np.float64)
        number = self.mesh.locate(radii) if radii.size else np.zeros(0, dtype=np.int64)
        cell = (self.mesh.cell_of(np.arange(self.mesh.patches)[:, None], number) - self.begin).ravel()
        index = np.tile(np.arange(radii.size), self.mesh.patches)
        owned = (cell >= 0) & (cell < self.ncell)
        speed = 4.0 * np.array([s.thermal_speed() for s in self.case.species])
        return VelocityCells(cell[owned], index[owned], speed)


def lay_tables(case: Case, pairs: Pairs, comm: Comm, mesh: Mesh, profile: Profile, parts: Decomposition) -> Tables:
    """Tables of this rank's part of the cells of ``mesh``. Collective."""
    begin, end, ns = parts.begin(comm.rank), parts.end(comm.rank), len(case.species)
    levels = levels_of(case, mesh, profile)
    omega = flux_weights(case, mesh, profile, begin, end)
    largest = omega.reshape(-1, ns).max(axis=0) if end > begin else np.zeros(ns)
    return Tables(
        case, mesh, profile, parts, begin, end, case.space.motion, pairs, levels,
        cells_of(case, mesh, begin, end, levels.number), boundary_of(case, mesh), omega, comm.max(largest),
    )  # fmt: skip


def spectrum_width(case: Case) -> float:
    """Width [J] of the bins of the escape spectrum, in kT of the hottest reservoir."""
    return K_B * max(s.temperature for s in case.species) * case.tally.energy_max_kt / case.tally.energy_bins
