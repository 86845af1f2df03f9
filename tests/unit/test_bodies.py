"""The table of bodies against textbook values of GM, gravity and Hill radius, and its own rules."""

from __future__ import annotations

import pytest

from exobase.bodies import body, body_names
from exobase.constants import AU, GM_SUN
from exobase.errors import InputError


@pytest.mark.parametrize(
    ("name", "gm", "radius"),
    [
        ("Earth", 3.986004e14, 6371.0e3),
        ("Venus", 3.24859e14, 6051.8e3),
        ("Mars", 4.282837e13, 3389.5e3),
        ("Titan", 8.978e12, 2575e3),
        ("Pluto", 8.696e11, 1188.3e3),
        ("Io", 5.9599e12, 1821.6e3),
        ("Europa", 3.2027e12, 1560.8e3),
        ("Callisto", 7.1793e12, 2410.3e3),
    ],
)
def test_mass_parameters_and_radii_are_the_known_ones(name: str, gm: float, radius: float) -> None:
    assert body(name).gm == pytest.approx(gm, rel=3e-5, abs=0.0)
    assert body(name).radius == pytest.approx(radius, rel=2e-4, abs=0.0)


@pytest.mark.parametrize(
    ("name", "gravity"),
    [("Mercury", 3.70), ("Moon", 1.62), ("Jupiter", 25.9), ("Saturn", 11.2), ("Triton", 0.78), ("Enceladus", 0.113)],
)
def test_surface_gravity_is_the_known_one(name: str, gravity: float) -> None:
    """g = GM/R^2 [m s-2] at the mean radius."""
    assert body(name).gm / body(name).radius ** 2 == pytest.approx(gravity, rel=0.01, abs=0.0)


@pytest.mark.parametrize(("name", "days"), [("Moon", 27.32), ("Io", 1.769), ("Titan", 15.945), ("Mars", 686.98)])
def test_orbits_have_the_known_periods(name: str, days: float) -> None:
    """Kepler's third law with the sum of both masses; this ties a, gm and the primary together."""
    entry = body(name)
    period = 2.0 * 3.141592653589793 * (entry.a**3 / (entry.primary_gm + entry.gm)) ** 0.5
    assert period / 86400.0 == pytest.approx(days, rel=3e-3, abs=0.0)


@pytest.mark.parametrize("name", body_names())
def test_every_entry_is_physical(name: str) -> None:
    entry = body(name)
    assert entry.name == name
    assert 0.0 <= entry.e < (0.7 if name == "67P" else 0.3)
    density = entry.gm / 6.6743e-11 / (4.18879 * entry.radius**3)
    assert 500.0 < density < 6000.0
    assert entry.radius < entry.hill_radius() < 0.5 * entry.a
    assert entry.source


def test_hill_radius_follows_the_formula_at_periapsis() -> None:
    """R_Hill = a (1 - e)(GM/(3 GM_Sun))^(1/3); Earth's is 1.47e9 m."""
    earth = body("Earth")
    expected = 1.00000261 * AU * (1.0 - 0.01671123) * (3.986004418e14 / (3.0 * GM_SUN)) ** (1.0 / 3.0)
    assert earth.hill_radius() == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert earth.hill_radius() == pytest.approx(1.471e9, rel=1e-3, abs=0.0)


def test_moons_orbit_their_planet() -> None:
    assert body("Titan").primary_gm == body("Saturn").gm
    assert body("Mars").primary_gm == GM_SUN


@pytest.mark.parametrize(("given", "nearest"), [("mars", "Mars"), ("Eart", "Earth"), ("PLUTO", "Pluto")])
def test_an_unknown_body_is_refused_with_the_nearest_name(given: str, nearest: str) -> None:
    with pytest.raises(InputError, match=f"did you mean '{nearest}'"):
        body(given)


SYNCHRONOUS = ["Moon", "Phobos", "Deimos", "Io", "Europa", "Ganymede", "Callisto", "Enceladus", "Dione", "Rhea"]


@pytest.mark.parametrize("name", [*SYNCHRONOUS, "Titan", "Triton", "Charon"])
def test_moons_turn_once_per_orbit(name: str) -> None:
    """Rotation of the IAU report against Kepler's third law: independent numbers. Triton's orbit is retrograde."""
    entry = body(name)
    period = 2.0 * 3.141592653589793 * (entry.a**3 / (entry.primary_gm + entry.gm)) ** 0.5
    assert abs(entry.rotation_period) == pytest.approx(period, rel=3e-3, abs=0.0)
    assert (entry.rotation_period < 0.0) == (name == "Triton")


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Mercury", 1407.5),
        ("Venus", -5832.4),
        ("Earth", 23.934),
        ("Mars", 24.623),
        ("Ceres", 9.074),
        ("Jupiter", 9.925),
        ("Saturn", 10.656),
        ("Uranus", -17.24),
        ("Neptune", 15.966),
        ("Pluto", 153.29),
        ("67P", 12.404),
    ],
)
def test_planets_have_their_sidereal_rotation(name: str, hours: float) -> None:
    assert body(name).rotation_period / 3600.0 == pytest.approx(hours, rel=1e-3, abs=0.0)


def test_distances_from_the_sun_are_those_of_the_planet() -> None:
    assert body("Titan").sun_distance == body("Saturn").sun_distance == pytest.approx(9.537 * AU, rel=1e-3)
    assert body("Mercury").sun_distance == body("Mercury").a
    assert (body("Io").primary, body("Ceres").primary) == ("Jupiter", "Sun")


@pytest.mark.parametrize(
    ("name", "gm", "gravity"),
    [
        ("Phobos", 7.1e5, 0.0057),
        ("Deimos", 9.68e4, 0.0025),
        ("Rhea", 1.539e11, 0.264),
        ("Dione", 7.31e10, 0.232),
        ("67P", 666.2, 2.45e-4),
    ],
)
def test_small_bodies_have_their_mass_and_gravity(name: str, gm: float, gravity: float) -> None:
    """GM of Phobos and Deimos: Konopliv et al. 2020, to their errors."""
    assert body(name).gm == pytest.approx(gm, rel=7e-3, abs=0.0)
    assert body(name).gm / body(name).radius ** 2 == pytest.approx(gravity, rel=0.03, abs=0.0)
