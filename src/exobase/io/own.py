"""What exobase has put into an output folder, so that nothing else is ever deleted from it.

The names of files (reports, figures, exports) stand in the folder's `.exobase`, one in a line; those of every run
(`FIXED`) and the parts of checkpoints are known without it.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

LIST_NAME = ".exobase"
LOCK_NAME = "run.lock"
FIXED = ("log.txt", "result.h5", "summary.json", "report.html", LIST_NAME)
_CHECKPOINT = re.compile(r"checkpoint-\d{6,}(\.tmp|\.old)?")
_PART = re.compile(r"part-\d{6,}\.h5|manifest\.json")


def note(path: Path) -> None:
    """Remember a file as made by exobase, if it lies in an output folder or one folder deeper; others stay unnoted."""
    for folder in (path.parent, path.parent.parent):
        own = folder / LIST_NAME
        if not own.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        with contextlib.suppress(OSError):
            if name not in FIXED and name not in _listed(folder):
                with own.open("a", encoding="utf-8") as stream:
                    stream.write(name + "\n")
        return


def begin(folder: Path) -> None:
    """Make an output folder with its list. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / LIST_NAME
    if own.is_symlink():
        own.unlink()
    own.touch()


def holds_a_run(folder: Path) -> bool:
    """Whether a folder holds anything that exobase has made (an empty list of its own does not count)."""
    return any(path.name != LIST_NAME for path in _files(folder)) or bool(_checkpoints(folder))


def clear(folder: Path) -> list[Path]:
    """Delete what exobase has made in a folder, and return what else is there, which stays.

    Links are deleted, never followed. Sweeps of the case (`sweep-NAME`) and the lock are neither deleted nor returned.
    Raises OSError.
    """
    if not folder.is_dir():
        return []
    for path in _files(folder):
        path.unlink()
    for checkpoint in _checkpoints(folder):
        if checkpoint.is_symlink():
            checkpoint.unlink()
            continue
        for part in checkpoint.iterdir():
            if _PART.fullmatch(part.name.removesuffix(".tmp")):
                part.unlink()
        _remove_empty(checkpoint)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name == "figures":
            _remove_empty(path)
    return sorted(p for p in folder.iterdir() if not p.name.startswith("sweep-") and p.name != LOCK_NAME)


def _files(folder: Path) -> list[Path]:
    """Files and links that exobase has made, with the temporary ones that a broken write left."""
    if not folder.is_dir():
        return []
    names = [*FIXED, *_listed(folder)]
    paths = [folder / (name + end) for name in dict.fromkeys(names) for end in ("", ".tmp")]
    real = [p for p in paths if p.parent == folder or not p.parent.is_symlink()]
    return [p for p in real if p.is_symlink() or p.is_file()]


def _listed(folder: Path) -> list[str]:
    """Names in the list of a folder; those that lead out of it are left out."""
    try:
        lines = (folder / LIST_NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    inside = [Path(line).parts for line in lines if line.strip()]
    return ["/".join(p) for p in inside if p and len(p) <= 2 and ".." not in p and not Path(*p).is_absolute()]


def _checkpoints(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if _CHECKPOINT.fullmatch(p.name) and (p.is_dir() or p.is_symlink())]


def _remove_empty(folder: Path) -> None:
    """Remove a folder unless something is left in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()
