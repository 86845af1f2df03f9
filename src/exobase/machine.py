"""The memory that this machine has, and the refusal of what does not fit into it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from exobase.errors import InputError

CGROUP_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Limits of version 2 and 1 that a container or a batch system sets for its processes."""


def memory_limit() -> int:
    """Bytes that the processes on this machine may hold together: physical memory, or less where a limit is set.

    Limits of the control group of this process count, as containers and batch systems set them. 2^62 where nothing is
    known of either.
    """
    limits = [1 << 62]
    with contextlib.suppress(ValueError, OSError, AttributeError):  # a system without these names
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    limits += [value for file in _limit_files() if (value := _read(file)) is not None]
    return min(limit for limit in limits if limit > 0)


def refuse_beyond(needed: float, limit: float, what: str, remedy: str) -> None:
    """Raises InputError where ``needed`` bytes exceed ``limit``; what: a clause that says what needs them."""
    if needed > limit:
        raise InputError(
            [f"{what} need {in_words(needed)} of memory, more than the {in_words(limit)} of this machine; {remedy}"]
        )


def in_words(n_bytes: float) -> str:
    """Memory in readable units: in_words(3e6) is '3 MB'."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if n_bytes < 1000.0:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000.0
    return f"{n_bytes:.3g} PB"


def _limit_files() -> list[Path]:
    """Files with limits: of the root of the group's hierarchy as seen here, and of the own group and its parents."""
    files = [Path(name) for name in CGROUP_FILES]
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return files
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds in ("", "memory"):
            base, name = ("/sys/fs/cgroup", "memory.max") if not kinds else (
                "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
            )  # fmt: skip
            parts = [part for part in path.split("/") if part]
            files += [Path(base, *parts[:n], name) for n in range(1, len(parts) + 1)]
    return files


def _read(file: Path) -> int | None:
    """The limit in a file; None where there is none ("max", no such file)."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
