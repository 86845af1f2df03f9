"""Velocities of newborn particles, in the local frame (vertical, two horizontal axes).

Launch laws, mu = cosine to the vertical of the source (upward, or downward for incident particles):
isotropic_flux    p(mu) = 2 mu, mu > 0: what an isotropic distribution sends through a level
uniform_solid     p(mu) = 1, mu > 0
isotropic         p(mu) = 1/2
beam              one mu
table             p(mu) linear between given cosines
"""

from __future__ import annotations

import math

from exobase.constants import K_B
from exobase.jit import kernel
from exobase.rng import GOLDEN, TWO_PI, mix, unit
from exobase.sources.layout import (
    BELOW,
    CHANCE,
    CHANNELS,
    COSINE,
    COSINES,
    DENSITY,
    ENERGIES,
    EXPONENT,
    LAUNCH,
    LAW,
    MASS,
    MASS_A,
    MASS_B,
    PIECES,
    POINT,
    RELEASED,
    SIGN,
    SPEED,
    TOP,
)  # fmt: skip
from exobase.sources.reservoir import flux_speed

MONO, SPECTRUM, MAXWELL_FLUX, MAXWELL, DISSOCIATION, STREAM, CHARGE_EXCHANGE = range(7)
ISOTROPIC_FLUX, UNIFORM_SOLID, ISOTROPIC, BEAM, ANGLES = 0, 1, 2, 3, 4


@kernel
def draw_velocity(births, j, temperature, state):
    """Velocity of a particle of source j (any law but DISSOCIATION): (state, v_r, v_1, v_2) [m/s]."""
    law = births.code[j, LAW]
    if law == MAXWELL:
        sigma = math.sqrt(K_B * temperature / births.value[j, MASS])
        return _gaussians(sigma, state)
    if law == MAXWELL_FLUX:
        u_thermal = math.sqrt(2.0 * K_B * temperature / births.value[j, MASS])
        state += GOLDEN
        v_r = u_thermal * flux_speed(births.value[j, SPEED] / u_thermal, unit(mix(state)))
        state, v_1, v_2 = gaussian_pair(u_thermal / math.sqrt(2.0), state)
        return state, births.code[j, SIGN] * v_r, v_1, v_2
    speed = births.value[j, SPEED]
    if law == SPECTRUM:
        state += GOLDEN
        energy = draw_linear(
            births.energies, births.range[j, ENERGIES, 0], births.range[j, ENERGIES, 1], unit(mix(state))
        )
        speed = math.sqrt(2.0 * energy / births.value[j, MASS])
    state, mu = _draw_cosine(births, j, state)
    state += GOLDEN
    angle = TWO_PI * unit(mix(state))
    across = speed * math.sqrt(max(0.0, (1.0 - mu) * (1.0 + mu)))
    return state, births.code[j, SIGN] * speed * mu, across * math.cos(angle), across * math.sin(angle)


@kernel
def draw_exchanged(births, j, t_ion, t_neutral, state):
    """Velocity of a thermal ion that takes an electron: (state, v_r, v_1, v_2) [m/s].

    Pairs of an ion and a neutral are drawn from their Maxwellians and taken in proportion to sigma g, which the table
    of the source holds over g (constant beyond its end).
    """
    table, first, last = births.energies, births.range[j, ENERGIES, 0], births.range[j, ENERGIES, 1] - 1
    u_ion = math.sqrt(K_B * t_ion / births.value[j, MASS])
    u_neutral = math.sqrt(K_B * t_neutral / births.value[j, SPEED])
    while True:
        state, v_r, v_1, v_2 = _gaussians(u_ion, state)
        state, w_r, w_1, w_2 = _gaussians(u_neutral, state)
        g = math.sqrt((v_r - w_r) ** 2 + (v_1 - w_1) ** 2 + (v_2 - w_2) ** 2)
        k, above = first, last
        while above - k > 1:
            middle = (k + above) // 2
            if table[middle, POINT] <= g:
                k = middle
            else:
                above = middle
        f = min(max((g - table[k, POINT]) / (table[k + 1, POINT] - table[k, POINT]), 0.0), 1.0)
        rate = table[k, DENSITY] + f * (table[k + 1, DENSITY] - table[k, DENSITY])
        state += GOLDEN
        if unit(mix(state)) * births.value[j, COSINE] < rate:
            return state, v_r, v_1, v_2


