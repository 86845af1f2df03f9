"""The verdict on the regime: each word from a gas that is made to have it, and the numbers behind it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.analytic import evaporating_wind, jeans, parker, polytropic
from exobase.io.results import read_result
from exobase.regime import WORDS, Regime, assess
from made_gas import R0, T0, Gas
from synthetic import write_mixture

EXOBASE = 1.4


def static(y: Any) -> Any:
    return 0.0 * y


def isothermal(y: Any) -> Any:
    return 1.0 + 0.0 * y


def thinning(y: Any) -> Any:
    """Kn = 1 at EXOBASE."""
    return 0.02 * 50.0 ** (np.log(y) / math.log(EXOBASE))


def jeans_like(depth: float = 10.0, ratio: float = 1.4, mach: Any = static, temperature: float = 1.0) -> Regime:
    gas = Gas(depth)
    flux = ratio * gas.jeans_rate(EXOBASE, temperature)
    return assess(gas.result(mach, lambda y: temperature + 0.0 * y, thinning, flux), gas.case.to_dict())


def rule(found: Regime, key: str) -> bool | None:
    return next(f.applies for f in found.formulas if f.key == key)


def test_a_bound_slow_gas_with_about_the_jeans_flux_is_jeans_like() -> None:
    found = jeans_like()
    assert found.word == "jeans-like"
    own = found.numbers.species["A"] if found.numbers else None
    assert own is not None
    assert own.exobase_radius_m.value == pytest.approx(EXOBASE * R0, rel=1e-3)
    assert own.exobase_jeans_parameter.value == pytest.approx(10.0 / EXOBASE, rel=1e-3)
    assert own.flux_over_jeans.value == pytest.approx(1.4, rel=0.01)  # the exobase lies between cells
    assert own.knudsen_number_height.value == pytest.approx(0.1, rel=1e-9)  # l/R0 = .01, H = R0/10
    assert own.knudsen_number_radius.value == pytest.approx(0.01, rel=1e-9)


@pytest.mark.parametrize(
    "changed",
    [{"depth": 3.0}, {"ratio": 3.5}, {"ratio": 0.3}, {"mach": lambda y: 0.4 + 0.0 * y}],
    ids=["barely bound", "far above Jeans", "far below Jeans", "fast"],
)
def test_a_gas_that_leaves_the_jeans_range_in_one_number_is_transitional(changed: dict[str, Any]) -> None:
    assert jeans_like(**changed).word == "transitional"


def test_a_flux_just_outside_of_the_range_is_let_pass_within_its_error() -> None:
    gas = Gas(10.0)
    flux = 2.6 * gas.jeans_rate(EXOBASE, 1.0)
    words = [
        assess(gas.result(static, isothermal, thinning, flux, error), gas.case.to_dict()).word for error in (0.001, 0.1)
    ]
    assert words == ["transitional", "jeans-like"]


def sonic_at(place: float) -> Any:
    return lambda y: y / place


@pytest.mark.parametrize(("place", "word"), [(1.2, "hydrodynamic"), (2.5, "transitional")])
def test_mach_one_below_the_exobase_is_hydrodynamic_and_above_it_is_not(place: float, word: str) -> None:
    gas = Gas(1.0)
    found = assess(gas.result(sonic_at(place), isothermal, thinning, 0.8), gas.case.to_dict())
    assert found.word == word
    assert found.numbers is not None
    sonic = found.numbers.gas.sonic_radius_m
    assert sonic.value == pytest.approx(place * R0, rel=1e-3)
    # error of the Mach number over its slope: .01 of the speed of sound and .005 from T, over 1/(place R0)
    assert sonic.stderr == pytest.approx(place * R0 * math.hypot(0.01, 0.005), rel=0.05)
    assert found.numbers.gas.sonic_knudsen.value == pytest.approx(float(thinning(place)), rel=0.05)


def test_a_single_noisy_cell_is_no_sonic_point() -> None:
    gas = Gas(10.0)
    result = gas.result(static, isothermal, thinning, gas.jeans_rate(EXOBASE, 1.0))
    result["profile/u_r"][0, 40] = 600.0  # Mach 2.7
    found = assess(result, gas.case.to_dict())
    assert found.numbers is not None
    assert not found.numbers.gas.sonic_radius_m.known


def test_a_gas_supersonic_from_the_first_cell_has_its_sonic_point_there() -> None:
    gas = Gas(0.5)
    found = assess(gas.result(lambda y: 1.2 * y, isothermal, thinning, 0.8), gas.case.to_dict())
    assert found.word == "hydrodynamic"
    assert found.numbers is not None
    assert found.numbers.gas.sonic_radius_m.value == pytest.approx(gas.r[0])


@pytest.mark.parametrize(
    ("knudsen", "word"), [(lambda y: 10.0 * y, "free-molecular"), (lambda y: 1e-3 * y, "no exobase in the domain")]
)
def test_without_an_exobase_the_gas_is_too_thin_or_too_dense_everywhere(knudsen: Any, word: str) -> None:
    gas = Gas(10.0)
    assert assess(gas.result(static, isothermal, knudsen, 1e-4), gas.case.to_dict()).word == word


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"collisions": "off"}, "collisionless"), ({"outer": {"type": "specular"}}, "closed")],
)
def test_without_collisions_or_behind_a_wall_there_is_another_word(changes: dict[str, Any], word: str) -> None:
    gas = Gas(6.0, changes)
    found = assess(gas.result(static, isothermal, thinning, 0.0), gas.case.to_dict())
    assert found.word == word
    assert found.word in WORDS


def test_flux_ratios_are_those_to_the_theories_with_their_errors() -> None:
    """One gas: Jeans with the drift measured at the exobase, Jeans at R0, the isothermal and the isentropic wind."""
    gas, depth = Gas(3.2, zeta=2), 3.2
    found = assess(gas.result(lambda y: 0.1 + 0.0 * y, isothermal, thinning, 0.9, 0.02), gas.case.to_dict())
    assert found.numbers is not None
    own, whole = found.numbers.species["A"], found.numbers.gas
    assert whole.gamma.value == pytest.approx(1.4)
    assert own.flux_over_evaporation == pytest.approx((0.9, 0.018))
    assert own.flux_over_jeans_inner.value == pytest.approx(0.9 / ((1 + depth) * math.exp(-depth)))
    speed_ratio = 0.1 * math.sqrt(0.7)  # u/U = M sqrt(gamma/2)
    assert own.exobase_speed_ratio.value == pytest.approx(speed_ratio)
    factor = float(jeans.drift_factor(own.exobase_jeans_parameter.value, speed_ratio))
    assert own.flux_over_jeans_drift.value == pytest.approx(own.flux_over_jeans.value / factor)
    assert own.flux_over_jeans_drift.stderr > own.flux_over_jeans_drift.value * 0.02
    wind = evaporating_wind.evaporating_wind(depth, 1.4).flux
    assert whole.flux_over_isentropic == pytest.approx((0.9 / wind, 0.018 / wind))
    rate = parker.escape_rate(gas.n0, R0, T0, gas.mass, gas.case.gm) / (4.0 * math.pi * R0**2)
    evaporation = jeans.evaporation_flux(gas.n0, T0, gas.mass)
    assert whole.flux_over_parker.value == pytest.approx(0.9 * evaporation / rate)


def test_a_moving_reservoir_is_compared_with_the_wind_that_has_no_knudsen_layer() -> None:
    gas = Gas(3.2, {"species.0.bulk_speed": "60 m/s"}, zeta=2)
    found = assess(gas.result(sonic_at(4.05), isothermal, thinning, 1.0), gas.case.to_dict())
    assert found.numbers is not None
    # the flux is n vbar/4 here by construction
    assert found.numbers.gas.flux_over_evaporation.value == pytest.approx(1.0)
    drift = 60.0 / gas.case.species[0].thermal_speed()
    emission = math.exp(-(drift**2)) + math.sqrt(math.pi) * drift * (1.0 + math.erf(drift))
    assert found.numbers.gas.flux_over_emission.value == pytest.approx(1.0 / emission)
    assert found.numbers.species["A"].flux_over_emission.value == pytest.approx(1.0 / emission)
    exact = polytropic.flux_over_evaporation(3.2, 1.4)
    assert found.numbers.gas.flux_over_isentropic.value == pytest.approx(1.0 / exact)


def test_the_jeans_formula_is_refused_where_its_flux_or_its_exobase_is_not_there() -> None:
    assert rule(jeans_like(ratio=1.5), "jeans") is True
    assert rule(jeans_like(ratio=2.2), "jeans") is False
    assert rule(jeans_like(ratio=0.4), "jeans") is False
    assert rule(jeans_like(depth=2.5), "jeans") is False  # lambda 1.8 at the exobase
    gas = Gas(10.0)
    none = assess(gas.result(static, isothermal, lambda y: 1e-3 * y, 1e-4), gas.case.to_dict())
    assert rule(none, "jeans") is False
    assert any(text.startswith("do not apply the Jeans formula here: A has no exobase") for text in none.warnings)


def test_the_barometric_law_is_refused_where_the_gas_is_fast_or_cold_below_the_exobase() -> None:
    gas = Gas(10.0)
    flux = gas.jeans_rate(EXOBASE, 1.0)
    laws = {
        "good": (static, isothermal),
        "above the exobase only": (lambda y: np.where(y > 1.5, 0.9, 0.0), isothermal),
        "fast": (lambda y: np.where(y > 1.2, 0.5, 0.0), isothermal),
        "cold": (static, lambda y: np.where(y > 1.2, 0.8, 1.0)),
    }
    found = {key: assess(gas.result(m, t, thinning, flux), gas.case.to_dict()) for key, (m, t) in laws.items()}
    assert {key: rule(regime, "barometric") for key, regime in found.items()} == {
        "good": True,
        "above the exobase only": True,
        "fast": False,
        "cold": False,
    }
    assert "Mach > 0.3 from r = 1.2" in " ".join(found["fast"].warnings)


def test_winds_are_refused_without_a_collisional_sonic_point_or_with_another_flux() -> None:
    gas = Gas(1.0)
    exact = float(evaporating_wind.evaporating_wind(1.0).flux)

    def wind(place: float, flux: float) -> bool | None:
        found = assess(gas.result(sonic_at(place), isothermal, thinning, flux), gas.case.to_dict())
        return rule(found, "isentropic")

    assert [wind(1.1, exact), wind(1.1, 0.5 * exact), wind(2.5, exact)] == [True, False, False]
    deep = Gas(10.0)
    bound = assess(deep.result(static, isothermal, thinning, 1e-4), deep.case.to_dict())
    assert (rule(bound, "isentropic"), rule(bound, "parker")) == (False, False)


def test_the_parker_wind_is_refused_where_the_gas_has_cooled_at_its_sonic_point() -> None:
    gas = Gas(2.5)
    rate = parker.escape_rate(gas.n0, R0, T0, gas.mass, gas.case.gm) / (4.0 * math.pi * R0**2)
    flux = float(rate / jeans.evaporation_flux(gas.n0, T0, gas.mass))
    warm = assess(gas.result(sonic_at(1.25), isothermal, thinning, flux), gas.case.to_dict())
    cold = assess(gas.result(sonic_at(1.25), lambda y: 0.7 + 0.0 * y, thinning, flux), gas.case.to_dict())
    assert (rule(warm, "parker"), rule(cold, "parker")) == (True, False)


def test_the_verdict_can_be_stored_as_json_and_says_its_numbers() -> None:
    found = jeans_like()
    stored = json.loads(json.dumps(found.to_dict()))
    assert set(stored) == {"sentence", "target", "gas", "species", "formulas", "warnings"}
    assert stored["sentence"].startswith("jeans-like: A, at R0 lambda = 10, l/R0 = 0.01, l/H = 0.1;")
    assert stored["species"]["A"]["flux_over_jeans_stderr"] == pytest.approx(0.014, rel=0.02)


def test_a_trace_in_a_heavy_gas_is_judged_by_itself_and_no_wind_is_named(tmp_path: Path) -> None:
    result = read_result(write_mixture(tmp_path / "result.h5"))
    case = result.case
    result["escape/rate"][:2] = result["escape/rate_stderr"][:2] = 0.0  # CO2 and O stay
    found = assess(result, case)
    assert (found.word, found.target) == ("jeans-like", "H")
    assert found.numbers is not None
    assert not found.numbers.gas.flux_over_parker.known
    assert found.numbers.species["H"].exobase_jeans_parameter.value == pytest.approx(5.31, abs=0.01)
