"""The background on nodes: exact between rows, extrapolated by the stated rules, with bounds that nothing exceeds.

Between rows ln n is linear. Above, a species is barometric with its own mass, n ~ exp[(GM m/kT)(1/r - 1/r_top)]
(Chamberlain & Hunten 1987, section 7.1), or, above the exobase, Chamberlain's exosphere (1963,
doi:10.1016/0032-0633(63)90122-3); nodes at most H/5 or r/50 apart make ln n piecewise linear to H/(100 r).
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import barometric, chamberlain
from exobase.case import HistoryCase, make_history_case
from exobase.case.atmosphere import Atmosphere
from exobase.case.history_model import Background
from exobase.collisions.background import density, interval
from exobase.constants import K_B
from exobase.histories.background import air_of, largest_cross_sections, optical_depth
from exobase.histories.scattering import build_tables
from exobase.species import species

SIGMA = 2e-19
RADIUS = 3.3895e6
SOURCE = {"type": "mono_energetic", "species": "O", "altitude": "200 km", "energy": "3 eV"}


def gas(*entries: dict[str, Any], **changes: Any) -> HistoryCase:
    """Mars with gases known at the inner boundary, 100 km."""
    tables = {
        "solver": "test_particle",
        "body": {"name": "Mars"},
        "domain": {"inner_altitude": "100 km", "outer_altitude": "5000 km"},
        "background": {"gas": list(entries)},
        "species": [{"name": "O", "threshold": "1 eV"}],
        "collision": [{"pair": ["O", "*"], "law": "fox_hac"}],
        "source": [SOURCE],
    }
    return make_history_case(tables, changes)


O = {"name": "O", "density": "1e10 cm-3", "temperature": "200 K"}  # noqa: E741
CO2 = {"name": "CO2", "density": "1e12 cm-3", "temperature": "150 K"}


def with_rows(case: HistoryCase, **changes: Any) -> HistoryCase:
    """The case on rows of its own: CO2 and O with uneven slopes, temperatures and winds."""
    r = RADIUS + np.array([1.0e5, 1.3e5, 1.31e5, 1.8e5, 2.5e5])
    background = Background(
        r=tuple(r),
        species=(species("CO2"), species("O")),
        density=((1e18, 2e16, 1.9e16, 1e14, 1e11), (1e16, 3e15, 3.2e15, 1e14, 2e13)),
        temperature=((140.0, 150.0, 190.0, 200.0, 180.0), (140.0, 160.0, 190.0, 230.0, 250.0)),
        wind=((0.0, 10.0, -30.0, 5.0, 100.0), (0.0, 0.0, 20.0, 5.0, 0.0)),
        rotation=7e-5,
    )
    return dataclasses.replace(case, background=dataclasses.replace(background, **changes))


@pytest.fixture(scope="module")
def base() -> HistoryCase:
    return gas(O, CO2)


def test_between_rows_the_density_is_log_linear(base: HistoryCase) -> None:
    case = with_rows(base)
    air = air_of(case, SIGMA)
    rows = case.background
    for r in np.linspace(rows.r[0], rows.r[-1], 777):
        k = interval(air, r)
        assert air.r[k] <= r < air.r[k + 1] or k == air.r.size - 2
        for t in range(2):
            exact = np.interp(r, rows.r, np.log(rows.density[t]))
            assert math.log(density(air, t, k, r)) == pytest.approx(exact, rel=1e-12)


def test_intervals_are_small_against_scale_heights_and_radius(base: HistoryCase) -> None:
    air = air_of(with_rows(base), SIGMA)
    width = np.diff(air.r)
    assert np.all(width <= air.r[:-1] / 50.0 * (1.0 + 1e-9))
    counts = np.exp(air.ln_n[:, :-1]) > 1e-5 * np.exp(air.ln_n[:, :-1]).sum(axis=0)
    fall = np.where(counts, np.abs(air.slope), 0.0).max(axis=0) * width
    assert fall.max() <= 0.2 * 1.5  # the last step before a row may be stretched by a half
    assert air.r[0] == with_rows(base).r_inner
    assert air.r[-1] == air.top


def test_above_the_rows_every_species_is_barometric_with_its_own_mass(base: HistoryCase) -> None:
    case = with_rows(base)
    top = case.background.r[-1]
    r = np.array([top, top + 1e4, top + 1e5, 1e7])
    n = Atmosphere(case.background, case.gm).densities(r)
    for t, name in enumerate(("CO2", "O")):
        n_top, temperature = case.background.density[t][-1], case.background.temperature[t][-1]
        exact = barometric.density(r, n_top, top, temperature, species(name).mass, case.gm)
        assert n[t] == pytest.approx(exact, rel=1e-12, abs=0.0)


def test_nodes_hold_a_barometric_density_to_the_stated_error(base: HistoryCase) -> None:
    """h^2/(4 H r) at most: 3.6e-5 for O and less than 1e-4 for all at Mars."""
    air = air_of(base, SIGMA)
    kinds = base.background.species
    for r in np.linspace(air.r[0], air.top, 999)[:-1]:
        k = interval(air, r)
        for t, kind in enumerate(kinds):
            if math.exp(air.ln_n[t, k]) * SIGMA < 1e-12:
                continue
            temperature = base.background.temperature[t][0]
            n0 = base.background.density[t][0]
            exact = float(barometric.density(r, n0, base.r_inner, temperature, kind.mass, base.gm))
            height = K_B * temperature * r**2 / (base.gm * kind.mass)
            limit = (air.r[k + 1] - air.r[k]) ** 2 / (4.0 * height * r)
            assert abs(density(air, t, k, r) / exact - 1.0) <= 1.1 * limit + 1e-12


def test_below_the_rows_the_gas_is_mixed(base: HistoryCase) -> None:
    case = with_rows(base, below="barometric")
    foot = case.background.r[0]
    n0 = np.array([column[0] for column in case.background.density])
    mass = np.array([s.mass for s in case.background.species])
    mean = float(mass @ n0 / n0.sum())
    n = Atmosphere(case.background, case.gm).densities([foot - 2e4])[:, 0]
    ratio = float(barometric.density(foot - 2e4, 1.0, foot, 140.0, mean, case.gm))
    assert n == pytest.approx(n0 * ratio, rel=1e-9)


def test_above_zero_ends_the_gas_and_its_collisions_at_once(base: HistoryCase) -> None:
    case = with_rows(base, above="zero")
    air = air_of(case, SIGMA)
    end = case.background.r[-1]
    assert end * (1.0 - 1e-2) < air.top <= end * (1.0 + 2e-9)
    assert np.all(Atmosphere(case.background, case.gm).densities([end + 1.0]) == 0.0)


def test_chamberlain_takes_over_at_the_exobase() -> None:
    """n/n_c = Chamberlain's bal + esc over its own value at the exobase, so that the density is continuous."""
    helium = {"name": "He", "density": "1e12 cm-3", "temperature": "300 K"}
    case = gas(helium, **{"background.above": "chamberlain"})
    atmosphere = Atmosphere(case.background, case.gm)
    r_c = atmosphere.exobase_radius()
    assert r_c is not None
    mass = species("He").mass
    n_c = float(barometric.density(r_c, 1e18, case.r_inner, 300.0, mass, case.gm))
    r = r_c * np.array([1.0, 1.2, 2.0, 4.0])
    exact = chamberlain.density(r, 1.0, r_c, 300.0, mass, case.gm)
    assert atmosphere.densities(r)[0] == pytest.approx(n_c * exact / exact[0], rel=1e-6, abs=0.0)
    below = float(atmosphere.densities([0.999 * r_c])[0, 0])
    assert below == pytest.approx(
        float(barometric.density(0.999 * r_c, 1e18, case.r_inner, 300.0, mass, case.gm)), rel=1e-9, abs=0.0
    )


