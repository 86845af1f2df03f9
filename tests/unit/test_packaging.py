"""The package as others install it: built, unpacked into an environment of its own, and used without the sources."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel made from it, by hatchling as installed here."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """bin folder of an environment that holds the wheel; the libraries are those of this environment."""
    folder = tmp_path_factory.mktemp("an environment") / "venv"
    run = [sys.executable, "-m"]
    subprocess.run([*run, "venv", "--without-pip", str(folder)], check=True, timeout=120)
    wheel = next(built.glob("*.whl"))
    pip = [*run, "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=120)
    inside = next(folder.glob("lib/python*/site-packages"))
    # A path file: the folder's own path files are not read, so that an editable install there stays out of it.
    (inside / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def use(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env["LD_LIBRARY_PATH"] = os.pathsep.join([str(Path(sys.prefix) / "lib"), env.get("LD_LIBRARY_PATH", "")])  # MPI
    return subprocess.run(
        [str(installed / "exobase"), *words], cwd=cwd, env={**env, "EXOBASE_JIT": "0"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_archives_hold_what_the_package_needs_and_no_output(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    cases = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("cases/*/case.toml")}
    assert {f"exobase/{name}" for name in cases} <= names
    data = [
        path
        for package in ("exobase", "exobase_verify")
        for path in (ROOT / "src" / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert {path.relative_to(ROOT / "src").as_posix() for path in data} <= names
    assert not [name for name in names if "/output/" in name or name.endswith((".pyc", ".png"))]
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert cases | {"pyproject.toml", "README.md", "LICENSE", "scripts/run", "tests/conftest.py"} <= inside
    assert not [name for name in inside if "/output/" in name or name.startswith((".venv", ".cache"))]


def test_an_installed_package_makes_checks_and_runs_a_shipped_case(installed: Path, tmp_path: Path) -> None:
    made = use(installed, "new", "mine", "--from", "earth_hydrogen", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "mine" / "README.md").is_file()
    checked = use(installed, "check", "mine", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "Jeans parameter" in checked.stdout
    commands = use(installed, "--help", cwd=tmp_path).stdout
    assert all(name in commands for name in ("validate", "bench", "fuzz"))
    small = {"run.max_steps": 60, "run.burn_in": 4, "tally.record_every": 2, "tally.sample_every": 2}
    settings = [f"--set={key}={value}" for key, value in {**small, "run.particles_per_cell": 1}.items()]
    ran = use(installed, "run", "mine", *settings, "--no-report", cwd=tmp_path)
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "mine" / "output" / "summary.json").is_file()
    told = use(installed, "info", "mine", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert str(ROOT) not in told.stdout + ran.stdout


def test_new_names_the_shipped_cases_when_none_fits(installed: Path, tmp_path: Path) -> None:
    done = use(installed, "new", "mine", "--from", "jeans6", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'jeans_6'?" in done.stderr
    assert "transition" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_a_sweep_is_copied_with_its_case(installed: Path, tmp_path: Path) -> None:
    assert use(installed, "new", "mine", "--from", "transition", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mine" / "sweep.toml").is_file()


def test_shells_complete_commands() -> None:
    words = {"_EXOBASE_COMPLETE": "complete_bash", "COMP_WORDS": "exobase ch", "COMP_CWORD": "1"}
    command = Path(sys.executable).with_name("exobase")
    done = subprocess.run([str(command)], env={**os.environ, **words}, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["check"]
