"""Radiation pressure: the Sun's gravity at 1 AU, and the flux of Lyman alpha that balances it for hydrogen."""

from __future__ import annotations

import pytest

from exobase.constants import AU
from exobase.fields.radiation_pressure import lyman_alpha_beta, solar_acceleration, solar_gravity
from exobase.species import species

PER_CM2_NM = 1e13  # cm-2 s-1 nm-1 in m-2 s-1 m-1


def test_solar_gravity_falls_as_one_over_distance_squared() -> None:
    assert solar_gravity(AU) == pytest.approx(5.9301e-3, rel=1e-5, abs=0.0)
    assert solar_acceleration(1.3, 1.524 * AU) == pytest.approx(1.3 * 5.9301e-3 / 1.524**2, rel=1e-5, abs=0.0)
    assert solar_acceleration(0.0, AU) == 0.0


def test_hydrogen_is_in_balance_at_the_known_line_centre_flux() -> None:
    """3.342e12 cm-2 s-1 nm-1; other oscillator strengths in use (0.4162 to 0.4164) change it by 5e-4."""
    mass = species("H").mass
    assert lyman_alpha_beta(3.342e12 * PER_CM2_NM, mass) == pytest.approx(1.0, rel=1e-3, abs=0.0)
    assert lyman_alpha_beta(6.684e12 * PER_CM2_NM, 2.0 * mass) == pytest.approx(1.0, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("beta", "distance"), [(-0.1, AU), (1.0, 0.0), (1.0, float("inf")), (float("nan"), AU)])
def test_impossible_arguments_are_refused(beta: float, distance: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        solar_acceleration(beta, distance)


def test_impossible_fluxes_are_refused() -> None:
    with pytest.raises(ValueError, match="flux"):
        lyman_alpha_beta(-1.0, 1e-27)
    with pytest.raises(ValueError, match="mass"):
        lyman_alpha_beta(1.0, 0.0)
