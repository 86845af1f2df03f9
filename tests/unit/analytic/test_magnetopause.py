"""The standoff distance balances pressures and has the observed size at the Earth and Mercury."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic.magnetopause import standoff_distance
from exobase.constants import PROTON_MASS, VACUUM_PERMEABILITY


def test_pressures_balance_at_the_standoff() -> None:
    """(2 f B_dipole)^2/(2 mu0) = k rho u^2 with B_dipole = mu0 M/(4 pi r^3)."""
    rho, u, f, k, moment = 1e-20, 4e5, 1.2, 0.88, 8e22
    r = standoff_distance(moment, rho, u, f, k)
    field = 2.0 * f * VACUUM_PERMEABILITY * moment / (4.0 * np.pi * r**3)
    assert field**2 / (2.0 * VACUUM_PERMEABILITY) == pytest.approx(k * rho * u * u, rel=1e-12)


def test_the_standoff_is_that_of_the_earth_and_of_mercury() -> None:
    """Earth near 10, Mercury near 1.5 radii in an ordinary wind."""
    earth = standoff_distance(7.75e22, 5e6 * PROTON_MASS, 4e5, 1.2, 0.88) / 6.371e6
    # 195 nT at its equator: M = 4 pi B r^3/mu0
    moment = 4.0 * np.pi * 195e-9 * 2.44e6**3 / VACUUM_PERMEABILITY
    mercury = standoff_distance(moment, 40e6 * PROTON_MASS, 4e5, 1.2)
    assert 9.5 < earth < 11.0
    assert 1.2 < mercury / 2.44e6 < 1.7


def test_the_standoff_goes_as_the_sixth_root_of_pressure() -> None:
    near, far = standoff_distance(8e22, np.array([64e-20, 1e-20]), 4e5)
    assert far / near == pytest.approx(2.0, rel=1e-12)
    with pytest.raises(ValueError, match="moment"):
        standoff_distance(0.0, 1e-20, 4e5)
