"""Parameters of the gas in a case: collision laws of pairs, rotation, energy levels, moving walls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exobase.case import Case, make_case, parker_notes
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities, smallest_number
from exobase.errors import InputError
from exobase.species import species

GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "vhs",
    "body": {"jeans_parameter": 8.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
    "species": [
        {"name": "N2", "temperature": "300 K", "density": "1e16 m-3"},
        {"name": "Ar", "temperature": "300 K", "density": "1e16 m-3"},
    ],
}
SLAB: dict[str, Any] = {
    "solver": "dsmc",
    "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
    "inner": {"type": "diffuse"},
    "outer": {"type": "diffuse", "velocity": "100 m/s"},
    "species": [{"name": "Ar", "temperature": "273 K", "density": "1e20 m-3"}],
}


def refusal(tables: dict[str, Any], changes: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        make_case(tables, changes)
    return str(caught.value)


def test_pairs_take_the_means_of_their_partners_unless_the_case_gives_a_law() -> None:
    n2, ar = species("N2"), species("Ar")
    laws = make_case(GAS).laws
    assert laws.diameter[0, 1] == pytest.approx(0.5 * (n2.diameter + ar.diameter), rel=1e-14, abs=0.0)
    assert laws.omega[0, 1] == pytest.approx(0.5 * (n2.omega + ar.omega), rel=1e-14)
    own = make_case({**GAS, "pair": [{"species": ["Ar", "N2"], "omega": 0.9, "diameter": "5 angstrom"}]}).laws
    assert own.omega[0, 1] == own.omega[1, 0] == 0.9
    assert own.diameter[1, 0] == pytest.approx(5e-10, rel=1e-14, abs=0.0)
    assert np.array_equal(np.diag(own.omega), np.diag(laws.omega))


def test_vss_takes_the_diameters_that_belong_to_its_deflection() -> None:
    case = make_case(GAS, {"collisions": "vss"})
    assert case.species[1].species.diameter == species("Ar", "vss").diameter < species("Ar").diameter
    assert case.laws.alpha[0, 1] == pytest.approx(0.5 * (species("N2", "vss").alpha + species("Ar", "vss").alpha))
    assert (make_case(GAS, {"collisions": "hard_sphere"}).laws.alpha == 1.0).all()


def test_collision_numbers_of_the_table_count_the_collisions_of_the_model() -> None:
    n2 = species("N2")
    rotation = make_case(GAS).species[0].rotation
    assert rotation.number == pytest.approx(n2.z_rot * n2.collision_ratio, rel=1e-12)
    assert make_case(GAS, {"species.0.rotational_number": 7}).species[0].rotation.number == 7.0
    parker = make_case(GAS, {"species.0.rotational_number": "parker"}).species[0].rotation
    assert parker.number == pytest.approx(n2.z_rot_infinity * n2.collision_ratio, rel=1e-12)
    assert parker.t_star == n2.t_star


def test_rotation_is_followed_only_where_molecules_collide() -> None:
    assert make_case(GAS).rotates
    assert not make_case(GAS, {"rotation": "off"}).rotates
    assert not make_case(GAS, {"species.0.rotational_dof": 0}).rotates
    assert not make_case(GAS, {"collisions": "off"}).rotates


def test_a_number_that_needs_more_than_every_collision_is_refused_with_the_smallest_usable_one() -> None:
    """zeta_t = 4, zeta = 2: f = 2/3, smallest Z = 2/(f (1 + f)) = 1.8."""
    assert smallest_number(4.0, 2.0) == pytest.approx(1.8, rel=1e-14)
    hard = {"collisions": "hard_sphere", "species.0.rotational_number": 1.7}
    text = refusal(GAS, hard)
    assert (
        "species.0.rotational_number = '1.7'" in text.replace('"', "'") or "species.0.rotational_number = 1.7" in text
    )
    assert "use 1.8 or more" in text
    make_case(GAS, {**hard, "species.0.rotational_number": 1.81})


@pytest.mark.parametrize(("temperature", "said"), [(30.0, True), (70.0, True), (80.0, True), (200.0, False)])
def test_parker_s_number_is_held_at_the_smallest_usable_one_in_cold_gas_and_the_note_says_where(
    temperature: float, said: bool
) -> None:
    """Pure N2: held where Z(T) < 2/(f (1 + f)), with f = zeta_t/(zeta_t + 2), zeta_t = 5 - 2 omega."""
    gas = {"name": "N2", "temperature": f"{temperature} K", "density": "1e16 m-3", "rotational_number": "parker"}
    case = make_case({**GAS, "species": [gas]})
    notes = parker_notes(case)
    assert bool(notes) is said
    if not said:
        return
    rotation, zeta_t = case.species[0].rotation, 5.0 - 2.0 * case.species[0].species.omega
    least = smallest_number(zeta_t, 2.0)
    limit = float(notes[0].split("colder than ")[1].split(" K")[0])
    assert parker_number(rotation.number, rotation.t_star, limit) == pytest.approx(least, rel=0.01)
    here = parker_number(rotation.number, rotation.t_star, temperature)
    for word in ('species.0.rotational_number = "parker"', f"held at {least:.3g}", "give a number"):
        assert word in notes[0]
    assert (f"Parker's would be {here:.3g}" in notes[0]) is (here < least)
    assert relaxation_probabilities(zeta_t, 2.0, 2.0, here, here)[:2] == pytest.approx((1.0, 1.0)) or here > least


def test_a_constant_beside_parker_s_number_is_judged_with_that_number_held() -> None:
    """At 20 K N2 has P = 1; the partner's smallest Z is then 2/(f (1 + f)) too, and 1.5 is refused by its own key."""
    parker = {"name": "N2", "temperature": "20 K", "density": "1e16 m-3", "rotational_number": "parker"}
    other = {"name": "O2", "temperature": "20 K", "density": "1e16 m-3"}
    text = refusal({**GAS, "species": [parker, {**other, "rotational_number": 1.5}]}, {})
    assert "species.1.rotational_number" in text
    assert "species.0.rotational_number" not in text
    assert len(parker_notes(make_case({**GAS, "species": [parker, {**other, "rotational_number": 5}]}))) == 1