@kernel
def draw_products(births, j, t_parent, t_electron, state):
    """Products of a dissociation: (state, channel, velocity of a [3], velocity of b [3]) along any three axes [m/s].

    The parent (mass M = m_a + m_b) has a Maxwellian velocity; the products leave back to back in its frame, isotropic,
    with the kinetic energies (Q + E_e) m_b/M and (Q + E_e) m_a/M. E_e is the relative energy of the recombining
    electron (0 without rate pieces); its momentum is neglected, sqrt(m_e E_e/(M Q)) of the products'.
    """
    channels, pieces, part = births.channels, births.pieces, births.range[j]
    state += GOLDEN
    u = unit(mix(state))
    c = part[CHANNELS, 0]
    while c + 1 < part[CHANNELS, 1] and u >= channels[c, CHANCE]:
        c += 1
    energy = channels[c, RELEASED]
    if part[PIECES, 1] > part[PIECES, 0]:
        k = part[PIECES, 0]
        while k + 1 < part[PIECES, 1] and t_electron > pieces[k, TOP]:
            k += 1
        state, x = draw_gamma(1.5 - pieces[k, EXPONENT], state)
        energy += K_B * t_electron * x
    m_a, m_b = channels[c, MASS_A], channels[c, MASS_B]
    mass = m_a + m_b
    state, ux, uy, uz = _gaussians(math.sqrt(K_B * t_parent / mass), state)
    state += GOLDEN
    mu = 2.0 * unit(mix(state)) - 1.0
    state += GOLDEN
    angle = TWO_PI * unit(mix(state))
    momentum = math.sqrt(2.0 * energy * m_a * (m_b / mass))
    across = momentum * math.sqrt((1.0 - mu) * (1.0 + mu))
    px, py, pz = momentum * mu, across * math.cos(angle), across * math.sin(angle)
    return (
        state, c, ux + px / m_a, uy + py / m_a, uz + pz / m_a, ux - px / m_b, uy - py / m_b, uz - pz / m_b,
    )  # fmt: skip


@kernel
def draw_gamma(shape, state):
    """A number with the density x^(shape-1) exp(-x), shape > 0: (state, x).

    Squeeze-free form of Marsaglia & Tsang 2000, doi:10.1145/358407.358414; below shape 1 with their factor u^(1/shape).
    """
    boost = shape < 1.0
    d = (shape + 1.0 if boost else shape) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    x = 0.0
    while True:
        state, g, _ = gaussian_pair(1.0, state)
        v = 1.0 + c * g
        if v <= 0.0:
            continue
        v = v * v * v
        state += GOLDEN
        if math.log(unit(mix(state))) < 0.5 * g * g + d * (1.0 - v + math.log(v)):
            x = d * v
            break
    if boost:
        state += GOLDEN
        x *= unit(mix(state)) ** (1.0 / shape)
    return state, x


@kernel
def draw_linear(table, begin, end, u):
    """Value with a density that is linear between the points of a table's rows begin..end-1, by inversion."""
    target = u * table[end - 1, BELOW]
    k = begin
    above = end - 1
    while above - k > 1:
        middle = (k + above) // 2
        if table[middle, BELOW] <= target:
            k = middle
        else:
            above = middle
    x, p = table[k, POINT], table[k, DENSITY]
    left = target - table[k, BELOW]
    rise = (table[k + 1, DENSITY] - p) / (table[k + 1, POINT] - x)
    twice = p + math.sqrt(max(0.0, p * p + 2.0 * rise * left))
    if twice <= 0.0:
        return x
    return min(x + 2.0 * left / twice, table[k + 1, POINT])


@kernel
def _draw_cosine(births, j, state):
    """Cosine of the launch law of source j: (state, mu)."""
    launch = births.code[j, LAUNCH]
    if launch == BEAM:
        return state, births.value[j, COSINE]
    state += GOLDEN
    u = unit(mix(state))
    if launch == ISOTROPIC_FLUX:
        return state, math.sqrt(u)
    if launch == UNIFORM_SOLID:
        return state, u
    if launch == ISOTROPIC:
        return state, 2.0 * u - 1.0
    return state, draw_linear(births.cosines, births.range[j, COSINES, 0], births.range[j, COSINES, 1], u)


@kernel
def gaussian_pair(sigma, state):
    """Two normal numbers of standard deviation sigma (Box & Muller 1958): (state, g1, g2)."""
    state += GOLDEN
    radius = sigma * math.sqrt(-2.0 * math.log(unit(mix(state))))
    state += GOLDEN
    angle = TWO_PI * unit(mix(state))
    return state, radius * math.cos(angle), radius * math.sin(angle)


@kernel
def _gaussians(sigma, state):
    """Three normal numbers of standard deviation sigma: (state, g1, g2, g3)."""
    state, g1, g2 = gaussian_pair(sigma, state)
    state, g3, _ = gaussian_pair(sigma, state)
    return state, g1, g2, g3
