"""Values that no atmosphere has: refused where mechanics ends, questioned where they are odd, silent where usual."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from exobase.case import derive, make_case, make_history_case
from exobase.errors import InputError
from exobase.histories.preflight import examine

EARTH: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "body": {"name": "Earth"},
    "domain": {"inner": "6871 km", "outer_over_inner": 10.0},
    "species": [{"name": "H", "density": "1e5 cm-3", "temperature": "1000 K"}],
}
HOT: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "150 km", "outer_altitude": "1000 km"},
    "background": {"gas": [{"name": "O", "density": "1e9 cm-3", "temperature": "200 K"}]},
    "species": [{"name": "O", "threshold": "1 eV"}],
    "collision": [{"pair": ["O", "O"], "law": "isotropic", "cross_section": "1e-15 cm2"}],
    "source": [{"type": "mono_energetic", "species": "O", "energy": "3 eV", "rate": "1e25 s-1", "altitude": "200 km"}],
}


def test_usual_values_are_not_questioned() -> None:
    assert derive(make_case(copy.deepcopy(EARTH))).warnings == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"domain.inner": "6000 km"}, "km below the radius of the body"),
        ({"species.0.temperature": "1e7 K"}, "species.0.temperature = 1e+07 K (H): above 1e+06 K"),
        ({"species.0.temperature": "0.1 K"}, "below 1 K"),
        ({"species.0.bulk_speed": "10 km/s"}, "is Mach 2.7 of H at 1000 K: a gas or a surface at rest"),
        ({"species.0.bulk_speed": "-10 km/s"}, "away from the domain"),
        ({"species.0.mass": "16 u"}, "H has 1.008 u"),
        ({"species.0.mass": "1 kg"}, "check its unit"),
        ({"body": {"gm": "4e14 m3 s-2", "radius": "6371 m"}}, "mean density of 5.5"),
        ({"collisions": "vhs", "species.0.diameter": "20 nm"}, "1 to 10 angstrom"),
        ({"collisions": "vhs", "species.0.density": "1e32 m-3"}, "of the volume"),
    ],
)
def test_odd_values_are_questioned(changes: dict[str, Any], said: str) -> None:
    assert said in "\n".join(derive(make_case(copy.deepcopy(EARTH), changes)).warnings)


def test_collisions_that_cannot_happen_are_questioned() -> None:
    """Without gravity no scale height tells it: the mean free path against the depth of the domain."""
    case = {**copy.deepcopy(EARTH), "body": {"gm": "0 m3 s-2"}, "collisions": "vhs"}
    found = derive(make_case(case, {"species.0.density": "1 cm-3"})).warnings
    assert any("exceeds the depth of the domain" in text for text in found)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"run.target_error": "200 %"}, "must be <= 1"),
        ({"species.0.bulk_speed": "4e8 m/s"}, "must be <= 1e+08 m s-1"),
        ({"species.0.temperature": "1e13 K"}, "no relativity"),
        ({"body": {"gm": "4e14 km3 s-2"}}, "check the units of GM and radius"),
        ({"species.0.mass": "-1 u"}, "must be > 0 kg"),
        ({"species.0.mass": "1e-33 kg"}, "below the mass of an electron"),
        ({"species.0.name": "Na+", "species.0.mass": "23 u"}, "ions need fields"),
        ({"species.0.name": "H-", "species.0.mass": "1 u"}, "negative ions and electrons are not simulated"),
        ({"collisions": "vss", "species.0.name": "Na"}, 'collisions = "vhs" uses the values of the table'),
    ],
)
def test_impossible_values_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        make_case(copy.deepcopy(EARTH), changes)
    assert said in str(caught.value)


def test_a_species_without_soft_sphere_data_may_have_them_in_the_case() -> None:
    own = {"collisions": "vss", "species.0.diameter": "2 angstrom", "species.0.alpha": 1.4}
    assert make_case(copy.deepcopy(EARTH), own).species[0].species.alpha == 1.4


def test_an_atmosphere_that_turns_faster_than_a_satellite_is_refused() -> None:
    with pytest.raises(InputError, match=r"rotation_period = .*60 s.*: turns the gas .* faster than a satellite"):
        make_history_case(copy.deepcopy(HOT), {"background.rotation_period": "60 s"})


def test_energies_beyond_newton_are_refused_and_joules_are_understood() -> None:
    with pytest.raises(InputError, match="no relativity"):
        examine(make_history_case(copy.deepcopy(HOT), {"source.0.energy": "3 TeV"}))
    case = make_history_case(copy.deepcopy(HOT), {"source.0.energy": "4.8e-19 J"})
    assert case.sources[0].settings["energy"] == 4.8e-19


def test_a_name_with_plus_is_an_ion_whatever_its_mass() -> None:
    with pytest.raises(InputError, match="ions need \\[field\\]"):
        make_history_case(copy.deepcopy(HOT), {"species.0.name": "Na+", "species.0.mass": "23 u"})


@pytest.mark.parametrize(("radius", "advice"), [("1.7 km", "the surface of the body"), (None, "if it is the surface")])
def test_nobody_is_told_to_raise_a_surface(radius: str | None, advice: str) -> None:
    """Water above a nucleus so dense that its mean free path is a ten-thousandth of the radius."""
    case: dict[str, Any] = {
        "solver": "dsmc",
        "outer": {"type": "remove"},
        "body": {"gm": "666 m3 s-2"} | ({"radius": radius} if radius else {}),
        "domain": {"inner": "1.7 km", "outer": "170 km"},
        "species": [{"name": "H2O", "density": "1e13 cm-3", "temperature": "200 K"}],
    }
    found = "\n".join(derive(make_case(case)).warnings)
    assert "mean free paths per inner radius" in found
    assert advice in found
    assert radius is None or "raise domain.inner" not in found
