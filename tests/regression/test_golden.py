"""Short runs give the results that were kept: the same bits on the same machine, the same numbers elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from exobase.cli import app
from golden import CASES, FILE, ROOT, machine, result

SIGMAS = 5.0
"""Of the difference of two runs, each with an error from few records: 10 cases, some 20 numbers."""


@pytest.fixture(scope="module")
def kept(request: pytest.FixtureRequest) -> Any:
    """The kept results; with --update they are replaced by what the tests of this file find."""
    found = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {"machine": "", "cases": {}}
    yield found
    if request.config.getoption("--update"):
        found["machine"] = machine()
        FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_a_short_run_gives_the_kept_result(
    name: str, kept: dict[str, Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    words = [word for key, value in CASES[name].items() for word in ("--set", f"{key}={value}")]
    case = str(ROOT / "cases" / name)
    done = CliRunner().invoke(app, ["run", case, "--output", str(tmp_path), "--no-report", "--quiet", *words])
    assert done.exit_code in (0, 1), done.output
    found = json.loads(json.dumps(result(tmp_path)))
    if request.config.getoption("--update"):
        kept["cases"][name] = found
        return
    assert agree(kept["cases"][name], found, kept["machine"] == machine()) == []


def agree(kept: dict[str, Any], found: dict[str, Any], same_machine: bool) -> list[str]:
    """What differs between two results: anything on the same machine, else work done and rates beyond their errors."""
    if "digest" not in kept:
        assert list(kept) == list(found)
        return [f"{stage}: {line}" for stage in kept for line in agree(kept[stage], found[stage], same_machine)]
    if same_machine:
        return [f"{key}: {kept[key]} is now {found[key]}" for key in kept if kept[key] != found[key]]
    wrong = [] if kept["work"] == found["work"] else [f"work: {kept['work']} is now {found['work']}"]
    for species, (rate, error) in kept["escape"].items():
        other, its_error = found["escape"].get(species, (rate, error))
        if abs(other - rate) > SIGMAS * (error**2 + its_error**2) ** 0.5:
            wrong.append(f"escape of {species}: {rate:.5g} +- {error:.2g} is now {other:.5g} +- {its_error:.2g}")
    return wrong


def test_a_changed_result_is_seen_on_any_machine() -> None:
    one = {"digest": "a", "work": {"steps": 400}, "escape": {"H": [1.0, 0.1]}, "ledger": {"H": {"alive": 3}}}
    assert agree(one, one, True) == []
    assert agree({"first": one}, {"first": {**one, "digest": "b"}}, True) == ["first: digest: a is now b"]
    assert agree(one, {**one, "digest": "b", "escape": {"H": [1.5, 0.1]}}, False) == []
    assert len(agree(one, {**one, "work": {"steps": 401}, "escape": {"H": [2.0, 0.1]}}, False)) == 2