def test_at_the_exobase_the_mean_free_path_is_the_scale_height(base: HistoryCase) -> None:
    for case in (base, with_rows(base)):
        atmosphere = Atmosphere(case.background, case.gm)
        r_c = atmosphere.exobase_radius()
        assert r_c is not None
        path, height = atmosphere.mean_free_path([r_c], 2e-19)[0], atmosphere.pressure_scale_height([r_c])[0]
        assert path == pytest.approx(height, rel=2e-3, abs=0.0)


def test_collisions_end_where_the_optical_depth_to_infinity_is_small() -> None:
    """Against quadrature of the barometric density; infinity is where 1/r is 0 but for a part of 1e-9."""
    case = gas(O)
    air = air_of(case, SIGMA)
    mass = species("O").mass
    depth = quad(
        lambda r: SIGMA * float(barometric.density(r, 1e16, case.r_inner, 200.0, mass, case.gm)),
        air.top, air.top + 3e6, epsabs=0.0, epsrel=1e-9,
    )[0]  # fmt: skip
    assert depth == pytest.approx(case.collision_depth, rel=5e-3, abs=0.0)
    assert depth <= case.collision_depth
    whole = quad(
        lambda r: SIGMA * float(barometric.density(r, 1e16, case.r_inner, 200.0, mass, case.gm)),
        case.r_inner, case.r_inner + 3e6, epsabs=0.0, epsrel=1e-9, limit=200,
    )[0]  # fmt: skip
    assert float(optical_depth(case, case.r_inner, SIGMA)) == pytest.approx(whole, rel=1e-4, abs=0.0)


