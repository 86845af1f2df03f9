"""What a case means: names resolved, shortcuts computed, impossible combinations refused, derived numbers."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest

from exobase.bodies import body
from exobase.case import Case, StagedCase, case_from_dict, derive, load_case, load_stage, make_case, open_case
from exobase.constants import ATOMIC_MASS, K_B
from exobase.errors import InputError
from exobase.species import species

CASES = Path(__file__).resolve().parents[3] / "cases"
SHIPPED = sorted(path.parent.name for path in CASES.glob("*/case.toml"))

EARTH: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "body": {"name": "Earth"},
    "domain": {"inner": "6871 km", "outer_over_inner": 10.0},
    "species": [{"name": "H", "density": "1e5 cm-3", "temperature": "1000 K"}],
}
SPHERES: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
    ],
}
COMET: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "vhs",
    "initial": "empty",
    "body": {"gm": "666 m3 s-2", "radius": "1.7 km"},
    "domain": {"inner": "1.7 km", "outer": "170 km"},
    "outer": {"type": "remove"},
    "species": [{"name": "H2O", "density": "1e11 cm-3", "temperature": "200 K"}],
}
PLANAR: dict[str, Any] = {
    "solver": "dsmc",
    "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
    "inner": {"type": "specular"},
    "outer": {"type": "specular"},
    "species": [{"name": "Ar", "density": "1e20 m-3", "temperature": "273 K"}],
}


def changed(base: dict[str, Any], changes: dict[str, Any]) -> Case:
    return make_case(copy.deepcopy(base), changes)


def errors_of(base: dict[str, Any], changes: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        changed(base, changes)
    return list(caught.value.messages)


def test_names_and_units_are_resolved() -> None:
    case = make_case(EARTH)
    assert case.gm == body("Earth").gm
    assert (case.r_inner, case.r_outer) == (6.871e6, 6.871e7)
    assert case.species[0].species == species("H")
    assert case.species[0].density == 1e11
    assert case.outer.type == "kepler_return"
    assert case.outer.lost_beyond is None
    assert case.run.target_species == "H"
    assert case.run.burn_in is None
    assert case.tally.record_every == 10 * case.tally.sample_every
    assert len(case.tally.profile_radii) == 8
    assert all(case.r_inner < r < case.r_outer for r in case.tally.profile_radii)


def test_defaults_follow_the_collisions() -> None:
    free, collisional = make_case(EARTH), make_case(SPHERES)
    assert (free.initial, free.grid.adapt) == ("empty", False)
    assert (collisional.initial, collisional.grid.adapt) == ("fluid", True)


def test_altitudes_count_from_the_radius_of_the_body() -> None:
    tables = copy.deepcopy(EARTH)
    tables["domain"] = {"inner_altitude": "500 km", "outer_altitude": "5000 km"}
    case = make_case(tables)
    assert case.r_inner == body("Earth").radius + 5e5
    assert case.r_outer == body("Earth").radius + 5e6
    tables["body"] = {"gm": "4e14 m3 s-2"}
    assert "domain.inner_altitude: needs body.name or body.radius" in str(_error(tables))


def test_shortcuts_set_gravity_and_density() -> None:
    """lambda0 = G M m/(k T r) of the first species, Kn0 = l0/R0 with l0 = 1/(sqrt2 n pi d^2)."""
    case = make_case(SPHERES)
    s = case.species[0]
    assert math.isclose(case.gm * s.mass / (K_B * s.temperature * case.r_inner), 6.0, rel_tol=1e-14)
    path = 1.0 / (math.sqrt(2.0) * math.pi * s.species.diameter**2 * s.density)
    assert math.isclose(path / case.r_inner, 0.01, rel_tol=1e-12)
    assert math.isclose(s.mass, 28.0 * ATOMIC_MASS, rel_tol=2e-9)


def test_hard_sphere_collisions_override_the_viscosity_exponent() -> None:
    soft = changed(SPHERES, {"species.0.omega": 0.7, "collisions": "vhs"})
    hard = changed(SPHERES, {"species.0.omega": 0.7})
    assert (soft.species[0].species.omega, hard.species[0].species.omega) == (0.7, 0.5)


def test_overrides_of_the_species_table_are_noted_in_its_source() -> None:
    kind = changed(EARTH, {"species.0.diameter": "3 angstrom"}).species[0].species
    assert kind.diameter == pytest.approx(3e-10)
    assert kind.mass == species("H").mass
    assert "diameter from the case file" in kind.source


def test_the_hill_radius_may_bound_orbits() -> None:
    assert changed(EARTH, {"outer.lost_beyond": "hill"}).outer.lost_beyond == body("Earth").hill_radius()


@pytest.mark.parametrize(
    ("base", "changes", "said"),
    [
        (
            EARTH,
            {"body.name": "Erth"},
            "body.name = \"Erth\": unknown body 'Erth'; did you mean 'Earth'?",
        ),
        (EARTH, {"body.gm": "1 m3 s-2"}, "body.gm: excludes body.name"),
        (SPHERES, {"body.gm": "1 m3 s-2"}, "body: give exactly one of name, gm, mass, jeans_parameter"),
        (EARTH, {"species.0.name": "Hh"}, "species.0.name = \"Hh\": unknown species 'Hh'"),
        (EARTH, {"species.0.name": "H+"}, "ions need fields"),
        (EARTH, {"species.0.knudsen_number": 1.0}, "species.0: give exactly one of density, knudsen_number_radius"),
        (EARTH, {"domain.outer": "7000 km"}, "domain: give exactly one of outer, outer_altitude, outer_over_inner"),
        (PLANAR, {"domain.inner": "2 m"}, 'domain.outer = "1 m": must lie above the inner boundary at 2 m'),
        (EARTH, {"domain.inner": "0 m"}, "domain.inner"),
        (EARTH, {"domain.gravity": "1 m s-2"}, "domain.gravity: is for planar geometry"),
        (EARTH, {"initial": "barometric"}, "traps particles in satellite orbits"),
        (EARTH, {"initial": "file"}, "initial_file: missing"),
        (EARTH, {"initial_file": "start.csv"}, "initial_file: needs initial"),
        (EARTH, {"weights.mode": "equal"}, 'weights.mode = "equal": needs time_step = "global"'),
        (EARTH, {"grid.spacing": "log"}, "grid.cells: missing"),
        (EARTH, {"run.target_species": "O"}, "run.target_species = \"O\": allowed: 'H'"),
        (EARTH, {"tally.record_every": 7}, "must be a multiple of tally.sample_every = 4"),
        (EARTH, {"tally.vdf_radii": ["5000 km"]}, "lies outside the domain"),
        (EARTH, {"outer.lost_beyond": "9000 km"}, "must exceed the outer boundary"),
        (SPHERES, {"outer.lost_beyond": "hill"}, "needs body.name for the Hill radius"),
        (EARTH, {"outer.temperature": "9 K"}, 'outer.temperature: needs outer.type = "diffuse"'),
        (EARTH, {"inner.temperature": "9 K"}, 'inner.temperature: needs inner.type = "diffuse"'),
        (EARTH, {"species.0.outer_density": "9 m-3"}, 'needs outer.type = "remove"'),
        (EARTH, {"species.0.density": "0 m-3"}, "nothing would ever enter"),
        (SPHERES, {"inner.type": "diffuse", "species.0.bulk_speed": "1 m s-1"}, "needs inner.type"),
        (PLANAR, {"outer.type": "kepler_return"}, "needs radial geometry"),
        (PLANAR, {"body.name": "Earth"}, "body: has no meaning in planar geometry"),
        (PLANAR, {"initial": "empty"}, "nothing would ever enter"),
    ],
)
def test_impossible_combinations_are_refused(base: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    errors = errors_of(base, changes)
    assert any(said in message for message in errors), errors
    assert all(message.startswith("case: ") for message in errors)


def test_errors_between_keys_and_of_single_keys_are_listed_together() -> None:
    errors = errors_of(EARTH, {"run.seed": -1, "initial": "barometric", "body.name": "Erth", "grid.spacing": "log"})
    assert len(errors) == 4


def test_a_filled_start_without_collisions_is_allowed_where_nothing_is_trapped() -> None:
    assert changed(EARTH, {"initial": "barometric", "allow_trapped": True}).initial == "barometric"
    assert changed(PLANAR, {"collisions": "off", "initial": "barometric"}).initial == "barometric"


def test_planar_boxes_have_no_body() -> None:
    case = changed(PLANAR, {"domain.gravity": "9.81 m s-2"})
    assert (case.gm, case.gravity, case.r_inner) == (0.0, 9.81, 0.0)


def test_species_appear_once() -> None:
    tables = copy.deepcopy(EARTH)
    tables["species"] = tables["species"] * 2
    assert "species.1.name" in str(_error(tables))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"quantity": "escape_fluxx.H"}, "unknown quantity; did you mean 'escape_flux'?"),
        ({"quantity": "fractionation.H"}, "name two species of this case, fractionation.X/Y with X and Y of: H"),
        ({"quantity": "fractionation.H/D"}, "name two species of this case, fractionation.X/Y with X and Y of: H"),
        ({"quantity": "escape_flux.O"}, "name a species of this case, escape_flux.X with X one of: H"),
        ({"quantity": "ledger.H"}, "ledger takes no species"),
        ({"quantity": "escape_flux.H", "reference": "jens", "tolerance": {"sigma": 3}}, "did you mean 'jeans'?"),
        (
            {"quantity": "escape_flux.H", "reference": 1e6, "tolerance": {"sigma": 3}},
            "bare number where a unit is needed",
        ),
        ({"quantity": "escape_flux.H", "reference": "1e6 cm-2 s-1", "tolerance": {"sigma": 3}}, "needs its source"),
        ({"quantity": "escape_flux.H", "reference": "jeans"}, "give a tolerance"),
        ({"quantity": "escape_flux.H", "tolerance": {"sigma": 3}}, "a tolerance needs a reference"),
        ({"quantity": "flux_over_jeans.H", "accept": [2.0, 1.0]}, "must not exceed the second"),
        ({"quantity": "flux_over_jeans.H", "accept": [2.0]}, "expected two numbers"),
        ({"quantity": "u_over_U.H", "reference": 0, "tolerance": {"relative": 0.1}}, "a reference of 0"),
        (
            {"quantity": "escape_flux.H", "reference": "jeans", "tolerance": {"sigma": 3}, "radii": ["7e3 km"]},
            "no profile",
        ),
    ],
)
def test_bad_checks_are_refused(check: dict[str, Any], said: str) -> None:
    assert any(said in message for message in errors_of(EARTH, {"check": [check]}))


def test_checks_are_in_si() -> None:
    table = {
        "quantity": "escape_flux.H",
        "reference": "8e7 cm-2 s-1",
        "source": "someone",
        "tolerance": {"absolute": "1e6 cm-2 s-1", "sigma": 3},
    }
    check = changed(EARTH, {"check": [table, {"quantity": "exobase_radius.H", "accept": ["1 km", "2 km"]}]}).checks
    assert (check[0].reference, check[0].reference_value) == ("number", 8e11)
    assert (check[0].tolerance_absolute, check[0].tolerance_sigma, check[0].tolerance_relative) == (1e10, 3.0, None)
    assert check[1].accept == (1e3, 2e3)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cases_are_good_and_survive_json(name: str) -> None:
    case = open_case(CASES / name)
    assert case.name == name
    assert case.checks
    assert (CASES / name / "README.md").is_file()
    if isinstance(case, StagedCase):
        for stage in case.stages:
            assert stage.reads or load_stage(case, stage.name)
        return
    assert case_from_dict(json.loads(json.dumps(case.to_dict()))) == case


def test_from_dict_refuses_what_is_no_case() -> None:
    data = make_case(EARTH).to_dict()
    with pytest.raises(InputError, match="not the dictionary of a resolved case"):
        Case.from_dict({**data, "unknown": 1})
    with pytest.raises(InputError, match="not the dictionary of a resolved case"):
        Case.from_dict({key: value for key, value in data.items() if key != "run"})


def test_run_settings_can_be_changed() -> None:
    case = make_case(EARTH)
    assert case.with_run(seed=7).run.seed == 7
    assert dataclasses.replace(case.with_run(seed=7), run=case.run) == case


@pytest.mark.parametrize(
    ("name", "jeans_parameter", "flux"),
    [("earth_hydrogen", 7.033, 8.12e11), ("mars_hydrogen", 7.231, 7.63e11), ("mars_hydrogen_350", 4.075, 1.753e12)],
)
def test_derived_numbers_are_those_of_the_textbooks(name: str, jeans_parameter: float, flux: float) -> None:
    derived = derive(load_case(CASES / name))
    assert derived.species[0].jeans_parameter == pytest.approx(jeans_parameter, abs=1e-3)
    assert derived.species[0].jeans_flux == pytest.approx(flux, rel=2e-3)
    assert derived.exobase_radius is None
    assert derived.warnings == ()


def test_the_exobase_is_where_the_path_is_the_scale_height() -> None:
    """Isothermal hard spheres: l/H = Kn0 lambda0 exp(lambda0 - lambda) (lambda/lambda0)^2, lambda = lambda0 R0/r."""
    case = load_case(CASES / "jeans_10")
    derived = derive(case)
    assert derived.exobase_radius is not None
    depth = 10.0 * case.r_inner / derived.exobase_radius
    assert 0.01 * 10.0 * math.exp(10.0 - depth) * (depth / 10.0) ** 2 == pytest.approx(1.0, rel=1e-4)
    assert derived.species[0].knudsen_radius == pytest.approx(0.01)
    assert derived.species[0].knudsen_height == pytest.approx(0.1)


def test_a_planar_gas_without_gravity_has_no_scale_height() -> None:
    derived = derive(make_case(PLANAR))
    assert derived.scale_height is None
    assert derived.species[0].knudsen_height is None
    assert derived.species[0].jeans_parameter is None


@pytest.mark.parametrize(
    ("base", "changes", "said"),
    [
        (SPHERES, {"species.0.knudsen_number": 1e-5}, "lower boundary too deep"),
        (SPHERES, {"species.0.knudsen_number": 1.0}, "lower boundary too high"),
        (SPHERES, {"body.jeans_parameter": 10.0, "domain.outer_over_inner": 1.2}, "no exobase in the domain"),
        (EARTH, {"species.0.density": "1e9 cm-3"}, "collisions are off, but"),
        (COMET, {"species.0.density": "1e12 cm-3"}, "mean free paths per inner radius; the boundary is the surface"),
        (COMET, {"body.radius": "1 km", "species.0.density": "1e12 cm-3"}, "raise domain.inner until"),
        (EARTH, {"domain.outer_over_inner": 1000.0}, "beyond the Hill radius of Earth"),
    ],
)
def test_warnings(base: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    warnings = derive(changed(base, changes)).warnings
    assert any(said in warning for warning in warnings), warnings


def test_depth_counts_in_radii_where_the_scale_height_exceeds_them() -> None:
    """Above a nucleus H is 2e5 radii: 7e7 mean free paths per scale height, but 308 per radius."""
    assert derive(make_case(COMET)).warnings == ()


def test_unequal_temperatures_of_colliding_species_are_reported() -> None:
    tables = copy.deepcopy(SPHERES)
    tables["species"].append(tables["species"][0] | {"name": "Y", "temperature": "101 K"})
    (warning,) = derive(make_case(tables)).warnings
    assert "species.1.temperature = 101 K (Y) and species.0.temperature = 100 K (X)" in warning
    tables["species"][1]["temperature"] = "100 K"
    assert derive(make_case(tables)).warnings == ()


def test_the_knudsen_numbers_of_the_input_are_those_of_the_output() -> None:
    """l/R0 has two names; l/H = lambda0 l/R0 for one species in a radial domain."""
    radius = derive(changed(SPHERES, {"species.0.knudsen_number": 0.02})).species[0]
    assert (radius.knudsen_radius, radius.knudsen_height) == (pytest.approx(0.02), pytest.approx(0.12))
    for key, value in (("knudsen_number_radius", 0.02), ("knudsen_number_height", 0.12)):
        assert with_knudsen(SPHERES, key, value).species[0].density == pytest.approx(
            changed(SPHERES, {"species.0.knudsen_number": 0.02}).species[0].density, rel=1e-12
        )
    tables = copy.deepcopy(PLANAR)
    tables["species"][0] = {"name": "Ar", "temperature": "273 K"}
    tables["domain"]["gravity"] = "1000 m s-2"
    planar = derive(with_knudsen(tables, "knudsen_number_height", 0.05)).species[0]
    assert planar.knudsen_height == pytest.approx(0.05)
    assert planar.knudsen_radius == pytest.approx(0.05 * planar.scale_height / 1.0)


def test_a_knudsen_number_by_height_needs_gravity_and_no_second_density() -> None:
    with pytest.raises(InputError, match=r"knudsen_number_height = 0\.05: needs gravity"):
        with_knudsen(PLANAR, "knudsen_number_height", 0.05)
    tables = copy.deepcopy(SPHERES)
    tables["species"][0]["knudsen_number_height"] = 0.1
    with pytest.raises(InputError, match=r"give exactly one of .* \(given: knudsen_number, knudsen_number_height\)"):
        make_case(tables)


def with_knudsen(base: dict[str, Any], key: str, value: float) -> Case:
    tables = copy.deepcopy(base)
    for other in ("density", "knudsen_number"):
        tables["species"][0].pop(other, None)
    tables["species"][0][key] = value
    return make_case(tables)


def test_a_gas_that_never_collides_needs_no_diameter() -> None:
    tables = copy.deepcopy(EARTH)
    tables["species"] = [{"name": "X", "mass": "23 u", "density": "1e4 cm-3", "temperature": "1200 K"}]
    derived = derive(make_case(tables))
    assert derived.species[0].mean_free_path == math.inf
    assert derived.warnings == ()
    with pytest.raises(InputError, match="diameter"):
        make_case({**tables, "collisions": "vhs"})
    with pytest.raises(InputError, match=r"knudsen_number_radius = 0\.1: needs diameter"):
        with_knudsen(tables, "knudsen_number_radius", 0.1)


def test_evaporation_counts_the_gas_at_rest_and_emission_the_drift() -> None:
    """At u = U: emission/evaporation = exp(-1) + sqrt(pi) (1 + erf 1) (Bird 1994, eq. 4.22)."""
    still = make_case(SPHERES).species[0]
    drifting = changed(SPHERES, {"species.0.bulk_speed": f"{still.thermal_speed()} m/s"}).species[0]
    assert still.emission_flux() == still.evaporation_flux() == drifting.evaporation_flux()
    factor = math.exp(-1.0) + math.sqrt(math.pi) * (1.0 + math.erf(1.0))
    assert drifting.emission_flux() / drifting.evaporation_flux() == pytest.approx(factor, rel=1e-12)


def test_a_mixture_has_one_reference_temperature() -> None:
    tables = copy.deepcopy(EARTH)
    tables["species"].append({"name": "O", "density": "1 m-3", "temperature": "1 K", "reference_temperature": "1 K"})
    assert "reference temperatures differ" in str(_error(tables))


def _error(tables: dict[str, Any]) -> InputError:
    with pytest.raises(InputError) as caught:
        make_case(tables)
    return caught.value
