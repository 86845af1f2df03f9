"""Reservoirs that depend on the place: means over the sphere, and the fluxes of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic.jeans import evaporation_flux, jeans_flux
from exobase.case import Case, make_case
from exobase.case.ground import grid_directions, ground_gas

SUN = np.array([0.0, 0.0, 1.0])


def mars(**changes: str) -> Case:
    species = {"name": "H", "temperature": "220 K + 40 K * cos(sza)", "density": "1e5 cm-3 * (T / 220 K)^-2.5"}
    return make_case(
        {
            "solver": "dsmc",
            "collisions": "off",
            "initial": "empty",
            "body": {"name": "Mars"},
            "domain": {"geometry": "spherical", "inner_altitude": "200 km", "outer_altitude": "3000 km"},
            "species": [species | changes],
        },
        {"domain.subsolar_latitude": "25 deg"},
    )


def test_means_of_what_has_a_known_mean() -> None:
    """<cos> = 0, <cos^2> = 1/3 over the sphere, to the error of the grid."""
    gas = ground_gas("200 K + 60 K * cos(sza)", "1e10 m-3 * (1 + cos(sza)^2)", SUN)
    density, temperature = gas.means()
    assert temperature == pytest.approx(200.0, rel=1e-12)
    assert density == pytest.approx(4e10 / 3.0, rel=1e-4)
    assert np.allclose(np.linalg.norm(grid_directions(), axis=1), 1.0)


def test_fluxes_are_means_of_the_local_ones_wherever_the_sun_stands() -> None:
    case = mars()
    s = case.species[0]
    mu = (np.arange(20_000) + 0.5) / 10_000 - 1.0
    t = 220.0 + 40.0 * mu
    n = 1e11 * (t / 220.0) ** -2.5
    assert s.temperature == pytest.approx(220.0, rel=1e-5)
    assert s.density == pytest.approx(n.mean(), rel=1e-4)
    assert s.evaporation_flux() == pytest.approx(np.mean(evaporation_flux(n, t, s.mass)), rel=1e-4)
    expected = np.mean(jeans_flux(n, t, s.mass, case.r_inner, case.gm))
    got = s.jeans_factor * jeans_flux(s.density, s.temperature, s.mass, case.r_inner, case.gm)
    assert got == pytest.approx(expected, rel=3e-4)
    assert mars(density="1e5 cm-3").species[0].jeans_factor > 1.05


def test_a_plain_species_has_no_factors() -> None:
    s = mars(temperature="220 K", density="1e5 cm-3").species[0]
    assert not s.uneven
    assert (s.emission_factor, s.jeans_factor) == (1.0, 1.0)


def test_the_case_comes_back_from_its_dictionary() -> None:
    case = mars()
    assert Case.from_dict(case.to_dict()) == case
    assert case.sun == pytest.approx([np.cos(np.radians(25.0)), 0.0, np.sin(np.radians(25.0))])
