"""Fractionation between the species of a run: how much of the heavier one leaves for its share of the gas.

    f = (F2/F1)/(n2/n1)

1 the lighter, 2 the heavier species, F escape rates, n densities: f = 1 removes both in proportion, f = 0 the lighter
one only. f depends on the level at which n2/n1 is taken, so it is given at two: in the reservoir at the inner boundary,
and at the exobase of the lighter species. Pairs of isotopes and pairs of elements are treated alike.
Theory beside it, from `analytic.diffusion`: Jeans' effusion at the exobase; the same with hydrostatic separation
between R0 and there; and, where the lighter one is the main gas, hydrodynamic drag.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from exobase.analytic import diffusion, kinetic
from exobase.constants import ATOMIC_MASS
from exobase.geometry.space import space_of
from exobase.geometry.spheres import sphere_area
from exobase.io.results import Result
from exobase.regime.numbers import Number
from exobase.regime.profile import InnerGas, at, base_of, gas_profile, laws_of


@dataclass(frozen=True)
class Fractionation:
    """f of a pair, heavier ``species`` over lighter ``over``.

    factor: with n2/n1 of the reservoir at R0 (radius [m]); factor_exobase: with n2/n1 measured at the exobase of the
    lighter species (exobase_radius [m]; NaN without one). Errors combine those of both rates (and densities) as
    independent. jeans: theory for factor_exobase (where there is no exobase, for factor: free flight from R0);
    jeans_separation: theory for factor, jeans (with the T of the whole gas at the exobase) times the hydrostatic change
    of n2/n1 from R0 to the exobase (isothermal at that of the reservoir); drag: theory for factor where the lighter gas
    is the main one, with crossover_mass [kg].
    """

    species: str
    over: str
    factor: Number
    radius: float
    factor_exobase: Number
    exobase_radius: float
    jeans: float
    jeans_separation: float
    drag: float
    crossover_mass: float

    def to_dict(self) -> dict[str, Any]:
        """The entry of summary.json."""
        return {
            "species": self.species,
            "over": self.over,
            "factor": self.factor.value,
            "factor_stderr": self.factor.stderr,
            "at_radius_m": self.radius,
            "factor_exobase": self.factor_exobase.value,
            "factor_exobase_stderr": self.factor_exobase.stderr,
            "exobase_radius_m": self.exobase_radius,
            "jeans": self.jeans,
            "jeans_with_separation": self.jeans_separation,
            "drag": self.drag,
            "crossover_mass_u": self.crossover_mass / ATOMIC_MASS,
        }


def fractionation(result: Result, case: Mapping[str, Any]) -> list[Fractionation]:
    """f of every pair of species whose escape rates are both measured (each exceeds its own standard error).

    Empty in planar geometry and where the case puts no gas behind the inner boundary.
    """
    base = base_of(case) if space_of(case).spherical else None
    if base is None:
        return []
    rates = np.asarray(result["escape/rate"], dtype=float)
    errors = np.asarray(result.stderr("escape/rate"), dtype=float)
    measured = [k for k in range(rates.size) if rates[k] > errors[k] > 0.0 and base.density[k] > 0.0]
    pairs = []
    for a, b in combinations(measured, 2):
        light, heavy = (a, b) if base.mass[a] <= base.mass[b] else (b, a)
        pairs.append(_pair(result, case, base, light, heavy))
    return pairs


def _pair(result: Result, case: Mapping[str, Any], base: InnerGas, light: int, heavy: int) -> Fractionation:
    rates, errors = result["escape/rate"], result.stderr("escape/rate")
    ratio = float(rates[heavy] / rates[light])
    relative = math.hypot(float(errors[heavy] / rates[heavy]), float(errors[light] / rates[light]))
    factor = ratio * float(base.density[light] / base.density[heavy])
    exobase = float(result["exobase/radius"][light])
    if not math.isfinite(exobase) and case["collisions"] != "off":
        local, jeans, separated = Number(), math.nan, math.nan
    else:
        local = _at_exobase(result, exobase, ratio, relative, light, heavy)
        jeans, separated = _jeans(result, case, base, exobase, light, heavy)
    drag, crossover = _drag(case, base, float(rates[light]), light, heavy)
    return Fractionation(
        result.species[heavy], result.species[light], Number(factor, factor * relative), base.radius,
        local, exobase, jeans, separated, drag, crossover,
    )  # fmt: skip


def _at_exobase(result: Result, radius: float, ratio: float, relative: float, light: int, heavy: int) -> Number:
    """f with n2/n1 measured at a radius, interpolated in ln n."""
    if not math.isfinite(radius):
        return Number()
    r = np.asarray(result["grid/r"], dtype=float)
    log, error = [], []
    for k in (light, heavy):
        n = np.asarray(result["profile/density"][k], dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            ln, d_ln = np.where(n > 0.0, np.log(n), np.nan), result.stderr("profile/density")[k] / n
        value, sigma = at(radius, r, ln, d_ln)
        log.append(value)
        error.append(sigma)
    factor = ratio * math.exp(log[0] - log[1])
    return Number(factor, factor * math.hypot(relative, *error))


def _jeans(
    result: Result, case: Mapping[str, Any], base: InnerGas, exobase: float, light: int, heavy: int
) -> tuple[float, float]:
    """Jeans fractionation at the exobase, and referred to R0. In free flight from R0 on they are the same.

    T is that of the whole gas: a light trace is colder there since its fast particles have left.
    """
    m1, m2 = float(base.mass[light]), float(base.mass[heavy])
    if not math.isfinite(exobase):
        t0 = float(base.temperatures[light])
        value = float(diffusion.jeans_fractionation(t0, m1, m2, base.radius, base.gm))
        return value, value
    gas = gas_profile(result, case)
    t, _ = at(exobase, gas.r, gas.temperature)
    value = float(diffusion.jeans_fractionation(t, m1, m2, exobase, base.gm))
    top = max(exobase, base.radius)
    return value, value * float(diffusion.diffusive_separation(base.temperature, m1, m2, base.radius, top, base.gm))


def _drag(case: Mapping[str, Any], base: InnerGas, rate: float, light: int, heavy: int) -> tuple[float, float]:
    """Fractionation by drag at R0 and the crossover mass [kg]; NaN unless the lighter gas is the main one."""
    if case["collisions"] == "off" or base.gm <= 0.0 or int(np.argmax(base.density)) != light:
        return math.nan, math.nan
    laws = laws_of(case)
    m1, m2 = float(base.mass[light]), float(base.mass[heavy])
    pair = (float(table[light, heavy]) for table in (laws.diameter, laws.omega, laws.alpha, laws.t_ref))
    b = float(kinetic.diffusion(1.0, base.temperature, m1, m2, *pair))  # n D does not depend on n
    share = float(base.density[light] / base.total)
    flux = rate / float(sphere_area(base.radius))
    gravity = base.gm / base.radius**2
    crossover = float(diffusion.crossover_mass(m1, flux, share, base.temperature, b, gravity))
    return float(diffusion.drag_fractionation(m1, m2, crossover)), crossover
