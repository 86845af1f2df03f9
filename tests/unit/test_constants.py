"""Constants against an independent compilation (SciPy's CODATA) and among themselves."""

from __future__ import annotations

import pytest
import scipy.constants as codata

from exobase import constants


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("K_B", codata.k),
        ("ELEMENTARY_CHARGE", codata.e),
        ("EV", codata.electron_volt),
        ("SPEED_OF_LIGHT", codata.c),
        ("PLANCK", codata.h),
        ("AU", codata.au),
    ],
)
def test_exact_constants_equal_their_definition(name: str, reference: float) -> None:
    assert getattr(constants, name) == reference


@pytest.mark.parametrize(
    ("name", "reference", "relative"),
    [
        ("ATOMIC_MASS", codata.atomic_mass, 1e-9),
        ("ELECTRON_MASS", codata.m_e, 1e-9),
        ("PROTON_MASS", codata.m_p, 1e-9),
        ("VACUUM_PERMITTIVITY", codata.epsilon_0, 1e-9),
        ("VACUUM_PERMEABILITY", codata.mu_0, 1e-9),
        ("BOHR_RADIUS", codata.physical_constants["Bohr radius"][0], 1e-9),
        ("G", codata.G, 3e-5),
    ],
)
def test_measured_constants_agree_with_codata(name: str, reference: float, relative: float) -> None:
    assert getattr(constants, name) == pytest.approx(reference, rel=relative, abs=0.0)


def test_mass_parameter_of_the_sun_gives_the_earth_s_year() -> None:
    """Kepler's third law, T = 2 pi sqrt(a^3/GM): 365.2569 days for a = 1 au (Gauss's year)."""
    period = 2.0 * 3.141592653589793 * (constants.AU**3 / constants.GM_SUN) ** 0.5
    assert period / 86400.0 == pytest.approx(365.256898, rel=1e-7, abs=0.0)
