"""Where the output of a run lies: the one rule for every command and function that is given a path."""

from __future__ import annotations

from pathlib import Path

from exobase.errors import InputError
from exobase.io.files import is_there

RESULT_NAME, SUMMARY_NAME = "result.h5", "summary.json"
TABLE_NAME = "sweep.h5"
CASE_NAME = "case.toml"
_FILES = (RESULT_NAME, SUMMARY_NAME, TABLE_NAME)


def output_of(path: Path | str) -> Path:
    """The output folder that a path stands for: of a case directory, its case.toml, an output folder, or a file there.

    A folder with a case.toml is a case directory: its output is in `output`, or in itself where that holds nothing. Any
    other folder is an output folder, or holds one named `output`. Raises InputError where there is no such path.
    """
    given = Path(path)
    if is_there(given):
        if given.name in _FILES:
            return given.parent
        if given.suffix != ".toml":
            raise InputError(
                f"{given}: is no case file, {RESULT_NAME} or {SUMMARY_NAME}: name one of these, a case directory or an "
                "output folder"
            )
        given = given.parent
    elif not _is_folder(given):
        raise InputError(f"{given}: no such file or case directory")
    places = [given, given / "output"]
    if (given / CASE_NAME).is_file():
        places.reverse()
    return next((place for place in places if _holds_output(place)), places[0])


def result_of(path: Path | str) -> Path:
    """The result file that a path stands for (see output_of); any other HDF5 file stands for itself.

    Raises InputError where there is none; for a case of stages and for a sweep it names the folders that have one.
    """
    given = Path(path)
    if is_there(given) and given.suffix not in (".toml", ".json") and given.name != TABLE_NAME:
        return given
    folder = output_of(given)
    if (folder / RESULT_NAME).is_file():
        return folder / RESULT_NAME
    stages = sorted(p.parent.name for p in folder.glob(f"stages/*/{RESULT_NAME}"))
    if stages:
        raise InputError(
            f"{given}: is a case of stages, and each has its own {RESULT_NAME}: name {folder / 'stages' / 'STAGE'}, "
            f"with STAGE one of {', '.join(stages)}"
        )
    if (folder / TABLE_NAME).is_file():
        points = sorted(p.parents[1].name for p in folder.glob(f"*/output/{RESULT_NAME}"))
        known = f"one of {', '.join(points)}" if points else "a point that has run"
        raise InputError(
            f"{given}: is a sweep, and each point has its own {RESULT_NAME}: name {folder / 'POINT'}, with POINT "
            f"{known}"
        )
    raise InputError(f"{given}: no {RESULT_NAME} here or in its output folder; run the case first")


def summary_of(path: Path | str) -> Path:
    """The summary that a path stands for (see output_of); any other JSON file stands for itself. Raises InputError."""
    given = Path(path)
    if is_there(given) and given.suffix == ".json":
        return given
    folder = output_of(given)
    if (folder / SUMMARY_NAME).is_file():
        return folder / SUMMARY_NAME
    stages = sorted(p.parent.name for p in folder.glob(f"stages/*/{SUMMARY_NAME}"))
    if stages:
        raise InputError(
            f"{given}: no budget yet; stages with results: {', '.join(stages)}. 'exobase check' lists all, "
            f"'exobase resume' continues it, 'exobase info {folder / 'stages' / stages[0]}' shows one"
        )
    if (folder / TABLE_NAME).is_file():
        raise InputError(
            f"{given}: is a sweep: its table is {folder / 'sweep.csv'}; 'exobase info {folder / 'POINT'}' shows a point"
        )
    raise InputError(f"{given}: no {SUMMARY_NAME} here or in its output folder; run the case first")


def sweep_of(path: Path | str) -> Path | None:
    """The table of the sweep whose folder (or sweep.h5) a path is, None for all others."""
    given = Path(path)
    if given.name == TABLE_NAME and is_there(given):
        return given
    table = given / TABLE_NAME
    return table if table.is_file() else None


def _holds_output(folder: Path) -> bool:
    if any((folder / name).is_file() for name in _FILES):
        return True
    return any(folder.glob(f"stages/*/{RESULT_NAME}"))


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; a name that no system takes (too long, a NUL) is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
