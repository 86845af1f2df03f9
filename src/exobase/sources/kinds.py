"""Thermal, mono-energetic, tabulated and incident sources: from settings to emitters.

The keys of every type are listed in :mod:`exobase.sources.reading`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from exobase.constants import K_B
from exobase.geometry.spheres import sphere_area
from exobase.sources.emitters import Emitter, whole_rate
from exobase.sources.molecules import product_mass
from exobase.sources.reservoir import reservoir_flux
from exobase.sources.settings import Settings
from exobase.sources.velocity import (
    ANGLES,
    BEAM,
    ISOTROPIC,
    ISOTROPIC_FLUX,
    MAXWELL,
    MAXWELL_FLUX,
    MONO,
    SPECTRUM,
    UNIFORM_SOLID,
)

FloatArray = npt.NDArray[np.float64]
LAUNCHES = {
    "isotropic_flux": ISOTROPIC_FLUX,
    "uniform_solid_angle": UNIFORM_SOLID,
    "isotropic": ISOTROPIC,
    "beam": BEAM,
    "table": ANGLES,
}
# Pieces into which a log-log or angular interval is cut, linear within: error below 1e-3 per decade of a power law.
_PIECES = 64


@dataclass(frozen=True)
class Place:
    """What a source must know of its case: the domain [m], the lit part of the sphere, the followed species.

    followed: name of each, in order; masses [kg].
    """

    r_inner: float
    r_outer: float
    factor: float
    followed: tuple[str, ...]
    masses: tuple[float, ...]

    def index(self, keys: Settings, name: str) -> int:
        """Followed index of a species that a source emits."""
        if name not in self.followed:
            raise keys.fault(f"emits {name}, which is not followed; add it to [[species]] ({', '.join(self.followed)})")
        return self.followed.index(name)


def cut(r: FloatArray, columns: list[FloatArray], place: Place, keys: Settings) -> tuple[FloatArray, list[FloatArray]]:
    """A profile within the domain: ln of the first column and the others interpolated linearly at its ends."""
    low, high = max(place.r_inner, float(r[0])), min(place.r_outer, float(r[-1]))
    if high <= low:
        raise keys.fault(
            f"the profile covers r = {r[0] / 1e3:.6g}..{r[-1] / 1e3:.6g} km and lies outside the domain "
            f"{place.r_inner / 1e3:.6g}..{place.r_outer / 1e3:.6g} km; extend one of them"
        )
    inside = (r > low) & (r < high)
    new = np.concatenate([[low], r[inside], [high]])
    first = columns[0]
    logs = np.where(first > 0.0, np.log(np.where(first > 0.0, first, 1.0)), -math.inf)
    ends: list[float] = []
    for at in (low, high):
        k = min(int(np.searchsorted(r, at, side="right")) - 1, r.size - 2)
        f = (at - r[k]) / (r[k + 1] - r[k])
        whole = logs[k + (f > 0.5)] if f in (0.0, 1.0) else (1.0 - f) * logs[k] + f * logs[k + 1]
        ends.append(math.exp(whole) if whole > -math.inf else 0.0)
    out = [np.concatenate([[ends[0]], first[inside], [ends[1]]])]
    out += [np.interp(new, r, column) for column in columns[1:]]
    if not whole_rate(new, out[0]) > 0.0:
        raise keys.fault("its rate is zero everywhere in the domain; check the profile")
    return new, out


def thermal(keys: Settings, species: str, place: Place) -> Emitter:
    """Maxwellian flux up through a level, or a Maxwellian source in a volume."""
    index = place.index(keys, species)
    mass = place.masses[index]
    if "radius" not in keys:
        r, q, warmth = _volume(keys, place, "temperature")
        keys.finish()
        return Emitter(MAXWELL, r, q, warmth, np.zeros(r.size), index, mass)
    r = _level(keys, place)
    temperature = keys.number("temperature", low=0.0, strict=True)
    drift = keys.number("drift", 0.0)
    if keys.exactly_one(("density", "rate", "flux"), "rate") == "density":
        u = math.sqrt(2.0 * K_B * temperature / mass)
        flux = reservoir_flux(keys.number("density", low=0.0, strict=True), u, drift / u)
        rate = flux * float(sphere_area(r[0]))
    else:
        rate = _level_rate(keys, float(r[0]), place)
    keys.finish()
    return Emitter(
        MAXWELL_FLUX, r, np.array([rate]), np.array([temperature]), np.zeros(1), index, mass, speed=drift,
    )  # fmt: skip


def mono_energetic(keys: Settings, species: str, place: Place) -> Emitter:
    """Particles of one energy, on a level or in a volume."""
    index = place.index(keys, species)
    mass = place.masses[index]
    if keys.exactly_one(("energy", "speed")) == "energy":
        speed = math.sqrt(2.0 * keys.number("energy", low=0.0, strict=True) / mass)
    else:
        speed = keys.number("speed", low=0.0, strict=True)
    return _place(keys, place, _launched(keys, Emitter(MONO, *_nowhere(), index, mass, speed)))


def tabulated(keys: Settings, species: str, place: Place) -> Emitter:
    """A spectrum, on a level or in a volume."""
    index = place.index(keys, species)
    emitter = Emitter(SPECTRUM, *_nowhere(), index, place.masses[index])
    return _place(keys, place, _launched(keys, _with_spectrum(keys, emitter)))


def sputtering(keys: Settings, species: str, place: Place) -> Emitter:
    """Incident particles, neutralised at a level: they keep the velocity of the ion and move inward."""
    index = place.index(keys, species)
    mass = place.masses[index]
    ion = keys.checked(lambda: product_mass(str(keys.values["incident"]))) if "incident" in keys else mass
    emitter = Emitter(MONO, *_nowhere(), index, mass, sign=-1)
    if "spectrum" in keys:
        emitter = _with_spectrum(keys, replace(emitter, law=SPECTRUM))
        emitter = replace(emitter, energies=emitter.energies * (mass / ion), spectrum=emitter.spectrum * (ion / mass))
    else:
        emitter = replace(emitter, speed=math.sqrt(2.0 * keys.number("energy", low=0.0, strict=True) / ion))
    if "radius" not in keys:
        raise keys.fault("radius is missing: the level at which incident particles are let in")
    return _place(keys, place, _launched(keys, emitter))


def _nowhere() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1)


def _place(keys: Settings, place: Place, emitter: Emitter) -> Emitter:
    """The emitter with its radii and rates; ends the reading of the settings."""
    if "radius" in keys:
        r = _level(keys, place)
        kind = keys.word("spectrum_kind", ("relative", "flux", "rate"), "relative") if emitter.energies.size else ""
        if kind in ("flux", "rate"):
            total = float(np.trapezoid(emitter.spectrum, emitter.energies))
            rate = total * sphere_area(r[0]) if kind == "flux" else total / place.factor
        else:
            keys.exactly_one(("rate", "flux"), "rate")
            rate = _level_rate(keys, float(r[0]), place)
        keys.finish()
        zero = np.zeros(1)
        return replace(emitter, r=r, q=np.array([rate]), t_a=zero, t_b=zero)
    total = math.nan
    if emitter.energies.size and keys.word("spectrum_kind", ("relative", "rate"), "relative") == "rate":
        total = float(np.trapezoid(emitter.spectrum, emitter.energies))
    r, q, _ = _volume(keys, place, None, total)
    keys.finish()
    return replace(emitter, r=r, q=q, t_a=np.zeros(r.size), t_b=np.zeros(r.size))


def _level(keys: Settings, place: Place) -> FloatArray:
    """Radius of a level [1]; the domain must hold it."""
    r = keys.number("radius", low=0.0, strict=True)
    if not place.r_inner <= r <= place.r_outer:
        raise keys.fault(
            f"radius = {r / 1e3:.6g} km is outside the domain {place.r_inner / 1e3:.6g}..{place.r_outer / 1e3:.6g} km"
        )
    return np.array([r])


def _level_rate(keys: Settings, r: float, place: Place) -> float:
    """Events per second over the whole sphere, from rate (of the lit part) or flux."""
    if "flux" in keys:
        return keys.number("flux", low=0.0, strict=True) * float(sphere_area(r))
    return keys.number("rate", 1.0, low=0.0, strict=True) / place.factor


def _volume(
    keys: Settings, place: Place, extra: str | None, total: float = math.nan
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Radii, events m-3 s-1 and a further column (a number stands for a constant) of a volume source."""
    if "profile_r" not in keys:
        raise keys.fault("give radius (a level) or profile_r with profile_density or profile_rate (a volume)")
    r = keys.increasing("profile_r")
    which = keys.exactly_one(("profile_density", "profile_rate"))
    q = keys.column(which, r.size)
    more = np.zeros(r.size)
    if extra:
        more = keys.column(extra, strict=True)
        if more.size != 1 and more.size != r.size:
            raise keys.fault(f"{extra} has {more.size} values; give one, or one per radius ({r.size})")
        more = np.broadcast_to(more, r.size)
    r, (q, more) = cut(r, [q, more], place, keys)
    if which == "profile_density":
        if math.isnan(total):
            total = keys.number("rate", 1.0, low=0.0, strict=True)
        q = q * (total / place.factor / whole_rate(r, q))
    elif not math.isnan(total):
        raise keys.fault("profile_rate and spectrum_kind = 'rate' both set the size; use profile_density")
    return r, q, more


