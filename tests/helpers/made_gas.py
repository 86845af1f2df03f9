"""A small result of one gas, made from formulas, to judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from exobase.analytic import jeans
from exobase.case import make_case
from exobase.constants import K_B
from exobase.io.results import Result, Variable

R0, T0 = 1e6, 100.0


class Gas:
    """A gas in radial cells with prescribed profiles of Mach number, temperature and Knudsen number.

    radii in R0; one density, n u r^2 need not be constant: what is judged does not look at it.
    """

    def __init__(self, depth: float, changes: dict[str, Any] | None = None, zeta: int = 0) -> None:
        species = {
            "name": "A",
            "mass": "28 u",
            "diameter": "4 angstrom",
            "temperature": "100 K",
            "knudsen_number": 0.01,
        }
        tables: dict[str, Any] = {
            "solver": "dsmc",
            "collisions": "hard_sphere",
            "body": {"jeans_parameter": depth},
            "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
            "species": [{**species, "rotational_dof": zeta, **({"rotational_number": 3} if zeta else {})}],
        }
        self.case = make_case(tables, changes or {})
        own = self.case.species[0]
        self.mass, self.n0 = own.mass, own.density
        self.zeta = own.species.zeta_rot
        self.edges = R0 * np.geomspace(1.0, 10.0, 121)
        self.r = 0.5 * (self.edges[1:] + self.edges[:-1])

    def result(
        self, mach: Any, temperature: Any, knudsen: Any, flux_over_evaporation: float, error: float = 0.01
    ) -> Result:
        """mach, temperature [T0] and knudsen as functions of r/R0; the errors of Mach number and flux are given."""
        y = self.r / R0
        m, t, kn = (np.broadcast_to(law(y), y.shape).astype(float) for law in (mach, temperature, knudsen))
        t = t * T0
        n = self.n0 * y**-6.0
        gamma = (5.0 + self.zeta) / (3.0 + self.zeta)
        sound = np.sqrt(gamma * K_B * t / self.mass)
        evaporation = float(jeans.evaporation_flux(self.n0, T0, self.mass))
        rate = flux_over_evaporation * evaporation * 4.0 * np.pi * R0**2
        data = {
            "species/names": np.array(["A"]),
            "grid/r": self.r,
            "grid/edges": self.edges,
            "profile/density": n[None],
            "profile/density_stderr": 0.01 * n[None],
            "profile/T": t[None],
            "profile/T_stderr": 0.01 * t[None],
            "profile/u_r": (m * sound)[None],
            "profile/u_r_stderr": (0.01 * sound)[None],
            "gas/knudsen": kn,
            "escape/rate": np.array([rate]),
            "escape/rate_stderr": np.array([error * rate]),
            "escape/evaporation": np.array([evaporation]),
            **self._exobase(n, t, kn, rate, error),
        }
        return Result(Path("made.h5"), {}, data, dict.fromkeys(data, Variable("1", "", ())))

    def _exobase(
        self, n: np.ndarray, t: np.ndarray, kn: np.ndarray, rate: float, error: float
    ) -> dict[str, np.ndarray]:
        found = dict.fromkeys(("radius", "temperature", "density", "flux_over_jeans", "flux_over_jeans_stderr"), np.nan)
        if kn[0] < 1.0 <= kn[-1] and self.case.gm > 0.0:
            radius = float(np.exp(np.interp(0.0, np.log(kn), np.log(self.r))))
            at = {"temperature": float(np.interp(radius, self.r, t)), "density": float(np.interp(radius, self.r, n))}
            nominal = jeans.jeans_flux(at["density"], at["temperature"], self.mass, radius, self.case.gm)
            ratio = rate / (4.0 * np.pi * radius**2 * float(nominal))
            found |= {"radius": radius, **at, "flux_over_jeans": ratio, "flux_over_jeans_stderr": error * ratio}
        return {f"exobase/{key}": np.array([value]) for key, value in found.items()}

    def jeans_rate(self, radius: float, temperature: float) -> float:
        """Jeans' rate at a radius [R0] and temperature [T0] over the evaporation rate of the reservoir."""
        n = self.n0 * float(np.interp(radius * R0, self.r, (self.r / R0) ** -6.0))
        flux = float(jeans.jeans_flux(n, temperature * T0, self.mass, radius * R0, self.case.gm))
        return flux * radius**2 / float(jeans.evaporation_flux(self.n0, T0, self.mass))
