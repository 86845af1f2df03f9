"""The same sources within cells: numbers and velocities of the particles born in each cell during a step.

For radial cells of a time-marching gas. Numbers come from keyed stochastic rounding of (events in the cell) times
(particles of the species per event)/(flux weight); each particle has its own key, so that nothing depends on the number
of ranks.
The two products of one event are drawn independently: right for every mean of particles, not for their pairs. Births
have no rotational energy.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exobase.geometry.columns import DZ, SPIN, VN, VT1, VT2, R
from exobase.jit import kernel
from exobase.rng import GOLDEN, cell_key, mix, round_random, slot_key, uniform, unit
from exobase.sources.layout import CHANCE, CHANNELS, LAW, SPECIES, Births
from exobase.sources.radial import draw_radius_in, shell_rate, temperatures_at
from exobase.sources.velocity import DISSOCIATION, draw_products, draw_velocity

_MAX_TRIES = 100000
_FRACTION_DRAW = 1 << 40


def particles_per_event(births: Births, species: int) -> npt.NDArray[np.float64]:
    """Mean number of particles of each species that an event of each source gives [sources, species]."""
    number = np.zeros((births.rate.size, species))
    for j in range(births.rate.size):
        if births.code[j, LAW] != DISSOCIATION:
            number[j, births.code[j, SPECIES]] = 1.0
            continue
        rows = slice(*births.range[j, CHANNELS])
        chance = np.diff(births.channels[rows, CHANCE], prepend=0.0)
        for p, pair in zip(chance, births.products[rows], strict=True):
            for s in pair[pair >= 0]:
                number[j, s] += p
    return number


@kernel
def cell_rates(births, number, lo, hi, rate):
    """Particles per second born between lo and hi [cells] m, over the whole sphere: rate [cells, sources, species]."""
    for c in range(lo.size):
        for j in range(number.shape[0]):
            events = shell_rate(births, j, lo[c], hi[c])
            for s in range(number.shape[1]):
                rate[c, j, s] = events * number[j, s]


@kernel
def count_volume(rate, omega, first_id, key, counts):
    """Number of particles of each cell, source and species this step; omega [cells * species]: flux weights [s-1]."""
    cells, sources, species = rate.shape
    total = 0
    for c in range(cells):
        base = cell_key(key, first_id + c)
        for j in range(sources):
            for s in range(species):
                mean = rate[c, j, s] / omega[c * species + s] if rate[c, j, s] > 0.0 else 0.0
                n = round_random(mean, uniform(slot_key(base, j * species + s), 0)) if mean > 0.0 else 0
                counts[c, j, s] = n
                total += n
    return total


@kernel
def emit_volume(births, lo, hi, omega, first_id, key, counts, begin, lit, x, fraction, weight, row):
    """Fill particles born in cells from place ``begin``: columns, fraction of the step left, flux weight, row.

    lo, hi [cells] m; counts [cells, sources, species] from :func:`count_volume`; lit [sources]: what the third
    component of directions says of their place (:data:`exobase.sources.ground.LIT`). Births are uniform in time.
    Returns the place after the last one.
    """
    cells, sources, species = counts.shape
    n = begin
    for c in range(cells):
        base = cell_key(key, first_id + c)
        for j in range(sources):
            for s in range(species):
                for i in range(counts[c, j, s]):
                    slot = slot_key(base, ((i + 1) * sources + j) * species + s)
                    r, v_r, v_1, v_2 = _born(births, j, s, lo[c], hi[c], slot)
                    x[R, n] = r
                    x[VN, n] = v_r
                    x[VT1, n] = v_1
                    x[VT2, n] = v_2
                    for q in range(SPIN, x.shape[0]):
                        x[q, n] = lit[j] if q == DZ else 0.0
                    fraction[n] = uniform(slot, _FRACTION_DRAW)
                    weight[n] = omega[c * species + s]
                    row[n] = c * species + s
                    n += 1
    return n


@kernel
def _born(births, j, s, lo, hi, state):
    """Radius in [lo, hi) and local velocity of a particle of species s from source j: (r, v_r, v_1, v_2)."""
    state, r, k = draw_radius_in(births, j, lo, hi, state)
    r = min(max(r, lo), np.nextafter(hi, lo))
    t_a, t_b = temperatures_at(births, j, k, r)
    if births.code[j, LAW] != DISSOCIATION:
        state, v_r, v_1, v_2 = draw_velocity(births, j, t_a, state)
        return r, v_r, v_1, v_2
    # Product a or b of an event, each in half of the cases; tried again until it is of species s.
    for _ in range(_MAX_TRIES):
        state, c, ax, ay, az, bx, by, bz = draw_products(births, j, t_a, t_b, state)
        state += GOLDEN
        first = unit(mix(state)) < 0.5
        if first and births.products[c, 0] == s:
            return r, ax, ay, az
        if not first and births.products[c, 1] == s:
            return r, bx, by, bz
    return r, math.nan, math.nan, math.nan
