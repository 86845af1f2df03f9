"""Velocity moments of the particles in a cell, summed over samples.

Always N, sum v, sum v^2, sum v_t^2, sum v (v^2 + v_t^2), with the normal velocity v and the tangential v_t. With
rotation then sum e, sum v e of the rotational energy e per mass; with a shear flow then sum v_t1, sum v v_t1 along
the first tangent; where places count then sum v_t1, sum v_t2 (winds). Groups count with a factor: 1 for the gas, 0 for
tracers.
"""

from __future__ import annotations

import numpy as np

from exobase.geometry.columns import SPIN, VN, VT1, VT2
from exobase.jit import kernel
from exobase.tallies.ledger import particle_energy

MOMENTS = 5


def moment_count(rotating: bool, shear: bool, winds: bool = False) -> int:
    """Number of moments sampled."""
    return MOMENTS + 2 * rotating + 2 * shear + 2 * winds


@kernel
def sample_moments(x, start, factor, shear, winds, sums):
    """Add the moments of every row (cell, species) to ``sums`` [rows, moments]; factor [groups of a cell]."""
    levels = (start.size - 1) // max(sums.shape[0], 1)
    rotating = sums.shape[1] - 2 * shear - 2 * winds > MOMENTS
    for g in range(start.size - 1):
        a = start[g]
        b = start[g + 1]
        f = factor[g % factor.size]
        if f == 0.0:
            continue
        v, t1, t2 = x[VN, a:b], x[VT1, a:b], x[VT2, a:b]
        s1 = 0.0
        s2 = 0.0
        s3 = 0.0
        s4 = 0.0
        for i in range(v.size):
            w = v[i]
            tangential = t1[i] * t1[i] + t2[i] * t2[i]
            s1 += w
            s2 += w * w
            s3 += tangential
            s4 += w * (w * w + tangential)
        row = sums[g // levels]
        row[0] += f * (b - a)
        row[1] += f * s1
        row[2] += f * s2
        row[3] += f * s3
        row[4] += f * s4
        if rotating:
            _add_product(v, x[SPIN, a:b], f, row, MOMENTS)
        if shear:
            _add_product(v, t1, f, row, MOMENTS + 2 * rotating)
        if winds:
            row[MOMENTS + 2 * rotating] += f * t1.sum()
            row[MOMENTS + 2 * rotating + 1] += f * t2.sum()


@kernel
def _add_product(v, q, f, row, k):
    """Add sum q and sum v q to places k and k + 1."""
    s = 0.0
    t = 0.0
    for i in range(v.size):
        s += q[i]
        t += v[i] * q[i]
    row[k] += f * s
    row[k + 1] += f * t


@kernel
def total_energy(motion, x, start, factor, energy):
    """Energy per mass (kinetic, potential, rotational), summed over each row [rows] with the factor of each group."""
    levels = (start.size - 1) // max(energy.size, 1)
    energy[:] = 0.0
    for g in range(start.size - 1):
        if factor[g % factor.size] == 0.0:
            continue
        total = 0.0
        for i in range(start[g], start[g + 1]):
            total += particle_energy(motion, x, i)
        energy[g // levels] += factor[g % factor.size] * total


@kernel
def sample_histogram(x, start, cell, species, unit, v_max, counts):
    """Add normal and tangential speeds of the chosen local cells to ``counts`` [nv, ns, 2, bins] (|v| < v_max[s]).

    unit [groups of a cell]: 1 for groups that count, 0 for others.
    """
    bins = counts.shape[3]
    levels = unit.size // species
    for k in range(cell.size):
        for s in range(species):
            row = (cell[k] * species + s) * levels
            scale = 0.5 * bins / v_max[s]
            for g in range(row, row + levels):
                for i in range(start[g], start[g + 1]):
                    for q in range(2):
                        b = int(np.floor((x[VN + q, i] + v_max[s]) * scale))
                        if 0 <= b < bins:
                            counts[k, s, q, b] += unit[s * levels + g - row]
