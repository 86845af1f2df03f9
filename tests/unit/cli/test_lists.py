"""The commands that list species, bodies, laws and shipped cases: what they say, as a table and as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.bodies import body_names
from exobase.case import shipped
from exobase.cli import app
from exobase.constants import ATOMIC_MASS, ELECTRON_MASS
from exobase.cross_sections import catalogue, charge_exchange
from exobase.errors import InputError
from exobase.species import species, species_names

CASES = Path(__file__).resolve().parents[3] / "cases"
invoke = CliRunner().invoke


def said(*command: str) -> str:
    """Standard output of a command that succeeds, with runs of blanks as one."""
    done = invoke(app, [*command])
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def read(*command: str) -> Any:
    done = invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_species_is_listed_with_its_values() -> None:
    text = said("species")
    assert "Na 22.9898 6.63 0.827 0 sodium" in text
    assert "Mg 24.305 0 magnesium" in text
    assert "CO2 44.009 5.62 0.93 5.54 1.61 2 carbon dioxide" in text
    assert "HCNH+ 28.03345 1 HCN" in text
    entries = read("species")
    assert [entry["name"] for entry in entries] == species_names()


def test_a_species_is_told_with_units_and_sources() -> None:
    text = said("species", "C2H4")
    for part in (
        "C2H4: ethylene",
        "28.054 u",
        "CIAAW",
        "6.23e-10 m at 273 K",
        "0.966",
        "200 to 400 K",
        "Svehla 1962",
        "GRI-Mech",
        "nonlinear",
    ):
        assert part in text


def test_json_of_a_species_is_in_si_units() -> None:
    ion, neutral = read("species", "H3O+"), read("species", "SO2")
    assert ion["mass_kg"] == pytest.approx(19.023 * ATOMIC_MASS - ELECTRON_MASS, rel=1e-12)
    assert (ion["charge"], ion["parent"], ion["viscosity_Pa_s"]) == (1, "H2O", None)
    assert neutral["vhs"] == {"diameter_m": species("SO2").diameter, "omega": 1.05}
    assert neutral["vss"]["alpha"] == 1.66
    assert neutral["viscosity_Pa_s"]["273 K"] == pytest.approx(1.164e-5, rel=0.01)
    assert neutral["same_values"] == ["34SO2", "SO2+"]


def test_a_species_without_collision_values_names_the_keys() -> None:
    assert "no collision values: where it collides, give diameter and omega" in said("species", "Mg")
    entry = read("species", "Mg")
    assert (entry["vhs"], entry["vss"], entry["viscosity_Pa_s"]) == (None, None, None)
    assert 'with collisions = "vss" give diameter, omega and alpha' in said("species", "Na")


def test_bodies_are_listed_and_told() -> None:
    text = said("bodies")
    assert "Phobos Mars 708755 11.08" in text
    assert [entry["name"] for entry in read("bodies")] == body_names()
    titan = said("bodies", "Titan")
    for part in (
        "8.97814e+12 m3 s-2",
        "2574.76 km",
        "382.69",
        "Zebker et al. 2009",
        "Archinal et al. 2018",
        "9.5367 au",
    ):
        assert part in titan
    entry = read("bodies", "Mars")
    assert entry["escape_speed_m_s"] == pytest.approx(5027.0, rel=1e-3)
    assert entry["surface_gravity_m_s2"] == pytest.approx(3.73, rel=2e-3)


def test_every_law_is_listed_with_pairs_energies_and_source() -> None:
    text, names = said("laws"), {entry["law"] for entry in read("laws")}
    assert names == {"off", "charge_exchange", "stripping", *catalogue.laws()}
    assert "kharchenko O on O 0.03 to 3" in text
    assert "H+ + H -> H + H+" in text
    assert len([e for e in read("laws") if e["law"] == "charge_exchange"]) == len(charge_exchange.reactions())
    for entry in read("laws"):
        assert entry["source"] or entry["remark"]


def test_a_law_is_told_with_its_rule_of_extrapolation() -> None:
    text = said("laws", "gacesa")
    for part in ("0.154 to 4.99 eV", "0 to 10 eV", "doi:10.1093/mnras/stz3366", "total and shape of 0.154 eV below"):
        assert part in text
    assert read("laws", "isotropic")["entries"][0]["required"] == "cross_section"
    assert [e["used_by"] for e in read("laws", "vhs")["entries"]] == ["collisions (dsmc)", "[[collision]]"]


@pytest.mark.parametrize(
    ("pair", "there", "missing"),
    [(("O", "CO2"), "gacesa", "kharchenko"), (("O", "O"), "kharchenko", "gacesa"), (("18O", "CO2"), "gacesa", "off")],
)
def test_laws_of_a_pair_are_those_that_a_case_may_name(pair: tuple[str, str], there: str, missing: str) -> None:
    names = [entry["law"] for entry in read("laws", "--pair", *pair)]
    assert there in names
    assert missing not in names
    assert set(names) - {"stripping"} == set(catalogue.laws_for(*pair))


def test_laws_of_an_ion_and_a_neutral_are_their_charge_exchange() -> None:
    for pair in (("H+", "O"), ("O", "H+"), ("D+", "O")):
        (entry,) = read("laws", "--pair", *pair)
        assert entry["law"] == "charge_exchange"
        assert entry["defect_eV"] == pytest.approx(-0.0197, abs=1e-3)
    assert read("laws", "--pair", "Na+", "SO2") == []
    assert "no law of this pair" in said("laws", "--pair", "Na+", "SO2")
    assert read("laws", "--pair", "H+", "O+") == []


def test_shipped_cases_are_listed_with_title_and_solver() -> None:
    entries = {entry["name"]: entry for entry in read("cases")}
    assert set(entries) == {path.parent.name for path in CASES.glob("*/case.toml")}
    assert (entries["mars_loss"]["solver"], entries["jeans_6"]["solver"]) == ("stages", "dsmc")
    assert all(entry["title"] and entry["description"] for entry in entries.values())
    assert "Hydrogen exosphere of Earth" in said("cases")


def test_a_shipped_case_is_told_with_readme_and_path() -> None:
    text = said("cases", "titan_pickup")
    assert "".join(str(CASES / "titan_pickup").split()) in "".join(text.split())
    assert "exobase new my_titan_pickup --from titan_pickup" in text
    head = read("cases", "mars_loss")["readme"]
    assert "eight stages" in head
    assert "figure.png" not in head
    assert "The budget beside published rates" not in head


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("species", "Zn"), "unknown species 'Zn': give one of the table"),
        (("species", "sodium"), "did you mean 'Na'?"),
        (("bodies", "titan"), "did you mean 'Titan'?"),
        (("laws", "kharchenk"), "did you mean 'kharchenko'?"),
        (("laws", "--pair", "O", "CO3"), "did you mean 'CO2'?"),
        (("laws", "vhs", "--pair", "O", "O"), "give a law or --pair, not both"),
        (("cases", "jeans"), "unknown case 'jeans'; did you mean 'jeans_6'?"),
        (("cases", "../cases/jeans_6"), "unknown case"),
    ],
)
def test_unknown_names_end_with_2_and_the_nearest_name(command: tuple[str, ...], words: str) -> None:
    for options in ((), ("--json",)):
        done = invoke(app, [*command, *options])
        assert done.exit_code == 2
        assert words in done.stderr
        assert not done.stdout


def test_shipped_cases_are_found_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the package first; beside the sources in a checkout; an error that says so where there are none."""
    assert shipped.shipped_cases() == CASES
    package = tmp_path / "site-packages" / "exobase"
    (package / "cases" / "mine").mkdir(parents=True)
    monkeypatch.setattr(shipped, "PACKAGE", package)
    with pytest.raises(InputError, match="this installation lacks them"):
        shipped.shipped_cases()
    shutil.copy(CASES / "jeans_6" / "case.toml", package / "cases" / "mine")
    assert shipped.shipped_cases() == package / "cases"
    assert shipped.shipped_case_names() == ["mine"]
    assert shipped.shipped_case("mine").folder == package / "cases" / "mine"
