"""Cases with tables of cross sections: both solvers read the same files, and refuse what does not fit."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import Case, HistoryCase, load_case
from exobase.constants import EV
from exobase.cross_sections.scattering import total
from exobase.errors import InputError
from exobase.histories.preflight import examine
from exobase.histories.scattering import build_tables
from exobase.simulation.advice import outside_tables
from exobase.simulation.profile import mean_free_paths
from exobase.simulation.tables import pairs_of

PAIR = 'table = "inputs/o_co2.csv"'
LAW = 'law = "table"\ntable = "inputs/o_co2.csv"'
GAS = """
solver = "dsmc"
collisions = "vhs"
[body]
name = "Mars"
[domain]
inner_altitude = "180 km"
outer_altitude = "500 km"
[[species]]
name = "CO2"
density = "3.08e8 cm-3"
temperature = "270 K"
[[species]]
name = "O"
{density}
temperature = "270 K"
[[pair]]
species = ["O", "CO2"]
{pair}
"""
HOT = """
solver = "test_particle"
[body]
name = "Mars"
[domain]
inner_altitude = "130 km"
outer_altitude = "2000 km"
[background]
altitude = "150 km"
[[background.gas]]
name = "CO2"
density = "1e9 cm-3"
temperature = "200 K"
[[species]]
name = "O"
threshold = "0.5 eV"
[[collision]]
pair = ["O", "CO2"]
{pair}
[[source]]
type = "mono_energetic"
species = "O"
altitude = "180 km"
energy = "3 eV"
launch = "isotropic_flux"
rate = "1e25 s-1"
"""
TABLE = "energy [eV], sigma [cm2]\n0.0001, 4e-15\n1, 2e-15\n10, 1e-15\n"


def case_of(folder: Path, text: str, pair: str, table: str = TABLE, density: str = 'density = "3.86e7 cm-3"') -> Any:
    (folder / "inputs").mkdir(exist_ok=True)
    (folder / "inputs" / "o_co2.csv").write_text(table)
    (folder / "case.toml").write_text(text.format(pair=pair, density=density))
    return load_case(folder)


def _examined(*arguments: Any, **more: Any) -> None:
    case = case_of(*arguments, **more)
    if isinstance(case, HistoryCase):
        examine(case)


def refused(*arguments: Any, **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        _examined(*arguments, **more)
    return "\n".join(caught.value.messages)


def test_both_solvers_use_the_same_table(tmp_path: Path) -> None:
    gas = case_of(tmp_path, GAS, 'table = "inputs/o_co2.csv"')
    hot = case_of(tmp_path, HOT, 'law = "table"\ntable = "inputs/o_co2.csv"')
    assert isinstance(gas, Case)
    assert isinstance(hot, HistoryCase)
    assert gas.pairs[0].table == hot.collisions[0].table
    assert gas.pairs[0].table.source == "inputs/o_co2.csv"
    pairs = pairs_of(gas)
    assert pairs.tables.row.tolist() == [-1, 0, -1]
    scattering = build_tables(hot)
    for energy in (0.01, 0.3, 5.0):
        exact = float(gas.pairs[0].table.section(energy * EV))
        assert total(scattering, 0, energy * EV) == pytest.approx(exact, rel=1e-4, abs=0.0)
        assert total(pairs.tables, 0, energy * EV) == pytest.approx(exact, rel=1e-4, abs=0.0)


@pytest.mark.parametrize(("text", "pair"), [(GAS, ""), (HOT, 'law = "table"\n')])
def test_the_result_holds_the_table(tmp_path: Path, text: str, pair: str) -> None:
    case = case_of(tmp_path, text, pair + 'table = "inputs/o_co2.csv"')
    again = type(case).from_dict(copy.deepcopy(case.to_dict()))
    assert again == case
    plain = case.to_dict()
    entry = (plain["pairs"] if isinstance(case, Case) else plain["collisions"])[0]["table"]
    assert entry["total"] == pytest.approx([4e-19, 2e-19, 1e-19], rel=1e-12, abs=0.0)


def test_paths_and_plans_follow_the_table(tmp_path: Path) -> None:
    """The same sigma for all energies and pairs: 1/(sum n sigma sqrt(1 + m/m'))."""
    flat = "energy [eV], sigma [cm2]\n0.0001, 4e-15\n10, 4e-15\n"
    case = case_of(tmp_path, GAS, 'table = "inputs/o_co2.csv"', flat)
    n = np.array([[3.08e14], [3.86e13]])
    found = mean_free_paths(case, n, np.full((2, 1), 270.0))
    co2, o = (s.species for s in case.species)
    own = np.pi * o.diameter**2 * (273.0 / 270.0) ** (o.omega - 0.5)
    rate = n[1, 0] * own * np.sqrt(2.0) + n[0, 0] * 4e-19 * np.sqrt(1.0 + o.mass / co2.mass)
    assert found[1, 0] == pytest.approx(1.0 / rate, rel=1e-4, abs=0.0)
    assert outside_tables(case) == []


SHORT = "energy [eV], sigma [cm2]\n0.02, 4e-15\n0.1, 2e-15\n"


def test_collisions_outside_of_the_table_are_stated(tmp_path: Path) -> None:
    said = refused(tmp_path, GAS, 'table = "inputs/o_co2.csv"', SHORT)
    assert "pair.0.table" in said
    assert "of the collisions of O and CO2 at 270 K have energies below 0.02 eV, where the table begins" in said
    assert 'state below = "constant"' in said
    assert "above 0.1 eV, where the table ends: extend it, or state extrapolate_to = " in said
    stated = 'table = "inputs/o_co2.csv"\nbelow = "constant"\nextrapolate_to = "0.3 eV"'
    case = case_of(tmp_path, GAS, stated, SHORT)
    below, above = outside_tables(case)
    assert " % of the collisions of O and CO2 at 270 K lie below the first energy, 0.02 eV" in below
    assert "lie above the last energy, 0.1 eV of inputs/o_co2.csv: total and angles at that energy are used" in above


def test_energies_of_histories_outside_of_the_table_are_stated(tmp_path: Path) -> None:
    """0.5 and 3 eV of O are 0.37 and 2.2 eV in the centre of mass with CO2."""
    late = "energy [eV], sigma [cm2]\n0.4, 4e-15\n2, 2e-15\n"
    said = refused(tmp_path, HOT, 'law = "table"\ntable = "inputs/o_co2.csv"', late)
    assert "law 'table' has data from 0.4 eV to 2 eV and is used within them only" in said
    assert 'state below = "constant" and extrapolate_to = "2.6 eV"' in said
    stated = 'law = "table"\ntable = "inputs/o_co2.csv"\nbelow = "constant"\nextrapolate_to = "3 eV"'
    notes = examine(case_of(tmp_path, HOT, stated, late)).notes
    assert len(notes) == 1
    assert "outside: total and angles of the first energy below, of the last energy above" in notes[0]


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ('table = "inputs/none.csv"', "pair.0.table = \"inputs/none.csv\": "),
        ('table = "inputs/o_co2.csv"\ndiameter = "3 angstrom"', "pair.0.diameter = 3e-10: excludes table"),
        ('below = "constant"\nomega = 0.7', "pair.0.below = \"constant\": is for a table; give table too"),
        ("", "pair.0: give at least one of diameter, omega, alpha, or table"),
        (
            'table = "inputs/o_co2.csv"\n[[pair]]\nspecies = ["CO2", "O"]\ntable = "inputs/o_co2.csv"',
            "pair.1.species",
        ),
        ('table = "inputs/o_co2.csv"\n[[pair]]\nspecies = ["H", "O"]\ntable = "x.csv"', 'pair.1.species = "H"'),
        ('table = "inputs/o_co2.csv"\nbelow = "power"', "pair.0.below"),
    ],
)  # fmt: skip
def test_pairs_that_contradict_are_refused(tmp_path: Path, pair: str, said: str) -> None:
    assert said in refused(tmp_path, GAS, pair)


