"""A reference is named exactly where its model or table is used.

Each row changes one thing in a resolved case; the reference is there with the change and not without it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import small_histories
import small_ions
from exobase.case import make_case
from exobase.citations import as_bibtex, cite, named_in, references
from exobase.citations.collect import CODE
from exobase.cli import app
from exobase.io.results import ResultWriter

ROOT = Path(__file__).resolve().parents[3]
Data = dict[str, Any]
Change = Callable[[Data], None]

GAS: Data = {
    "solver": "dsmc",
    "collisions": "vhs",
    "rotation": "off",
    "body": {"name": "Mars", "sun_distance": "1.52 au"},
    "domain": {"inner": "3600 km", "outer": "7200 km"},
    "outer": {"type": "remove"},
    "species": [{"name": "N2", "temperature": "300 K", "density": "1e6 cm-3"}],
}


def gas(**tables: Any) -> Data:
    return make_case(GAS | tables).to_dict()


def keys(case: Data) -> set[str]:
    return set(cite(case, {}).references)


def has(case: Data, *names: str) -> bool:
    """Whether all of the references are named; that some are and some not is a fault of the test."""
    found = [name in keys(case) for name in names]
    assert len(set(found)) == 1, dict(zip(names, found, strict=True))
    return found[0]


OXYGEN = [{"name": "O", "temperature": "300 K", "density": "1e6 cm-3"}]
PARKER = [{"name": "N2", "temperature": "300 K", "density": "1e6 cm-3", "rotational_number": "parker"}]
LOSS = {"species": "N2"}


@pytest.mark.parametrize(
    ("names", "tables"),
    [
        (("koura1991",), {"collisions": "vss", "species": OXYGEN}),
        (("borgnakke1975", "haas1994", "zhang2013", "grimech1999"), {"rotation": "on"}),
        (("parker1959",), {"rotation": "on", "species": PARKER}),
        (("battin1999",), {"outer": {"type": "kepler_return"}}),
        (("huebner2015",), {"loss": [LOSS | {"process": "photoionisation"}]}),
        (
            ("lindsay2005",),
            {
                "species": OXYGEN,
                "loss": [
                    {
                        "species": "O", "process": "charge_exchange", "ion": "H+", "cross_section": "fit",
                        "beam_density": "3 cm-3", "beam_speed": "400 km/s",
                    }
                ],
            },
        ),
        (
            ("voronov1997",),
            {
                "species": OXYGEN,
                "loss": [
                    {
                        "species": "O", "process": "electron_impact", "electron_density": "3 cm-3",
                        "electron_temperature": "2e5 K",
                    }
                ],
            },
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_gas_names_the_model_that_it_uses_and_no_other(names: tuple[str, ...], tables: Data) -> None:
    assert has(gas(**tables), *names)
    assert not has(gas(), *names)


def test_collisions_name_bird_and_a_gas_without_them_and_without_a_reservoir_does_not() -> None:
    methods = {item.what.split(",")[0]: item.keys for item in cite(gas(), {}).methods}
    assert methods["direct simulation Monte Carlo"] == ("bird1994",)
    assert methods["collisions of variable hard spheres (VHS)"] == ("bird1994",)
    free = gas(collisions="off")
    assert not any("collision" in item.what for item in (*cite(free, {}).methods, *cite(free, {}).data))


@pytest.mark.parametrize(
    ("name", "weights", "nuclides"), [("N2", True, False), ("D", False, True), ("HD", True, True), ("15N", False, True)]
)
def test_masses_name_the_table_of_elements_or_of_nuclides(name: str, weights: bool, nuclides: bool) -> None:
    case = gas(species=[{"name": name, "temperature": "300 K", "density": "1e6 cm-3"}])
    assert (
        "prohaska2022" in keys(case),
        "wang2021" in {key for item in cite(case, {}).data if item.what == "masses of nuclides" for key in item.keys},
    ) == (weights, nuclides)


def test_numbers_of_the_case_file_name_no_table() -> None:
    own = gas(
        body={"gm": "4e13 m3 s-2", "radius": "3390 km"},
        species=[
            {"name": "X", "mass": "28 u", "diameter": "4e-10 m", "temperature": "300 K", "density": "1e6 cm-3"},
        ],
        loss=[{"species": "X", "process": "frequency", "frequency": "1e-6 s-1"}],
    )
    assert cite(own, {}).data == ()


HOT = small_histories.mars().to_dict()
IONS = small_ions.mars_ions().to_dict()


def changed(case: Data, change: Change) -> Data:
    found = copy.deepcopy(case)
    change(found)
    return found


def law(name: str, **more: Any) -> Change:
    def change(case: Data) -> None:
        for collision in case["collisions"]:
            collision.update({"law": name, "options": [], "stopping": "off", "target_as": "whole"} | more)

    return change


def put(part: str, **values: Any) -> Change:
    return lambda case: case[part].update(values)


def top(**values: Any) -> Change:
    return lambda case: case.update(values)


def follow(**values: Any) -> Change:
    return lambda case: case["followed"][0].update(values)


@pytest.mark.parametrize(
    ("names", "change"),
    [
        (("koura1991",), law("vss")),
        (("kharchenko2000",), law("kharchenko")),
        (("gacesa2020",), law("gacesa")),
        (("lewkow2014",), law("universal")),
        (("ziegler1985", "biersack1980"), law("zbl")),
        (("fox2009",), law("fox_hac")),
        (("lindhard1961",), law("hard_sphere", stopping="lss")),
        (("johnson1998",), law("hard_sphere", target_as="atoms", target="CO2")),
        (("chamberlain1963",), put("background", above="chamberlain")),
        (("hill1878", "murray1999"), top(tide=1e-14)),
        (("chamberlain1987",), follow(beta=0.5)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_test_particles_name_the_model_that_they_use_and_no_other(names: tuple[str, ...], change: Change) -> None:
    plain = changed(HOT, law("hard_sphere", target="O"))
    plain["background"]["above"] = "barometric"
    assert not has(plain, *names)
    assert has(changed(plain, change), *names)


def test_null_collisions_and_kepler_arcs_follow_from_the_case() -> None:
    assert has(HOT, "skullerud1968")
    assert not has(changed(HOT, top(collisions=[], reactions=[])), "skullerud1968")
    assert has(HOT, "battin1999")
    assert not has(changed(HOT, top(tide=1e-14)), "battin1999")


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (("kobel1994",), {"model": "kobel_flueckiger"}),
        (("alfven1957", "darwin1953"), {"model": "draped_sphere"}),
        (("kivelson1995", "mead1964"), {"standoff": 6e6}),
        (("slavin1981",), {"sources": ["typical density of Mars: Slavin & Holzer 1981, doi:10.1029/JA086iA13p11401"]}),
        (("vignes2000",), {"sources": ["bow_shock vignes2000: Vignes et al. 2000, doi:10.1029/1999GL010703"]}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_ions_name_the_field_in_which_they_move(names: tuple[str, ...], values: Data) -> None:
    plain = changed(IONS, put("field", model="uniform", standoff=0.0, sources=[]))
    assert has(plain, "boris1970", "birdsall1985")
    assert not has(HOT, "boris1970", "birdsall1985")
    assert not has(plain, *names)
    assert has(changed(plain, put("field", **values)), *names)


def test_sources_name_the_rate_and_the_branching_that_were_chosen() -> None:
    def source(**settings: Any) -> Data:
        entry = {"type": "dissociative_recombination", "species": "O", "settings": {"ion": "O2+"} | settings}
        return HOT | {"sources": [entry]}

    assert has(source(), "sheehan2004", "kella1997")
    assert not has(source(rate_law="peverall"), "sheehan2004")
    assert has(source(rate_law="peverall"), "peverall2001")
    assert not has(source(recombination_rate=[1.0]), "sheehan2004")
    assert has(source(branching="petrignani"), "petrignani2005")
    assert not has(source(branching="petrignani"), "kella1997")


def test_pickup_names_photoionisation_impact_and_charge_exchange_where_they_ionise() -> None:
    def source(way: str, **settings: Any) -> Data:
        entry = {"type": "pickup", "species": "O+", "settings": {"way": way, "parent": "O"} | settings}
        return IONS | {"sources": [entry], "reactions": []}

    assert has(source("photoionisation"), "huebner2015")
    assert not has(source("frequency", frequency=1e-7), "huebner2015")
    assert not has(source("electron_impact", frequency=1e-7), "voronov1997")
    given = source("electron_impact") | {"toml_text": "electron_temperature = '2e5 K'"}
    assert has(given, "voronov1997")
    assert not has(given | {"toml_text": "# electron_temperature = '2e5 K'"}, "voronov1997")
    tables = {"ion": "H+", "parent": "O"}
    thermal = HOT | {"sources": [{"type": "charge_exchange", "settings": tables | {"sigma": [1e-19, 2e-19]}}]}
    assert has(thermal, "lindsay2005")
    constant = HOT | {"sources": [{"type": "charge_exchange", "settings": tables | {"sigma": [1e-19, 1e-19]}}]}
    assert not has(constant, "lindsay2005")


def test_charge_exchange_with_the_wind_is_recognised_by_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from exobase.case.resolve_plasma_sources import BEAM_ENERGIES
    from exobase.cross_sections import charge_exchange
    from exobase.species import species

    sigma = charge_exchange.sigma_or_edge("H+", "O", BEAM_ENERGIES)
    settings = {
        "way": "charge_exchange", "parent": "O", "beam_mass": species("H+").mass,
        "beam_energy": list(map(float, BEAM_ENERGIES)), "beam_sigma": list(map(float, sigma)),
    }  # fmt: skip
    entry = {"type": "pickup", "species": "O+", "settings": settings}
    case = IONS | {"sources": [entry], "reactions": []}
    assert has(case, "lindsay2005")
    settings["beam_sigma"] = [1e-19] * len(sigma)
    assert not has(case, "lindsay2005")


def test_every_doi_of_the_packages_tables_has_its_reference() -> None:
    """A source that a run may name must become an entry: by its DOI, and so must its authors and year."""
    known = {entry.doi for entry in references().values() if entry.doi}
    data = files("exobase") / "data"
    for folder in (data, data / "scattering"):
        for table in folder.iterdir():
            if table.name.endswith(".toml") and table.name != "references.toml":
                for source in re.findall(r'source = "([^"]*doi:[^"]*)"', table.read_text(encoding="utf-8")):
                    for doi in re.findall(r"doi:(10\.[^\s;,]+)", source):
                        trimmed = doi.rstrip(":") if doi.count("(") == doi.count(")") else doi.rstrip(":)")
                        assert trimmed in known, (table.name, doi)
                    assert named_in(source), source


def test_every_doi_stands_in_the_sources_of_the_package() -> None:
    """No reference without evidence: its DOI is that of a docstring or table."""
    package = ROOT / "src" / "exobase"
    texts = [p.read_text(encoding="utf-8") for p in package.rglob("*.py")]
    texts += [p.read_text(encoding="utf-8") for p in package.rglob("*.toml") if p.name != "references.toml"]
    whole = "\n".join(texts)
    assert [entry.key for entry in references().values() if entry.doi and entry.doi not in whole] == []


def test_names_of_references_are_whole_words() -> None:
    assert named_in("Bird 1994, Tables A1-A3") == ("bird1994",)
    assert named_in("Blackbird 1994; Bird 19945; H150") == ()
    assert named_in("H15") == ("huebner2015",)


def test_the_code_is_cited_as_its_citation_file_says() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for key, name in (("title", "title"), ("license", "license"), ("authors", "name")):
        found = re.search(rf'^(?:  - )?{name}: "?(.*?)"?$', text, re.MULTILINE)
        assert found is not None
        assert CODE[key] == found[1]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = gas(rotation="on", species=PARKER)
    path = tmp_path_factory.mktemp("case") / "output" / "result.h5"
    attrs = {
        "case_name": "mars", "exobase_version": "9.8.7", "commit": "abc", "created": "2031-05-01T00:00:00",
        "case_json": json.dumps(case),
    }  # fmt: skip
    with ResultWriter(path, attrs) as w:
        w.put("species/names", ["N2"], units="1", long_name="species", dims=["species"])
    return path


def test_text_bibtex_and_json_say_the_same(result: Path) -> None:
    def run(form: str) -> str:
        done = CliRunner().invoke(app, ["cite", str(result.parents[1]), "--format", form])
        assert done.exit_code == 0, done.output
        return done.output

    text, bibtex, data = run("text"), run("bibtex"), json.loads(run("json"))
    assert "The exobase developers (2031), exobase: particle" in text
    assert "version 9.8.7, commit abc" in text
    assert "rotational relaxation by Parker's Z(T): Parker 1959" in text
    assert "Parker 1959, doi:10.1063/1.1724417" in text
    assert data["code"]["version"] == "9.8.7"
    entries = re.findall(r"@(\w+)\{(\w+),", bibtex)
    assert entries[0] == ("software", "exobase")
    assert {key for _, key in entries[1:]} == set(data["references"])
    assert all(reference["text"] in text for reference in data["references"].values())
    assert bibtex.count("{") == bibtex.count("}")
    assert "  doi = {10.1063/1.1724417}" in bibtex
    assert "  author = {Borgnakke and Larsen}" in bibtex
    assert "  author = {Haas and others}" in bibtex


def test_journals_become_articles_with_volume_and_pages(result: Path) -> None:
    case = changed(IONS, put("field", model="kobel_flueckiger"))
    entry = next(part for part in as_bibtex(cite(case, {})).split("\n\n") if "{kobel1994," in part)
    assert entry.startswith("@article")
    for line in ("journal = {J. Geophys. Res.}", "volume = {99}", "pages = {23617}", "doi = {10.1029/94JA01778}"):
        assert line in entry


def test_an_unknown_format_is_refused(result: Path) -> None:
    done = CliRunner().invoke(app, ["cite", str(result), "--format", "ris"])
    assert done.exit_code == 2
    assert "--format ris: no such format; allowed: text, bibtex, json" in done.output