def _launched(keys: Settings, emitter: Emitter) -> Emitter:
    """The emitter with its launch law."""
    inward = emitter.sign < 0
    allowed = [n for n in LAUNCHES if not (inward and n == "isotropic")]
    if not inward and not emitter.energies.size:
        allowed.remove("table")
    default = "beam" if inward else "isotropic_flux" if "radius" in keys else "isotropic"
    launch = LAUNCHES[keys.word("launch", allowed, default)]
    # 180 deg in radians may round upward.
    high = (0.5 * math.pi if inward else math.pi) * (1.0 + 1e-12)
    if launch == BEAM:
        angle = keys.number("angle", 0.0 if inward else None, 0.0, high)
        return replace(emitter, launch=launch, cosine=math.cos(angle))
    if launch != ANGLES:
        return replace(emitter, launch=launch)
    angles = keys.increasing("angles", high=high)
    weight = keys.column("angle_weight", angles.size)
    return replace(emitter, launch=launch, cosines=np.cos(angles)[::-1].copy(), mu_pdf=weight[::-1].copy())


def _with_spectrum(keys: Settings, emitter: Emitter) -> Emitter:
    """The emitter with its table of energies; log-log intervals are cut into linear pieces."""
    energy = keys.increasing("energy")
    spectrum = keys.column("spectrum", energy.size)
    if not (spectrum > 0.0).any():
        raise keys.fault("spectrum is zero everywhere; give a positive value")
    if keys.word("interpolation", ("linear", "log"), "linear") == "log":
        if energy[0] <= 0.0:
            raise keys.fault("interpolation = 'log' needs energies above zero; leave the first row out or use 'linear'")
        energy, spectrum = _log_pieces(energy, spectrum)
    return replace(emitter, energies=energy, spectrum=spectrum)


def _log_pieces(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points of a log-log curve, close enough to be joined by lines; intervals next to a zero stay linear."""
    xs, ys = [x[:1]], [y[:1]]
    for k in range(x.size - 1):
        if y[k] > 0.0 and y[k + 1] > 0.0:
            f = np.arange(1, _PIECES + 1) / _PIECES
            xs.append(x[k] * (x[k + 1] / x[k]) ** f)
            ys.append(y[k] * (y[k + 1] / y[k]) ** f)
        else:
            xs.append(x[k + 1 : k + 2])
            ys.append(y[k + 1 : k + 2])
    return np.concatenate(xs), np.concatenate(ys)
