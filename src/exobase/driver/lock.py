"""One run at a time in an output folder: the lock that says who works there."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from exobase.errors import InputError
from exobase.io.own import LOCK_NAME
from exobase.parallel.starters import lone_world

SILENCE = 300.0
"""Seconds after which a lock of another machine that nobody has touched is taken for one of a dead run."""
_BEAT = 20.0
_JOB_VARIABLES = ("SLURM_JOB_ID", "PBS_JOBID", "JOB_ID", "LSB_JOBID")


class FolderLock:
    """The lock of this process (rank 0 of a run) on an output folder; `beat` shows others that the run is alive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last = time.monotonic()

    def beat(self) -> None:
        """Renew the time of the lock, now and then."""
        if time.monotonic() - self._last > _BEAT:
            self._last = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(self.path, follow_symlinks=False)

    def release(self) -> None:
        """Give the folder free, if the lock is still this process's."""
        holder = _read(self.path)
        if holder is not None and holder.get("pid") == os.getpid() and holder.get("host") == platform.node():
            with contextlib.suppress(OSError):
                self.path.unlink()


def acquire(folder: Path) -> tuple[FolderLock, str]:
    """Lock an existing folder for this process. Returns the lock and a note about a dead run it was taken from ("").

    Raises InputError where another run works there, OSError where the folder refuses.
    """
    path = folder / LOCK_NAME
    note = ""
    for _ in range(10):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            holder = _read(path)
            alive = _why_alive(holder, path)
            if alive:
                raise InputError([_in_use(folder, holder or {}, alive)]) from None
            note = f"{path.name}: {_who(holder or {})} has ended without removing it; taken over"
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(_myself(), stream)
        return FolderLock(path), note
    raise InputError([f"{path}: other runs keep taking it; wait until they have ended"])


def _myself() -> dict[str, Any]:
    job = next((os.environ[name] for name in _JOB_VARIABLES if os.environ.get(name)), "")
    started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return {"host": platform.node(), "pid": os.getpid(), "born": _born(os.getpid()), "started": started, "job": job}


def _read(path: Path) -> dict[str, Any] | None:
    """What a lock says; None where it is gone, a link or unreadable."""
    try:
        if path.is_symlink():
            return None
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return holder if isinstance(holder, dict) else None


def _why_alive(holder: dict[str, Any] | None, path: Path) -> str:
    """Why the holder of a lock counts as alive, "" where it does not."""
    try:
        age = time.time() - path.lstat().st_mtime
    except OSError:
        return ""
    if holder is None:
        # Just made, and not yet written; or damaged.
        return "it was made this moment" if age < 2.0 else ""
    if holder.get("host") == platform.node():
        pid = holder.get("pid")
        alive = isinstance(pid, int) and pid > 0 and _runs(pid) and _born(pid) == holder.get("born")
        return "its process runs" if alive else ""
    if holder.get("job") and holder.get("job") == _myself()["job"]:
        return ""
    return f"it gave a sign of life {age:.0f} s ago" if age < SILENCE else ""


def _in_use(folder: Path, holder: dict[str, Any], alive: str) -> str:
    remedy = "wait until it has ended, or give this run a folder of its own (--output)"
    if holder.get("host") != platform.node():
        remedy += f"; if it is dead, delete {folder / LOCK_NAME} or wait {SILENCE:.0f} s"
    lone = lone_world()
    return f"{folder} is in use by {_who(holder)}: {alive}. {lone or remedy[0].upper() + remedy[1:]}"


def _who(holder: dict[str, Any]) -> str:
    job = f", job {holder['job']}" if holder.get("job") else ""
    where = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}{job}"
    return f"the run of {holder.get('started', '?')} ({where})"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _born(pid: int) -> str:
    """When a process began, in the kernel's own count: a number may be used again ("" where /proc does not say)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
