"""Running translational temperature of each cell, for collision numbers Z(T) that depend on it.

A mean over the last few tens of samples: the number of particles in a cell is too small for Z(T) of the moment, and a Z
that followed the energy of the colliding pair would break detailed balance.
"""

from __future__ import annotations

from exobase.constants import K_B
from exobase.geometry.columns import VN, VT1, VT2
from exobase.jit import kernel

_FORGET = 1.0 / 32.0
_FEWEST = 4


@kernel
def follow_temperature(x, start, cells, omega, mass, temperature):
    """Move ``temperature`` [ncell] K by 1/32 towards that of the cell's gas about its common velocity."""
    ns = cells.species
    width = ns * cells.levels
    for c in range(temperature.size):
        number = weight = total = squares = m1 = m2 = m3 = 0.0
        for g in range(c * width, (c + 1) * width, cells.levels):
            m = mass[(g - c * width) // cells.levels]
            w = omega[g]
            s1 = s2 = s3 = s4 = 0.0
            for i in range(start[g], start[g + 1]):
                s1 += x[VN, i]
                s2 += x[VT1, i]
                s3 += x[VT2, i]
                s4 += x[VN, i] * x[VN, i] + x[VT1, i] * x[VT1, i] + x[VT2, i] * x[VT2, i]
            n = float(start[g + 1] - start[g])
            number += n
            weight += w * n
            total += w * m * n
            m1 += w * m * s1
            m2 += w * m * s2
            m3 += w * m * s3
            squares += w * m * s4
        if number < _FEWEST:
            continue
        thermal = squares - (m1 * m1 + m2 * m2 + m3 * m3) / total
        now = thermal / (3.0 * K_B * weight) * (number / (number - 1.0))
        temperature[c] += _FORGET * (now - temperature[c])
