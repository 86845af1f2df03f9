"""How strongly a neutral is ionised at a point, in units of the frequency that its source states; what comes with it.

A source of ions draws its births from the corona's density alone and gives each the weight nu(x)/nu_0: photoionisation
happens outside the body's shadow, electron impact more often within a boundary, charge exchange where the solar wind
blows, with its local density and speed. Ions born within a magnetosphere stay there: nothing picks them up, and they
are no births of pickup. Births where nothing ionises carry no weight and are dropped.
"""

from __future__ import annotations

import math

from exobase.fields.acceleration import sunlit
from exobase.fields.conics import Surface, outside
from exobase.fields.plasma import flow_at, in_magnetosphere
from exobase.jit import part
from exobase.particles.bank import deposit
from exobase.sources.velocity import gaussian_pair

EVERYWHERE, SUNLIGHT, ELECTRONS, SOLAR_WIND = range(4)
"""Codes: no ionisation (other sources); the same everywhere but in the shadow, if any; enhanced within a conic; charge
exchange with the local solar wind."""
CODE, FAST, TABLE_AT, TABLE_SIZE = range(4)
"""Columns of ``ionise`` [sources, 4]: code; followed index of the fast neutral of charge exchange (-1: not followed);
begin and size of the table of its cross section in ln_energy and sigma."""
SHADOW, FACTOR, FREQUENCY, BEAM_MASS, BEAM_FRACTION, BEAM_SPREAD = range(6)
"""Columns of ``value`` [sources, 6]: radius of the shadow [m]; factor within the boundary; nu_0 [s-1]; mass [kg] of the
solar wind's ion, its density over that of the protons, its thermal speed sqrt(kT/m) [m/s]."""


@part
def ionisation(ions, j, x, y, z):
    """Frequency of source j at a point over the frequency that its rate was made with [1]."""
    if in_magnetosphere(ions.plasma, x, y, z):
        return 0.0
    value = ions.value[j]
    code = ions.ionise[j, CODE]
    if code == SUNLIGHT:
        return sunlit(x, y, z, value[SHADOW])
    if code == ELECTRONS:
        if outside(Surface(ions.within[j]), x, y, z):
            return 1.0
        return value[FACTOR]
    if code == SOLAR_WIND:
        n, u1, u2, u3 = flow_at(ions.plasma, x, y, z)
        speed = math.sqrt(u1 * u1 + u2 * u2 + u3 * u3)
        sigma = beam_cross_section(ions, j, 0.5 * value[BEAM_MASS] * speed * speed)
        return value[BEAM_FRACTION] * n * speed * sigma / value[FREQUENCY]
    return 1.0


@part
def beam_cross_section(ions, j, energy):
    """Cross section [m2] of the charge exchange of source j at a kinetic energy [J]; linear in ln E."""
    at, n = ions.ionise[j, TABLE_AT], ions.ionise[j, TABLE_SIZE]
    first, last = ions.ln_energy[at], ions.ln_energy[at + n - 1]
    x = (math.log(max(energy, 1e-300)) - first) / (last - first) * (n - 1)
    x = min(max(x, 0.0), n - 1.0)
    i = min(int(x), n - 2)
    low = ions.sigma[at + i]
    return low + (x - i) * (ions.sigma[at + i + 1] - low)


@part
def fast_neutral(ions, bank, j, i, state):
    """Bank the fast neutral that charge exchange makes beside the ion in row i: with the velocity of the solar wind.

    Returns the stream, and whether there was room.
    """
    x = bank.x[i]
    _, u1, u2, u3 = flow_at(ions.plasma, x[0], x[1], x[2])
    spread = ions.value[j, BEAM_SPREAD]
    if spread > 0.0:
        state, g1, g2 = gaussian_pair(spread, state)
        state, g3, _ = gaussian_pair(spread, state)
        u1, u2, u3 = u1 + g1, u2 + g2, u3 + g3
    stored = deposit(bank, ions.ionise[j, FAST], bank.kind[i, 1], -1, x[0], x[1], x[2], u1, u2, u3, x[6])
    return state, stored
