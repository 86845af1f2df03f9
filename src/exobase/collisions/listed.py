"""Collisions of pairs whose cross sections are tables. tables: :class:`ListedLaws`, or None where no pair has one.

A gas without tables is compiled without any of this: the type of None removes these branches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.collisions.scatter import isotropic, soft_sphere, turned
from exobase.cross_sections.lookup import bound, deflection, total
from exobase.cross_sections.rotation import rotational_share
from exobase.cross_sections.vhs import sigma_g
from exobase.jit import kernel, part
from exobase.rng import GOLDEN, TWO_PI, mix, unit

FloatArray = npt.NDArray[np.float64]


def majorants(pairs: Any, speed: FloatArray) -> FloatArray:
    """Largest sigma g [m3/s] of pairs (:class:`exobase.collisions.ntc.Pairs`) up to relative speeds [k pairs] m/s."""
    repeats = speed.size // max(pairs.a.size, 1)
    coefficient, exponent = np.tile(pairs.coefficient, repeats), np.tile(pairs.exponent, repeats)
    out = np.asarray(coefficient * (speed * speed) ** exponent)
    if pairs.tables is not None:
        for k, row in enumerate(np.tile(pairs.tables.row, repeats)):
            if row >= 0:
                out[k] = bound(pairs.tables, row, float(speed[k]))
    return out


@part
def table_row(tables, p):
    """Row of the tables of pair p, -1 where it has none."""
    if tables is None:
        return -1
    return tables.row[p]


@part
def _listed_sigma_g(tables, row, half_reduced, g2):
    return total(tables, row, half_reduced * g2) * np.sqrt(g2)


@part
def pair_sigma_g(tables, k, half_reduced, g2):
    """Cross section times relative speed [m3/s] of the pair k at the squared relative speed g2."""
    if tables is not None and k.listed >= 0:
        return _listed_sigma_g(tables, k.listed, half_reduced, g2)
    return sigma_g(g2, k.coefficient, k.exponent)


@part
def pair_top(tables, k, g2, sg, top):
    """Largest sigma g of the pair k so far, ``top``, after a speed where it is ``sg``; of a table, which need not grow
    with g, where it is exceeded that of all lower speeds too.
    """
    if tables is not None and k.listed >= 0 and sg > top:
        return max(top, bound(tables, k.listed, np.sqrt(g2)))
    return max(top, sg)


@kernel
def _listed_direction(state, tables, row, energy, g1, g2, g3, speed):
    state += GOLDEN
    x = deflection(tables, row, energy, unit(mix(state)))
    state += GOLDEN
    phi = TWO_PI * unit(mix(state))
    n1, n2, n3 = turned(g1, g2, g3, speed, 1.0 - x, np.sqrt(max(x * (2.0 - x), 0.0)), phi)
    return state, n1, n2, n3


@part
def pair_direction(state, tables, k, half_reduced, g1, g2, g3, speed):
    """Unit vector of the relative velocity after a collision of the pair k, from the sequential stream ``state``."""
    if tables is not None and k.listed >= 0 and speed > 0.0:
        return _listed_direction(state, tables, k.listed, half_reduced * speed * speed, g1, g2, g3, speed)
    if k.alpha != 1.0 and speed > 0.0:
        return soft_sphere(state, g1, g2, g3, speed, k.alpha)
    return isotropic(state)


@kernel
def _listed_share(state, tables, row, half_reduced, zeta, energy):
    """Rotational part of an energy shared with the relative motion, so that sigma(E) E exp(-E/kT) of colliding pairs
    stays: drawn as for sigma ~ 1/g, where that is E^(1/2), and accepted with sigma g over its largest value.
    """
    most = bound(tables, row, np.sqrt(energy / half_reduced))
    while True:
        state, x = rotational_share(state, zeta, 3.0)
        state += GOLDEN
        if unit(mix(state)) * most < _listed_sigma_g(tables, row, half_reduced, (1.0 - x) * energy / half_reduced):
            return state, x


@kernel
def pair_share(state, tables, k, zeta, energy):
    """Rotational part x of an energy [J] that zeta degrees of freedom share with the relative motion of the pair k."""
    if tables is not None and k.listed >= 0 and energy > 0.0:
        return _listed_share(state, tables, k.listed, 0.5 * k.ma * k.mb / (k.ma + k.mb), zeta, energy)
    return rotational_share(state, zeta, 3.0 + 2.0 * k.exponent)
