"""What the sources of a case emit within cells: rates, counts and births of the owned cells, and expected densities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.constants import K_B
from exobase.geometry.mesh import Mesh
from exobase.geometry.spheres import sphere_area
from exobase.particles.move import Cells
from exobase.sources.emitters import ILLUMINATION, assemble
from exobase.sources.ground import LIT, lit_share
from exobase.sources.layout import (
    CHANNELS,
    ELECTRON_TEMPERATURE,
    ENERGIES,
    LAW,
    MASS,
    MASS_A,
    MASS_B,
    NODES,
    PARENT_TEMPERATURE,
    POINT,
    RADIUS,
    RELEASED,
    SPECIES,
    SPEED,
    Births,
)
from exobase.sources.reading import read_sources
from exobase.sources.velocity import DISSOCIATION, MONO, SPECTRUM
from exobase.sources.volume import cell_rates, count_volume, emit_volume, particles_per_event

Array = NDArray[np.float64]
_LEAST = 1e-9


def births_of(case: Case) -> Births:
    """Tables of the sources of a case: rates per volume where the Sun is overhead, as if it were so everywhere.

    A level on the outer boundary lies just below it, in the outermost cell.
    """
    births = assemble(
        read_sources(case.sources, case.r_inner, case.r_outer, [s.species for s in case.species]),
        [source.illumination for source in case.sources],
        placed_truly=False,
    )
    births.nodes[:, RADIUS] = np.minimum(births.nodes[:, RADIUS], np.nextafter(case.r_outer, 0.0))
    return births


class CellBirths:
    """Births in the owned cells, step by step. rate [ncell, sources, ns]: particles per second of one column."""

    def __init__(self, case: Case, mesh: Mesh, cells: Cells) -> None:
        self.births = births_of(case)
        ns = len(case.species)
        self.cells = cells
        self.rate = np.zeros((cells.lo.size, len(case.sources), ns))
        cell_rates(self.births, particles_per_event(self.births, ns), cells.lo, cells.hi, self.rate)
        self.rate /= mesh.patches
        illumination = [source.illumination for source in case.sources]
        self.lit = np.array([LIT[name] for name in illumination])
        if mesh.placed:
            patch = mesh.patch_of(cells.first_id + np.arange(cells.lo.size))
            self.rate *= lit_share(mesh.division, case.sun, illumination)[patch][:, :, None]
        self.counts = np.zeros(self.rate.shape, dtype=np.int64)

    def count(self, omega: Array, key: np.uint64) -> int:
        """Draw the numbers of this step; omega [ncell * ns]: flux weights."""
        return int(count_volume(self.rate, omega, self.cells.first_id, key, self.counts))

    def fill(
        self, omega: Array, key: np.uint64, x: Array, fraction: Array, weight: Array, row: NDArray[np.int64]
    ) -> None:
        """Columns, fraction of the step left, flux weight and row (cell, species) of the births just counted."""
        emit_volume(
            self.births, self.cells.lo, self.cells.hi, omega, self.cells.first_id, key, self.counts, 0, self.lit, x,
            fraction, weight, row,
        )  # fmt: skip


def birth_rates(case: Case) -> Array:
    """Particles per second [sources, ns] that every source sends out in all."""
    births = births_of(case)
    return (births.rate * _lit(case))[:, None] * particles_per_event(births, len(case.species))


def _lit(case: Case) -> Array:
    """Part of the sphere in which each source emits, in units of its rate where the Sun is overhead."""
    return np.array([ILLUMINATION[source.illumination][1] for source in case.sources])


def birth_speeds(case: Case) -> Array:
    """Speed [ns] m/s with which the fast particles of each species are born; 0 where no source emits it.

    sqrt(2kT/m) of thermal births; of a dissociation the channel that releases most, with kT of the electrons.
    """
    speed = np.zeros(len(case.species))
    if not case.sources:
        return speed
    births = births_of(case)
    for j in range(births.rate.size):
        nodes = births.nodes[slice(*births.range[j, NODES])]
        if births.code[j, LAW] == DISSOCIATION:
            channels = births.channels[slice(*births.range[j, CHANNELS])]
            products = births.products[slice(*births.range[j, CHANNELS])]
            energy = channels[:, RELEASED] + K_B * nodes[:, ELECTRON_TEMPERATURE].max()
            whole = channels[:, MASS_A] + channels[:, MASS_B]
            for k, (own, other) in enumerate(((MASS_A, MASS_B), (MASS_B, MASS_A))):
                v = np.sqrt(2.0 * energy * channels[:, other] / (channels[:, own] * whole))
                born = products[:, k] >= 0
                np.maximum.at(speed, products[born, k], v[born])
            continue
        mass, law = births.value[j, MASS], births.code[j, LAW]
        if law == MONO:
            v = float(births.value[j, SPEED])
        elif law == SPECTRUM:
            v = math.sqrt(2.0 * births.energies[births.range[j, ENERGIES, 1] - 1, POINT] / mass)
        else:
            v = math.sqrt(2.0 * K_B * nodes[:, PARENT_TEMPERATURE].max() / mass) + abs(births.value[j, SPEED])
        s = births.code[j, SPECIES]
        speed[s] = max(speed[s], v)
    return speed


def fed_only(case: Case) -> NDArray[np.bool_]:
    """Species [ns] that sources alone bring into the domain."""
    return np.array([case.fed_only(name) for name in case.names])


def expected_born_density(case: Case, r: Array, free: Array, height: Array) -> Array:
    """Density [ns, n] m-3 that births of Births per second B(r) above r would keep up, to set weights by.

    Those that are not lost upward drift down as fast as they leave freely and diffuse through the gas, in series:
    n = B/(4 pi r^2 w), 1/w = 4/U + 2H/(l U). Fast ones, half of all births, make up the rest: B(r0)/2/(4 pi r^2 v).
    free [ns, n]: mean free paths l; height [n]: scale height H of the pressure [m]. Right within a factor of a few.
    """
    births, ns = births_of(case), len(case.species)
    rate = np.zeros((r.size - 1, births.rate.size, ns))
    cell_rates(births, particles_per_event(births, ns), r[:-1].copy(), r[1:].copy(), rate)
    shell = (rate * _lit(case)[:, None]).sum(axis=1).T
    above = np.concatenate([np.cumsum(shell[:, ::-1], axis=1)[:, ::-1], np.zeros((ns, 1))], axis=1)
    thermal = np.array([[s.thermal_speed()] for s in case.species])
    fast = np.maximum(birth_speeds(case)[:, None], thermal)
    with np.errstate(divide="ignore", invalid="ignore"):
        resistance = 4.0 / thermal + np.where(np.isfinite(free), 2.0 * np.minimum(height, r) / (free * thermal), 0.0)
    n = (above * resistance + 0.5 * above[:, :1] / fast) / sphere_area(r)
    return np.asarray(np.maximum(n, _LEAST * n.max(axis=1, keepdims=True)))
