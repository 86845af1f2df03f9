"""Fractionation factors of pairs: arithmetic, errors, reference levels, and the theory beside them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from exobase.analytic import diffusion, kinetic
from exobase.constants import ATOMIC_MASS
from exobase.io.results import Result, read_result
from exobase.regime import fractionation
from synthetic import write_exosphere, write_mixture

GM = 4.282837e13
M_H, M_O = 1.008 * ATOMIC_MASS, 15.999 * ATOMIC_MASS


@pytest.fixture
def mixture(tmp_path: Path) -> Result:
    """CO2, O and H; CO2 stays."""
    result = read_result(write_mixture(tmp_path / "result.h5"))
    result["escape/rate"][:] = [0.0, 2e24, 5e25]
    result["escape/rate_stderr"][:] = [0.0, 6e22, 1e24]
    return result


def test_the_factor_is_the_ratio_of_rates_for_the_ratio_of_densities(mixture: Result) -> None:
    (pair,) = fractionation(mixture, mixture.case)
    assert (pair.species, pair.over) == ("O", "H")
    exact = (2e24 / 5e25) * (1.03e11 / 3.86e13)
    assert pair.factor.value == pytest.approx(exact, rel=1e-9, abs=0.0)
    assert pair.factor.stderr == pytest.approx(exact * math.hypot(0.03, 0.02), rel=1e-9, abs=0.0)


def test_at_the_exobase_the_densities_found_there_count_with_their_errors(mixture: Result) -> None:
    (pair,) = fractionation(mixture, mixture.case)
    radius = float(mixture["exobase/radius"][2])
    assert pair.exobase_radius == radius
    near = slice(0, 30)
    r, n = mixture["grid/r"][near], mixture["profile/density"][:, near]
    n_h, n_o = (math.exp(np.interp(radius, r, np.log(n[k]))) for k in (2, 1))
    assert pair.factor_exobase.value == pytest.approx((2e24 / 5e25) * n_h / n_o, rel=1e-9, abs=0.0)
    relative = pair.factor_exobase.stderr / pair.factor_exobase.value
    # two densities to .4 % each, a little less between two cells
    assert math.hypot(0.03, 0.02) < relative < math.hypot(0.03, 0.02, 0.004, 0.004) * (1 + 1e-9)


def test_theory_at_both_levels_differs_by_the_hydrostatic_separation(mixture: Result) -> None:
    (pair,) = fractionation(mixture, mixture.case)
    r0, exobase = mixture.case["r_inner"], pair.exobase_radius
    n, own = mixture["profile/density"], mixture["profile/T"]
    t = float(np.interp(exobase, mixture["grid/r"], (n * own).sum(axis=0) / n.sum(axis=0)))  # of all species
    effusion = float(diffusion.jeans_fractionation(t, M_H, M_O, exobase, GM))
    assert pair.jeans == pytest.approx(effusion, rel=1e-6, abs=0.0)
    separation = math.exp(-(M_O - M_H) * GM / (1.380649e-23 * 270.0) * (1 / r0 - 1 / exobase))
    assert pair.jeans_separation == pytest.approx(effusion * separation, rel=1e-6, abs=0.0)


def test_a_rate_within_its_error_of_zero_makes_no_pair(mixture: Result) -> None:
    mixture["escape/rate_stderr"][1] = 2.5e24
    assert fractionation(mixture, mixture.case) == []


def test_every_pair_of_measured_rates_is_given_heavy_over_light(mixture: Result) -> None:
    mixture["escape/rate"][0], mixture["escape/rate_stderr"][0] = 1e23, 1e22
    pairs = [(pair.species, pair.over) for pair in fractionation(mixture, mixture.case)]
    assert pairs == [("CO2", "O"), ("CO2", "H"), ("O", "H")]


def test_drag_is_given_where_the_light_gas_is_the_main_one(mixture: Result) -> None:
    (pair,) = fractionation(mixture, mixture.case)
    assert math.isnan(pair.drag)
    case = mixture.case
    case["species"][2]["density"] = 1e16
    mixture["escape/rate"][2], mixture["escape/rate_stderr"][2] = 3e30, 3e28
    (pair,) = fractionation(mixture, case)
    share, r0 = 1e16 / (1e16 + 3.08e14 + 3.86e13), case["r_inner"]
    b = float(kinetic.diffusion(1.0, 270.0, M_H, M_O, 2.5e-10))
    flux = 3e30 / (4 * math.pi * r0**2)
    crossover = float(diffusion.crossover_mass(M_H, flux, share, case["species"][0]["temperature"], b, GM / r0**2))
    assert pair.crossover_mass == pytest.approx(crossover, rel=1e-6, abs=0.0)
    assert pair.drag == pytest.approx(max((crossover - M_O) / (crossover - M_H), 0.0), rel=1e-6, abs=0.0)


def test_in_free_flight_the_theory_is_jeans_from_the_inner_boundary(mixture: Result) -> None:
    case = mixture.case
    case["collisions"] = "off"
    mixture["exobase/radius"][:] = np.nan
    (pair,) = fractionation(mixture, case)
    exact = float(diffusion.jeans_fractionation(270.0, M_H, M_O, case["r_inner"], GM))
    assert (pair.jeans, pair.jeans_separation) == pytest.approx((exact, exact), rel=1e-6, abs=0.0)
    assert math.isnan(pair.factor_exobase.value)


def test_one_species_has_no_pairs(tmp_path: Path) -> None:
    result = read_result(write_exosphere(tmp_path / "result.h5"))
    assert fractionation(result, result.case) == []
