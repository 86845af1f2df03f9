"""Collision rates of a gas in a box whose cross sections come from a table of energies.

The tables hold totals of variable hard spheres, sigma = C (2E/m_r)^(1/2 - omega), at ten energies to a decade, so the
rate is that of the power law, n^2 <sigma g>/2 (Bird 1994, section 4.3), but for the interpolation (below 1e-3).
"""

from __future__ import annotations

import math

import numpy as np

from exobase.analytic import kinetic
from exobase.constants import EV
from exobase.cross_sections.pair_rates import equivalent
from exobase.cross_sections.tabulated import ISOTROPIC, ElasticTable
from exobase.cross_sections.vhs import PairLaws, mean_laws, vhs_coefficient
from exobase.judge.outcome import Bounds
from exobase.species import Species
from exobase_verify.box import gas, one_cell
from exobase_verify.row import Row, Size, judged

T, T_REFERENCE, DENSITY = 300.0, 273.0, 1e20
RATE = Bounds(relative=3e-3)
_ENERGIES = np.geomspace(1e-5, 10.0, 61) * EV


def vhs_table(a: Species, b: Species, omega: float, diameter: float = 4e-10) -> ElasticTable:
    """Totals of variable hard spheres at ten energies to a decade; isotropic."""
    reduced = a.mass * b.mass / (a.mass + b.mass)
    coefficient = vhs_coefficient(diameter, omega, T_REFERENCE, reduced)
    sigma = coefficient * (2.0 * _ENERGIES / reduced) ** (0.5 - omega)
    return ElasticTable("vhs.csv", ISOTROPIC, tuple(_ENERGIES), tuple(sigma), below="constant")


def tabulated(kinds: list[Species], *listed: tuple[int, int, ElasticTable]) -> PairLaws:
    """Laws with tables of some pairs, whose parameters are those of the spheres that are like them at T."""
    laws = mean_laws(kinds)
    for i, j, table in listed:
        d, w, alpha = equivalent(table, kinds[i].mass, kinds[j].mass, T, T_REFERENCE)
        for pair in ((i, j), (j, i)):
            laws.diameter[pair], laws.omega[pair], laws.alpha[pair] = d, w, alpha
    return laws._replace(listed=listed)


def one_gas(omega: float, steps: int = 100) -> Row:
    """Number of collisions of 5e4 particles in steps of 0.2/nu over that of the power law."""
    kind = gas("A", 28.0, omega=omega)
    nu = float(kinetic.collision_frequency(DENSITY, T, kind.mass, kind.diameter, omega))
    laws = tabulated([kind], (0, 0, vhs_table(kind, kind, omega)))
    box = one_cell([kind], [50_000], [DENSITY], 0.2 / nu, hottest=T, laws=laws)
    box.maxwellian(np.array([T]))
    box.collide(steps)
    k = float(kinetic.rate_coefficient(T, kind.mass, kind.mass, kind.diameter, omega, T_REFERENCE))
    expected = 0.5 * box.n * (box.n - 1.0) * box.weight[0] * k / box.volume * box.time
    count = box.collisions()
    detail = f"{count} collisions over the {expected:.0f} of theory"
    name = f"collision rate by a table of omega {omega:g}"
    error = math.sqrt(count) / expected
    return judged(name, count / expected, error, 1.0, RATE, source="Bird 1994, section 4.3", detail=detail)


def rows(size: Size) -> list[Row]:
    """Hard spheres, variable hard spheres and Maxwell molecules."""
    return [one_gas(omega, 1600 if size == "full" else 400) for omega in (0.5, 0.75, 1.0)]
