"""The test-particle solver on several ranks: the same bits, tasks, requests to stop, resume, failures."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from shipped import checkpoints, copy_case, datasets, different, summary

pytestmark = pytest.mark.mpi
JOB = Path(__file__).with_name("histories_job.py")
WRAPPED = Path(__file__).with_name("wrapped_histories.py")
LIMIT = 10.0
SLOW = pytest.mark.slow
SMALL = {
    "run.histories_per_batch": "20", "run.batches_per_round": "4", "run.max_batches": "24", "run.min_batches": "4",
    "run.target_error": "1e-9", "run.checkpoint_every": "1", "run.wall_time": "1 h",
}  # fmt: skip
NAME = "mars_hot_oxygen"
_done: dict[Any, Any] = {}


def words(**changes: str) -> list[str]:
    values = SMALL | {key.replace("__", "."): value for key, value in changes.items()}
    return ["--quiet", *(word for key, value in values.items() for word in ("--set", f"{key}={value}"))]


def job(mpirun: Any, ranks: int) -> Any:
    """What all parts of the job give on a number of ranks; run once."""
    if ranks not in _done:
        done = mpirun(ranks, JOB, timeout=300)
        assert done.rc == 0, done.stderr[-3000:]
        _done[ranks] = json.loads(done.stdout)
    return _done[ranks]


def straight(mpirun: Any, tmp_path_factory: Any) -> Path:
    """The command on one rank, not interrupted; run once."""
    if "straight" not in _done:
        case = copy_case(NAME, tmp_path_factory.mktemp("straight"))
        done = mpirun(1, "exobase", "run", case, *words(), timeout=300)
        assert done.rc in (0, 1), done.stderr[-3000:]
        _done["straight"] = case
    return Path(_done["straight"])


def resumed(mpirun: Any, ranks: int, case: Path) -> Any:
    done = mpirun(ranks, "exobase", "resume", case, *words())
    assert done.rc in (0, 1), done.stderr[-3000:]
    return summary(case)["state_digest"]


@pytest.mark.parametrize("ranks", [pytest.param(2, marks=SLOW), 3, pytest.param(7, marks=SLOW)])
def test_sums_have_the_same_bits_on_any_number_of_ranks(mpirun: Any, ranks: int) -> None:
    """Two sources, cascades, splitting, loss, maps; a round is cut short at a place that differs."""
    one, several = job(mpirun, 1)["digest"], job(mpirun, ranks)["digest"]
    assert one["batches"] == several["batches"] == 14
    assert one["cut"] == 6
    assert 5 <= several["cut"] <= 11
    for key in ("digest", "error", "escaped"):
        assert several[key] == one[key], key
    assert several["mine"] <= one["mine"] // ranks + 1


@pytest.mark.parametrize("ranks", [pytest.param(2, marks=SLOW), 3])
def test_sums_of_ions_have_the_same_bits_on_any_number_of_ranks(mpirun: Any, ranks: int) -> None:
    """Draped field, pickup, charge exchange; density in three dimensions, ring, rain."""
    one = job(mpirun, 1)["ions"]
    assert all(float.fromhex(total) != 0.0 for total in one["sums"].values()), one["sums"]
    assert job(mpirun, ranks)["ions"] == one


@pytest.mark.parametrize("ranks", [*(pytest.param(n, marks=SLOW) for n in (1, 2, 7)), 3])
def test_every_task_is_done_once_and_a_free_rank_takes_the_next(mpirun: Any, ranks: int) -> None:
    told = job(mpirun, ranks)["tasks"]
    for turn, parts in enumerate(told["turns"]):
        assert sorted(task for part in parts for task in part) == list(range(10, 50))
        assert all(part == sorted(part) for part in parts)
        # Rank 0 lets the others through only between its tasks.
        if ranks in (2, 3) and turn % ranks > 0:
            assert len(parts[turn % ranks]) < 40 / ranks
    assert not any(told["none"])
    stopped = sorted(task for part in told["stopped"] for task in part)
    assert stopped == list(range(len(stopped)))
    assert 3 <= len(stopped) < 900


@pytest.mark.parametrize("how", [*(pytest.param(how, marks=SLOW) for how in ("SIGTERM", "wall_time")), "SIGINT"])
def test_a_stop_is_heard_within_a_round_and_resumes_to_the_same_bits(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, how: str
) -> None:
    case, mark = copy_case(NAME, tmp_path), tmp_path / "mark"
    env = {"FAULT": "pause 9", "FAULT_MARK": str(mark)}
    limits = {"run__wall_time": "1 ms"} if how == "wall_time" else {}
    began = mpirun.start(2, WRAPPED, "run", case, *words(**limits), env={} if limits else env)
    while not limits and not mark.exists() and began.poll() is None:
        time.sleep(0.01)
    begin = time.monotonic()
    if not limits:
        began.send_signal(getattr(signal, how))
    done = mpirun.finish(began, timeout=60)
    assert done.rc == 4, done.stderr[-3000:]
    if not limits:
        assert time.monotonic() - begin < LIMIT
        # Batch 9 was given up; the other rank had come so far as it had.
        assert 1 <= checkpoints(case)[-1] <= 9
    assert "written; continue with 'exobase resume'" in (case / "output" / "log.txt").read_text()
    if how != "wall_time":
        assert resumed(mpirun, 3, case) == summary(straight(mpirun, tmp_path_factory))["state_digest"]


@pytest.mark.parametrize("fault", [*(pytest.param(f, marks=SLOW) for f in ("raise", "disk")), "kill"])
def test_a_failure_ends_all_ranks_and_leaves_the_checkpoint(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, fault: str
) -> None:
    case = copy_case(NAME, tmp_path)
    begin = mpirun.start(3, WRAPPED, "run", case, *words(), env={"FAULT": f"{fault} 9"})
    while not checkpoints(case) and begin.poll() is None:
        time.sleep(0.01)
    since = time.monotonic()
    done = mpirun.finish(begin, timeout=60)
    assert time.monotonic() - since < LIMIT
    assert done.rc == (9 if fault == "kill" else 3), done.stderr[-3000:]
    said = {"raise": "ZeroDivisionError: injected", "kill": "Killed (signal 9)", "disk": "Free disk space"}[fault]
    assert said in done.stdout + done.stderr, done.stderr[-3000:]
    assert checkpoints(case)[-1] == 8
    assert not list((case / "output").glob("*.tmp"))
    if fault != "raise":
        assert resumed(mpirun, 2, case) == summary(straight(mpirun, tmp_path_factory))["state_digest"]


def test_result_files_of_one_and_three_ranks_are_the_same(mpirun: Any, tmp_path: Path, tmp_path_factory: Any) -> None:
    reference, case = straight(mpirun, tmp_path_factory), copy_case(NAME, tmp_path)
    done = mpirun(3, "exobase", "run", case, *words(run__batches_per_round="6"))
    assert done.rc in (0, 1), done.stderr[-3000:]
    a, b = (datasets(c / "output" / "result.h5") for c in (case, reference))
    assert different(a, b) == []
    assert summary(case)["escape"] == summary(reference)["escape"]


def test_a_finished_run_resumes_to_itself_and_a_damaged_checkpoint_gives_way_to_the_older(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any
) -> None:
    reference = straight(mpirun, tmp_path_factory)
    case = Path(shutil.copytree(reference, tmp_path / "case"))
    assert checkpoints(case) == [20, 24]
    part = case / "output" / "checkpoint-000024" / "part-000000.h5"
    part.write_bytes(part.read_bytes()[:-100])
    assert resumed(mpirun, 2, case) == summary(reference)["state_digest"]
    log = (case / "output" / "log.txt").read_text()
    assert "checkpoint-000024: unusable checkpoint skipped" in log
    assert "resumed at batch 20 on 2 rank(s)" in log
    assert resumed(mpirun, 1, case) == summary(reference)["state_digest"]
    assert summary(case)["batches"] == 24


def test_resume_with_changed_physics_is_refused(mpirun: Any, tmp_path: Path, tmp_path_factory: Any) -> None:
    case = Path(shutil.copytree(straight(mpirun, tmp_path_factory), tmp_path / "case"))
    told = mpirun(
        2, "exobase", "resume", case, *words(run__seed="9", run__max_batches="30", domain__collision_depth="1e-2")
    )
    assert told.rc == 2
    assert "collision_depth, run.seed changed" in told.stderr
    assert told.stderr.count("changed since the checkpoint") == 1
