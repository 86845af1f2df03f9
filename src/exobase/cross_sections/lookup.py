"""Kernels that look up cross sections and deflections of all pairs of a test-particle case.

Row k = p * partners + b belongs to the followed species p and the partner b. Energies are those of the relative motion
(centre of mass) [J]. A deflection is given as 1 - cos chi, which keeps small angles, for a uniform u, the probability
of a larger one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.cross_sections.quantiles import NODES, STEP
from exobase.cross_sections.zbl import one_minus_cosine
from exobase.jit import inlined, kernel

NEVER, POWER, TABLE, ZBL, LISTED = range(5)
"""Codes of the laws: does not meet; sigma = a E^-s with a soft-sphere deflection; tables; screened potential; totals as
those of tables, deflections as nodes at energies that a user gave (none: isotropic)."""

LOW, HIGH, ELECTRONIC, SCALE, SHIFT, FIRST_TOTAL, PER_TOTAL, FIRST_ROW, PER_ROW, A, B, C = range(12)
"""Columns of ``real``. A, B, C: coefficient, s, 1/alpha of a power law; eps per energy, 1/screening length of ZBL."""
CODE, TOTAL_AT, TOTALS, ROW_AT, ROWS, ROW_NODES = range(6)
"""Columns of ``law``: code of the law, where its totals and rows begin and how many there are, and the nodes of a row
(LISTED: in ``totals``, ln energies, then rows of probabilities, then rows of deflections)."""

ELASTIC, EXCHANGE, STRIPPING = range(3)
"""What a meeting does: scatters; the projectile takes (an ion) or gives (a neutral) an electron, the partner the other
way; the projectile loses an electron to nobody. The last two leave all velocities as they are."""

SPEED_NODES = 801
"""Relative speeds of the bounds: from 1 m/s to 2^25 m/s, 32 equal steps in every octave."""

_TINY = 1e-300
_PER_STEP = 1.0 / STEP
# A double's exponent and first five digits, as an integer, number those steps.
_SHIFT = np.uint64(47)
_FIRST_STEP = np.int64(np.float64(1.0).view(np.uint64) >> _SHIFT)
SPEEDS = ((_FIRST_STEP + np.arange(SPEED_NODES)).astype(np.uint64) << _SHIFT).view(np.float64)
_HIGHEST_SPEED = float(SPEEDS[-1])


class ScatteringTables(NamedTuple):
    """Cross sections of followed species (p) with partners (b).

    Of each partner [partners]: target, index of the background species whose density counts; number of such partners in
    one of its particles; mass [kg] of what is struck; struck, followed index of what recoils (-1: not followed); bond
    [J] of an atom in its molecule (0: it is not in one); rest and rest_mass, followed index and mass of the fragment
    left; whole_index and whole_mass, those of the molecule.
    Of each pair [pairs]: law [pairs, 6] and real [pairs, 12], numbers of its law (columns above); bounds [pairs,
    SPEED_NODES]: largest sigma g up to each of SPEEDS. totals, and rows in single precision: the tables of all laws,
    one after the other. outcome [pairs]: ELASTIC, EXCHANGE or STRIPPING; becomes [pairs]: followed index of what the
    projectile turns into (-1: not followed); defect [pairs] J: internal energy set free.
    """

    target: np.ndarray
    number: np.ndarray
    mass: np.ndarray
    struck: np.ndarray
    bond: np.ndarray
    rest: np.ndarray
    rest_mass: np.ndarray
    whole: np.ndarray
    whole_mass: np.ndarray
    law: np.ndarray
    real: np.ndarray
    bounds: np.ndarray
    totals: np.ndarray
    rows: np.ndarray
    outcome: np.ndarray
    becomes: np.ndarray
    defect: np.ndarray


@inlined
def total(tables, k, energy):
    """Total cross section [m2] of row k at an energy of the relative motion [J]."""
    code = tables.law[k, CODE]
    real = tables.real[k]
    if code == NEVER:
        return 0.0
    if code == POWER:
        if real[B] == 0.0:
            return real[A]
        return real[A] * max(energy, _TINY) ** -real[B]
    at = tables.law[k, TOTAL_AT]
    n = tables.law[k, TOTALS]
    x = (math.log(max(energy, _TINY)) + real[SHIFT] - real[FIRST_TOTAL]) * real[PER_TOTAL]
    if x <= 0.0:
        return real[SCALE] * tables.totals[at]
    if x >= n - 1:
        return real[SCALE] * tables.totals[at + n - 1]
    i = int(x)
    low = tables.totals[at + i]
    return real[SCALE] * (low + (x - i) * (tables.totals[at + i + 1] - low))


@kernel
def _node(values, first, number, x, sign):
    """Last of the nodes first .. first+number-2 that does not lie beyond x; sign: 1 where they rise, -1 where they
    fall.
    """
    low, high = 0, number - 1
    while high - low > 1:
        middle = (low + high) // 2
        if sign * values[first + middle] <= sign * x:
            low = middle
        else:
            high = middle
    return low


@kernel
def _exceeded(values, larger, x, number, u):
    """Deflection exceeded with the probability u: nodes of probability and deflection begin at ``larger`` and x."""
    j = _node(values, larger, number, u, -1.0)
    width = values[larger + j] - values[larger + j + 1]
    f = (values[larger + j] - u) / width if width > 0.0 else 0.0
    return values[x + j] + f * (values[x + j + 1] - values[x + j])


@kernel
def listed_deflection(values, law, ln_energy, u):
    """1 - cos chi exceeded with the probability u, linear in ln E between rows, of a law with the numbers ``law``."""
    n, m, at = law[ROWS], law[ROW_NODES], law[ROW_AT]
    i = _node(values, at, n, ln_energy, 1.0)
    larger, x = at + n + i * m, at + n + (n + i) * m
    low = _exceeded(values, larger, x, m, u)
    if n == 1 or ln_energy <= values[at + i]:
        return low
    high = _exceeded(values, larger + m, x + m, m, u)
    return low + min((ln_energy - values[at + i]) / (values[at + i + 1] - values[at + i]), 1.0) * (high - low)


@inlined
def deflection(tables, k, energy, u):
    """1 - cos chi of a collision of row k at an energy of the relative motion [J], from u uniform in (0, 1)."""
    code = tables.law[k, CODE]
    real = tables.real[k]
    if code == TABLE:
        n = tables.law[k, ROWS]
        x = (math.log(max(energy, _TINY)) + real[SHIFT] - real[FIRST_ROW]) * real[PER_ROW]
        x = min(max(x, 0.0), n - 1.0)
        i = min(int(x), n - 2)
        t = min(-math.log(u) * _PER_STEP, NODES - 1.0)
        j = min(int(t), NODES - 2)
        at = tables.law[k, ROW_AT] + i * NODES + j
        f = t - j
        rows = tables.rows
        low = rows[at] + f * (rows[at + 1] - rows[at])
        high = rows[at + NODES] + f * (rows[at + NODES + 1] - rows[at + NODES])
        return min(math.exp(low + (x - i) * (high - low)), 2.0)
    if code == POWER:
        if real[C] == 1.0:
            return 2.0 - 2.0 * u
        return -2.0 * math.expm1(math.log(u) * real[C])
    if code == LISTED:
        if tables.law[k, ROWS] == 0:
            return 2.0 - 2.0 * u
        return listed_deflection(tables.totals, tables.law[k], math.log(max(energy, _TINY)), u)
    if code == ZBL:
        return one_minus_cosine(real[A] * energy, math.sqrt(u * total(tables, k, energy) / math.pi) * real[B])
    return 0.0


@inlined
def bound(tables, k, g):
    """Upper bound [m3/s] of sigma(g') g' of row k for all relative speeds g' <= g [m/s]."""
    if g <= 1.0:
        return tables.bounds[k, 0]
    i = np.int64(np.float64(g).view(np.uint64) >> _SHIFT) - _FIRST_STEP + 1
    if i < SPEED_NODES:
        return tables.bounds[k, i]
    return tables.bounds[k, SPEED_NODES - 1] * (g / _HIGHEST_SPEED)


@inlined
def in_range(tables, k, energy):
    """Whether the law of row k, with its stated extrapolation, holds at an energy of the relative motion [J]."""
    return tables.real[k, LOW] <= energy <= tables.real[k, HIGH]


@inlined
def electronic(tables, k, energy_lab):
    """Electronic stopping cross section [J m2] of row k of a projectile of kinetic energy [J] against the target."""
    return tables.real[k, ELECTRONIC] * math.sqrt(energy_lab)


@inlined
def fill_totals(tables, k, energy, out):
    """Totals [m2] at an array of energies [J]."""
    for i in range(energy.size):
        out[i] = total(tables, k, energy[i])


@inlined
def fill_deflections(tables, k, energy, u, out):
    """1 - cos chi at one energy [J] for an array of u."""
    for i in range(u.size):
        out[i] = deflection(tables, k, energy, u[i])
