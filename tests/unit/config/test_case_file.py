"""Validation of single keys: every error of a file is listed, with its path, what was given, what is allowed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from exobase.config import CaseFile, HistoryCaseFile, check_tables, json_schema, read_case_file
from exobase.config.overrides import apply_overrides
from exobase.errors import InputError

GOOD: dict[str, Any] = {
    "solver": "dsmc",
    "body": {"name": "Earth"},
    "domain": {"inner": "6871 km", "outer": "68710 km"},
    "species": [{"name": "H", "density": "1e5 cm-3", "temperature": "1000 K"}],
}


def errors_with(**changes: Any) -> list[str]:
    """Errors of the good file after changes {"run__seed": value}."""
    tables = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *folders, key = path.split("__")
        node: Any = tables
        for folder in folders:
            node = node[int(folder)] if folder.isdigit() else node.setdefault(folder, {})
        node[key] = value
    return check_tables(tables).errors


def test_a_good_file_has_no_errors_and_si_values() -> None:
    draft = check_tables(GOOD)
    assert draft.errors == []
    assert draft.values["domain"].inner == 6.871e6
    assert draft.values["species"][0].density == 1e11
    assert draft.values["run"].particles_per_cell == 100.0


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("solver", "dsmk", "solver = \"dsmk\": allowed: 'dsmc' | 'test_particle'; did you mean 'dsmc'?"),
        ("boddy", {}, "boddy: unknown key; did you mean 'body'?"),
        ("grid__cell", 5, "grid.cell: unknown key; did you mean 'cells'? allowed in [grid]: adapt, cells,"),
        ("species__0__densty", "1 m-3", "species.0.densty: unknown key; did you mean 'density'?"),
        ("species__0__density", 1e5, "species.0.density = 100000.0: a bare number where a unit is needed (m-3)"),
        ("species__0__temperature", "-5 K", 'species.0.temperature = "-5 K": must be > 0 K'),
        ("run__max_steps", 0, "run.max_steps = 0: is too small; allowed: a whole number >= 1"),
        ("run__max_steps", 10.5, "run.max_steps = 10.5: is not a whole number"),
        ("run__seed", True, "run.seed = true: is not a whole number"),
        ("run__seed", 2**63, "allowed: a whole number < 2^63"),
        ("run__burn_in", "automatic", "a whole number >= 0 or 'auto'"),
        ("run", 3, "run = 3: expected a table"),
        ("species", [], "species"),
        ("outer__lost_beyond", "hil", "'none' | 'hill' or a quantity such as '1e6 km'"),
        ("tally__vdf_radii", ["7e3 km", 4], "tally.vdf_radii.1 = 4: a bare number where a unit is needed (m)"),
        ("allow_trapped", "yes", 'allow_trapped = "yes": expected true or false'),
        ("title", 5, "title = 5: expected a string"),
        ("species__0__omega", 0.4, "species.0.omega = 0.4: must be >= 0.5"),
        (
            "check",
            [{"quantity": "ledger", "tolerance": {"relative": -1}}],
            "check.0.tolerance.relative = -1: must be > 0",
        ),
    ],
)
def test_an_error_names_key_value_and_what_is_allowed(key: str, value: Any, said: str) -> None:
    errors = errors_with(**{key: value})
    assert len(errors) == 1
    assert said in errors[0]


def test_a_missing_key_is_named() -> None:
    tables = {key: value for key, value in GOOD.items() if key != "domain"}
    assert check_tables(tables).errors == ["domain: missing; this key is required"]


def test_all_errors_are_listed_at_once() -> None:
    assert len(errors_with(solver="x", run__seed=-1, grid__cell=5, species__0__density=3)) == 4


def test_whole_floats_count_as_counts() -> None:
    assert check_tables(GOOD, {"run.max_steps": 2e5}).values["run"].max_steps == 200_000


@pytest.mark.parametrize(
    ("override", "section", "name", "expected"),
    [
        ("run.max_steps=400", "run", "max_steps", 400),
        ("run.target_error=2 %", "run", "target_error", 0.02),
        ("run.target_error=0.02", "run", "target_error", 0.02),
        ("grid.adapt=false", "grid", "adapt", False),
        ("domain.inner=7000 km", "domain", "inner", 7e6),
        ("tally.vdf_radii=['7000 km']", "tally", "vdf_radii", [7e6]),
    ],
)
def test_overrides_replace_keys(override: str, section: str, name: str, expected: object) -> None:
    draft = check_tables(GOOD, [override])
    assert draft.errors == []
    assert getattr(draft.values[section], name) == expected


@pytest.mark.parametrize("key", ["species.0.density", "species.H.density"])
def test_overrides_reach_into_lists(key: str) -> None:
    draft = check_tables(GOOD, [f"{key}=3e5 cm-3"])
    assert draft.values["species"][0].density == 3e11
    assert draft.overrides == (f"{key}=3e5 cm-3",)
    assert GOOD["species"][0]["density"] == "1e5 cm-3"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("run.max_steps", "expected KEY=VALUE"),
        ("species.1.density=1 m-3", "species has no entry '1'; allowed: 0 to 0"),
        ("solver.name=x", "solver is no table"),
        ("run.max_step=4", "did you mean 'max_steps'"),
    ],
)
def test_bad_overrides_are_errors(override: str, said: str) -> None:
    errors = check_tables(GOOD, [override]).errors
    assert len(errors) == 1
    assert said in errors[0]


def test_a_broken_section_does_not_hide_the_others() -> None:
    draft = check_tables(GOOD, {"run.seed": -1})
    assert "run" not in draft.values
    assert draft.values["domain"].outer == 6.871e7


def test_files_are_read_from_their_directory(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('solver = "dsmc"\n', encoding="utf-8")
    draft = read_case_file(tmp_path)
    assert draft.text == 'solver = "dsmc"\n'
    assert draft.path == tmp_path
    assert len(draft.errors) == 2


def test_missing_and_malformed_files_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no case here"):
        read_case_file(tmp_path / "nothing")
    (tmp_path / "case.toml").write_text("solver = \n", encoding="utf-8")
    with pytest.raises(InputError, match=r"case.toml: not valid TOML.*line 1"):
        read_case_file(tmp_path)
    (tmp_path / "case.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(InputError, match=r"is not text in UTF-8"):
        read_case_file(tmp_path)


def test_the_schema_is_json_and_forbids_unknown_keys() -> None:
    schema = json.loads(json.dumps(json_schema()))
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["RunTable"]["properties"]["seed"] == {
        "default": 1,
        "description": "of the random numbers: the same seed gives the same bits",
        "minimum": 0,
        "title": "Seed",
        "type": "integer",
    }
    assert "from" in schema["$defs"]["CheckTable"]["properties"]
    assert set(schema["required"]) == {"solver", "domain", "species"}


def test_every_solver_has_a_schema_of_its_own() -> None:
    assert check_tables(GOOD).schema is CaseFile
    assert check_tables(GOOD | {"solver": "test_particle"}).schema is HistoryCaseFile
    schema = json.loads(json.dumps(json_schema("test_particle")))
    assert schema["additionalProperties"] is False
    assert {"background", "source"} <= set(schema["required"])
    assert schema["$defs"]["HistoryRunTable"]["properties"]["max_steps"]["not"] == {}
    with pytest.raises(InputError, match="unknown solver 'x'; allowed: dsmc"):
        json_schema("x")


def test_keys_of_the_other_solver_are_refused_with_what_to_use() -> None:
    errors = check_tables({"solver": "test_particle", "run": {"max_steps": 3, "max_batch": 4}}).errors
    assert "run.max_steps = 3: there are no steps with test particles; use run.max_batches" in errors
    unknown = next(error for error in errors if error.startswith("run.max_batch:"))
    assert "did you mean 'max_batches'" in unknown
    assert "max_steps" not in unknown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "is too small; allowed: a whole number >= 1"),
        (["100 km"], "give at least two altitudes, increasing"),
        (["100 km", "90 km"], "give at least two altitudes, increasing"),
        ([100, 200], "a bare number where a unit is needed (m)"),
    ],
)
def test_cells_are_a_number_or_altitudes(value: object, said: str) -> None:
    errors = check_tables({"solver": "test_particle", "tally": {"shells": value}}).errors
    assert any(error.startswith("tally.shells = ") and said in error for error in errors)


@pytest.mark.parametrize(
    ("path", "place"),
    [("collision.O,CO2.law", "collision"), ("source.hot.share", "source"), ("source.thermal.share", "source")],
)
def test_overrides_find_pairs_and_sources(path: str, place: str) -> None:
    tables = {
        "collision": [{"pair": ["O", "O"]}, {"pair": ["O", "CO2"]}],
        "source": [{"name": "hot", "type": "table"}, {"type": "thermal"}],
    }
    changed, errors = apply_overrides(tables, {path: 2})
    assert errors == []
    entry = changed[place][0 if "hot" in path else 1]
    assert entry[path.rpartition(".")[2]] == 2
