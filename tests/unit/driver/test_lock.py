"""One run at a time in an output folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exobase.driver.common import open_output
from exobase.driver.lock import SILENCE, _put_aside, _space, acquire
from exobase.errors import InputError
from exobase.io.own import LOCK_NAME
from exobase.parallel import SerialComm
from exobase.parallel.starters import lone_world


def put(folder: Path, age: float = 0.0, **holder: object) -> Path:
    """A lock of another run."""
    path = folder / LOCK_NAME
    other = {"pid": 1, "host": "node01", "space": "node01", "born": "1", "started": "then", "job": ""}
    path.write_text(json.dumps({**other, **holder}))
    when = time.time() - age
    os.utime(path, (when, when))
    return path


def test_the_second_run_in_a_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with open_output(SerialComm(), tmp_path, False, False):
        (tmp_path / "log.txt").write_text("first")
        for resume, overwrite in ((False, True), (True, False)):
            with (
                pytest.raises(InputError, match=f"in use by .*process {os.getpid()} on "),
                open_output(SerialComm(), tmp_path, resume, overwrite),
            ):
                pass
        assert (tmp_path / "log.txt").read_text() == "first"
        assert (tmp_path / LOCK_NAME).is_file()
    assert not (tmp_path / LOCK_NAME).exists()


def test_a_lock_of_a_dead_process_is_taken_over_and_said(tmp_path: Path) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    put(tmp_path, pid=done.pid, space=_space())
    with open_output(SerialComm(), tmp_path, False, False) as opened:
        assert "ended without removing it; replaced" in opened.notes[0]
        assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()


def test_a_process_number_that_is_used_again_is_no_sign_of_life(tmp_path: Path) -> None:
    put(tmp_path, pid=os.getpid(), space=_space(), born="12345")
    lock, note = acquire(tmp_path)
    assert "replaced" in note
    lock.release()


def test_another_machine_is_believed_while_it_gives_signs_of_life(tmp_path: Path) -> None:
    path = put(tmp_path, age=0.5 * SILENCE)
    with pytest.raises(InputError, match=rf"sign of life was \d\d s ago.*delete {path}"):
        acquire(tmp_path)
    put(tmp_path, age=2.0 * SILENCE)
    assert "node01" in acquire(tmp_path)[1]


def test_a_damaged_or_linked_lock_does_not_stop_a_run(tmp_path: Path) -> None:
    path = tmp_path / LOCK_NAME
    path.write_text("no json")
    os.utime(path, (0.0, 0.0))
    lock, _ = acquire(tmp_path)
    lock.release()
    target = tmp_path / "precious"
    target.write_text("{}")
    path.symlink_to(target)
    os.utime(path, (0.0, 0.0), follow_symlinks=False)
    lock, _ = acquire(tmp_path)
    assert target.read_text() == "{}"
    assert not path.is_symlink()
    lock.release()


def test_a_living_run_renews_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exobase.driver.lock._BEAT", 0.02)
    lock, _ = acquire(tmp_path)
    os.utime(lock.path, (0.0, 0.0))
    end = time.monotonic() + 20.0
    while time.time() - lock.path.stat().st_mtime > 60.0 and time.monotonic() < end:
        time.sleep(0.02)
    assert time.time() - lock.path.stat().st_mtime < 60.0
    lock.release()


def test_of_two_that_find_a_dead_lock_one_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one has judged the dead lock, too, when the first one's new lock is there already."""
    dead = put(tmp_path, age=10.0 * SILENCE)
    holder = json.loads(dead.read_text())
    first, _ = acquire(tmp_path)
    assert not _put_aside(tmp_path / LOCK_NAME, holder)
    assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()
    with pytest.raises(InputError, match="in use"):
        acquire(tmp_path)
    first.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ['{"pid": 99999999999999999999}', "[" * 100_000, "3", '{"pid": "x"}', ""])
def test_odd_locks_are_dead(tmp_path: Path, content: str) -> None:
    path = tmp_path / LOCK_NAME
    path.write_text(content)
    if content.startswith("{"):
        path.write_text(json.dumps({**json.loads(content), "space": _space()}))
    os.utime(path, (0.0, 0.0))
    lock, _ = acquire(tmp_path)
    lock.release()


def test_a_lock_that_another_run_has_taken_is_not_released(tmp_path: Path) -> None:
    lock, _ = acquire(tmp_path)
    put(tmp_path)
    lock.release()
    assert lock.path.is_file()


def test_tasks_that_are_worlds_of_one_are_named() -> None:
    assert lone_world({"SLURM_STEP_NUM_TASKS": "2"}).startswith("srun started 2 tasks (SLURM_STEP_NUM_TASKS)")
    assert "mpirun" in lone_world({"OMPI_COMM_WORLD_SIZE": "4"})
    assert lone_world({"SLURM_STEP_NUM_TASKS": "1"}) == ""
    assert lone_world({"SLURM_STEP_NUM_TASKS": "two"}) == ""


def test_of_two_singletons_the_second_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    with open_output(SerialComm(), tmp_path, False, False) as opened:
        assert "each runs the whole case" in opened.warnings[0]
        with pytest.raises(InputError, match="--mpi=pmix"), open_output(SerialComm(), tmp_path, False, True):
            pass