def test_a_knudsen_number_does_not_go_with_a_table_of_like_pairs(tmp_path: Path) -> None:
    pair = 'diameter = "3 angstrom"\n[[pair]]\nspecies = ["O", "O"]\ntable = "inputs/o_co2.csv"'
    said = refused(tmp_path, GAS, pair, density="knudsen_number = 0.1")
    assert "species.1.knudsen_number" in said
    assert "O collides with itself by a table (pair): give density" in said


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ('law = "table"', 'collision.0.table: missing; law = "table" needs it'),
        ('law = "hard_sphere"\ntable = "inputs/o_co2.csv"', 'is no option of law = "hard_sphere"; state law = "table"'),
        ('law = "hard_sphere"\nbelow = "constant"', 'collision.0.below = "constant": is no option of law = "hard'),
        ('law = "table"\ntable = "inputs/o_co2.csv"\ndiameter = "3 angstrom"', "collision.0.diameter"),
        ('law = "table"\ntable = "inputs/o_co2.csv"\nproducts = ["O+"]', "collision.0.products"),
        ('law = "table"\ntable = "inputs/none.csv"', "inputs/none.csv: there is no such file"),
        (
            'law = "table"\ntable = "inputs/o_co2.csv"\n[[collision]]\npair = ["O", "CO2"]\nlaw = "fox_hac"',
            "collision.1.pair",
        ),
        (
            'law = "table"\ntable = "inputs/o_co2.csv"\n[[collision]]\npair = ["O", "N2"]\nlaw = "table"\n'
            'table = "inputs/o_co2.csv"',
            "collision.1.pair.1",
        ),
    ],
)  # fmt: skip
def test_laws_that_contradict_are_refused(tmp_path: Path, pair: str, said: str) -> None:
    assert said in refused(tmp_path, HOT, pair)


def test_a_bad_file_is_reported_once_with_its_key(tmp_path: Path) -> None:
    said = refused(tmp_path, HOT, 'law = "table"\ntable = "inputs/o_co2.csv"', TABLE.replace("2e-15", "-2e-15"))
    assert said.count("line 3, column 'sigma'") == 1
    assert "collision.0.table" in said
