"""The exobase command on several ranks: the same result file, resume, refusals, and checkpoints that were damaged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from exobase.errors import InputError
from exobase.simulation import restore
from shipped import EARTH, JEANS, checkpoints, copy_case, datasets, different, settings, summary

pytestmark = pytest.mark.mpi
_straight: dict[str, Path] = {}


def run(mpirun: Any, ranks: int, verb: str, case: Path, *words: str, rc: int = 1) -> str:
    """A job of the exobase command (no case here reaches its target: exit code 1, a check failed); returns stderr."""
    job = mpirun(ranks, "exobase", verb, case, *words)
    assert job.rc == rc, job.stderr[-3000:]
    return str(job.stderr)


def straight(mpirun: Any, tmp_path_factory: Any, name: str, base: dict[str, str]) -> Path:
    """The uninterrupted run of a case on one rank; done once."""
    if name not in _straight:
        case = copy_case(name, tmp_path_factory.mktemp("straight"))
        run(mpirun, 1, "run", case, *settings(base))
        _straight[name] = case
    return _straight[name]


@pytest.mark.parametrize(
    ("name", "base"), [("earth_hydrogen", EARTH), pytest.param("jeans_6", JEANS, marks=pytest.mark.slow)]
)
def test_result_files_of_one_and_three_ranks_are_the_same(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, name: str, base: dict[str, str]
) -> None:
    one, three = straight(mpirun, tmp_path_factory, name, base), copy_case(name, tmp_path)
    run(mpirun, 3, "run", three, *settings(base))
    a, b = (datasets(case / "output" / "result.h5") for case in (one, three))
    assert different(a, b) == []
    assert summary(one)["state_digest"] == summary(three)["state_digest"]
    assert summary(one)["escape"] == summary(three)["escape"]


def test_a_run_cut_and_resumed_on_other_ranks_equals_the_straight_run(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    """Cuts before averaging and while new cells are sampled, both within a record, and right after they were laid."""
    case = copy_case("jeans_6", tmp_path)
    stopped = run(mpirun, 2, "run", case, *settings(JEANS, run__max_steps="20"), rc=3)
    assert stopped.count("no steady state after 20 steps") == 1
    assert checkpoints(case) == [20]
    run(mpirun, 1, "resume", case, *settings(JEANS, run__max_steps="100"))
    assert summary(case)["status"] == "reached_limit"
    run(mpirun, 1, "resume", case, *settings(JEANS, run__max_steps="185"), rc=3)
    run(mpirun, 3, "resume", case, *settings(JEANS))
    reference = straight(mpirun, tmp_path_factory, "jeans_6", JEANS)
    assert summary(case)["state_digest"] == summary(reference)["state_digest"]
    a, b = (datasets(c / "output" / "result.h5") for c in (case, reference))
    assert different(a, b) == []


def test_two_checkpoints_are_kept_and_resuming_a_finished_run_changes_nothing(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    reference = straight(mpirun, tmp_path_factory, "earth_hydrogen", EARTH)
    assert checkpoints(reference) == [240, 320]
    case = Path(shutil.copytree(reference, tmp_path / "case"))
    run(mpirun, 2, "resume", case, *settings(EARTH))
    assert checkpoints(case) == [240, 320]
    assert summary(case)["state_digest"] == summary(reference)["state_digest"]
    assert summary(case)["steps"] == 320


def _flip(folder: Path) -> None:
    part = folder / "part-000000.h5"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)


def _truncate(folder: Path) -> None:
    part = folder / "part-000000.h5"
    part.write_bytes(part.read_bytes()[:-100])


def _lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize("damage", [_flip, _truncate, _lose_manifest])
def test_a_damaged_checkpoint_is_named_and_the_older_one_used(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, damage: Any
) -> None:
    reference = straight(mpirun, tmp_path_factory, "earth_hydrogen", EARTH)
    case = Path(shutil.copytree(reference, tmp_path / "case"))
    damage(case / "output" / "checkpoint-000320")
    if damage is _flip:
        run(mpirun, 2, "resume", case, *settings(EARTH))
        log = (case / "output" / "log.txt").read_text()
        assert "checkpoint-000320: unusable checkpoint skipped: part-000000.h5 does not match" in log
        assert "resumed at step 240 on 2 rank(s)" in log
        assert summary(case)["state_digest"] == summary(reference)["state_digest"]
    else:
        sim, _, messages = restore(case / "output")
        assert sim.steps == 240
        assert len(messages) == 1
        assert "checkpoint-000320: unusable" in messages[0]
        _flip(case / "output" / "checkpoint-000240")
        with pytest.raises(InputError, match=r"checkpoint-000320(.|\n)*checkpoint-000240(.|\n)*no valid checkpoint"):
            restore(case / "output")


def test_run_refuses_to_mix_with_earlier_output_and_loses_nothing(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    case = Path(shutil.copytree(straight(mpirun, tmp_path_factory, "earth_hydrogen", EARTH), tmp_path / "case"))
    before = {path: path.read_bytes() for path in (case / "output").rglob("*") if path.is_file()}
    told = run(mpirun, 2, "run", case, *settings(EARTH), rc=2)
    assert "--overwrite" in told
    assert told.count("holds an earlier run") == 1
    assert {path: path.read_bytes() for path in (case / "output").rglob("*") if path.is_file()} == before


def test_resume_with_changed_physics_is_refused_naming_the_keys(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    case = Path(shutil.copytree(straight(mpirun, tmp_path_factory, "earth_hydrogen", EARTH), tmp_path / "case"))
    words = settings(EARTH, run__seed="7", step__courant="0.2", run__max_steps="1000")
    told = run(mpirun, 2, "resume", case, *words, rc=2)
    assert "step, run.seed changed" in told
    assert "max_steps" not in told
    assert told.count("changed since the checkpoint") == 1


def test_resume_with_nothing_to_resume_says_so(mpirun: Any, tmp_path: Path) -> None:
    told = run(mpirun, 2, "resume", copy_case("earth_hydrogen", tmp_path), *settings(EARTH), rc=2)
    assert told.count("no valid checkpoint to resume from") == 1


@pytest.mark.slow
def test_the_shipped_hydrogen_case_has_one_digest_on_any_number_of_ranks(mpirun: Any, tmp_path: Path) -> None:
    """As shipped but for its length, and balanced by measured cost on the way."""
    words = ["--quiet", "--set", "run.max_steps=2000", "--set", "run.target_error=0.2", "--set", "run.burn_in=800"]
    found = set()
    for ranks in (1, 2, 3):
        case = copy_case("earth_hydrogen", tmp_path / str(ranks))
        job = mpirun(ranks, "exobase", "run", case, *words)
        assert job.rc in (0, 1), job.stderr[-3000:]
        found.add(summary(case)["state_digest"])
    assert len(found) == 1
