"""The [[source]] tables of a dsmc case: what they become, and what is refused with which words."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from exobase.case import Case, make_case
from exobase.constants import EV
from exobase.errors import InputError
from exobase.simulation import plan

TABLES: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "160 km", "outer_altitude": "260 km"},
    "species": [
        {"name": "CO2", "density": "2e9 cm-3", "temperature": "200 K"},
        {"name": "O", "density": "0 cm-3", "temperature": "200 K"},
    ],
    "source": [
        {
            "type": "mono_energetic", "name": "hot", "species": "O", "altitude": "190 km", "energy": "3 eV",
            "rate": "1e24 s-1",
        },
    ],
}  # fmt: skip
PLASMA = """altitude [km], density_O2+ [cm-3], density_e [cm-3], density_O2 [cm-3], T_i [K], T_e [K], temperature [K]
160, 1e4, 2e4, 1e7, 250, 400, 200
260, 1e3, 2e3, 1e5, 900, 2000, 200
"""


def case(**source: Any) -> Case:
    tables = copy.deepcopy(TABLES)
    tables["source"][0].update(source)
    return make_case(tables)


def refusal(overrides: dict[str, Any], drop: tuple[str, ...] = ()) -> str:
    tables = copy.deepcopy(TABLES)
    for key in drop:
        del tables["source"][0][key]
    with pytest.raises(InputError) as caught:
        make_case(tables, overrides)
    return "\n".join(caught.value.messages)


def test_a_source_is_resolved_to_si_and_lies_all_round_the_body() -> None:
    found = case()
    (source,) = found.sources
    assert (source.type, source.name, source.species, source.illumination) == ("mono_energetic", "hot", "O", "global")
    assert source.settings["radius"] == pytest.approx(found.body_radius + 1.9e5, rel=1e-15, abs=0.0)
    assert source.settings["energy"] == pytest.approx(3.0 * EV, rel=1e-15, abs=0.0)
    assert found.fed_by("O") == found.sources
    assert found.fed_by("CO2") == ()
    assert found.fed_only("O")
    assert not found.fed_only("CO2")
    assert Case.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_the_dictionary_of_a_case_from_before_sources_is_still_read() -> None:
    tables = copy.deepcopy(TABLES)
    del tables["source"]
    found = make_case(tables)
    data = found.to_dict()
    del data["sources"]
    assert Case.from_dict(data) == found


def test_plasma_tables_are_read(tmp_path: Path) -> None:
    file = tmp_path / "plasma.csv"
    file.write_text(PLASMA)
    source = {"type": "dissociative_recombination", "ion": "O2+", "species": "O", "table": str(file)}
    tables = {**copy.deepcopy(TABLES), "source": [source]}
    (found,) = make_case(tables).sources
    assert found.settings["n_ion"] == pytest.approx((1e10, 1e9), rel=1e-12, abs=0.0)
    assert found.illumination == "global"
    light = {"type": "photodissociation", "parent": "O2", "species": "O", "table": str(file)}
    (found,) = make_case({**tables, "source": [light]}).sources
    assert found.settings["n_parent"] == pytest.approx((1e13, 1e11), rel=1e-12, abs=0.0)
    assert found.settings["distance"] == pytest.approx(2.28e11, rel=0.01, abs=0.0)
    del light["table"]
    with pytest.raises(InputError, match=r"source\.0\.table: missing"):
        make_case({**tables, "source": [light]})


@pytest.mark.parametrize(
    ("overrides", "text"),
    [
        ({"source.0.illumination": "dayside"}, "source.0.illumination = 'dayside': a gas with spherical symmetry"),
        ({"source.0.share": 2.0}, "source.0.share = 2.0: shares out histories"),
        ({"source.0.species": "N"}, "source.0.species = 'N': is not in the case; allowed: CO2, O"),
        ({"source.0.altitude": "300 km"}, "source.0.altitude"),
        ({"source.0.temperature": "200 K"}, "source.0.temperature: does not go with"),
        ({"source.0.launch": "table"}, "source 'hot' (mono_energetic): "),
        ({"weights.energy_levels": 4}, "weights.energy_levels = 4: do not go with [[source]]"),
        ({"source.0.typ": "thermal"}, "source.0.typ"),
    ],
)  # fmt: skip
def test_faults_are_refused_with_key_and_remedy(overrides: dict[str, Any], text: str) -> None:
    assert text.replace("'", '"') in refusal(overrides).replace("'", '"')


def test_profiles_of_a_given_atmosphere_need_the_other_solver() -> None:
    text = refusal({"source.0.follows": "CO2"}, drop=("altitude",))
    assert "source.0.follows" in text
    assert "a dsmc case has not" in text


def test_altitudes_need_a_radius() -> None:
    tables = copy.deepcopy(TABLES)
    tables["body"] = {"gm": "4.28e13 m3 s-2"}
    tables["domain"] = {"inner": "3550 km", "outer": "3650 km"}
    with pytest.raises(InputError, match=r"source\.0: needs body\.name or body\.radius"):
        make_case(tables)
    del tables["source"][0]["altitude"]
    tables["source"][0]["radius"] = "3580 km"
    assert make_case(tables).sources[0].settings["radius"] == 3.58e6


def test_a_plane_has_no_sources() -> None:
    tables = copy.deepcopy(TABLES)
    del tables["body"]
    tables["domain"] = {"geometry": "planar", "inner": "0 m", "outer": "1 m"}
    with pytest.raises(InputError, match="source: births within cells need radial geometry"):
        make_case(tables)


def test_sources_alone_may_fill_an_empty_domain() -> None:
    overrides = {"initial": "empty", "species.0.density": "0 cm-3"}
    assert make_case(copy.deepcopy(TABLES), overrides).initial == "empty"
    tables = {k: v for k, v in TABLES.items() if k != "source"}
    with pytest.raises(InputError, match="nothing would ever enter"):
        make_case(copy.deepcopy(tables), overrides)


def test_sources_switch_automatic_energy_levels_off() -> None:
    """At a Jeans parameter of 15 the gas alone would be split."""
    tables = copy.deepcopy(TABLES)
    tables["body"] = {"jeans_parameter": 15.0}
    tables["domain"] = {"inner": "3550 km", "outer": "7000 km"}
    tables["source"][0] |= {"radius": "3600 km"}
    del tables["source"][0]["altitude"]
    assert make_case(tables).levels[0].number == 1
    del tables["source"]
    assert make_case(tables).levels[0].number > 1


def test_hot_particles_are_not_warned_of_for_their_jeans_parameter() -> None:
    tables = copy.deepcopy(TABLES)
    tables["run"] = {"target_species": "O"}
    assert not any("too few particles of O" in text for text in plan(make_case(tables)).warnings)
    del tables["source"]
    next(s for s in tables["species"] if s["name"] == "O")["density"] = "1e8 m-3"
    assert any("too few particles of O escape" in text for text in plan(make_case(tables)).warnings)
