"""The verdict on results with a known answer: right ones pass, wrong ones fail, and what is missing says so."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.analytic import jeans
from exobase.io.results import SUMMARY_NAME, Result, read_result, write_summary
from exobase.judge.outcome import CheckOutcome
from exobase.judge.verdict import all_passed, judge, verdict_of
from exobase.regime import fractionation
from synthetic import check, write_exosphere

MASS = 1.008 * 1.66053907e-27


def verdict(path: Path, quantity: str, reference: str, **bounds: Any) -> CheckOutcome:
    result = read_result(path)
    case = {**result.case, "checks": [check(quantity, reference, **bounds)]}
    return judge(result, case)[0]


def changed(result: Result, name: str, values: Any) -> Result:
    return dataclasses.replace(result, data={**result.data, name: np.asarray(values)})


def test_the_escape_flux_is_judged_against_jeans(exosphere: Path) -> None:
    outcome = verdict(exosphere, "escape_flux.H", "jeans", tolerance_relative=0.015, tolerance_sigma=3)
    assert outcome.passed
    assert outcome.reference == pytest.approx(jeans.jeans_flux(1e11, 1000.0, MASS, 6.871e6, 3.986004e14), rel=1e-6)
    assert outcome.value == pytest.approx(outcome.reference, rel=0.015)
    assert outcome.stderr > 0
    assert not verdict(exosphere, "escape_flux.H", "jeans", tolerance_relative=1e-6).passed


def test_rate_velocity_and_ratio_to_evaporation_agree_with_the_flux(exosphere: Path) -> None:
    for quantity in ("escape_rate.H", "escape_velocity.H", "flux_over_evaporation.H"):
        outcome = verdict(exosphere, quantity, "jeans", tolerance_sigma=3)
        assert outcome.passed, quantity
    lam = 7.032
    ratio = verdict(
        exosphere,
        "flux_over_evaporation.H",
        "number",
        reference_value=(1 + lam) * math.exp(-lam),
        tolerance_relative=0.02,
    )
    assert ratio.passed


def test_the_flux_is_carried_from_its_own_radius_to_the_inner_boundary(exosphere: Path) -> None:
    result = read_result(exosphere)
    far = changed(result, "escape/at_radius", result["escape/at_radius"] * 2)
    far = changed(far, "escape/flux", result["escape/flux"] / 4)
    far = changed(far, "escape/flux_stderr", result["escape/flux_stderr"] / 4)
    case = {**result.case, "checks": [check("escape_flux.H", "jeans", tolerance_sigma=3)]}
    assert judge(far, case)[0].passed


def test_density_is_judged_at_every_shown_radius_and_the_worst_is_told(exosphere: Path) -> None:
    outcome = verdict(exosphere, "density.H", "chamberlain", tolerance_relative=0.015, tolerance_sigma=4)
    assert outcome.passed, outcome
    assert "worst of 4 places" in outcome.detail
    assert not verdict(exosphere, "density.H", "barometric", tolerance_relative=0.05).passed
    near = verdict(exosphere, "density.H", "barometric", tolerance_relative=0.05, radii=[7e6])
    assert near.passed


def test_cell_means_are_compared_with_cell_means_of_theory(tmp_path: Path) -> None:
    from synthetic import write_exosphere

    path = write_exosphere(tmp_path / "result.h5", error=1e-9)
    outcome = verdict(path, "density.H", "chamberlain", tolerance_relative=2e-4)
    assert outcome.passed, outcome


def test_a_wrong_cell_fails_the_density_check(exosphere: Path) -> None:
    result = read_result(exosphere)
    n = result["profile/density"].copy()
    n[0, 30] *= 1.1
    case = {**result.case, "checks": [check("density.H", "chamberlain", tolerance_relative=0.03, r_from=6e6)]}
    outcome = judge(changed(result, "profile/density", n), case)[0]
    assert not outcome.passed
    assert f"{result['grid/r'][30] / 1e3:.5g} km" in outcome.detail


def test_a_free_factor_is_fitted_where_asked(exosphere: Path) -> None:
    result = read_result(exosphere)
    scaled = changed(result, "profile/density", result["profile/density"] * 1.3)
    bounds = {"tolerance_relative": 0.03}
    fixed = {**result.case, "checks": [check("density.H", "chamberlain", **bounds)]}
    free = {**result.case, "checks": [check("density.H", "chamberlain", normalise="mean", **bounds)]}
    assert not judge(scaled, fixed)[0].passed
    assert judge(scaled, free)[0].passed


def test_temperature_mach_and_drift_use_the_whole_range(mixture: Path) -> None:
    below = {"r_to": 3.62e6}
    number = {"reference_value": 268.0}
    assert verdict(mixture, "temperature.O", "number", tolerance_relative=0.02, **number, **below).passed
    assert not verdict(mixture, "temperature.O", "number", tolerance_relative=0.02, **number).passed
    assert verdict(mixture, "u_over_U.CO2", "number", reference_value=0.0, tolerance_absolute=0.03, **below).passed
    assert not verdict(mixture, "u_over_U.CO2", "number", reference_value=0.0, tolerance_absolute=1e-4, **below).passed
    assert verdict(mixture, "mach.CO2", "number", accept=(0.0, 0.1)).passed


def test_the_scale_height_is_fitted_below_the_exobase(mixture: Path) -> None:
    for species in ("CO2", "O"):
        outcome = verdict(mixture, f"scale_height.{species}", "barometric", tolerance_relative=0.03)
        assert outcome.passed, outcome
        assert 0 < outcome.stderr < 0.02 * outcome.value
    kt, g = 1.380649e-23 * 270.0, 4.282837e13 / 3.5695e6**2
    assert outcome.reference == pytest.approx(kt / (15.999 * 1.66053907e-27 * g), rel=1e-6)


def test_exobase_quantities(mixture: Path) -> None:
    assert verdict(mixture, "exobase_radius.H", "number", reference_value=3.62e6, tolerance_relative=0.01).passed
    assert verdict(mixture, "exobase_radius_over_inner.H", "number", accept=(1.0, 1.1)).passed
    assert verdict(mixture, "exobase_temperature_over_inner.H", "number", accept=(0.9, 1.1)).passed
    assert verdict(mixture, "flux_over_jeans.H", "number", accept=(0.5, 0.9)).passed


def test_fractionation_is_judged_at_both_levels_whichever_species_is_named_first(mixture: Path) -> None:
    result = read_result(mixture)
    rates = [0.0, 2e24, 5e25]
    result = changed(changed(result, "escape/rate", rates), "escape/rate_stderr", [0.0, 6e22, 1e24])
    (pair,) = fractionation(result, result.case)

    def judged(quantity: str, reference: str, **bounds: Any) -> CheckOutcome:
        return judge(result, {**result.case, "checks": [check(quantity, reference, **bounds)]})[0]

    at_r0 = judged("fractionation.O/H", "number", reference_value=pair.factor.value * 1.05, tolerance_sigma=2)
    assert (at_r0.value, at_r0.stderr, at_r0.passed) == (pair.factor.value, pair.factor.stderr, True)
    assert not judged("fractionation.O/H", "number", reference_value=pair.factor.value * 1.1, tolerance_sigma=2).passed
    jeans_r0 = judged("fractionation.O/H", "jeans", tolerance_sigma=3)
    assert jeans_r0.reference == pair.jeans_separation
    above = judged("fractionation_exobase.H/O", "jeans", tolerance_sigma=3)
    assert above.value == pytest.approx(1.0 / pair.factor_exobase.value, rel=1e-12)
    assert above.reference == pytest.approx(1.0 / pair.jeans, rel=1e-12)
    relative = pair.factor_exobase.stderr / pair.factor_exobase.value
    assert above.stderr == pytest.approx(above.value * relative, rel=1e-12)
    missing = judged("fractionation.O/CO2", "number", reference_value=1.0, tolerance_sigma=3)
    assert not missing.passed
    assert "the escape of O and of CO2 must both exceed their errors" in missing.detail


def test_no_exobase_is_a_failed_check_with_a_reason(exosphere: Path) -> None:
    outcome = verdict(exosphere, "flux_over_jeans.H", "number", accept=(0.5, 2.0))
    assert not outcome.passed
    assert "no value in the result" in outcome.detail


def test_what_cannot_be_judged_fails_and_does_not_raise(exosphere: Path) -> None:
    outside = verdict(exosphere, "density.H", "chamberlain", tolerance_relative=0.1, radii=[1e9])
    assert not outside.passed
    assert "outside the domain" in outside.detail
    unknown = verdict(exosphere, "escape_flux.He", "jeans", tolerance_relative=0.1)
    assert not unknown.passed
    assert "'He' is not in the case" in unknown.detail
    assert not verdict(exosphere, "something.H", "jeans", tolerance_relative=0.1).passed


def test_the_outcome_is_plain_json(exosphere: Path) -> None:
    entry = verdict(exosphere, "escape_flux.H", "jeans", tolerance_sigma=3).to_dict()
    assert set(entry) == {"name", "value", "stderr", "reference", "tolerance", "passed", "detail", "judged"}
    assert all(type(entry[key]) is float for key in ("value", "stderr", "reference"))
    assert type(entry["passed"]) is bool


def test_the_verdict_is_that_of_the_run_where_its_summary_is_there(tmp_path: Path) -> None:
    """What the run decided stays, whatever checks and bounds a later version has; another result's does not count."""
    path = write_exosphere(tmp_path / "result.h5")
    result = read_result(path)
    found = [outcome.to_dict() for outcome in judge(result, result.case)]
    found[0] |= {"passed": False, "value": None, "detail": "as it was then"}
    write_summary(tmp_path / SUMMARY_NAME, {"state_digest": result.attrs["state_digest"], "checks": found})
    then = verdict_of(result)
    assert [(o.passed, o.judged) for o in then] == [(c["passed"], c["judged"]) for c in found]
    assert then[0].detail == "as it was then"
    assert math.isnan(then[0].value)
    for summary in ({"state_digest": "other", "checks": found}, {"state_digest": result.attrs["state_digest"]}):
        write_summary(tmp_path / SUMMARY_NAME, summary)
        assert all(o.passed for o in verdict_of(result))


