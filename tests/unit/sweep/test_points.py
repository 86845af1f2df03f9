"""Points of a sweep: outer products, names, settings in their order, and refusal of every fault before a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase.case import Case
from exobase.config.sweep_file import read_sweep_file
from exobase.errors import InputError
from exobase.sweep.points import ParameterGrid, grid_from_file, grid_from_overs, resolve_points, short_names

JEANS, KNUDSEN = "body.jeans_parameter", "species.0.knudsen_number"


def from_file(folder: Path, subset: str | None = None, sets: list[str] | None = None) -> ParameterGrid:
    file = read_sweep_file(folder)
    assert file is not None
    return grid_from_file(file, subset, sets)


def test_several_overs_make_the_outer_product_with_readable_names() -> None:
    grid = grid_from_overs([f"{JEANS}=1,2.5", f"{KNUDSEN}=0.1,0.01"], ["run.seed=3"])
    assert [p.name for p in grid.points] == [
        "jeans_parameter=1_knudsen_number=0.1",
        "jeans_parameter=1_knudsen_number=0.01",
        "jeans_parameter=2.5_knudsen_number=0.1",
        "jeans_parameter=2.5_knudsen_number=0.01",
    ]
    assert [p.number for p in grid.points] == [1, 2, 3, 4]
    assert grid.points[2].settings == {"run.seed": 3, JEANS: 2.5, KNUDSEN: 0.1}
    assert grid.name == "jeans_parameter-knudsen_number"


def test_names_of_points_are_those_of_folders_whatever_the_values() -> None:
    grid = grid_from_overs(["species.0.density=1e6 cm-3,1/2 x", "a.b=../up,-3"], None)
    assert [p.name for p in grid.points] == [
        "density=1e6-cm-3_b=up", "density=1e6-cm-3_b=-3", "density=1-2-x_b=up", "density=1-2-x_b=-3",
    ]  # fmt: skip


def test_keys_with_the_same_end_keep_as_much_of_their_path_as_tells_them_apart() -> None:
    names = short_names(["species.0.density", "species.1.density", "run.seed"])
    assert list(names.values()) == ["0.density", "1.density", "seed"]


@pytest.mark.parametrize(
    ("overs", "sets", "told"),
    [
        (["run.seed=1,2,1"], [], "1 is given twice"),
        (["run.seed=1,1.0"], [], "1 is given twice"),
        (["run.seed=1", "run.seed=2"], [], "given twice"),
        (["run.seed=1"], ["run.seed=2"], "also given by --set"),
        (["species.*.temperature=1 K"], ["species.0.temperature=2 K"], "also given by --set"),
        (["species.*.temperature=1 K", "species.1.temperature=2 K"], [], "given twice"),
        (["run.seed=1"], ["run.max_steps"], "expected KEY=VALUE"),
    ],
)
def test_what_is_given_twice_is_refused(overs: list[str], sets: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        grid_from_overs(overs, sets)


def test_tied_keys_are_one_axis_named_by_the_first_and_stars_mean_all_entries() -> None:
    grid = grid_from_overs(["body.radius=1 km,2 km & domain.inner=3 km,4 km", "species.*.temperature=67:90:5 K"], [])
    assert len(grid.points) == 10
    assert grid.points[0].name == "radius=1-km_temperature=67-K"
    assert grid.points[9].values == {
        "body.radius": "2 km", "domain.inner": "4 km", "species.*.temperature": "87 K",
    }  # fmt: skip
    assert grid.tied == {"domain.inner": "body.radius"}
    assert grid.title == "radius and inner x temperature"
    assert grid.notes == ("--over species.*.temperature: the range 67:90:5 K ends at 87: no step leads to 90",)
    both = grid_from_overs(["a=1,1 & b=1,2"], None)
    assert [p.name for p in both.points] == ["a=1_b=1", "a=1_b=2"]


def test_a_star_sets_the_key_of_every_species(case_dir: Path) -> None:
    two = '\n[[species]]\nname = "B"\nmass = "2 u"\ndiameter = "2 angstrom"\ndensity = "1 m-3"\ntemperature = "5 K"\n'
    with (case_dir / "case.toml").open("a", encoding="utf-8") as file:
        file.write(two)
    grid = grid_from_overs(["species.*.temperature=200 K,300 K"], None)
    for case, t in zip(resolve_points(case_dir, grid.points), (200.0, 300.0), strict=True):
        assert isinstance(case, Case)
        assert [s.temperature for s in case.species] == [t, t]


def test_a_sweep_file_may_tie_keys(sweep_dir: Path) -> None:
    path = sweep_dir / "sweep.toml"
    over = '{ "run.seed & run.max_steps" = [[1, 50], [2, 60]], "body.jeans_parameter" = 2 }'
    path.write_text(f'[[block]]\nname = "t"\nover = {over}\n', encoding="utf-8")
    grid = from_file(sweep_dir)
    assert [p.name for p in grid.points] == ["t/seed=1_jeans_parameter=2", "t/seed=2_jeans_parameter=2"]
    assert [p.settings["run.max_steps"] for p in grid.points] == [50, 60]
    assert grid.tied == {"run.max_steps": "run.seed"}


def test_a_sweep_file_gives_blocks_rules_and_settings_in_their_order(sweep_dir: Path) -> None:
    grid = from_file(sweep_dir, sets=["run.max_steps=90"])
    assert [p.name for p in grid.points[:2]] == [
        "low/jeans_parameter=1_knudsen_number=0.1", "low/jeans_parameter=1_knudsen_number=0.01",
    ]  # fmt: skip
    assert len(grid.points) == 7
    assert [p.settings.get("run.seed") for p in grid.points] == [5, 5, 6, 6, None, None, None]
    assert {p.settings["run.max_steps"] for p in grid.points} == {90}
    assert grid.keys == (JEANS, KNUDSEN)


def test_a_subset_takes_the_listed_points_with_settings_of_its_own(sweep_dir: Path) -> None:
    grid = from_file(sweep_dir, "quick")
    assert [p.values for p in grid.points] == [
        {JEANS: 1, KNUDSEN: 0.1},
        {JEANS: 2, KNUDSEN: 0.1},
        {JEANS: 8},
        {JEANS: 10},
    ]
    assert [p.settings.get("run.max_steps") for p in grid.points] == [50, 50, None, None]
    assert [p.number for p in grid.points] == [1, 2, 3, 4]
    assert all(p.settings["run.target_error"] == 0.1 for p in grid.points)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('block = "high"', 'block = "hihg"', r"subset.quick.take.1.block = 'hihg': no such block; did you mean 'high'"),
        ("[8, 10]", "[8, 11]", "block high has no value 11"),
        ("[2, 3]", "[2]", "expected two numbers"),
        ('where = { "body.jeans_parameter"', 'where = { "body.jeans_paramter"', "is not swept; did you mean"),
        ("sigma = 3", "", "a reference needs sigma or relative"),
        ("reference = 0.5", "", "give either reference"),
        (', "species.0.knudsen_number" = 0.1 }\nquantity', " }\nquantity", "species.0.knudsen_number is missing"),
        ('name = "high"', 'name = "low"', "the same name"),
        ("8:10:1", "8:10:0", "has no end"),
        ('name = "high"', 'name = "a/b"', "allowed: letters"),
    ],
)
def test_tables_of_a_sweep_file_that_do_not_fit_are_refused(sweep_dir: Path, old: str, new: str, told: str) -> None:
    path = sweep_dir / "sweep.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        from_file(sweep_dir)


def test_an_unknown_subset_is_refused_with_the_nearest_name(sweep_dir: Path) -> None:
    with pytest.raises(InputError, match="no subset 'quikc'; did you mean 'quick'"):
        from_file(sweep_dir, "quikc")


def test_a_misspelt_key_is_told_once_for_all_points_and_a_bad_value_for_its_own(case_dir: Path) -> None:
    grid = grid_from_overs(["body.jean_parameter=1,2", f"{KNUDSEN}=0.1,-1"], None)
    with pytest.raises(InputError) as caught:
        resolve_points(case_dir, grid.points)
    first, second = caught.value.messages
    assert first.startswith("all 4 points: ")
    assert "body.jean_parameter: unknown key; did you mean 'jeans_parameter'?" in first
    assert second.startswith("points 2 (jean_parameter=1_knudsen_number=-1); 4 (")
    assert "species.0.knudsen_number = -1: must be > 0" in second


def test_points_resolve_to_cases_of_their_own(case_dir: Path) -> None:
    grid = grid_from_overs([f"{JEANS}=0,3"], ["run.seed=9"])
    zero, three = resolve_points(case_dir, grid.points)
    assert (zero.gm, zero.run.seed) == (0.0, 9)
    assert three.gm > 0.0
    assert three.name == "a case jeans_parameter=3"
