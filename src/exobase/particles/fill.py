"""Fill cells with Maxwellian particles of a given profile, keyed by cell and slot."""

from __future__ import annotations

import numpy as np

from exobase.cross_sections.rotation import thermal_rotation
from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.geometry.motion import volume_ratio
from exobase.jit import kernel
from exobase.rng import TWO_PI, cell_key, round_random, slot_key, uniform

_MAX_TRIES = 10000


@kernel
def count_fill(mean, first_id, species, key, start):
    """Numbers of particles of each group by keyed stochastic rounding of ``mean`` [groups], as group starts."""
    start[0] = 0
    for g in range(mean.size):
        base = cell_key(key, first_id + g // species)
        n = round_random(mean[g], uniform(slot_key(base, g % species), 0)) if mean[g] > 0.0 else 0
        start[g + 1] = start[g] + n
    return start[mean.size]


@kernel
def fill(motion, lo, hi, log_lo, log_hi, speed, drift, zeta, first_id, species, key, start, x):
    """Positions from a density that is exponential across the cell, velocities Maxwellian about the normal drift.

    log_lo, log_hi [rows]: ln density at the edges; speed, drift [rows]: sqrt(2kT/m) and normal bulk speed [m/s]; zeta
    [ns]: rotational degrees of freedom, at the same temperature (with a fifth column).
    """
    for g in range(start.size - 1):
        c = g // species
        s = g % species
        base = cell_key(key, first_id + c)
        width = hi[c] - lo[c]
        top = max(log_lo[g], log_hi[g])
        for i in range(start[g], start[g + 1]):
            k = slot_key(base, (i - start[g]) * species + s)
            draw = 6
            for _ in range(_MAX_TRIES):
                z = uniform(k, draw)
                q = lo[c] + z * width
                chance = np.exp(log_lo[g] + z * (log_hi[g] - log_lo[g]) - top)
                chance *= volume_ratio(motion, q, hi[c])
                draw += 2
                if uniform(k, draw - 1) < chance:
                    break
            x[R, i] = min(max(q, lo[c]), np.nextafter(hi[c], lo[c]))
            r1 = speed[g] * np.sqrt(-np.log(uniform(k, 0)))
            a1 = TWO_PI * uniform(k, 1)
            r2 = speed[g] * np.sqrt(-np.log(uniform(k, 2)))
            a2 = TWO_PI * uniform(k, 3)
            x[VN, i] = drift[g] + r1 * np.cos(a1)
            x[VT1, i] = r1 * np.sin(a1)
            x[VT2, i] = r2 * np.cos(a2)
            if x.shape[0] > SPIN:
                u0, u1, u2 = uniform(k, 4), uniform(k, 5), uniform(k, draw)
                x[SPIN, i] = 0.5 * speed[g] * speed[g] * thermal_rotation(zeta[s], u0, u1, u2)
