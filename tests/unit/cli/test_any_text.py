"""Titles, folder names and tables in any language, in terminals and locales that cannot show them: no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exobase.case import load_case
from exobase.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
FOLDERS = ("Caf\u00e9 \u03bb".encode(), b"caf\xe9")
CASE = """title = "Exosph\u00e8re \u2014 \u03bb \u2248 7"
solver = "dsmc"
collisions = "off"
[body]
name = "Earth"
[domain]
inner = "6871 km"
outer_over_inner = 4.0
[[species]]
name = "H"
density = "1e5 cm-3"
temperature = "1000 K"
[grid]
spacing = "log"
cells = 5
[run]
particles_per_cell = 10
max_steps = 300
burn_in = 40
"""


def exobase(environment: dict[str, str], *arguments: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [os.fsencode(sys.executable), b"-m", b"exobase.cli", *arguments]
    path = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        command, capture_output=True, env={**os.environ, **path, **environment}, timeout=900, check=False
    )
    assert b"Traceback" not in done.stderr + done.stdout, done.stderr.decode("utf-8", "replace")
    return done


def made(folder: Path, name: bytes, text: str = CASE) -> bytes:
    place = os.fsencode(folder) + b"/" + name
    os.mkdir(place)
    with open(place + b"/case.toml", "w", encoding="utf-8") as file:
        file.write(text)
    return place


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, PLAIN], ids=["ascii", "posix"])
@pytest.mark.parametrize("name", FOLDERS, ids=["utf-8", "latin-1"])
def test_a_case_is_checked_whatever_its_title_and_folder(
    tmp_path: Path, environment: dict[str, str], name: bytes
) -> None:
    done = exobase(environment, b"check", made(tmp_path, name))
    assert done.returncode == 0, done.stderr
    assert b"Exosph\\xe8re" in done.stdout


def test_a_run_report_and_export_in_a_plain_locale(tmp_path: Path) -> None:
    """The run writes the report too; the folder's name is no UTF-8."""
    place = made(tmp_path, FOLDERS[1])
    done = exobase(PLAIN, b"run", place)
    assert done.returncode in (0, 1), done.stderr
    for command in (b"info", b"export"):
        assert exobase(PLAIN, command, place).returncode == 0, command
    with open(place + b"/output/report.html", encoding="utf-8") as page:
        assert "Exosph\u00e8re" in page.read()


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b"])
def test_marks_that_turn_text_are_refused(tmp_path: Path, mark: str) -> None:
    made(tmp_path, b"a", CASE.replace("Exosph", f"Exo{mark}sph"))
    with pytest.raises(InputError, match=rf"holds the character U\+{ord(mark):04X}, which cannot be shown; remove it"):
        load_case(tmp_path / "a")


def test_a_case_file_in_utf_16_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(CASE.encode("utf-16"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        load_case(tmp_path)
