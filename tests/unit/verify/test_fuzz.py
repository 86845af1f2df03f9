"""Mutated case files are read or refused in words; the campaign sees what is neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from exobase.case import load_case
from exobase.cli import app
from exobase.errors import InputError
from exobase.io import Profile, SpeciesProfile
from exobase_verify.fuzz import campaign
from exobase_verify.fuzz_files import file_campaign

CASES = sorted(p.parent for p in (Path(__file__).resolve().parents[3] / "cases").glob("*/case.toml"))
JEANS = next(case for case in CASES if case.name == "jeans_6")


def test_mutated_cases_are_read_or_refused_in_words() -> None:
    """`exobase fuzz cases/*` does the same with other numbers."""
    faults = [fault for fault in campaign(CASES, 1200, 7) if fault is not None]
    assert faults == []


def test_mutated_tables_and_fields_are_read_or_refused_in_words() -> None:
    """Profiles, cross sections, spectra, angles, births, rain and fields in both formats, in turn."""
    faults = [fault for fault in file_campaign(320, 3) if fault is not None]
    assert faults == []


def test_a_table_that_is_accepted_although_it_is_no_gas_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    negative = Profile(np.array([1.0, 2.0]), {"O": SpeciesProfile(np.array([1.0, -1.0]))})
    monkeypatch.setattr("exobase_verify.fuzz_files.read_profile", lambda *_: negative)
    found = [fault for fault in file_campaign(16, 3) if fault is not None]
    assert [fault.number for fault in found] == [0, 8]
    assert all("accepted although density of O is below 0" in fault.trace for fault in found)


def test_the_command_tries_files_too() -> None:
    done = CliRunner().invoke(app, ["fuzz", str(JEANS), "--number", "16", "--of", "files"])
    assert done.exit_code == 0, done.output
    assert "16 mutations of 1 cases and of input files (seed 1): 0 ended in no InputError" in done.output
    assert CliRunner().invoke(app, ["fuzz", str(JEANS), "--of", "x"]).exit_code == 2


def test_a_traceback_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: Any) -> None:
        raise ZeroDivisionError("here")

    monkeypatch.setattr("exobase.case.derive", broken)
    found = [fault for fault in campaign([JEANS], 60, 7) if fault is not None]
    assert found
    assert all("ZeroDivisionError: here" in fault.trace for fault in found)
    done = CliRunner().invoke(app, ["fuzz", str(JEANS), "--number", "60", "--seed", "7", "--of", "cases"])
    assert done.exit_code == 1
    assert f"{len(found)} ended in no InputError" in done.output


def test_fuzz_needs_cases(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["fuzz", str(tmp_path)])
    assert done.exit_code == 2
    assert "no case here" in done.output


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("time_step=lcoal", r"time_step = \"lcoal\": allowed: 'local' \| 'global'; did you mean 'local'\?"),
        ("run.max_steps=" + "9" * 5000, "too long a number"),
        ("run.target_error=" + "9" * 400, "too large a number"),
        ("species.0.name=" + "[" * 5000, "nested too deeply"),
        ('title="a\\u0000b"', r"title: 'a\?b' holds the character U\+0000, which cannot be shown; remove it"),
        ("title=a\udcffb", r"U\+DCFF"),
    ],
)
def test_hostile_overrides_are_refused_with_the_key(override: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_case(JEANS, [override])


def test_a_byte_order_mark_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(b"\xef\xbb\xbf" + (JEANS / "case.toml").read_bytes())
    assert load_case(tmp_path).species == load_case(JEANS).species


def test_other_encodings_and_brackets_in_the_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes("title = 'é'".encode("latin-1"))
    with pytest.raises(InputError, match="is not text in UTF-8"):
        load_case(tmp_path)
    (tmp_path / "case.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(InputError, match="nested too deeply"):
        load_case(tmp_path)
    (tmp_path / "case.toml").write_text("a = " + "9" * 5000)
    with pytest.raises(InputError, match="more than 4300 digits"):
        load_case(tmp_path)


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000 + "b.csv"])
def test_a_name_that_no_system_takes_is_no_file(name: str) -> None:
    hot = next(case for case in CASES if case.name == "mars_hot_oxygen")
    with pytest.raises(InputError, match="there is no file"):
        load_case(hot, {"background.table": name})
