"""Numbers that textbooks print: a quick check that constants, bodies and formulas belong together."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic import exospheric_beam, pickup
from exobase.analytic.jeans import jeans_parameter
from exobase.bodies import body
from exobase.constants import ATOMIC_MASS, EV
from exobase.species import species


def test_hydrogen_at_the_earth_s_surface_and_800_k_has_jeans_parameter_9_481() -> None:
    earth = body("Earth")
    assert jeans_parameter(species("H").mass, 800.0, earth.radius, earth.gm) == pytest.approx(9.481, abs=5.1e-4)


def test_oxygen_needs_two_electronvolts_to_leave_mars() -> None:
    """The printed digits are those of 16 u; the atomic weight, 15.999, gives 1.978 at 200 km."""
    mars = body("Mars")
    for altitude, expected in ((0.0, 2.095), (2e5, 1.979)):
        energy = mars.gm * 16.0 * ATOMIC_MASS / (mars.radius + altitude)
        assert energy / EV == pytest.approx(expected, abs=5.1e-4)


def test_the_motional_field_is_minus_u_cross_b() -> None:
    """u along -x and B along y: E = -u x B points to +z."""
    e = pickup.motional_field([-4e5, 0.0, 0.0], [0.0, 3e-9, 0.0])
    np.testing.assert_allclose(e, [0.0, 0.0, 1.2e-3], rtol=1e-12)
    np.testing.assert_allclose(np.cross(e, [0.0, 3e-9, 0.0]) / 9e-18, [-4e5, 0.0, 0.0], rtol=1e-12)


def test_a_beam_in_charge_equilibrium_keeps_the_ratio_of_its_cross_sections() -> None:
    """s10 = 2 s01: two thirds are neutral behind a thick column; without stripping 1 - exp(-s10 N)."""
    assert exospheric_beam.neutral_fraction(1e23, 2e-19, 1e-19) == pytest.approx(2.0 / 3.0, rel=1e-12)
    assert exospheric_beam.neutral_fraction(5e18, 2e-19, 0.0) == pytest.approx(1.0 - np.exp(-1.0), rel=1e-12)