def test_an_exponential_atmosphere_has_the_depth_sigma_n_h() -> None:
    case = gas(O | {"scale_height": "20 km"})
    depth = optical_depth(case, [case.r_inner, case.r_inner + 4e4], SIGMA)
    assert depth == pytest.approx(SIGMA * 1e16 * 2e4 * np.exp([0.0, -2.0]), rel=1e-9, abs=0.0)
    air = air_of(case, SIGMA)
    assert air.top - case.r_inner == pytest.approx(2e4 * math.log(SIGMA * 1e16 * 2e4 / 1e-3), rel=1e-3)


def test_the_optical_depth_counts_what_lies_beyond_the_outer_boundary() -> None:
    case = gas(O | {"scale_height": "200 km"}, **{"domain.outer_altitude": "200 km", "source.0.altitude": "150 km"})
    assert optical_depth(case, case.r_inner, SIGMA) == pytest.approx(SIGMA * 1e16 * 2e5, rel=1e-9, abs=0.0)


def test_without_optical_depth_there_are_no_collisions() -> None:
    case = gas(O | {"density": "1 m-3"})
    air = air_of(case, SIGMA)
    assert air.top == case.r_inner
    assert air.r.size == 2
    deep = gas(O | {"density": "1e20 cm-3", "temperature": "9000 K"}, **{"domain.outer_altitude": "300 km"})
    assert air_of(deep, SIGMA).top == deep.r_outer


def random_profiles(number: int) -> tuple[list[float], list[list[float]], list[list[float]], list[list[float]]]:
    """Rows of two species from a low-discrepancy sequence: rough, with gaps of nothing, reproducible."""
    part = [
        [math.modf((0.5 + number * 0.7548 + i * 0.56984 + j * 0.3819) * 7.13)[0] for j in range(8)] for i in range(9)
    ]
    r = (RADIUS + 1e5 + 3e4 * np.cumsum([0.05 + p for p in part[0]])).tolist()
    density = [[10.0 ** (8.0 + 10.0 * p) if p > 0.1 else 0.0 for p in part[i]] for i in (1, 2)]
    temperature = [[50.0 + 900.0 * p for p in part[i]] for i in (3, 4)]
    wind = [[1e3 * (p - 0.5) for p in part[i]] for i in (5, 6)]
    return r, density, temperature, wind


@pytest.mark.parametrize("number", range(12))
def test_bounds_hold_within_reach_of_every_interval(base: HistoryCase, number: int) -> None:
    """n_max, u_max and wind_max are never exceeded, however rough the rows: whatever exceeded them would bias rates."""
    r, n, t, w = random_profiles(number)
    rows = Background(
        r=tuple(r),
        species=(species("CO2"), species("O")),
        density=tuple(map(tuple, n)),
        temperature=tuple(map(tuple, t)),
        wind=tuple(map(tuple, w)),
        rotation=(-1) ** number * 5e-4,
        below="barometric",
        above=("barometric", "zero")[number % 2],
    )
    case = dataclasses.replace(base, background=rows)
    air = air_of(case, SIGMA)
    for k in range(0, air.r.size - 1, 3):
        for x in np.linspace(air.r[k] - air.reach[k], air.r[k + 1] + air.reach[k], 41):
            j = interval(air, x)
            part = (x - air.r[j]) / (air.r[j + 1] - air.r[j])
            for i in range(2):
                assert density(air, i, j, x) <= air.n_max[i, k]
                at = air.temperature[i, j] + part * (air.temperature[i, j + 1] - air.temperature[i, j])
                assert math.sqrt(max(2.0 * K_B * at / air.mass[i], 0.0)) <= air.u_max[i, k]
                radial = air.wind[i, j] + part * (air.wind[i, j + 1] - air.wind[i, j])
                assert math.hypot(radial, air.rotation * x) <= air.wind_max[k]
    assert np.all(air.reach > 0.0)


def test_bounds_are_close_enough_to_be_efficient(base: HistoryCase) -> None:
    """Of equal cross sections a candidate is accepted with probability exp(-1/5 - 1/4) at least."""
    air = air_of(base, SIGMA)
    ratio = np.exp(air.ln_n[:, 1:]).sum(axis=0) / air.n_max.sum(axis=0)
    assert ratio.min() > 0.98 * math.exp(-0.45)


def test_reference_cross_sections_add_the_partners_of_a_molecule() -> None:
    """Fox & Hac: 3e-15 cm2 whole; by atoms, three partners of the same cross section each."""
    whole = gas(CO2)
    atoms = gas(CO2, **{"collision.0.target_as": "atoms"})
    assert largest_cross_sections(whole, build_tables(whole)) == pytest.approx([3e-19], rel=1e-9, abs=0.0)
    assert largest_cross_sections(atoms, build_tables(atoms)) == pytest.approx([9e-19], rel=1e-9, abs=0.0)