def test_always_on_checks_are_added_and_pass_on_a_sound_result(exosphere: Path, mixture: Path) -> None:
    free = judge(read_result(exosphere), read_result(exosphere).case)
    assert [outcome.name for outcome in free] == ["ledger", "clone_gain"]
    result = read_result(mixture)
    fine = changed(result, "profile/mean_free_path", np.maximum(result["profile/mean_free_path"], 1e4))
    collisional = judge(fine, result.case)
    names = ["ledger", "clone_gain", "collision_rate", "majorant_excess", "resolution", "outer_boundary"]
    assert [outcome.name for outcome in collisional] == names
    assert all_passed(free)
    assert all_passed(collisional), collisional


def test_a_ledger_that_does_not_close_fails(exosphere: Path) -> None:
    result = read_result(exosphere)
    counts = result["ledger/counts"].copy()
    counts[0, 1] += 1
    outcome = judge(changed(result, "ledger/counts", counts), result.case)[0]
    assert not outcome.passed
    assert outcome.value == 1.0
    assert "H +1" in outcome.detail


def test_a_biased_clone_gain_fails(exosphere: Path) -> None:
    result = read_result(exosphere)
    biased = changed(result, "ledger/clone_gain", 6.0 * result["ledger/clone_gain_stderr"])
    assert not judge(biased, result.case)[1].passed


