"""Thermal reservoir behind a boundary face: particles enter with the flux distribution of a (drifting) Maxwellian.

A reservoir of density n, temperature T and bulk speed u along the inward normal sends n U/(2 sqrt(pi)) chi(s) particles
per area and time through the face, U = sqrt(2kT/m), s = u/U, chi = exp(-s^2) + sqrt(pi) s (1 + erf s). Normal speeds
have the density v exp(-(v/U - s)^2), v > 0; tangential ones are Maxwellian. Every particle is moved a random
fraction of its step, so entries are uniform in time. Reference: Bird 1994, Molecular Gas Dynamics, eqs 4.22 and 12.5.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.cross_sections.rotation import thermal_rotation
from exobase.geometry.columns import DX, DY, DZ, PLACED, SPIN, VN, VT1, VT2, R
from exobase.jit import kernel
from exobase.rng import TWO_PI, cell_key, round_random, slot_key, uniform
from exobase.sources.ground import FROM_GROUND

_ROOT_PI = math.sqrt(math.pi)


class Faces(NamedTuple):
    """Emitting faces of owned cells, in global order of their owner cells.

    cell [nf] local owner cell, position [nf] m, direction [nf] +1 up or -1 down; rate [nf, ns] s-1 real particles per
    time, speed [nf, ns] = U m/s, drift [nf, ns] = s along the direction of entry; zeta [ns]: rotational degrees of
    freedom, in equilibrium with the reservoir.
    """

    cell: np.ndarray
    position: np.ndarray
    direction: np.ndarray
    rate: np.ndarray
    speed: np.ndarray
    drift: np.ndarray
    zeta: np.ndarray


def reservoir_flux(density: float, speed: float, drift: float) -> float:
    """One-sided flux [m-2 s-1] of a Maxwellian: density [m-3], speed U = sqrt(2kT/m) [m/s], drift s = u/U toward the
    face.
    """
    chi = math.exp(-drift * drift) + _ROOT_PI * drift * math.erfc(-drift)
    return density * speed * chi / (2.0 * _ROOT_PI)


@kernel
def _excess(v: float, s: float) -> float:
    """Integral of x exp(-(x-s)^2) from v to infinity."""
    return 0.5 * math.exp(-(v - s) * (v - s)) + 0.5 * _ROOT_PI * s * math.erfc(v - s)


@kernel
def flux_speed(s: float, u: float) -> float:
    """Normal speed over U of the flux distribution v exp(-(v-s)^2), by inversion of its tail probability u in (0,
    1).
    """
    if s == 0.0:
        return math.sqrt(-math.log(u))
    target = u * _excess(0.0, s)
    lo = 0.0
    hi = max(s, 0.0) + 8.0
    v = max(s, 0.0) + 0.7
    for _ in range(100):
        f = _excess(v, s) - target
        if f > 0.0:
            lo = v
        else:
            hi = v
        slope = -v * math.exp(-(v - s) * (v - s))
        new = v - f / slope if slope != 0.0 else lo
        if not lo < new < hi:
            new = 0.5 * (lo + hi)
        if abs(new - v) <= 1e-14 * (1.0 + v):
            return new
        v = new
    return v


@kernel
def count_entries(faces, omega, species, first_id, key, counts):
    """Number of particles each face and species emits this step (keyed stochastic rounding of rate/flux weight).

    omega [rows]: flux weight of each cell and species (level 0).
    """
    total = 0
    for f in range(faces.cell.size):
        base = cell_key(key, 2 * (first_id + faces.cell[f]) + (1 if faces.direction[f] < 0 else 0))
        for s in range(species):
            mean = faces.rate[f, s] / omega[faces.cell[f] * species + s]
            counts[f, s] = round_random(mean, uniform(slot_key(base, s), 0)) if mean > 0.0 else 0
            total += counts[f, s]
    return total


@kernel
def emit(faces, omega, species, first_id, key, counts, begin, x, fraction, weight, row):
    """Fill entering particles from place ``begin``: columns, fraction of the step left, flux weight, row."""
    n = begin
    for f in range(faces.cell.size):
        base = cell_key(key, 2 * (first_id + faces.cell[f]) + (1 if faces.direction[f] < 0 else 0))
        for s in range(species):
            g = faces.cell[f] * species + s
            for i in range(counts[f, s]):
                k = slot_key(base, (i + 1) * species + s)
                u = faces.speed[f, s]
                x[R, n] = faces.position[f]
                x[VN, n] = faces.direction[f] * u * flux_speed(faces.drift[f, s], uniform(k, 0))
                radius = u * math.sqrt(-math.log(uniform(k, 1)))
                angle = TWO_PI * uniform(k, 2)
                x[VT1, n] = radius * math.cos(angle)
                x[VT2, n] = radius * math.sin(angle)
                if x.shape[0] > SPIN:
                    x[SPIN, n] = (
                        0.5 * u * u * thermal_rotation(faces.zeta[s], uniform(k, 4), uniform(k, 5), uniform(k, 6))
                    )
                if x.shape[0] >= PLACED:
                    x[DX, n], x[DY, n] = 0.0, 0.0
                    x[DZ, n] = FROM_GROUND if faces.direction[f] > 0 else 0.0
                fraction[n] = uniform(k, 3)
                weight[n] = omega[g]
                row[n] = g
                n += 1
    return n
