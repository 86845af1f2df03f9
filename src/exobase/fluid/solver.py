"""One function for all: `solve`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import root

from exobase.errors import InputError, RunError
from exobase.fluid.base import Base
from exobase.fluid.flow import FloatArray, Flow, FlowProfile, Heating, profile_from
from exobase.fluid.gas import Gas
from exobase.fluid.solution import FluidSolution, from_profile
from exobase.fluid.upper import (
    Family,
    Kinetic,
    Sonic,
    choked_wind,
    kinetic_parameter,
    may_have_collisional_wind,
    sonic_parameter,
)

UPPER = ("auto", "sonic", "kinetic", "jeans")
FIRST_SHARE, LEAST_SHARE = 0.25, 0.01  # of the heating, in its continuation
MOST_KNUDSEN = 10.0  # l/H at Mach 1 up to which "auto" takes a wind where the kinetic condition has no solution
MISFIT = 1e-4  # of ln lambda0, R0 and the heating's scale; the collocation's tolerance is 1e-5


def solve(
    lambda0: float,
    kn0: float,
    gamma: float = 5.0 / 3.0,
    omega: float = 0.5,
    upper: str = "auto",
    inner: str = "given",
    heating: Heating | None = None,
    internal_factor: float = 1.0,
    far: float = 30.0,
) -> FluidSolution:
    """Steady spherical flow of a gas with heat conduction from R0 upward.

        n u r^2 = const,   m n u u' = -p' - G M m n/r^2
        d/dr[F (c_p T + u^2/2 - G M/r) - r^2 kappa T'] = r^2 Q(r)

    lambda0 = G M m/(k T0 R0), kn0 = l0/R0; gamma, omega, internal_factor: the gas and its conductivity (`Gas`).
    upper, the condition above:
        "sonic": smooth passage through the critical point, up to far times its radius, where no heat enters from
            above; where lambda0 is too small for one above R0, the flow leaves R0 with Mach 1, `choked`;
        "kinetic": at the level l = H, found with the solution, particle and energy flux of a Maxwellian that drifts
            with the gas, fast upward particles lost (`escape.drift_loss`; `analytic.jeans.jeans_flux_drift`);
        "jeans": the same for a Maxwellian at rest;
        "auto": sonic where Mach 1 is reached below l = H, else kinetic; between the two (l/H up to 10 at Mach 1) sonic.
    inner: "given", n0 and T0 are those of the flow at R0; "knudsen", those of an evaporating surface below a Knudsen
        layer.
    heating: Q in n0 k T0 c0/R0 as a function of r/R0 (floats or arrays), smooth; None for none.

    Where R0 lies above the exobase (kn0 lambda0 >= 1) the kinetic solution is that one level, heating left out. Where
    several sonic solutions exist ("given", gamma = 5/3, lambda0 near 3) that of the smallest flux is returned.
    Raises InputError for arguments out of their domain, RunError where no solution is found.
    Neglects viscosity; valid for l/H << 1, extrapolated beyond. Choked flows ignore that a wind with conduction could
    leave R0 at any speed between the isothermal and the adiabatic one of sound.
    """
    _check(lambda0, kn0, upper, far)
    base = Base(inner, Gas(gamma, omega, internal_factor))
    if upper == "sonic":
        return _sonic(base, lambda0, kn0, far, heating)
    if upper != "auto":
        return _kinetic(base, lambda0, kn0, upper, heating)
    return _automatic(base, lambda0, kn0, far, heating)


def _automatic(base: Base, lambda0: float, kn0: float, far: float, heating: Heating | None) -> FluidSolution:
    """A wind that is collisional up to Mach 1; else the kinetic condition; else a wind not too rarefied there."""

    def wind(most_knudsen: float) -> FluidSolution:
        found = _sonic(base, lambda0, kn0, far, heating)
        if not found.sonic_knudsen <= most_knudsen:
            raise RunError(f"sonic: l/H = {found.sonic_knudsen:.3g} at Mach 1 is more than {most_knudsen:g}")
        return found

    attempts: list[Callable[[], FluidSolution]] = [
        lambda: _kinetic(base, lambda0, kn0, "kinetic", heating),
        lambda: wind(MOST_KNUDSEN),
    ]
    exposed = lambda0 >= Kinetic(base, kn0, drift=True).deepest()[1]
    if not exposed and may_have_collisional_wind(Sonic(base, kn0, far), lambda0):
        attempts.insert(0, lambda: wind(1.0))
    faults: list[str] = []
    for attempt in attempts:
        try:
            return attempt()
        except RunError as error:
            faults.append(str(error))
    raise RunError(faults)


def _check(lambda0: float, kn0: float, upper: str, far: float) -> None:
    if upper not in UPPER:
        raise InputError(f"upper = {upper!r} must be one of {', '.join(UPPER)}")
    for name, value in (("lambda0", lambda0), ("kn0", kn0)):
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"{name} = {value:g} must be positive")
    if not 3.0 <= far <= 1e4:
        raise InputError(f"far = {far:g} must be in [3, 10000] (times the critical radius)")


def _sonic(base: Base, lambda0: float, kn0: float, far: float, heating: Heating | None) -> FluidSolution:
    family = Sonic(base, kn0, far)
    parameter = sonic_parameter(family, lambda0)
    if parameter is None:
        warmth, density = base.jump(math.sqrt(base.gas.gamma), 1.0)
        unit = None if heating is None else _scaled(heating, density**-1.0 * warmth**-1.5, 1.0)
        profile = choked_wind(base, lambda0, kn0, far, unit)
        return from_profile(profile, kn0, "sonic", base.inner, choked=True)
    return from_profile(_profile(family, parameter, lambda0, heating), kn0, "sonic", base.inner)


def _kinetic(base: Base, lambda0: float, kn0: float, upper: str, heating: Heating | None) -> FluidSolution:
    family = Kinetic(base, kn0, drift=upper == "kinetic")
    if lambda0 >= family.deepest()[1] * (1.0 - 1e-5):
        return _bare(family, lambda0, upper)
    parameter = kinetic_parameter(family, lambda0)
    if parameter is None:
        raise RunError(
            f"no subsonic flow up to an exobase at lambda0 = {lambda0:g}, Kn0 = {kn0:g}: upper = 'sonic' may have one"
        )
    return from_profile(_profile(family, parameter, lambda0, heating), kn0, upper, base.inner)


def _bare(family: Kinetic, lambda0: float, upper: str) -> FluidSolution:
    """R0 at or above the exobase: the nominal gas loses what a Maxwellian there loses."""
    loss = family.loss(lambda0)
    if loss is None:
        raise RunError(f"R0 is above the exobase and lambda0 = {lambda0:g} too small for a subsonic drift there")
    flow = Flow(family.base.gas, lambda0, family.kn0 * family.base.gas.conductivity, loss.speed)
    one = np.ones(1)
    profile = profile_from(
        flow, Base("given", family.base.gas), (one, one, one, one * (loss.energy - lambda0 * loss.speed))
    )
    return from_profile(profile, family.kn0, upper, family.base.inner)


def _profile(family: Family, parameter: float, lambda0: float, heating: Heating | None) -> FlowProfile:
    """The member of a family for lambda0, with heating by continuation from the one without."""
    profile = family(parameter, None)
    if profile is None:
        raise RunError(f"the solution found at lambda0 = {lambda0:g} cannot be repeated")
    if heating is None:
        return profile
    # Units of the reference level depend on where the base comes to lie: r0 and the scale of the heating are unknowns.
    unknown = np.array([parameter, math.log(profile.r[0]), math.log(profile.heating_scale)])
    done, step = 0.0, FIRST_SHARE
    while done < 1.0:
        share = min(1.0, done + step)
        found = _heated(family, unknown, lambda0, share, heating)
        if found is None:
            step *= 0.5
            if step < LEAST_SHARE:
                raise RunError(f"no solution at lambda0 = {lambda0:g} beyond {done:.0%} of the heating: reduce it")
        else:
            (unknown, profile), done, step = found, share, min(1.5 * step, FIRST_SHARE)
    return profile


def _heated(
    family: Family, start: FloatArray, lambda0: float, share: float, heating: Heating
) -> tuple[FloatArray, FlowProfile] | None:
    """Solve for parameter, ln r0 and ln of the heating's scale with a share of the heating; None where it fails."""

    def member(x: FloatArray) -> FlowProfile | None:
        return family(float(x[0]), _scaled(heating, share * math.exp(x[2]), math.exp(x[1])))

    def misfit(x: FloatArray) -> FloatArray:
        profile = member(x) if np.all(np.abs(x - start) < 3.0) else None
        if profile is None:
            return np.full(3, 10.0)
        found = (profile.lambda0 / lambda0, profile.r[0] / math.exp(x[1]), profile.heating_scale / math.exp(x[2]))
        return np.asarray(np.log(np.array(found)), dtype=np.float64)

    answer = root(misfit, start, method="hybr", options={"eps": 1e-6, "xtol": 1e-7, "factor": 0.1})
    if np.max(np.abs(misfit(answer.x))) > MISFIT:
        return None
    profile = member(answer.x)
    return None if profile is None else (np.asarray(answer.x), profile)


def _scaled(heating: Heating, scale: float, unit_radius: float) -> Heating:
    return lambda r: scale * heating(r / unit_radius)
