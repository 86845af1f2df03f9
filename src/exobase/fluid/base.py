"""The inner condition: which gas the nominal density n0 and temperature T0 at R0 describe."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from exobase.analytic import knudsen_layer
from exobase.errors import InputError
from exobase.fluid.gas import Gas

INNER = ("given", "knudsen")


@dataclass(frozen=True)
class Base:
    """What n0 and T0 are.

    "given": the flow itself has them at R0. "knudsen": they belong to the saturated gas of an evaporating surface; the
    flow at R0 is that above its Knudsen layer (`analytic.knudsen_layer`), taken thin against R0.
    Raises InputError where inner is neither.
    """

    inner: str
    gas: Gas

    def __post_init__(self) -> None:
        if self.inner not in INNER:
            raise InputError(f"inner = {self.inner!r} must be one of {', '.join(INNER)}")

    def jump(self, u: float, temperature: float) -> tuple[float, float]:
        """T and n of the flow over the nominal ones, for a speed u and temperature (same units of u^2 and T).

        Beyond Mach 1 a Knudsen layer is choked: the values of Mach 1 are returned.
        """
        if self.inner == "given":
            return 1.0, 1.0
        mach = min(u / math.sqrt(self.gas.gamma * temperature), 1.0)
        warmth, density = _layer(self.gas.gamma)(mach)
        return float(warmth), float(density)

    def nominal(self, depth: float, knudsen: float, u: float, temperature: float) -> tuple[float, float]:
        """lambda0 and Kn0 = l0/R0 for a flow at R0 with local Jeans parameter `depth` and `knudsen` = l/R0."""
        t_ratio, n_ratio = self.jump(u, temperature)
        return depth * t_ratio, knudsen * n_ratio * t_ratio ** (0.5 - self.gas.omega)


@lru_cache(maxsize=32)
def _layer(gamma: float) -> Any:
    """T1/Ts and n1/ns of a Knudsen layer over the Mach number, as a spline (error below 1e-9): it is asked often."""
    from scipy.interpolate import CubicSpline  # slow to import, and few runs need it

    mach = np.linspace(0.0, 1.0, 257)
    ratios = knudsen_layer.temperature_ratio(mach, gamma), knudsen_layer.density_ratio(mach, gamma)
    return CubicSpline(mach, np.stack(ratios, axis=-1))
