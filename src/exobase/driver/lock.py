"""One run at a time in an output folder: the lock that says who works there."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import platform
import threading
import time
from pathlib import Path
from typing import Any

from exobase.errors import InputError
from exobase.io.own import LOCK_NAME
from exobase.parallel.starters import lone_world

SILENCE = 120.0
"""Seconds after which a lock of another machine that nobody has renewed is taken for one of a dead run."""
_BEAT = 10.0
_JOB_VARIABLES = ("SLURM_JOB_ID", "PBS_JOBID", "JOB_ID", "LSB_JOBID")


class FolderLock:
    """The lock of this process (rank 0 of a run) on an output folder; a thread renews its time while the run lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="exobase lock", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT):
            with contextlib.suppress(OSError):
                os.utime(self.path, follow_symlinks=False)

    def release(self) -> None:
        """Give the folder free, if the lock is still this process's."""
        self._ended.set()
        self._thread.join()
        holder = _read(self.path)
        if holder is not None and (holder.get("pid"), holder.get("space")) == (os.getpid(), _space()):
            with contextlib.suppress(OSError):
                self.path.unlink()


def refuse_if_in_use(folder: Path) -> None:
    """Raise InputError where a run that lives works in a folder."""
    path = folder / LOCK_NAME
    holder = _read(path)
    alive = _why_alive(holder, path) if path.exists() else ""
    if alive:
        raise InputError([_in_use(folder, holder or {}, alive)])


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
            if _put_aside(path, holder):
                note = f"{path.name}: {_who(holder or {})} ended without removing it; replaced"
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(_myself(), stream)
        return FolderLock(path), note
    raise InputError([f"{path}: other runs lock the folder again and again; wait until they have ended"])


def _put_aside(path: Path, holder: dict[str, Any] | None) -> bool:
    """Remove a dead run's lock. Another process may do the same, or have made its own lock since: that is put back."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return False
    mine = _read(aside) == holder
    if not mine:
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(aside, path)
    aside.unlink(missing_ok=True)
    return mine


def _myself() -> dict[str, Any]:
    job = next((os.environ[name] for name in _JOB_VARIABLES if os.environ.get(name)), "")
    started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    pid = os.getpid()
    return {
        "host": platform.node(), "space": _space(), "pid": pid, "born": _born(pid), "started": started, "job": job,
    }  # fmt: skip


def _space() -> str:
    """Where process numbers are those of this process: machine, its start, and container (as far as Linux says)."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _read(path: Path) -> dict[str, Any] | None:
    """What a lock says; None where it is gone, a link or unreadable."""
    try:
        if path.is_symlink():
            return None
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
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
        return "it was made just now" if age < 2.0 else ""
    if holder.get("space") == _space():
        pid = holder.get("pid")
        alive = isinstance(pid, int) and pid > 0 and _runs(pid) and _born(pid) == holder.get("born")
        return "its process runs" if alive else ""
    return f"its last sign of life was {max(age, 0.0):.0f} s ago" if age < SILENCE else ""


def _in_use(folder: Path, holder: dict[str, Any], alive: str) -> str:
    remedy = "wait until it has ended, or give this run another folder (--output)"
    if holder.get("space") != _space():
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
    except OverflowError:
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
