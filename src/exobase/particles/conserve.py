"""Momentum and energy of cells with energy levels: kept not only in the mean.

Clone/remove, and collisions in which the heavier partner turns with the ratio of the weights only, keep momentum and
energy on average. What one event gains or loses stays in the gas until conduction carries it to a boundary many mean
free paths away, so the gains add up to slow fluctuations of temperature, several times those of as many particles of
equal weight. Their mean is zero, that of what follows is not: the flux of escape follows temperature like
exp(-lambda T0/T), and its mean exceeds the flux at the mean temperature by the fraction lambda^2/2 <(dT/T)^2>.

Each cell therefore keeps its *debt*: momentum and energy (kinetic and rotational) gained so far in such events and not
yet paid back. In every step it pays a share of it by a shift and a scaling v' = u + du + s (v - u) of the velocities of
its *core*, the levels that begin below ``CORE`` kT of kinetic energy. A share of one in fifty makes the debt last some
ten collision times: long against the stay of a particle in the tail, so that the core is not cooled while the particle
whose copies gained is still there (paid within a few collision times the debt biases the tail the other way), and short
against conduction, which lets errors pile up. A payment is then the mean of many events, which disturbs the
distribution of velocities little. Particles of the tail are left alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exobase.jit import kernel
from exobase.rng import cell_key, slot_key, uniform
from exobase.tallies.ledger import Entry

CORE = 2.0
SHARE = 0.02
_LIMIT = 0.05
_FEWEST = 4
_MISMATCH = int(Entry.COLLISION_WEIGHT)


class Keeper(NamedTuple):
    """What keeps the conserved quantities of the owned cells.

    mass [ns] kg; levels: their number; core [ncell * ns]: number of levels in the core; remainder [groups]: fractions
    of particles that clone/remove still owes each group; debt [ncell, 4]: momentum along the normal and the tangents,
    energy, in flux weight times kg m/s and J. Without levels remainder and debt are empty, and nothing is kept.
    """

    mass: np.ndarray
    levels: int
    core: np.ndarray
    remainder: np.ndarray
    debt: np.ndarray


@kernel
def draw_remainders(key, first_id, width, remainder):  # type: ignore[no-untyped-def]
    """Uniform first remainders in (0, 1), keyed by cell and group of the cell: every copy then has its exact mean."""
    for g in range(remainder.size):
        remainder[g] = uniform(slot_key(cell_key(key, first_id + g // width), g % width), 0)


@kernel
def owe(x, start, omega, keeper, sign):  # type: ignore[no-untyped-def]
    """Add ``sign`` times momentum and energy of every cell to its debt: -1 before what does not keep them, 1 after."""
    levels = keeper.levels
    width = keeper.mass.size * levels
    for g in range(start.size - 1):
        a, b = start[g], start[g + 1]
        v, t1, t2 = x[1, a:b], x[2, a:b], x[3, a:b]
        p1 = p2 = p3 = e = 0.0
        for i in range(v.size):
            p1 += v[i]
            p2 += t1[i]
            p3 += t2[i]
            e += 0.5 * (v[i] * v[i] + t1[i] * t1[i] + t2[i] * t2[i])
        if x.shape[0] > 4:
            spin = x[4, a:b]
            for i in range(spin.size):
                e += spin[i]
        weight = sign * omega[g] * keeper.mass[g % width // levels]
        row = keeper.debt[g // width]
        row[0] += weight * p1
        row[1] += weight * p2
        row[2] += weight * p3
        row[3] += weight * e


@kernel
def _core_sums(x, start, omega, keeper, c):  # type: ignore[no-untyped-def]
    """Number of particles in the core of cell c; their weight in mass, momentum and kinetic energy."""
    levels, ns = keeper.levels, keeper.mass.size
    n = 0
    total = p1 = p2 = p3 = energy = 0.0
    for row in range(c * ns, (c + 1) * ns):
        for g in range(row * levels, row * levels + keeper.core[row]):
            a, b = start[g], start[g + 1]
            v, t1, t2 = x[1, a:b], x[2, a:b], x[3, a:b]
            s1 = s2 = s3 = e = 0.0
            for i in range(v.size):
                s1 += v[i]
                s2 += t1[i]
                s3 += t2[i]
                e += v[i] * v[i] + t1[i] * t1[i] + t2[i] * t2[i]
            weight = omega[g] * keeper.mass[row - c * ns]
            n += v.size
            total += weight * v.size
            p1 += weight * s1
            p2 += weight * s2
            p3 += weight * s3
            energy += 0.5 * weight * e
    return n, total, p1, p2, p3, energy


@kernel
def _transform(x, start, omega, keeper, c, o1, o2, o3, scale, books):  # type: ignore[no-untyped-def]
    """v' = o + scale v for the core of cell c; books the energy gained."""
    levels, ns = keeper.levels, keeper.mass.size
    for row in range(c * ns, (c + 1) * ns):
        for g in range(row * levels, row * levels + keeper.core[row]):
            a, b = start[g], start[g + 1]
            v, t1, t2 = x[1, a:b], x[2, a:b], x[3, a:b]
            e = 0.0
            for i in range(v.size):
                before = v[i] * v[i] + t1[i] * t1[i] + t2[i] * t2[i]
                v[i] = o1 + scale * v[i]
                t1[i] = o2 + scale * t1[i]
                t2[i] = o3 + scale * t2[i]
                e += v[i] * v[i] + t1[i] * t1[i] + t2[i] * t2[i] - before
            books.energy[row, _MISMATCH] += 0.5 * omega[g] * e


@kernel
def pay_back(x, start, omega, keeper, share, books):  # type: ignore[no-untyped-def]
    """Every cell pays ``share`` of its debt, at most ``_LIMIT`` of the core's thermal energy and speed; the rest stays.

    A core of fewer than ``_FEWEST`` particles pays nothing.
    """
    debt = keeper.debt
    for c in range(debt.shape[0]):
        n, total, p1, p2, p3, energy = _core_sums(x, start, omega, keeper, c)
        if n < _FEWEST:
            continue
        u1, u2, u3 = p1 / total, p2 / total, p3 / total
        thermal = energy - 0.5 * total * (u1 * u1 + u2 * u2 + u3 * u3)
        if not thermal > 0.0:
            continue
        most = _LIMIT * np.sqrt(2.0 * thermal / total)
        d1 = min(max(-share * debt[c, 0] / total, -most), most)
        d2 = min(max(-share * debt[c, 1] / total, -most), most)
        d3 = min(max(-share * debt[c, 2] / total, -most), most)
        shift = total * (u1 * d1 + u2 * d2 + u3 * d3 + 0.5 * (d1 * d1 + d2 * d2 + d3 * d3))
        gain = min(max((-share * debt[c, 3] - shift) / thermal, -_LIMIT), _LIMIT)
        scale = np.sqrt(1.0 + gain)
        debt[c, 0] += total * d1
        debt[c, 1] += total * d2
        debt[c, 2] += total * d3
        debt[c, 3] += shift + gain * thermal
        o1, o2, o3 = u1 * (1.0 - scale) + d1, u2 * (1.0 - scale) + d2, u3 * (1.0 - scale) + d3
        _transform(x, start, omega, keeper, c, o1, o2, o3, scale, books)
