"""Sources of ions and of what ions make: pickup ions, the solar wind itself, fast neutrals from thermal ions.

The keys of every type are listed in :mod:`exobase.sources.reading`.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from exobase.constants import K_B
from exobase.sources.emitters import Emitter
from exobase.sources.kinds import Place, cut
from exobase.sources.settings import Settings
from exobase.sources.velocity import CHARGE_EXCHANGE, MAXWELL, STREAM

FloatArray = npt.NDArray[np.float64]

WAYS = ("frequency", "photoionisation", "electron_impact", "charge_exchange")
"""How a neutral of a corona becomes an ion."""
_ELSEWHERE = (
    "parent", "way", "shadow", "within", "factor", "beam_mass", "beam_fraction",
    "beam_spread", "fast", "beam_energy", "beam_sigma", "activity",
)  # fmt: skip
_FASTEST = 6.0  # relative speeds of two Maxwellians: beyond that many sqrt(2kT_eff/mu) a part of 1e-14 is left out
_SPEEDS = 400
_WELL_ABOVE = 3.0  # the solar wind's speed over its thermal speed: so that none blows outward at the boundary


def pickup(keys: Settings, species: str, place: Place) -> Emitter:
    """Ions from a corona: births follow its density times the frequency nu_0, the velocity is that of the neutral."""
    index = place.index(keys, species)
    for key in _ELSEWHERE:
        _ = key in keys
    keys.word("way", WAYS)
    r = keys.increasing("r")
    frequency = keys.number("frequency", low=0.0, strict=True)
    columns = [keys.column("n_parent", r.size) * frequency, keys.column("T_parent", r.size)]
    r, (q, t) = cut(r, columns, place, keys)
    keys.finish()
    return Emitter(MAXWELL, r, q / place.factor, t, np.zeros(r.size), index, place.masses[index])


def solar_wind(keys: Settings, species: str, place: Place) -> Emitter:
    """Ions that stream in along -x through the outer boundary, evenly over the disc of the radius beam_radius."""
    index = place.index(keys, species)
    density, speed = (keys.number(key, low=0.0, strict=True) for key in ("density", "speed"))
    radius = keys.number("beam_radius", place.r_outer, 0.0, place.r_outer, strict=True)
    temperature = keys.number("temperature", 0.0, low=0.0)
    keys.finish()
    mass = place.masses[index]
    spread = math.sqrt(2.0 * K_B * temperature / mass)
    if speed < _WELL_ABOVE * spread:
        raise keys.fault(
            f"temperature = {temperature:.4g} K: the thermal speed {spread / 1e3:.4g} km/s must stay below a third of "
            f"the bulk speed {speed / 1e3:.4g} km/s; give a lower temperature"
        )
    rate = density * speed * math.pi * radius**2 / place.factor
    return Emitter(
        STREAM, np.array([place.r_outer]), np.array([rate]), np.array([temperature]), np.zeros(1), index, mass,
        speed=speed, cosine=(radius / place.r_outer) ** 2,
    )  # fmt: skip


def charge_exchange(keys: Settings, species: str, place: Place) -> Emitter:
    """Fast neutrals that thermal ions become in a neutral gas: rate n_i n_n <sigma g>, with the velocity of the ion.

    <sigma g> is the mean over the relative speeds g of two Maxwellians, of T_eff = mu (T_i/m_i + T_n/m_n); the pair
    that reacts is drawn in proportion to sigma g.
    """
    index = place.index(keys, species)
    for key in ("ion", "parent"):
        _ = key in keys
    r = keys.increasing("r")
    n_i, n_n = keys.column("n_ion", r.size), keys.column("n_parent", r.size)
    t_i, t_n = keys.column("T_i", r.size, strict=True), keys.column("T_parent", r.size, strict=True)
    m_i, m_n = (keys.number(key, low=0.0, strict=True) for key in ("ion_mass", "parent_mass"))
    g, sigma = keys.increasing("relative_speed"), keys.column("sigma")
    scale = keys.number("scale", 1.0, low=0.0, strict=True)
    k = np.array([mean_rate(g, sigma, a / m_i + b / m_n) for a, b in zip(t_i, t_n, strict=True)])
    r, (q, t_i, t_n) = cut(r, [scale * n_i * n_n * k, t_i, t_n], place, keys)
    keys.finish()
    return Emitter(
        CHARGE_EXCHANGE, r, q, t_i, t_n, index, place.masses[index], speed=m_n, cosine=float((g * sigma).max()),
        energies=g, spectrum=g * sigma,
    )  # fmt: skip


def mean_rate(g: FloatArray, sigma: FloatArray, warmth: float) -> float:
    """<sigma g> [m3/s] over the relative speeds of two Maxwellians.

    f(g) = 4 pi g^2 (2 pi s)^-3/2 exp(-g^2/(2 s)), s = k (T_1/m_1 + T_2/m_2); warmth [K/kg]: T_1/m_1 + T_2/m_2.
    sigma [n] m2 at the relative speeds g [n] m/s, sigma g linear between them.
    """
    s = K_B * warmth
    x = np.linspace(0.0, _FASTEST * math.sqrt(2.0), _SPEEDS + 1) * math.sqrt(s)
    weight = 4.0 * math.pi * x**2 * (2.0 * math.pi * s) ** -1.5 * np.exp(-(x**2) / (2.0 * s))
    return float(np.trapezoid(weight * np.interp(x, g, g * sigma), x))
