"""exobase check and schema for test-particle cases."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from exobase.cli import app

MARS = Path(__file__).resolve().parents[3] / "cases" / "mars_hot_oxygen"
invoke = CliRunner().invoke


def test_check_prints_what_follows_from_the_case() -> None:
    done = invoke(app, ["check", str(MARS), "--set", "run.max_batches=7"])
    assert done.exit_code == 0, done.output
    for text in (
        "test_particle",
        "inputs/lillis2017.csv: 55 rows, 130 km to 400 km",
        "O on CO2",
        "gacesa",
        "collision top",
        "exobase (mean free path",
        "dissociative_recombination",
        "7,000 in 7 batches",
        "no warnings",
    ):
        assert text in done.stdout


def test_bad_input_ends_with_2_and_names_the_key() -> None:
    done = invoke(app, ["check", str(MARS), "--set", "run.max_steps=7", "--set", "collision.O,CO2.law=x"])
    assert done.exit_code == 2
    assert "run.max_steps = 7: there are no steps with test particles; use run.max_batches" in done.stderr
    assert 'collision.1.law = "x": is no law of O on CO2' in done.stderr
    assert "Traceback" not in done.output


def test_the_schema_of_a_solver_is_printed() -> None:
    assert "background" in json.loads(invoke(app, ["schema", "test_particle"]).stdout)["properties"]
    assert "grid" in json.loads(invoke(app, ["schema"]).stdout)["properties"]
    assert invoke(app, ["schema", "x"]).exit_code == 2