def test_there_is_no_note_where_rotation_is_off_or_its_number_a_constant() -> None:
    cold = {"species.0.temperature": "30 K"}
    assert parker_notes(make_case(GAS, cold)) == []
    assert parker_notes(make_case(GAS, {**cold, "species.0.rotational_number": "parker", "rotation": "off"})) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"species.0.rotational_dof": 1}, ["species.0.rotational_dof", "0 | 2"]),
        ({"species.1.rotational_dof": 2, "species.1.rotational_number": "parker"}, ["parker_infinity", "Ar"]),
        ({"species.0.parker_infinity": 18.0}, ["rotational_number", "parker"]),
        ({"species.0.rotational_number": -3}, ["species.0.rotational_number"]),
        ({"species.0.vibration": "larsen_borgnakke"}, ["species.0.vibration: unknown key"]),
        ({"species.0.alpha": 1.4}, ["species.0.alpha", "vss"]),
        ({"pair": [{"species": ["N2", "Xe"], "omega": 0.8}]}, ["pair.0.species", "Xe"]),
        ({"pair": [{"species": ["N2", "Ar"]}]}, ["pair.0", "diameter"]),
        ({"pair": [{"species": ["N2", "Ar"], "alpha": 1.4}]}, ["pair.0.alpha", "vss"]),
        ({"outer.velocity": "10 m/s"}, ["outer.velocity", "planar"]),
        ({"collisions": "off", "weights.energy_levels": 4}, ["weights.energy_levels"]),
        ({"weights.energy_levels": 4, "weights.energy_first": 300.0}, ["weights.energy_first"]),
        ({"rotation": "yes"}, ["rotation", "on"]),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key(changes: dict[str, Any], words: list[str]) -> None:
    tables = {**GAS, **{k: v for k, v in changes.items() if k == "pair"}}
    text = refusal(tables, {k: v for k, v in changes.items() if k != "pair"})
    for word in words:
        assert word in text


def test_walls_may_move_only_in_a_closed_slab_without_clones() -> None:
    assert make_case(SLAB).shear
    assert "inner.type" in refusal(SLAB, {"inner.type": "reservoir"})
    assert "weights" in refusal(SLAB, {"weights.power": 0.5})
    assert "outer.velocity" in refusal(SLAB, {"outer.type": "specular"})


def test_the_tail_is_split_by_energy_where_escape_is_rare() -> None:
    def levels(depth: float, **changes: Any) -> int:
        return make_case(GAS, {"body.jeans_parameter": depth, **changes}).levels[0].number

    assert levels(6.0) == 1
    assert levels(15.0) > 4
    assert levels(15.0, collisions="off") == 1
    assert levels(15.0, **{"weights.energy_levels": 3}) == 3
    assert levels(15.0, **{"outer.type": "specular"}) == 1


