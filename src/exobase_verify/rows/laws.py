"""The collision laws of production against the formulas of theory, at many speeds and for unlike pairs.

sigma(g) = pi d^2 (2 k T_ref/(m_r g^2))^(omega - 1/2)/Gamma(5/2 - omega); a pair of species has the mean d and omega.
"""

from __future__ import annotations

import numpy as np

from exobase.analytic import kinetic
from exobase.cross_sections.vhs import mean_laws, pair_index, pair_tables, sigma_g
from exobase.judge.outcome import Bounds
from exobase.species import Species
from exobase_verify.box import gas
from exobase_verify.row import Row, Size, judged

OMEGAS = (0.5, 0.66, 0.75, 0.81, 0.9, 1.0)
SPEEDS = np.geomspace(1.0, 1e5, 201)
EXACT = Bounds(absolute=1e-12)
_SOURCE = "Bird 1994, section 4.3"


def rows(size: Size) -> list[Row]:
    """Like pairs of every omega, and unlike pairs."""
    kinds = [gas(f"A{k}", 4.0 + 9.0 * k, (2.3 + 0.4 * k) * 1e-10, omega) for k, omega in enumerate(OMEGAS)]
    like = max(deviation([kind], 0, 0) for kind in kinds)
    unlike = max(deviation(kinds, a, b) for a in range(len(kinds)) for b in range(a + 1, len(kinds)))
    detail = f"largest relative deviation at {SPEEDS.size} speeds of 1 m/s to 100 km/s"
    return [
        judged("VHS cross section, like pairs", like, 0.0, 0.0, EXACT, source=_SOURCE, detail=detail),
        judged("VHS cross section, unlike pairs", unlike, 0.0, 0.0, EXACT, source=_SOURCE, detail=detail),
    ]


def deviation(kinds: list[Species], a: int, b: int) -> float:
    """Largest relative deviation of sigma g of a pair of species from theory."""
    left, right = kinds[a], kinds[b]
    coefficient, exponent = pair_tables(kinds, mean_laws(kinds))[:2]
    k = pair_index(a, b, len(kinds))
    found = np.array([sigma_g(g * g, coefficient[k], exponent[k]) for g in SPEEDS])
    d, omega = kinetic.cross_pair(left.diameter, right.diameter), kinetic.cross_pair(left.omega, right.omega)
    reduced = kinetic.reduced_mass(left.mass, right.mass)
    exact = SPEEDS * kinetic.cross_section(SPEEDS, reduced, d, omega, left.t_ref)
    return float(np.abs(found / exact - 1.0).max())
