"""The files that a stage reads besides results of other stages: read before those results are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from exobase.bodies import body as find_body
from exobase.bodies import body_names
from exobase.case.resolve_reactions import SIGMA_UNITS
from exobase.case.resolve_sources import ANGLE_UNITS, PROFILE_UNITS, SPECTRUM_UNITS
from exobase.case.staged import StagedCase
from exobase.config import Draft, read_case_file
from exobase.config.references import PREFIX
from exobase.errors import InputError
from exobase.io import read_columns, read_field_file, read_profile, read_result
from exobase.io.files import is_there

Reader = Callable[[Path], object]


def stage_file_faults(case: StagedCase, name: str) -> list[str]:
    """What keeps a stage from reading its own files: one line each, with the file of the case, the key and the value.

    Results of other stages are left out: these are judged when they are there.
    """
    draft = read_case_file(case.folder(name), list(case.stage(name).settings), lambda other: PREFIX + other)
    found: list[str] = []
    for key, given, read in _files(draft):
        if given is None or given.startswith(PREFIX):
            continue
        file = case.folder(name) / given
        if not (is_there(file) or file.is_dir()):
            found.append(f'{draft.source}: {key} = "{given}": there is no file {file}')
            continue
        try:
            read(file)
        except InputError as error:
            found += [f'{draft.source}: {key} = "{given}": {message}' for message in error.messages]
    return found


def _files(draft: Draft) -> Iterator[tuple[str, str | None, Reader]]:
    """Key, given name and reader of every file that the valid sections of a case name."""
    values, radius = draft.values, _radius(draft.values)

    def profile(file: Path) -> object:
        return read_profile(file, radius)

    yield "initial_file", values.get("initial_file"), profile
    background = values.get("background")
    if background is not None:
        yield "background.table", background.table, profile
        for i, gas in enumerate(background.gas):
            yield f"background.gas.{i}.table", gas.table, profile
    for i, source in enumerate(values.get("source") or ()):
        yield f"source.{i}.table", source.table, profile
        yield f"source.{i}.profile", source.profile, _columns(PROFILE_UNITS, "")
        yield f"source.{i}.angles", source.angles, _columns(ANGLE_UNITS, "angle")
        result = source.spectrum is not None and Path(source.spectrum).suffix in (".h5", ".hdf5")
        yield f"source.{i}.spectrum", source.spectrum, read_result if result else _columns(SPECTRUM_UNITS, "energy")
    for i, collision in enumerate(values.get("collision") or ()):
        yield f"collision.{i}.table", collision.table, _columns(SIGMA_UNITS, "energy")
    field: Any = values.get("field")
    if field is not None:
        yield (
            "field.file",
            field.file,
            lambda file: read_field_file(file, field.units, field.frame, field.names, radius),
        )


def _columns(units: dict[str, str], increasing: str) -> Reader:
    return lambda file: read_columns(file, units, increasing)


def _radius(values: dict[str, Any]) -> float | None:
    body = values.get("body")
    if body is None:
        return None
    if body.radius is None and body.name in body_names():
        return find_body(body.name).radius
    return None if body.radius is None else float(body.radius)