def test_a_case_with_every_new_part_survives_a_dictionary() -> None:
    tables = {**GAS, "pair": [{"species": ["N2", "Ar"], "omega": 0.7}]}
    case = make_case(tables, {"species.0.rotational_number": "parker", "weights.energy_levels": 3})
    again = Case.from_dict(case.to_dict())
    assert again == case


def test_each_species_gets_the_levels_that_its_own_jeans_parameter_asks_for() -> None:
    """Carbon dioxide at Mars has lambda near 300, which needs none; a trace of something lighter changes nothing."""
    mars = {**GAS, "body": {"name": "Mars"}, "domain": {"inner_altitude": "180 km", "outer_altitude": "500 km"}}
    heavy = {"name": "CO2", "density": "3e8 cm-3", "temperature": "270 K"}
    hydrogen = {"name": "H", "density": "1e5 cm-3", "temperature": "270 K"}
    helium = {"name": "He", "density": "1e6 cm-3", "temperature": "270 K"}
    case = make_case({**mars, "species": [heavy, hydrogen, helium]})
    assert [level.number > 1 for level in case.levels] == [False, False, True]
    assert make_case({**mars, "species": [helium]}).levels[0] == case.levels[2]
    assert "1 to 64" in refusal({**mars, "species": [heavy]}, {"weights.energy_levels": 65})


def trace(name: str, **keys: Any) -> dict[str, Any]:
    """The gas with a trace of a species."""
    return {**GAS, "species": [*GAS["species"], {"name": name, "temperature": "300 K", "density": "1e10 m-3", **keys}]}


@pytest.mark.parametrize(("name", "keys"), [("Mg", {}), ("X", {"mass": "23 u"})])
def test_a_species_without_collision_values_collides_by_the_laws_of_its_pairs(name: str, keys: dict[str, Any]) -> None:
    tables = trace(name, **keys)
    partners = ["N2", "Ar", name]
    pairs = [{"species": [partner, name], "diameter": "6 angstrom", "omega": 0.8} for partner in partners]
    laws = make_case({**tables, "pair": pairs}, {"collisions": "vhs"}).laws
    assert laws.diameter[2] == pytest.approx([6e-10] * 3, rel=1e-12)
    assert laws.omega[:, 2] == pytest.approx([0.8] * 3, rel=1e-12)
    assert (laws.alpha == 1.0).all()
    said = refusal({**tables, "pair": pairs[:2]}, {"collisions": "vhs"})
    assert f'species.2 = "{name}": no collision values, which collisions = "vhs" needs: give diameter, omega' in said
    assert f"for each of {name} + {name};" in said
    assert "alpha" not in said
    said = refusal(tables, {"collisions": "vss"})
    assert "give diameter, omega, alpha of this species" in said
    assert f"for each of N2 + {name}, Ar + {name}, {name} + {name};" in said
    given = {"diameter": "6 angstrom", "omega": 0.8}
    assert make_case(trace(name, **keys, **given), {"collisions": "vhs"}).species[2].species.omega == 0.8
    assert "species.2.alpha: missing" in refusal(trace(name, **keys, **given), {"collisions": "vss"})


def test_a_gas_with_sodium_needs_alpha_only_for_soft_spheres() -> None:
    """Its viscosity is known, its self-diffusion is not."""
    assert make_case(trace("Na"), {"collisions": "vhs"}).species[2].species.omega == 0.827
    assert "no collision values" in refusal(trace("Na"), {"collisions": "vss"})
    own = make_case(trace("Na", diameter="6.5 angstrom", alpha=1.4), {"collisions": "vss"}).species[2].species
    assert (own.omega, own.alpha) == (0.827, 1.4)


def test_where_nothing_collides_a_mass_suffices() -> None:
    case = make_case(trace("Mg"), {"collisions": "off"})
    assert case.species[2].species.mass == species("Mg").mass
    assert not case.species[2].species.collides
    with pytest.raises(InputError, match="N2 and Mg have no collision law"):
        _ = case.laws
    assert make_case(trace("Mg", diameter="5 angstrom"), {"collisions": "vhs"}).species[2].species.source == (
        "mass of the species table; diameter from the case file"
    )
