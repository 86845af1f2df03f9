"""The result of a fluid solution, in units of the nominal gas at R0."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from exobase.fluid.escape import jeans_speed
from exobase.fluid.flow import FloatArray, FlowProfile


@dataclass(frozen=True)
class FluidSolution:
    """A steady spherical flow with heat conduction.

    Units: radius R0, density n0, temperature T0, speed c0 = sqrt(k T0/m); fluxes are per steradian: particles
    n0 c0 R0^2, energy n0 c0 k T0 R0^2 (kinetic, enthalpy, gravity and conduction together). Arrays go upward from R0 to
    the exobase (kinetic upper condition) or the far radius (sonic).

    upper: the condition that holds, "sonic", "kinetic" or "jeans". choked: the flow leaves R0 with Mach 1.
    """

    lambda0: float
    kn0: float
    gamma: float
    omega: float
    upper: str
    inner: str
    choked: bool
    r: FloatArray = field(repr=False)
    n: FloatArray = field(repr=False)
    u: FloatArray = field(repr=False)
    temperature: FloatArray = field(repr=False)
    energy_flux: FloatArray = field(repr=False)
    particle_flux: float

    @property
    def mach(self) -> FloatArray:
        """u/sqrt(gamma T)."""
        return np.asarray(self.u / np.sqrt(self.gamma * self.temperature))

    @property
    def depth(self) -> FloatArray:
        """Local Jeans parameter."""
        return np.asarray(self.lambda0 / (self.temperature * self.r))

    @property
    def knudsen(self) -> FloatArray:
        """l/H with H = k T r^2/(G M m)."""
        path = self.kn0 * self.temperature ** (self.omega - 0.5) / self.n
        return np.asarray(path * self.depth / self.r)

    @property
    def conducted_flux(self) -> FloatArray:
        """Part of the energy flux that heat conduction carries."""
        heat_capacity = self.gamma / (self.gamma - 1.0)
        carried = heat_capacity * self.temperature + 0.5 * self.u**2 - self.lambda0 / self.r
        return np.asarray(self.energy_flux - self.particle_flux * carried)

    @property
    def exobase_radius(self) -> float:
        """Outermost radius where l/H = 1; 1 where all is above it, nan where all is below."""
        if self.upper != "sonic":
            return float(self.r[-1])
        return _upward_crossing(self.r, np.log(self.knudsen))

    @property
    def exobase_temperature(self) -> float:
        """Temperature at the exobase; nan where there is none."""
        return self._at(self.exobase_radius, self.temperature)

    @property
    def sonic_radius(self) -> float:
        """Radius where the flow reaches Mach 1; nan where it does not."""
        return 1.0 if self.choked else _upward_crossing(self.r, self.mach - 1.0)

    @property
    def sonic_knudsen(self) -> float:
        """l/H at Mach 1: well below 1 where the fluid picture of a transonic wind holds; nan where there is none."""
        return self._at(self.sonic_radius, self.knudsen)

    @property
    def flux_over_evaporation(self) -> float:
        """Particle flux at R0 over n0 vbar0/4."""
        return self.particle_flux * math.sqrt(2.0 * math.pi)

    @property
    def flux_over_jeans(self) -> float:
        """Particle flux over the Jeans flux (no drift) with n and T at the exobase; nan where there is no exobase."""
        radius = self.exobase_radius
        if math.isnan(radius):
            return math.nan
        temperature = self.exobase_temperature
        jeans = self._at(radius, self.n) * math.sqrt(2.0 * temperature)
        jeans *= jeans_speed(self.lambda0 / (temperature * radius))
        return self.particle_flux / (radius**2 * jeans)

    def _at(self, radius: float, values: FloatArray) -> float:
        """Positive values at a radius, interpolated in logarithms."""
        return float(np.exp(np.interp(math.log(radius), np.log(self.r), np.log(values), left=math.nan, right=math.nan)))


def from_profile(profile: FlowProfile, kn0: float, upper: str, inner: str, choked: bool = False) -> FluidSolution:
    """A profile in units of R0 and the nominal gas there."""
    r0, n0, t0, gas = float(profile.r[0]), profile.density0, profile.temperature0, profile.flow.gas
    flux_unit = n0 * math.sqrt(t0) * r0**2
    return FluidSolution(
        lambda0=profile.lambda0,
        kn0=kn0,
        gamma=gas.gamma,
        omega=gas.omega,
        upper=upper,
        inner=inner,
        choked=choked,
        r=profile.r / r0,
        n=profile.n / n0,
        u=profile.u / math.sqrt(t0),
        temperature=profile.t / t0,
        energy_flux=profile.energy / (flux_unit * t0),
        particle_flux=profile.flow.flux / flux_unit,
    )


def _upward_crossing(r: FloatArray, values: FloatArray) -> float:
    """Outermost radius where values rise through zero; 1 where they are positive throughout, nan where nowhere."""
    rising = np.flatnonzero((values[:-1] < 0.0) & (values[1:] >= 0.0))
    if rising.size == 0:
        return 1.0 if values[0] >= 0.0 else math.nan
    k = int(rising[-1])
    return float(r[k] + (r[k + 1] - r[k]) * values[k] / (values[k] - values[k + 1]))
