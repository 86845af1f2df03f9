"""Checks of profiles and fluxes against steady flows: exact profiles pass, shifted ones fail by the shift."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.constants import K_B
from exobase.io.results import Result, read_result
from exobase.judge import flows
from exobase.judge.measured import net_flux, sonic_radius
from exobase.judge.outcome import CheckOutcome
from exobase.judge.references import Theory, theory
from exobase.judge.verdict import judge
from synthetic import check

DEPTH, MACH = 3.2, 0.36862


@pytest.fixture(scope="module")
def wind(exosphere: Path) -> Result:
    """A result whose cells hold the isentropic wind of a diatomic gas, sonic at 4.05 of 10 inner radii."""
    result = read_result(exosphere)
    entry = json.loads(json.dumps(result.case["species"][0]))
    entry["species"]["zeta_rot"] = 2.0
    mass, t0 = entry["species"]["mass"], entry["temperature"]
    entry["bulk_speed"] = MACH * float(np.sqrt(1.4 * K_B * t0 / mass))
    gm = DEPTH * K_B * t0 * result.case["r_inner"] / mass
    case = {**result.case, "collisions": "vhs", "gm": gm, "species": [entry], "outer": {"type": "remove"}}
    about = theory(case, "H")
    means = flows.cell_means("isentropic", about, result["grid/edges"])
    data = dict(result.data)
    for name, values in (("density", means.density), ("u_r", means.velocity)):
        data[f"profile/{name}"] = values[None]
    for name in ("T", "T_r", "T_t", "T_rot"):
        data[f"profile/{name}"] = means.temperature[None]
    data["profile/T_rot_stderr"] = data["profile/T_stderr"]
    area = 4 * np.pi * about.r_inner**2
    data["escape/flux"] = np.array([flows.flux("isentropic", about)])
    data["history/zone_flux"] = np.full((80, 1, 3), flows.flux("isentropic", about) * area)
    data["history/step"] = np.arange(80)
    groups = {**result.group_attrs, "history": {"burn_in": -1}}
    return dataclasses.replace(
        result, data=data, group_attrs=groups, attrs={**result.attrs, "case_json": json.dumps(case)}
    )


def verdict(result: Result, quantity: str, reference: str = "isentropic", **bounds: Any) -> CheckOutcome:
    return judge(result, {**result.case, "checks": [check(quantity, reference, **bounds)]})[0]


def scaled(result: Result, name: str, factor: float, cell: int | None = None) -> Result:
    values = np.array(result[name], dtype=float)
    values[(..., slice(None) if cell is None else cell)] *= factor
    return dataclasses.replace(result, data={**result.data, name: values})


def about(result: Result) -> Theory:
    return theory(result.case, "H")


PROFILES = {
    "density": "density",
    "velocity": "u_r",
    "temperature": "T",
    "temperature_radial": "T_r",
    "temperature_transverse": "T_t",
    "temperature_rotational": "T_rot",
}


@pytest.mark.parametrize("quantity", PROFILES)
def test_every_cell_of_the_range_must_agree_with_the_flow(wind: Result, quantity: str) -> None:
    bounds = {"tolerance_relative": 0.03, "r_from": 7e6, "r_to": 3e7}
    assert verdict(wind, f"{quantity}.H", tolerance_relative=1e-9, r_from=7e6, r_to=3e7).passed
    spoiled = scaled(wind, f"profile/{PROFILES[quantity]}", 1.04, cell=20)
    outcome = verdict(spoiled, f"{quantity}.H", **bounds)
    assert not outcome.passed
    assert "1 fail" in outcome.detail
    assert outcome.value == pytest.approx(1.04 * outcome.reference, rel=1e-9)
    assert verdict(spoiled, f"{quantity}.H", tolerance_relative=0.03, r_from=3e7).passed


def test_a_profile_is_judged_at_single_radii(wind: Result) -> None:
    radii = [8e6, 2e7]
    assert verdict(wind, "velocity.H", tolerance_relative=1e-9, radii=radii).passed
    faster = scaled(wind, "profile/u_r", 1.02)
    assert not verdict(faster, "velocity.H", tolerance_relative=0.015, radii=radii).passed
    assert verdict(faster, "velocity.H", tolerance_relative=0.025, radii=radii).passed


def test_fluxes_are_judged_against_the_flow(wind: Result) -> None:
    quantities = ("escape_flux.H", "flux_over_evaporation.H", "net_flux_over_evaporation.H")
    for quantity in quantities:
        outcome = verdict(wind, quantity, tolerance_relative=1e-9)
        assert outcome.passed, outcome
    assert outcome.reference == pytest.approx(1.0933, rel=1e-4)
    emitted = verdict(wind, "flux_over_emission.H", tolerance_relative=1e-9)
    assert emitted.passed
    moves = about(wind)
    assert emitted.reference == pytest.approx(1.0933 * moves.evaporation_flux() / moves.emission_flux(), rel=1e-4)
    assert emitted.reference < 0.8
    more = scaled(scaled(wind, "escape/flux", 1.03), "history/zone_flux", 1.03)
    assert not any(verdict(more, quantity, tolerance_relative=0.02).passed for quantity in quantities)


def test_the_net_flux_leaves_out_the_burn_in_and_has_an_error(wind: Result) -> None:
    rng = np.random.default_rng(1)
    flow = np.full((400, 1, 3), 1e30)
    flow[:80] *= 5.0
    flow[80:] *= 1.0 + 0.1 * rng.standard_normal((320, 1, 3))
    data = {**wind.data, "history/zone_flux": flow, "history/step": np.arange(400)}
    result = dataclasses.replace(wind, data=data, group_attrs={**wind.group_attrs, "history": {"burn_in": 79}})
    value, stderr = net_flux(result, about(wind), 0)
    exact = 1e30 / (4 * np.pi * about(wind).r_inner ** 2)
    assert stderr == pytest.approx(0.1 * exact / np.sqrt(320), rel=0.3)
    assert abs(value - exact) < 4 * stderr


def test_the_sonic_radius_is_found_between_cells_and_through_noise(wind: Result) -> None:
    """Its error is that of the fit: twenty realisations scatter as the error says."""
    exact = flows.sonic_radius(about(wind))
    assert sonic_radius(wind, about(wind), 0)[0] == pytest.approx(exact, rel=2e-3)
    rng, found = np.random.default_rng(2), []
    for _ in range(20):
        noise = wind.stderr("profile/u_r") * 3.0
        data = {**wind.data, "profile/u_r_stderr": noise}
        data["profile/u_r"] = wind["profile/u_r"] + noise * rng.standard_normal(noise.shape)
        radius, error = sonic_radius(dataclasses.replace(wind, data=data), about(wind), 0)
        found.append((radius - exact) / error)
    assert 0.5 < np.std(found) < 1.6
    assert verdict(wind, "sonic_radius_over_inner.H", tolerance_relative=0.01).passed


def test_rotation_counts_in_the_speed_of_sound(wind: Result) -> None:
    """T = (3 T_tr + 2 T_rot)/5: hotter rotation moves the sonic point out."""
    hot = sonic_radius(scaled(wind, "profile/T_rot", 1.1), about(wind), 0)[0]
    all_hot = sonic_radius(scaled(scaled(wind, "profile/T_rot", 1.04), "profile/T", 1.04), about(wind), 0)[0]
    assert hot > 1.02 * sonic_radius(wind, about(wind), 0)[0]
    assert hot == pytest.approx(all_hot, rel=1e-6)


def test_a_flow_that_stays_subsonic_has_no_sonic_radius(wind: Result) -> None:
    outcome = verdict(scaled(wind, "profile/u_r", 0.3), "sonic_radius_over_inner.H", tolerance_relative=0.05)
    assert not outcome.passed
    assert "does not pass the speed of sound" in outcome.detail


def test_a_flow_that_the_case_does_not_set_up_cannot_be_judged(wind: Result, exosphere: Path) -> None:
    outcome = verdict(read_result(exosphere), "velocity.H", tolerance_relative=0.05)
    assert not outcome.passed
    assert "no isentropic wind" in outcome.detail
    assert "no profile/T_rot" in verdict(read_result(exosphere), "temperature_rotational.H").detail