def test_a_collision_rate_that_is_ten_percent_off_fails(mixture: Path) -> None:
    result = read_result(mixture)
    rate, ratio = result["quality/collision_rate"].copy(), result["quality/collision_rate_ratio"].copy()
    rate[2] *= 1.1
    ratio[2] *= 1.1
    wrong = changed(changed(result, "quality/collision_rate", rate), "quality/collision_rate_ratio", ratio)
    outcomes = {outcome.name: outcome for outcome in judge(wrong, result.case)}
    assert not outcomes["collision_rate"].passed
    assert outcomes["collision_rate"].value == pytest.approx(1.1, abs=0.02)


def test_many_pairs_above_the_majorant_fail(mixture: Path) -> None:
    result = read_result(mixture)
    excess = np.full_like(result["quality/majorant_excess"], 1e6)
    outcomes = {o.name: o for o in judge(changed(result, "quality/majorant_excess", excess), result.case)}
    assert not outcomes["majorant_excess"].passed


@pytest.mark.parametrize(("name", "factor"), [("quality/dt_nu", 15.0), ("profile/mean_free_path", 1e-2)])
def test_cells_or_steps_that_are_too_coarse_fail(mixture: Path, name: str, factor: float) -> None:
    result = read_result(mixture)
    outcomes = {o.name: o for o in judge(changed(result, name, factor * result[name]), result.case)}
    assert not outcomes["resolution"].passed
    assert "grid.per_mean_free_path = 2" in outcomes["resolution"].detail


def test_energy_conservation_is_the_largest_relative_drift(exosphere: Path) -> None:
    result = read_result(exosphere)
    energy = np.array([[1.0], [1.0 + 3e-13], [1.0 - 1e-13]])
    case = {
        **result.case,
        "checks": [check("energy_conservation", "number", reference_value=0.0, tolerance_absolute=1e-12)],
    }
    outcome = judge(changed(result, "history/energy", energy), case)[0]
    assert outcome.passed
    assert outcome.value == pytest.approx(3e-13, rel=0.01)
    assert not judge(result, case)[0].passed
