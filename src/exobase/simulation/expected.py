"""The expected state of a gas that collides and escapes: what `initial = "fluid"` starts from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.analytic import kinetic
from exobase.case import Case
from exobase.constants import K_B
from exobase.cross_sections.pair_rates import mixture_mean_free_path
from exobase.simulation.exosphere import exosphere
from exobase.simulation.fluid_start import Column, StartGas, gas_column, is_free, may_flow_off
from exobase.simulation.mixed_start import Main, MixedColumn, Mixture, mixed_column

Array = NDArray[np.float64]

ALIKE = 1e-6
"""Relative difference of temperatures below which they are the same."""
MAIN = 0.5
"""Least share in the number of particles, at the base and at the exobase, of a gas that sets the temperature of all."""


class Expected(NamedTuple):
    """Density [ns, n] m-3, temperature [ns, n] K, velocity [ns, n] m/s at the nodes; what it is, and warnings."""

    density: Array
    temperature: Array
    velocity: Array
    note: str
    warnings: tuple[str, ...] = ()


def why_not_fluid(case: Case) -> str:
    """Why the expected state is hydrostatic instead of the escaping gas of this module; "" where it is not."""
    drifting = [s.name for s in case.species if s.bulk_speed != 0.0]
    if not case.space.central:
        return "there is no central gravity"
    if case.collisions == "off":
        return "nothing collides"
    if case.inner.type != "reservoir" or all(s.density == 0.0 for s in case.species):
        return "no reservoir below feeds the gas"
    if case.outer.type not in ("kepler_return", "remove"):
        return "no particle leaves through the outer boundary"
    if any(s.outer_density > 0.0 for s in case.species):
        return "a reservoir above feeds the gas too"
    if drifting:
        return f"the reservoir of {', '.join(drifting)} drifts"
    return ""


def expected_state(case: Case, r: Array) -> Expected | str:
    """Expected gas at the nodes r [m], species without a reservoir with density 0; else why there is none.

    One gas: `fluid_start.gas_column`. A mixture: one fluid where it flows off as a wind (all species alike), else
    diffusive equilibrium less the loss (`mixed_start`) in the temperature of its main gas. Where R0 lies above the
    exobase each species flies freely from there.
    """
    reason = why_not_fluid(case)
    if reason:
        return reason
    held = np.array([s.density > 0.0 for s in case.species])
    n0 = np.array([s.density for s in case.species])
    mass = np.array([s.mass for s in case.species])
    temperatures = np.array([s.temperature for s in case.species])
    t0 = float(n0 @ temperatures / n0.sum())
    base = _gas(case, n0, t0)
    single = int(held.sum()) == 1
    if not single and is_free(base):
        return _free(case, r, held)
    column = gas_column(base, r / r[0]) if single or may_flow_off(base) else None
    if single and column is None:
        return f"no fluid solution is found for lambda0 = {base.depth:.4g}, Kn0 = {base.knudsen:.3g}"
    if column is not None and (single or column.wind):
        speed = float(np.sqrt(K_B * t0 / (n0 @ mass / n0.sum())))
        expected = _spread(column, n0, t0, speed)
    else:
        expected = _mixed(case, r, held, t0)
    temperature = np.where(held[:, None], expected.temperature, temperatures[:, None])
    return expected._replace(temperature=temperature, warnings=_unequal(case, held, t0))


def _unequal(case: Case, held: NDArray[np.bool_], t0: float) -> tuple[str, ...]:
    own = [s for s, here in zip(case.species, held, strict=True) if here]
    if all(abs(s.temperature / t0 - 1.0) < ALIKE for s in own):
        return ()
    listed = ", ".join(f"{s.name} {s.temperature:g} K" for s in own)
    return (
        f"the species have different temperatures ({listed}): the start uses the mean over particles, {t0:.4g} K; "
        "within a few mean free paths of the boundary each still has its own",
    )


def _gas(case: Case, density: Array, temperature: float) -> StartGas:
    """One gas with the mean mass, path and rotation of the species with these densities [ns] m-3 at the base."""
    share = density / density.sum()
    mass = np.array([s.mass for s in case.species])
    zeta = np.array([s.species.zeta_rot for s in case.species]) if case.rotates else np.zeros(mass.size)
    path = float(_mean_path(case, density[:, None], np.array([temperature]))[0])
    freedoms = float(share @ zeta)
    omega = float(np.clip(share @ np.diag(case.laws.omega), 0.5, 1.0))
    depth = case.gm * float(share @ mass) / (K_B * temperature * case.r_inner)
    return StartGas(depth, path / case.r_inner, (5.0 + freedoms) / (3.0 + freedoms), omega)


def _mean_path(case: Case, density: Array, temperature: Array) -> Array:
    """Mean free path [n] m over all particles of a mixture, densities [ns, n] in a common temperature [n]."""
    laws = case.laws
    mass = np.array([s.mass for s in case.species])
    with np.errstate(divide="ignore"):
        paths = mixture_mean_free_path(laws, density, temperature, mass)
        total = density.sum(axis=0)
        return np.asarray(total / (density / paths).sum(axis=0))


def _spread(column: Column, n0: Array, t0: float, speed: float) -> Expected:
    """A column of one fluid for all species: their shares stay."""
    ones = np.ones((n0.size, 1))
    density, temperature = n0[:, None] * column.density, t0 * ones * column.temperature
    return Expected(density, temperature, speed * ones * column.velocity, column.note)


def _free(case: Case, r: Array, held: NDArray[np.bool_]) -> Expected:
    """Each species in free flight from the inner boundary, with its own temperature."""
    density, temperature, velocity = (np.zeros((held.size, r.size)) for _ in range(3))
    for i, s in enumerate(case.species):
        temperature[i] = s.temperature
        if held[i]:
            depth = case.gm * s.mass / (K_B * s.temperature * r[0])
            above = exosphere(depth, r[0] / r)
            density[i] = s.density * above.density
            temperature[i], velocity[i] = s.temperature * above.temperature, s.thermal_speed() * above.velocity
    return Expected(density, temperature, velocity, "free flight from the inner boundary")


def _mixed(case: Case, r: Array, held: NDArray[np.bool_], t0: float) -> Expected:
    """Diffusive equilibrium of the species less their loss, in the temperature of the main one."""
    which = np.flatnonzero(held)
    mass = np.array([case.species[i].mass for i in which])
    n0 = np.array([case.species[i].density for i in which])
    laws = case.laws
    pair = np.ix_(which, which)
    d, w, a, t_ref = (np.asarray(v)[pair] for v in (laws.diameter, laws.omega, laws.alpha, laws.t_ref))

    def paths(density: Array, temperature: Array) -> Array:
        full = np.zeros((held.size, density.shape[1]))
        full[which] = density
        return _mean_path(case, full, temperature)

    def resistance(temperature: Array) -> Array:
        shape = (..., None)
        b = kinetic.diffusion(
            1.0, temperature, mass[:, None, None], mass[None, :, None], d[shape], w[shape], a[shape], t_ref[shape]
        )
        return np.where(np.eye(mass.size, dtype=bool)[shape], 0.0, 1.0 / b)

    mixture = Mixture(case.gm, mass, n0, K_B * t0, paths, resistance)
    column, text = _column(case, r, held, mixture, t0)
    density, velocity = np.zeros((held.size, r.size)), np.zeros((held.size, r.size))
    temperature = np.full((held.size, r.size), t0)
    density[which], temperature[which], velocity[which] = column.density, column.temperature, column.velocity
    above = f"to {r[column.exobase] / r[0]:.4g} R0, free flight above"
    level = above if column.exobase < r.size - 1 else "to the outer boundary, no exobase below it"
    loss = "less their loss" if column.settled else "(their loss, too strongly coupled to be found, left out)"
    return Expected(density, temperature, velocity, f"species in diffusive equilibrium {loss} up {level}; {text}")


def _column(case: Case, r: Array, held: NDArray[np.bool_], mixture: Mixture, t0: float) -> tuple[MixedColumn, str]:
    """The mixture with its main gas as a fluid that sets the temperature, where that is one; else isothermal."""
    index = int(np.argmax(mixture.density))
    species = case.species[int(np.flatnonzero(held)[index])]
    alone = np.array([s.density if s.name == species.name else 0.0 for s in case.species])
    gas = gas_column(_gas(case, alone, t0), r / r[0])
    led, reason = None, f"{species.name} by itself has no subsonic fluid solution"
    if gas is not None and not gas.wind:
        # Free flight has its own temperature above the exobase: the fluid's ends there.
        last = max(int(np.searchsorted(r / r[0], gas.exobase)) - 1, 0)
        warmth = t0 * gas.temperature[np.minimum(np.arange(r.size), last)]
        density = species.density * gas.density
        flux = float(density[0] * gas.velocity[0]) * float(np.sqrt(K_B * t0 / species.mass))
        led = mixed_column(mixture, r, warmth, Main(index, density, flux))
        share = led.density[index] / led.density.sum(axis=0)
        ratio = warmth[-1] / t0
        text = f"temperature of {species.name} as a fluid with heat conduction, {ratio:.3g} T0 at its exobase"
        if led.settled and min(share[0], share[led.exobase]) >= MAIN:
            return led, text
        reason = "no species is the main one up to the exobase"
    alike = mixed_column(mixture, r, np.full(r.size, t0))
    if not alike.settled and led is not None and led.settled:
        return led, text
    return alike, f"temperature constant, {t0:.4g} K: {reason}"
