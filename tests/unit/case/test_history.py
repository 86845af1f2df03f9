"""What a test-particle case means: tables read, pairs and sources resolved, bad input refused before anything runs."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.bodies import body
from exobase.case import HistoryCase, case_from_dict, load_case, load_dsmc_case, make_case, make_history_case
from exobase.case.atmosphere import Atmosphere
from exobase.constants import EV, GM_SUN, K_B
from exobase.errors import InputError
from exobase.histories.scattering import build_tables
from exobase.species import species

CASES = Path(__file__).resolve().parents[3] / "cases"
SHIPPED = CASES / "mars_hot_oxygen"

HEAD = (
    "altitude [km], density_O [cm-3], density_CO2 [cm-3], density_O2+ [cm-3], density_e [cm-3], "
    "T_n [K], T_i [K], T_e [K]\n"
)
ROWS = [
    "100, 1e10, 1e12, 1e4, 1e5, 150, 200, 300",
    "150, 1e9, 1e10, 2e4, 1e5, 180, 250, 500",
    "200, 1e8, 1e8, 1e4, 1e4, 200, 300, 900",
    "300, 1e7, 1e5, 1e2, 1e3, 200, 400, 2000",
]
GOOD: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "100 km", "outer_altitude": "5000 km"},
    "background": {"table": "air.csv"},
    "species": [{"name": "O", "threshold": "1 eV"}],
    "collision": [{"pair": ["O", "O"], "law": "kharchenko"}, {"pair": ["O", "*"], "law": "fox_hac"}],
    "source": [{"type": "dissociative_recombination", "ion": "O2+", "species": "O"}],
}
THERMAL = {"type": "thermal", "species": "O", "altitude": "200 km", "temperature": "200 K", "density": "1e5 cm-3"}


def make(folder: Path, changes: dict[str, Any] | None = None, text: str | None = None) -> HistoryCase:
    """The good case with changes; text: the table in place of the good one."""
    (folder / "air.csv").write_text(HEAD + "\n".join(ROWS) + "\n" if text is None else text, encoding="utf-8")
    return make_history_case(copy.deepcopy(GOOD), changes, path=folder)


def errors_of(folder: Path, changes: dict[str, Any] | None = None, text: str | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        make(folder, changes, text)
    return list(caught.value.messages)


def test_names_units_and_columns_are_resolved(tmp_path: Path) -> None:
    case = make(tmp_path)
    mars = body("Mars")
    assert (case.gm, case.body_radius) == (mars.gm, mars.radius)
    assert case.r_inner == mars.radius + 1e5
    assert case.names == ("O",)
    assert case.targets == ("O", "CO2")  # ions and electrons are no targets
    assert case.followed[0].threshold == pytest.approx(EV, rel=1e-12, abs=0.0)
    background = case.background
    assert background.r[0] == pytest.approx(mars.radius + 1e5, rel=1e-12)
    assert background.density[1] == pytest.approx((1e18, 1e16, 1e14, 1e11), rel=1e-12)
    assert background.temperature[0] == background.temperature[1] == (150.0, 180.0, 200.0, 200.0)
    source = case.sources[0]
    assert source.illumination == "dayside"
    assert source.settings["n_ion"] == pytest.approx((1e10, 2e10, 1e10, 1e8), rel=1e-12)
    assert source.settings["n_e"] == pytest.approx((1e11, 1e11, 1e10, 1e9), rel=1e-12)
    assert source.settings["T_i"] == (200.0, 250.0, 300.0, 400.0)
    assert source.settings["T_e"] == (300.0, 500.0, 900.0, 2000.0)
    assert case.run.target_species == "O"


def test_a_pair_of_its_own_comes_before_the_pairs_with_a_star(tmp_path: Path) -> None:
    laws = {(c.projectile, c.target): c.law for c in make(tmp_path).collisions}
    assert laws == {("O", "O"): "kharchenko", ("O", "CO2"): "fox_hac"}


def test_options_reach_the_pair_in_si(tmp_path: Path) -> None:
    entry = {"pair": ["O", "*"], "law": "hard_sphere", "cross_section": "2e-15 cm2", "extrapolate_to": "1 keV"}
    options = dict(make(tmp_path, {"collision": [entry]}).collisions[0].options)
    assert options == pytest.approx({"cross_section": 2e-19, "extrapolate_to": 1e3 * EV}, rel=1e-12, abs=0.0)


def test_the_dictionary_survives_json(tmp_path: Path) -> None:
    changes = {"check": [{"quantity": "escape_rate.O", "accept": ["1e24 s-1", "1e26 s-1"]}]}
    case = make(tmp_path, changes | {"splitting": {"altitudes": ["200 km"], "factor": 3}})
    back = case_from_dict(json.loads(json.dumps(case.to_dict())))
    assert back == case
    with pytest.raises(InputError, match="not the dictionary"):
        case_from_dict({"solver": "test_particle"})


def test_a_case_file_says_which_solver_it_is_for() -> None:
    case = load_case(SHIPPED)
    assert isinstance(case, HistoryCase)
    assert case.targets == ("CO2", "O", "CO", "N2")
    assert len(case.collisions) == 4
    with pytest.raises(InputError, match='needs a case with solver = "dsmc"'):
        load_dsmc_case(SHIPPED)
    with pytest.raises(InputError, match='needs a case with solver = "dsmc"'):
        make_case(GOOD)
    with pytest.raises(InputError, match='needs a case with solver = "test_particle"'):
        make_history_case({"solver": "dsmc"})


def test_the_other_background_of_the_shipped_case_gives_rates_of_recombination() -> None:
    case = load_case(SHIPPED, ["background.table=inputs/fox_low.csv"])
    assert isinstance(case, HistoryCase)
    settings = case.sources[0].settings
    assert "n_ion" not in settings
    assert max(settings["recombination_rate"]) == pytest.approx(1890e6, rel=1e-12)
    assert len(settings["T_e"]) == len(settings["r"]) == 65


def test_overrides_reach_pairs_and_sources_by_name(tmp_path: Path) -> None:
    case = make(tmp_path, {"collision.O,*.law": "lillis_molecules", "source.dissociative_recombination.share": 2.0})
    assert case.collisions[1].law == "lillis_molecules"
    assert case.sources[0].share == 2.0


def test_the_sun_is_where_the_planet_has_it(tmp_path: Path) -> None:
    mars = body("Mars")
    still = make(tmp_path)
    assert (still.tide, still.sun_distance) == (0.0, 0.0)
    case = make(tmp_path, {"domain.tide": True, "domain.lost_beyond": "hill"})
    assert case.tide == pytest.approx(GM_SUN / mars.a**3, rel=1e-12, abs=0.0)
    assert case.sun_distance == mars.a
    assert case.lost_beyond == mars.hill_radius()


def test_shells_begin_fine_and_end_at_the_boundaries(tmp_path: Path) -> None:
    case = make(tmp_path)
    edges = np.array(case.tally.edges)
    assert edges.size == 121
    assert (edges[0], edges[-1]) == (case.r_inner, case.r_outer)
    widths = np.diff(edges)
    assert np.all(np.diff(widths) > 0.0)
    assert widths[0] < 5e3
    given = make(tmp_path, {"tally.shells": ["100 km", "200 km", "1000 km"]})
    assert np.array(given.tally.edges) - case.body_radius == pytest.approx([1e5, 2e5, 1e6])


def test_a_gas_without_table_is_hydrostatic_or_exponential(tmp_path: Path) -> None:
    gas = {"name": "O", "density": "1e10 cm-3", "temperature": "200 K"}
    case = make(tmp_path, {"background": {"gas": [gas]}, "source": [THERMAL], "collision.1.pair": ["O", "O"]} | ONE)
    foot = case.r_inner
    r = foot + np.array([0.0, 5e4, 2e5])
    expected = 1e16 * np.exp(-case.gm * species("O").mass / (K_B * 200.0) * (1 / foot - 1 / r))
    assert Atmosphere(case.background, case.gm).densities(r)[0] == pytest.approx(expected, rel=1e-12)
    exponential = make(
        tmp_path,
        {"background": {"gas": [gas | {"scale_height": "10 km"}], "altitude": "150 km"}, "source": [THERMAL]} | ONE,
    )
    n = Atmosphere(exponential.background, case.gm).densities([case.body_radius + 2e5])[0, 0]
    assert n == pytest.approx(1e16 * math.exp(-5.0), rel=1e-9)


ONE = {"collision": [{"pair": ["O", "O"], "law": "fox_hac"}]}


def test_a_source_may_follow_the_density_of_the_background(tmp_path: Path) -> None:
    source = {"type": "mono_energetic", "species": "O", "energy": "3 eV", "follows": "CO2"}
    case = make(tmp_path, {"source": [source]})
    settings = case.sources[0].settings
    assert settings["energy"] == pytest.approx(3.0 * EV, rel=1e-12, abs=0.0)
    r = np.array(settings["profile_r"])
    assert (r[0], r[-1]) == (case.r_inner, case.r_outer)
    n = Atmosphere(case.background, case.gm).densities(r)[1]
    assert settings["profile_density"] == pytest.approx(n, rel=1e-12)
    assert case.sources[0].illumination == "global"


def test_spectra_profiles_and_angles_come_from_tables(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("energy [keV], flux [cm-2 s-1 eV-1]\n1, 2\n2, 1\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("# units: deg, 1\nangle, weight\n0, 1\n90, 0\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("altitude [km], rate [cm-3 s-1]\n100, 2\n200, 1\n", encoding="utf-8")
    case = make(
        tmp_path,
        {
            "source": [
                {"type": "sputtering", "species": "O", "altitude": "250 km", "spectrum": "s.csv", "angles": "a.csv",
                 "incident": "O+"},
                {"type": "mono_energetic", "species": "O", "speed": "5 km/s", "profile": "p.csv"},
            ]
        },
    )  # fmt: skip
    incident, volume = (source.settings for source in case.sources)
    assert incident["energy"] == pytest.approx((1e3 * EV, 2e3 * EV), rel=1e-12, abs=0.0)
    assert incident["spectrum"] == pytest.approx((2e4 / EV, 1e4 / EV), rel=1e-12)
    assert incident["spectrum_kind"] == "flux"
    assert incident["angles"] == pytest.approx((0.0, math.pi / 2), rel=1e-12)
    assert incident["launch"] == "table"
    assert volume["profile_rate"] == pytest.approx((2e6, 1e6), rel=1e-12)
    assert volume["profile_r"][0] == pytest.approx(case.body_radius + 1e5, rel=1e-12)
    assert case.tally.energy_edges[-1] == pytest.approx(1.02 * 2e3 * EV, rel=1e-12, abs=0.0)


def with_row(i: int, row: str) -> str:
    rows = ROWS.copy()
    rows[i] = row
    return HEAD + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_row(2, "140, 1e8, 1e8, 1e4, 1e4, 200, 300, 900"), "line 4, column 'altitude': must increase"),
        (with_row(2, "200, -1e8, 1e8, 1e4, 1e4, 200, 300, 900"), "line 4, column 'density_O': -1e+14 is negative"),
        (with_row(2, "200, 1e8, nan, 1e4, 1e4, 200, 300, 900"), "line 4, column 'density_CO2': the value is missing"),
        (with_row(2, "200, 1e8, , 1e4, 1e4, 200, 300, 900"), "line 4, column 'density_CO2': the value is missing"),
        (with_row(2, "200, 1e8, 1e8, 1e4, 1e4, 0, 300, 900"), "line 4, column 'temperature': 0 is not positive"),
        (HEAD.replace("density_O [cm-3]", "density_O") + "\n".join(ROWS), "line 1: column 'density_O': has no unit"),
        (HEAD.replace("T_n [K]", "T_n [eV]") + "\n".join(ROWS), "unit 'eV' is not a unit of temperature"),
        (HEAD.replace("T_n [K]", "mach_x [1]") + "\n".join(ROWS), "has no temperature of O, CO2"),
        (HEAD.replace("T_e [K]", "mach_x [1]") + "\n".join(ROWS), "has no column 'T_e' [K]"),
        (HEAD.replace("density_e", "density_X+") + "\n".join(ROWS), "needs columns 'density_O2+' and 'density_e'"),
        (
            HEAD.replace("_O ", "_Q ").replace("_CO2", "_R") + "\n".join(ROWS),
            "no neutral species that the package knows",
        ),
    ],
)
def test_a_bad_table_is_refused_with_file_line_and_column(tmp_path: Path, text: str, said: str) -> None:
    errors = errors_of(tmp_path, text=text)
    assert len(errors) == 1
    assert said in errors[0]
    assert errors[0].startswith("case: ")
    assert "air.csv" in errors[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"background.table": "no.csv"}, 'background.table = "no.csv": there is no file'),
        ({"domain.inner_altitude": "90 km"}, 'background.below = "error": air.csv covers altitudes 100 km to 300 km'),
        ({"background.above": "error"}, "the outer boundary lies at 5000 km; lower the outer boundary"),
        ({"domain.inner_altitude": "310 km"}, "the whole domain lies above it"),
        (
            {"background.species": ["O", "CO3"]},
            'background.species.1 = "CO3": air.csv has no such species; did you mean',
        ),
        (
            {"background.gas": [{"name": "O", "density": "1 m-3", "temperature": "1 K"}]},
            "beside background.table every gas needs a law",
        ),
        ({"species.0.name": "Oo"}, "species.0.name = \"Oo\": unknown species 'Oo'; did you mean 'O'?"),
        ({"species.0.name": "O+"}, "ions need [field]"),
        (
            {"collision": [{"pair": ["O", "O"], "law": "kharchenko"}]},
            "collision: O on CO2 has no law; laws for this pair: hard_sp",
        ),
        ({"collision.0.law": "karchenko"}, "is no law of O on O; allowed: hard_sphere"),
        ({"collision.0.pair": ["CO2", "O"]}, 'the projectile comes first: pair = ["O", "CO2"]'),
        ({"collision.0.pair": ["O", "*"]}, "collision.1.pair = ['O', '*']: has its law in collision.0 already"),
        (
            {"collision.0.alpha": 1.5},
            'collision.0.alpha: is no option of law = "kharchenko"; its options: extrapolate_to',
        ),
        ({"collision.1.law": "isotropic"}, 'collision.1.cross_section: missing; law = "isotropic" needs it'),
        ({"source.0.ion": "O3+"}, 'source.0.ion = "O3+": allowed: O2+'),
        (
            {"source.0.branching": "kela"},
            "source.0.branching = \"kela\": allowed: kella, petrignani; did you mean 'kella'?",
        ),
        ({"source.0.species": "C"}, 'source.0.species = "C": is not followed; allowed: O'),
        ({"source.0.products": ["O", "C"]}, 'source.0.products.1 = "C": is not followed'),
        (
            {"source.0.energy": "1 eV"},
            'source.0.energy: does not go with type = "dissociative_recombination"; its keys:',
        ),
        (
            {"source": [THERMAL | {"radius": "3600 km"}]},
            "source.0: give exactly one of radius, altitude, follows, profile",
        ),
        ({"source": [THERMAL, THERMAL]}, 'source.1.name = "thermal": appears twice'),
        ({"source": [THERMAL | {"altitude": "90 km"}]}, 'source.0.altitude = "3.4795e+06 m": lies outside the domain'),
        ({"source": [{"type": "table", "species": "O", "altitude": "200 km"}]}, "source.0.spectrum: missing"),
        ({"run.max_steps": 400}, "run.max_steps = 400: there are no steps with test particles; use run.max_batches"),
        ({"run.particles_per_cell": 5}, "use run.histories_per_batch"),
        ({"run.max_batch": 5}, "run.max_batch: unknown key; did you mean 'max_batches'?"),
        ({"run.target_species": "H"}, 'run.target_species = "H": allowed: O'),
        (
            {"run.min_batches": 5, "run.max_batches": 4},
            "run.min_batches = 5: must not exceed run.max_batches = 4; lower min_batches or raise max_batches",
        ),
        (
            {"body": {"name": "Titan"}, "domain.tide": True, "source": [THERMAL | {"altitude": "200 km"}]},
            "needs body.name of a planet",
        ),
        ({"body": {"gm": "4e13 m3 s-2"}}, "body.radius: missing; altitudes count from it"),
        ({"species.0.threshold": 1.0}, "a bare number where a unit is needed (J)"),
        (
            {"tally.surfaces": ["6000 km"]},
            'tally.surfaces = "6000 km": lies outside the domain, altitudes 100 km to 5000 km',
        ),
        ({"tally.shells": ["200 km", "100 km"]}, "at least two altitudes, increasing"),
        ({"tally.latitude_cells": 4}, "give latitude_cells and longitude_cells together"),
        ({"tally.energy_min": "20 eV"}, "must lie below tally.energy_max = 10 eV"),
        (
            {"check": [{"quantity": "mach.O", "accept": [0, 1]}]},
            'check.0.quantity = "mach.O": unknown quantity; allowed: escape_flux.X',
        ),
        ({"check": [{"quantity": "density.O", "accept": [0, 1], "radii": ["1 km"]}]}, "lies outside the domain"),
        ({"domain.lost_beyond": "5000 km"}, "must exceed the outer boundary"),
    ],
)
def test_bad_input_is_refused_with_key_value_and_remedy(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    errors = errors_of(tmp_path, changes)
    assert any(said in message for message in errors), errors


def test_chamberlain_needs_an_exobase(tmp_path: Path) -> None:
    assert make(tmp_path, {"background.above": "chamberlain"}).background.above == "chamberlain"
    tiny = {"background.above": "chamberlain", "background.exobase_cross_section": "1e-30 cm2"}
    assert any("there is no exobase" in message for message in errors_of(tmp_path, tiny))


def test_all_errors_are_listed_at_once(tmp_path: Path) -> None:
    changes = {"collision.0.law": "x", "source.0.ion": "y", "run.max_steps": 1, "tally.latitude_cells": 1}
    assert len(errors_of(tmp_path, changes)) == 4


@pytest.mark.parametrize(("name", "keys"), [("Mg", {}), ("X", {"mass": "24 u"})])
def test_a_species_without_collision_values_needs_them_for_spheres_only(
    tmp_path: Path, name: str, keys: dict[str, Any]
) -> None:
    """Laws with a cross section of their own need the mass; spheres name the keys that they lack."""
    changes: dict[str, Any] = {
        "species": [{"name": name, "threshold": "1 eV", **keys}],
        "source": [{**THERMAL, "species": name}],
        "run": {"target_species": name},
    }

    def law(**options: Any) -> dict[str, Any]:
        return {**changes, "collision": [{"pair": [name, "*"], **options}]}

    assert not make(tmp_path, law(law="fox_hac")).followed[0].species.collides
    assert make(tmp_path, law(law="isotropic", cross_section="1e-15 cm2")).followed[0].species.mass > 0.0
    assert make(tmp_path, law(law="vhs", diameter="5 angstrom", omega=0.8)).followed[0].species.name == name
    assert make(tmp_path, law(law="hard_sphere", cross_section="1e-15 cm2")).followed[0].species.name == name
    for options, needs in (
        ({"law": "vhs"}, "diameter and omega"),
        ({"law": "vhs", "diameter": "5 angstrom"}, "omega"),
        ({"law": "hard_sphere"}, "diameter"),
    ):
        with pytest.raises(InputError, match=f"{name} has no collision values: give {needs}$"):
            build_tables(make(tmp_path, law(**options)))
