"""The verdict on test-particle results: books that close pass, and each one that is cooked fails.

The synthetic result has 3e26 s-1 of O and 2e25 s-1 of C that escape from the whole sphere, from sources that light half
and a quarter of it; see tests/helpers/synthetic_histories.py.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

import synthetic_histories as made
from exobase.io.results import Result, read_result
from exobase.judge.outcome import CheckOutcome
from exobase.judge.verdict import all_passed, judge
from synthetic import check

ALWAYS = ["ledger", "ledger_weight", "energy_conservation"]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return read_result(made.write_histories(tmp_path_factory.mktemp("hot") / "result.h5"))


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("split")
    return read_result(made.write_histories(folder / "result.h5", mapped=True, splitting=True))


def changed(result: Result, name: str, index: Any, factor: float = 1.0, add: float = 0.0) -> Result:
    values = result[name].copy()
    values[index] = values[index] * factor + add
    return dataclasses.replace(result, data={**result.data, name: values})


def verdict(result: Result, quantity: str, value: float | None = None, **bounds: Any) -> CheckOutcome:
    bounds = bounds or {"tolerance_relative": 1e-9}
    case = {**result.case, "checks": [check(quantity, "number", reference_value=value, **bounds)]}
    return judge(result, case)[0]


def outcome(result: Result, name: str, case: dict[str, Any] | None = None) -> CheckOutcome:
    return next(o for o in judge(result, case or result.case) if o.name == name)


def test_sound_books_pass_and_splitting_is_judged_where_it_is_used(result: Result, split: Result) -> None:
    plain, other = judge(result, result.case), judge(split, split.case)
    assert [o.name for o in plain] == ALWAYS
    assert [o.name for o in other] == [*ALWAYS, "splitting_gain"]
    assert all_passed(plain), plain
    assert all_passed(other), other


@pytest.mark.parametrize("fate", [0, 1, 4, 5, 6, 8])
def test_one_particle_too_many_breaks_the_ledger(result: Result, fate: int) -> None:
    broken = outcome(changed(result, "ledger/counts", (0, fate), add=1), "ledger")
    assert not broken.passed
    assert broken.value == 1.0
    assert ("O +1" if fate < 3 else "O -1") in broken.detail


def test_gaps_of_two_species_do_not_cancel(result: Result) -> None:
    wrong = changed(changed(result, "ledger/counts", (0, 4), add=1), "ledger/counts", (1, 4), add=-1)
    assert outcome(wrong, "ledger").value == 2.0


@pytest.mark.parametrize("fate", range(9))
def test_a_weight_that_is_off_by_a_part_in_a_million_of_all_that_came_fails(split: Result, fate: int) -> None:
    came = float(split["ledger/weight"][1, :3].sum())
    assert not outcome(changed(split, "ledger/weight", (1, fate), add=1e-6 * came), "ledger_weight").passed


@pytest.mark.parametrize("fate", range(9))
def test_energy_that_appears_in_any_column_is_noticed(split: Result, fate: int) -> None:
    booked = float(np.abs(split["ledger/energy"]).sum() + np.abs(split["ledger/exchange"]).sum())
    assert not outcome(changed(split, "ledger/energy", (0, fate), add=3e-6 * booked), "energy_conservation").passed


@pytest.mark.parametrize("part", range(3))
def test_recoils_thermalised_and_heat_enter_the_balance(result: Result, part: int) -> None:
    assert not outcome(changed(result, "ledger/exchange", part, 1.001), "energy_conservation").passed


def test_the_energy_balance_holds_for_one_particle_worked_out_by_hand(result: Result) -> None:
    """Born with 5 eV at potential -2 eV; a collision leaves it 2 eV, a followed recoil gets 1.5 eV, the gas 1.5 eV.

    It escapes where the potential is -2 eV too, with 0 eV in all; the recoil falls to -2.5 eV, where it has 2 eV, loses
    1.2 eV in a collision and is thermalised with .8 eV.
    """
    energy = np.zeros((2, 9))
    energy[0, 0] = 5.0 - 2.0
    energy[0, 1] = 1.5 - 2.0
    energy[0, 4] = 2.0 - 2.0
    energy[0, 6] = 0.8 - 2.5
    exchange = np.array([1.5, 0.8, 1.5 + 1.2 + 0.8])
    by_hand = dataclasses.replace(result, data={**result.data, "ledger/energy": energy, "ledger/exchange": exchange})
    assert outcome(by_hand, "energy_conservation").value == pytest.approx(0.0, abs=1e-15)


def test_energy_is_not_judged_where_the_tide_does_work(result: Result) -> None:
    wrong = changed(result, "ledger/exchange", 2, 1.1)
    case = {**result.case, "tide": 1e-14, "sun_distance": 2e11}
    assert outcome(wrong, "energy_conservation", case).passed
    assert "not judged" in outcome(wrong, "energy_conservation", case).detail


def test_a_gain_of_six_errors_fails(split: Result) -> None:
    stderr = split.stderr("ledger/weight")
    add = 6.0 * float(stderr[0, 2] + stderr[0, 3]) - float(split["ledger/weight"][0, 2] - split["ledger/weight"][0, 3])
    assert not outcome(changed(split, "ledger/weight", (0, 2), add=add), "splitting_gain").passed


def test_the_escape_probability_counts_each_source_with_its_own_area(result: Result, split: Result) -> None:
    """(2.0e26 + 3e25)/4e27 of the O born itself escapes, whether births fill the sphere or the lit side."""
    for one in (result, split):
        found = verdict(one, "escape_probability.O", 2.3e26 / 4e27)
        assert found.passed, found
        assert found.stderr == pytest.approx(math.hypot(2e24, 1e24) / 4e27)
    assert "no C was born" in verdict(result, "escape_probability.C", 0.0).detail


def test_yield_and_backscatter_are_per_incident_particle(result: Result) -> None:
    incident = 0.25 * made.EVENTS[1]
    assert verdict(result, "yield.O", 0.25 * 4e25 / incident).passed
    assert verdict(result, "backscatter.O", 0.25 * 3e25 / incident).passed
    assert verdict(result, "yield.C", 0.25 * 1.5e25 / incident).passed
    assert verdict(result, "backscatter.C", 0.0, tolerance_absolute=1e-12).passed
    assert "pickup O+" in verdict(result, "yield.O", 1.0).detail


def test_rates_fluxes_and_energies_are_those_of_the_result(result: Result) -> None:
    assert verdict(result, "escape_rate.O", float(result["escape/rate"][0])).passed
    assert verdict(result, "escape_flux.C", float(result["escape/flux"][1])).passed
    assert verdict(result, "source_rate.O", 0.5 * made.EVENTS[0] + 0.25 * made.EVENTS[1]).passed
    assert not verdict(result, "source_rate.C", 0.0).passed
    assert verdict(result, "energy_mean.O", 0.9 * made.EV).passed
    assert verdict(result, "exobase_radius", made.EXOBASE).passed


def test_density_is_judged_at_radii_and_in_a_range(result: Result) -> None:
    r = made.RADIUS + 1e6
    exact = 1e10 / (1.0 + (1e6 / 3e5) ** 2)
    assert verdict(result, "density.O", exact, radii=[r], tolerance_relative=0.05).passed
    assert not verdict(result, "density.O", exact, r_from=made.RADIUS + 9e5, tolerance_relative=0.05).passed
    assert verdict(result, "density.O", exact, r_from=0.95 * r, r_to=1.05 * r, tolerance_relative=0.7).passed
    assert "outside the domain" in verdict(result, "density.O", exact, radii=[1e9], tolerance_relative=0.1).detail


def test_flux_over_jeans_takes_the_density_found_and_the_temperature_of_the_background(result: Result) -> None:
    """F/F_J at the exobase: F_J = n U/(2 sqrt(pi)) (1 + lambda) exp(-lambda) with T = 200 K of CO2 and 260 K of O."""
    nodes = result["background/r"]
    n = [np.interp(made.EXOBASE, nodes, row) for row in result["background/density"]]
    t = (200.0 * n[0] + 260.0 * n[1]) / (n[0] + n[1])
    mass = made.MASS["O"]
    lam = made.GM * mass / (made.K_B * t * made.EXOBASE)
    r, density = result["grid/r"], result["profile/density"][0]
    found = np.exp(np.interp(made.EXOBASE, r, np.log(density)))
    speed = math.sqrt(2.0 * made.K_B * t / mass)
    jeans = found * speed / (2.0 * math.sqrt(math.pi)) * (1.0 + lam) * math.exp(-lam)
    assert verdict(result, "flux_over_jeans.O", float(result["escape/flux"][0]) / jeans).passed
    lower = verdict(result, "flux_over_jeans.O", 1.0, radii=[made.RADIUS + 1.5e5], accept=(0.0, math.inf))
    assert f"{(made.RADIUS + 1.5e5) / 1e3:.6g} km" in lower.detail


def test_what_cannot_be_judged_fails_with_a_reason(result: Result) -> None:
    assert "no species 'He'" in verdict(result, "density.He", 1.0).detail
    assert "not known" in verdict(result, "nothing.O", 1.0).detail
    bare = dataclasses.replace(result, group_attrs={**result.group_attrs, "background": {}})
    assert "no exobase" in verdict(bare, "flux_over_jeans.O", 1.0).detail
