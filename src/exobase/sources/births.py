"""Births of energetic particles: the sources of a case as arrays, and the kernel of one event of one source.

An event takes place at a radius drawn from the source's rate per volume times r^2, anywhere on the sphere or on its lit
side, and sends out one particle, or the two products of a dissociation. Directions refer to the local vertical.
"""

from __future__ import annotations

import math

from exobase.constants import K_B
from exobase.jit import kernel
from exobase.particles.bank import deposit
from exobase.rng import GOLDEN, TWO_PI, mix, unit
from exobase.sources.layout import COS_ZENITH, COSINE, DAYSIDE, LAW, MASS, PLACED, SPECIES, SPEED
from exobase.sources.layout import Births as Births
from exobase.sources.radial import draw_radius, temperatures_at
from exobase.sources.velocity import (
    CHARGE_EXCHANGE,
    DISSOCIATION,
    STREAM,
    draw_exchanged,
    draw_products,
    draw_velocity,
    gaussian_pair,
)

BORN, BANK_FULL = 0, 1
_INSIDE = 1.0 - 1e-9


@kernel
def give_birth(births, j, weight, state, bank):
    """One event of source j: its particles go to the bank, each with ``weight``, as process j. Returns (state, status).

    state: of the history's sequential random stream. status: BORN or BANK_FULL (some particle is then missing).
    """
    state, r, k = draw_radius(births, j, state)
    state, ex, ey, ez = draw_zenith(births.code[j, PLACED], state)
    x, y, z = r * ex, r * ey, r * ez
    if births.code[j, LAW] == DISSOCIATION:
        t_a, t_b = temperatures_at(births, j, k, r)
        state, c, ax, ay, az, bx, by, bz = draw_products(births, j, t_a, t_b, state)
        a, b = births.products[c, 0], births.products[c, 1]
        stored = True
        if a >= 0:
            stored = deposit(bank, a, j, -1, x, y, z, ax, ay, az, weight)
        if b >= 0 and stored:
            stored = deposit(bank, b, j, -1, x, y, z, bx, by, bz, weight)
        return state, BORN if stored else BANK_FULL
    t_a, t_b = temperatures_at(births, j, k, r)
    if births.code[j, LAW] == STREAM:
        state, ex, ey, ez, vx, vy, vz = draw_stream(births, j, t_a, state)
        stored = deposit(bank, births.code[j, SPECIES], j, -1, r * ex, r * ey, r * ez, vx, vy, vz, weight)
        return state, BORN if stored else BANK_FULL
    if births.code[j, LAW] == CHARGE_EXCHANGE:
        state, v_r, v_1, v_2 = draw_exchanged(births, j, t_a, t_b, state)
    else:
        state, v_r, v_1, v_2 = draw_velocity(births, j, t_a, state)
    vx, vy, vz = from_local(ex, ey, ez, v_r, v_1, v_2)
    stored = deposit(bank, births.code[j, SPECIES], j, -1, x, y, z, vx, vy, vz, weight)
    return state, BORN if stored else BANK_FULL


@kernel
def draw_stream(births, j, temperature, state):
    """Place and velocity of an ion of the solar wind: (state, unit vector to the place [3], velocity [3] m/s).

    Even over a disc across x, of the radius R sqrt(COSINE), that is projected onto the sunward half of the sphere R; a
    Maxwellian about the bulk velocity (-SPEED, 0, 0), whose spread at the boundary is neglected in the flux.
    """
    state += GOLDEN
    square = births.value[j, COSINE] * unit(mix(state))
    state += GOLDEN
    angle = TWO_PI * unit(mix(state))
    across = math.sqrt(square)
    vx, vy, vz = -births.value[j, SPEED], 0.0, 0.0
    if temperature > 0.0:
        spread = math.sqrt(K_B * temperature / births.value[j, MASS])
        state, g1, g2 = gaussian_pair(spread, state)
        state, g3, _ = gaussian_pair(spread, state)
        vx, vy, vz = vx + g1, g2, g3
    ex = math.sqrt(max(0.0, 1.0 - square))
    # A hair below the boundary, beyond which an ion has left.
    return state, _INSIDE * ex, _INSIDE * across * math.cos(angle), _INSIDE * across * math.sin(angle), vx, vy, vz


@kernel
def draw_zenith(placed, state):
    """Unit vector to a place on the sphere: anywhere, uniform on the dayside x > 0, or there with density x/r."""
    state += GOLDEN
    u = unit(mix(state))
    if placed == DAYSIDE:
        ex = u
    elif placed == COS_ZENITH:
        ex = math.sqrt(u)
    else:
        ex = 2.0 * u - 1.0
    state += GOLDEN
    angle = TWO_PI * unit(mix(state))
    across = math.sqrt(max(0.0, (1.0 - ex) * (1.0 + ex)))
    return state, ex, across * math.cos(angle), across * math.sin(angle)


@kernel
def from_local(ex, ey, ez, v_r, v_1, v_2):
    """Cartesian components of a velocity given along the vertical e and two horizontal axes, (0, ez, -ey) x e first.

    At the points e = +-x any two horizontal axes serve.
    """
    across = math.sqrt(ey * ey + ez * ez)
    if across < 1e-12:
        return v_r * ex, v_1, v_2
    ty, tz = -ez / across, ey / across
    sy, sz = ey / across, ez / across
    return v_r * ex - v_2 * across, v_r * ey + v_1 * ty + v_2 * ex * sy, v_r * ez + v_1 * tz + v_2 * ex * sz
