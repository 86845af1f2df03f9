"""Velocity moments of the particles in a cell, summed over samples: N, sum v, sum v^2, sum v_t^2, sum v (v^2 +
v_t^2)."""

from __future__ import annotations

import numpy as np

from exobase.geometry.motion import specific_energy
from exobase.jit import kernel

MOMENTS = 5


@kernel
def sample_moments(x, start, sums):  # type: ignore[no-untyped-def]
    """Add the moments of every group to ``sums`` [groups, 5] (normal velocity v, tangential v_t)."""
    for g in range(start.size - 1):
        a = start[g]
        b = start[g + 1]
        v, t1, t2 = x[1, a:b], x[2, a:b], x[3, a:b]
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
        sums[g, 0] += b - a
        sums[g, 1] += s1
        sums[g, 2] += s2
        sums[g, 3] += s3
        sums[g, 4] += s4


@kernel
def total_energy(motion, x, start, energy):  # type: ignore[no-untyped-def]
    """Kinetic plus potential energy per mass, summed over each group (``energy`` [groups])."""
    for g in range(start.size - 1):
        total = 0.0
        for i in range(start[g], start[g + 1]):
            total += specific_energy(motion, x[0, i], x[1, i], x[2, i], x[3, i])
        energy[g] = total


@kernel
def sample_histogram(x, start, cell, species, v_max, counts):  # type: ignore[no-untyped-def]
    """Add normal and tangential speeds of the chosen local cells to ``counts`` [nv, ns, 2, bins] (|v| < v_max[s])."""
    bins = counts.shape[3]
    for k in range(cell.size):
        for s in range(species):
            g = cell[k] * species + s
            scale = 0.5 * bins / v_max[s]
            for i in range(start[g], start[g + 1]):
                for q in range(2):
                    b = int(np.floor((x[1 + q, i] + v_max[s]) * scale))
                    if 0 <= b < bins:
                        counts[k, s, q, b] += 1
