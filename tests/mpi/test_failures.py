"""What one rank's failure, a signal or the end of the wall time does to a job of several ranks."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from shipped import EARTH, WRAPPED, checkpoints, copy_case, settings, summary

pytestmark = pytest.mark.mpi
LIMIT = 30.0
SLOW = pytest.mark.slow
MESSAGES = {
    "raise": "internal error: ZeroDivisionError: injected; please report",
    "error": "injected: a particle was lost (rank 1 of 3)",
    "kill": "Killed (signal 9)",
    "disk": "checkpoint cannot be written",
}
_straight: list[Any] = []


def digest_of_the_straight_run(mpirun: Any, tmp_path_factory: Any) -> Any:
    """state_digest of EARTH on one rank, not interrupted; done once."""
    if not _straight:
        case = copy_case("earth_hydrogen", tmp_path_factory.mktemp("straight"))
        assert mpirun(1, "exobase", "run", case, *settings(EARTH)).rc == 1
        _straight.append(summary(case)["state_digest"])
    return _straight[0]


def resumed(mpirun: Any, ranks: int, case: Path) -> Any:
    job = mpirun(ranks, "exobase", "resume", case, "--set", "run.wall_time=1 h", *settings(EARTH))
    assert job.rc == 1, job.stderr[-3000:]
    return summary(case)["state_digest"]


@pytest.mark.parametrize("fault", ["raise", "disk", *(pytest.param(f, marks=SLOW) for f in ("error", "kill"))])
def test_a_failure_on_one_rank_ends_all_and_leaves_the_checkpoint(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, fault: str
) -> None:
    case = copy_case("earth_hydrogen", tmp_path)
    job = mpirun.start(3, WRAPPED, "run", case, *settings(EARTH), env={"FAULT": f"{fault} 1 130"})
    while not checkpoints(case) and job.poll() is None:
        time.sleep(0.01)
    begin = time.monotonic()
    done = mpirun.finish(job, timeout=60)
    assert time.monotonic() - begin < LIMIT
    assert done.rc == (9 if fault == "kill" else 3), done.stderr[-3000:]
    assert (done.stdout + done.stderr).count(MESSAGES[fault]) == 1, done.stdout + done.stderr[-3000:]
    assert done.stderr.count("exobase:") == (0 if fault == "kill" else 1), done.stderr[-3000:]
    if fault == "disk":
        assert "(rank 1 of 3)" in done.stderr
        assert not list((case / "output").glob("*.tmp"))
    assert checkpoints(case) == [80]
    if fault == "disk":
        assert resumed(mpirun, 2, case) == digest_of_the_straight_run(mpirun, tmp_path_factory)


def test_a_failure_that_all_ranks_meet_is_told_once_and_ends_in_order(mpirun: Any, tmp_path: Path) -> None:
    case = copy_case("earth_hydrogen", tmp_path)
    done = mpirun(3, WRAPPED, "run", case, *settings(EARTH), env={"FAULT": "error -1 20"})
    assert done.rc == 3
    assert done.stderr.strip() == "exobase: injected: a particle was lost"


@pytest.mark.parametrize("how", ["SIGTERM", *(pytest.param(how, marks=SLOW) for how in ("SIGINT", "wall_time"))])
def test_a_stop_writes_a_checkpoint_that_resumes_to_the_same_bits(
    mpirun: Any, tmp_path: Path, tmp_path_factory: Any, how: str
) -> None:
    case, mark, codes = copy_case("earth_hydrogen", tmp_path), tmp_path / "mark", tmp_path / "codes"
    codes.mkdir()
    env = {"FAULT": "pause -1 100", "FAULT_MARK": str(mark), "EXIT_CODES": str(codes)}
    words = settings(EARTH, **({"run__wall_time": "1 s"} if how == "wall_time" else {}))
    job = mpirun.start(2, WRAPPED, "run", case, *words, env=env)
    while not mark.exists() and job.poll() is None:
        time.sleep(0.01)
    begin = time.monotonic()
    if how != "wall_time":
        job.send_signal(getattr(signal, how))
    done = mpirun.finish(job, timeout=60)
    assert done.rc == 4, done.stderr[-3000:]
    assert time.monotonic() - begin < LIMIT
    assert sorted(path.read_text() for path in codes.iterdir()) == ["4", "4"]
    step = checkpoints(case)[-1]
    assert 100 <= step < 200
    assert f"checkpoint-{step:06d} written; continue with 'exobase resume'" in (case / "output" / "log.txt").read_text()
    assert not list((case / "output").glob("*.tmp"))
    if how != "SIGINT":
        assert resumed(mpirun, 3, case) == digest_of_the_straight_run(mpirun, tmp_path_factory)


def test_a_full_disk_at_the_manifest_keeps_the_earlier_checkpoint(mpirun: Any, tmp_path: Path) -> None:
    """Rank 0 writes manifest and log beside its part: its failure is told by all ranks together."""
    case = copy_case("earth_hydrogen", tmp_path)
    done = mpirun(2, WRAPPED, "run", case, *settings(EARTH), env={"FAULT": "disk 0 130"})
    assert done.rc == 3
    assert done.stderr.count("cannot be written") == 1, done.stderr[-3000:]
    assert checkpoints(case) == [80]
    shutil.rmtree(case)
