"""The numbers behind the verdict on the regime: of every species and of the gas as a whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from exobase.analytic import evaporating_wind, jeans, parker, polytropic
from exobase.constants import K_B
from exobase.geometry.spheres import sphere_area
from exobase.io.results import Result
from exobase.regime.profile import GasProfile, InnerGas, at, base_of, gas_exobase, gas_profile, sonic_point


class Number(NamedTuple):
    """A value and its standard error (NaN: it has none)."""

    value: float = math.nan
    stderr: float = math.nan

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    def over(self, reference: float) -> Number:
        """This number over an exact one; unknown where the latter is not positive."""
        if not reference > 0.0:
            return Number()
        return Number(self.value / reference, self.stderr / reference)


@dataclass(frozen=True)
class SpeciesNumbers:
    """Of one species. `inner`: in the reservoir, at R0; `exobase`: at the level of its own in result.h5.

    jeans_parameter_inner = GMm/(kT R0); knudsen_number_radius = l/R0, knudsen_number_height = l/H with the pressure
    scale height of the gas at rest. exobase_mach: Mach number of the gas; exobase_speed_ratio: u/U of the species
    itself. The flux at R0 over: the evaporation flux n vbar/4 of the reservoir's density and temperature, whatever its
    bulk speed; what it emits with that speed; Jeans' flux with the reservoir's n and T at R0 (with its drift); Jeans'
    flux at the exobase, without and with the drift u measured there.
    """

    jeans_parameter_inner: Number
    knudsen_number_radius: Number
    knudsen_number_height: Number
    exobase_radius_m: Number
    exobase_temperature_K: Number
    exobase_jeans_parameter: Number
    exobase_mach: Number
    exobase_speed_ratio: Number
    flux_over_evaporation: Number
    flux_over_emission: Number
    flux_over_jeans_inner: Number
    flux_over_jeans: Number
    flux_over_jeans_drift: Number
    escapes: bool

    def to_dict(self) -> dict[str, float]:
        """Names and values for summary.json."""
        return _flat(self)


@dataclass(frozen=True)
class GasNumbers:
    """Of all species together, as one gas of their mean mass, as the fields of `SpeciesNumbers`.

    sonic: where the Mach number passes 1. The mass flux over that of the isothermal wind from n0, T0 at R0 (Parker;
    none below lambda = 2, where its sonic point lies below R0), and over that of the isentropic wind: above the Knudsen
    layer of an evaporating sphere (`analytic.evaporating_wind`), or, from a reservoir that moves, without that layer.
    Winds are compared only where the species that is most abundant at R0 escapes: what leaves is then the gas itself.
    """

    gamma: Number
    jeans_parameter_inner: Number
    knudsen_number_radius: Number
    knudsen_number_height: Number
    exobase_radius_m: Number
    exobase_temperature_K: Number
    exobase_jeans_parameter: Number
    exobase_mach: Number
    sonic_radius_m: Number
    sonic_knudsen: Number
    sonic_temperature_K: Number
    flux_over_evaporation: Number
    flux_over_emission: Number
    flux_over_parker: Number
    flux_over_isentropic: Number
    escapes: bool

    def to_dict(self) -> dict[str, float]:
        """Names and values for summary.json."""
        return _flat(self)


@dataclass(frozen=True)
class Numbers:
    """All numbers of a run, and the profile and the base that they come from."""

    gas: GasNumbers
    species: dict[str, SpeciesNumbers]
    base: InnerGas
    profile: GasProfile


def measure(result: Result, case: Mapping[str, Any]) -> Numbers | None:
    """The numbers of a radial run; None where the case puts no gas behind its inner boundary or nothing was sampled."""
    base, gas = base_of(case), gas_profile(result, case)
    if base is None or gas.r.size == 0:
        return None
    names = result.species
    species = {name: _species(result, case, base, gas, k) for k, name in enumerate(names)}
    return Numbers(_gas(result, base, gas), species, base, gas)


def _species(result: Result, case: Mapping[str, Any], base: InnerGas, gas: GasProfile, k: int) -> SpeciesNumbers:
    mass, t0, n0 = float(base.mass[k]), float(base.temperatures[k]), float(base.density[k])
    depth = base.jeans_parameter(mass, t0)
    path = float(base.mean_free_path[k])
    radius = float(result["exobase/radius"][k])
    flux = _flux(result, base, k)
    drift0 = float(case["species"][k].get("bulk_speed", 0.0))
    temperature, exo_depth, speed_ratio = _at_exobase(result, base, mass, k, radius)
    over_jeans = Number(float(result["exobase/flux_over_jeans"][k]), float(result.stderr("exobase/flux_over_jeans")[k]))
    inner_jeans = float(jeans.jeans_flux_drift(n0, t0, mass, base.radius, base.gm, drift0)) if n0 > 0.0 else 0.0
    inner_jeans *= float(case["species"][k].get("jeans_factor", 1.0))
    return SpeciesNumbers(
        jeans_parameter_inner=Number(depth),
        knudsen_number_radius=Number(path / base.radius),
        knudsen_number_height=Number(path / _height(base)),
        exobase_radius_m=Number(radius),
        exobase_temperature_K=temperature,
        exobase_jeans_parameter=exo_depth,
        exobase_mach=Number(*at(radius, gas.r, gas.mach, gas.mach_stderr)),
        exobase_speed_ratio=speed_ratio,
        flux_over_evaporation=flux.over(float(jeans.evaporation_flux(n0, t0, mass))),
        flux_over_emission=flux.over(float(jeans.emission_flux(n0, t0, mass, drift0))),
        flux_over_jeans_inner=flux.over(inner_jeans),
        flux_over_jeans=over_jeans if over_jeans.value > 0.0 else Number(over_jeans.value),
        flux_over_jeans_drift=_with_drift(over_jeans, exo_depth.value, speed_ratio),
        escapes=flux.value > 0.0,
    )


def _at_exobase(result: Result, base: InnerGas, mass: float, k: int, radius: float) -> tuple[Number, Number, Number]:
    """Temperature, Jeans parameter and speed ratio u/U of a species at its exobase."""
    if not math.isfinite(radius):
        return Number(), Number(), Number()
    r = np.asarray(result["grid/r"], dtype=float)
    t = float(result["exobase/temperature"][k])
    _, t_err = at(radius, r, result["profile/T"][k], result.stderr("profile/T")[k])
    u, u_err = at(radius, r, result["profile/u_r"][k], result.stderr("profile/u_r")[k])
    depth = base.gm * mass / (K_B * t * radius)
    thermal = math.sqrt(2.0 * K_B * t / mass)
    return Number(t, t_err), Number(depth, depth * t_err / t), Number(u / thermal, u_err / thermal)


def _with_drift(over_jeans: Number, depth: float, speed_ratio: Number) -> Number:
    """Flux over Jeans' with the drift at the exobase; the drift's error is added to that of flux, n and T."""
    if not (over_jeans.value > 0.0 and 0.0 <= speed_ratio.value <= 3.0):
        return Number()
    factor = float(jeans.drift_factor(depth, speed_ratio.value))
    step = 1e-4
    slope = (float(jeans.drift_factor(depth, speed_ratio.value + step)) - factor) / (step * factor)
    relative = math.hypot(over_jeans.stderr / over_jeans.value, slope * speed_ratio.stderr)
    return Number(over_jeans.value / factor, over_jeans.value / factor * relative)


def _gas(result: Result, base: InnerGas, gas: GasProfile) -> GasNumbers:
    sonic, exobase = sonic_point(gas), gas_exobase(gas)
    depth = base.jeans_parameter(base.mean_mass, base.temperature)
    fluxes = [_flux(result, base, k) for k in range(base.mass.size)]
    mass_flux = Number(
        sum(m * f.value for m, f in zip(base.mass, fluxes, strict=True)),
        math.sqrt(sum((m * f.stderr) ** 2 for m, f in zip(base.mass, fluxes, strict=True) if f.value > 0.0)),
    )
    reservoir = (base.density, base.temperatures, base.mass)
    evaporation = float(base.mass @ jeans.evaporation_flux(*reservoir))
    emission = float(base.mass @ jeans.emission_flux(*reservoir, base.drift))
    escapes = fluxes[int(np.argmax(base.density))].value > 0.0
    wind = mass_flux if escapes else Number()
    t_exo, t_exo_err = at(exobase, gas.r, gas.temperature, gas.temperature_stderr)
    m_exo, _ = at(exobase, gas.r, gas.mass)
    depth_exo = base.gm * m_exo / (K_B * t_exo * exobase)
    knudsen = np.where(np.isfinite(gas.knudsen), gas.knudsen, np.nan)
    return GasNumbers(
        gamma=Number(base.gamma),
        jeans_parameter_inner=Number(depth),
        knudsen_number_radius=Number(base.mixture_path / base.radius),
        knudsen_number_height=Number(base.mixture_path / _height(base)),
        exobase_radius_m=Number(exobase),
        exobase_temperature_K=Number(t_exo, t_exo_err),
        exobase_jeans_parameter=Number(depth_exo, depth_exo * t_exo_err / t_exo),
        exobase_mach=Number(*at(exobase, gas.r, gas.mach, gas.mach_stderr)),
        sonic_radius_m=Number(sonic.radius, sonic.stderr),
        sonic_knudsen=Number(at(sonic.radius, gas.r, knudsen)[0]),
        sonic_temperature_K=Number(*at(sonic.radius, gas.r, gas.temperature, gas.temperature_stderr)),
        flux_over_evaporation=mass_flux.over(evaporation),
        flux_over_emission=mass_flux.over(emission),
        flux_over_parker=wind.over(base.mean_mass * _parker_flux(base, depth)),
        flux_over_isentropic=wind.over(base.mean_mass * _isentropic_flux(base, depth)),
        escapes=escapes,
    )


def _flux(result: Result, base: InnerGas, k: int) -> Number:
    """Escape flux of a species at R0 [m-2 s-1]; a rate of zero has no error."""
    area = float(sphere_area(base.radius))
    rate, error = float(result["escape/rate"][k]), float(result.stderr("escape/rate")[k])
    return Number(rate / area, error / area if rate > 0.0 else math.nan)


def _height(base: InnerGas) -> float:
    """Pressure scale height of the gas at rest at R0 [m], infinite without gravity."""
    weight = base.gm * base.mean_mass
    return K_B * base.temperature * base.radius**2 / weight if weight > 0.0 else math.inf


def _parker_flux(base: InnerGas, depth: float) -> float:
    """Flux of the isothermal wind at R0 [m-2 s-1], NaN where its sonic point lies below R0."""
    if depth < 2.0:
        return math.nan
    rate = parker.escape_rate(base.total, base.radius, base.temperature, base.mean_mass, base.gm)
    return float(rate) / float(sphere_area(base.radius))


def _isentropic_flux(base: InnerGas, depth: float) -> float:
    """Flux of the isentropic wind at R0 [m-2 s-1], NaN where there is none."""
    law: Callable[[float, float], Any] = (
        polytropic.flux_over_evaporation
        if base.drifts
        else lambda lam, gamma: evaporating_wind.evaporating_wind(lam, gamma).flux
    )
    try:
        ratio = float(law(depth, base.gamma))
    except ValueError:
        return math.nan
    return ratio * float(jeans.evaporation_flux(base.total, base.temperature, base.mean_mass))


def _flat(record: Any) -> dict[str, float]:
    """Fields as `name` and, where known, `name_stderr`."""
    out: dict[str, float] = {}
    for field in fields(record):
        number = getattr(record, field.name)
        if isinstance(number, Number):
            out[field.name] = number.value
            if math.isfinite(number.stderr):
                out[f"{field.name}_stderr"] = number.stderr
    return out
