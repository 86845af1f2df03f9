"""Reading a case file: text, overrides, tables, and every error that one key alone shows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exobase.config.messages import describe
from exobase.config.overrides import Overrides, apply_overrides, as_text, parse_overrides
from exobase.config.references import Refer, replace_references
from exobase.config.schema import CaseFile
from exobase.config.schema_base import Table
from exobase.config.solvers import model_of
from exobase.config.texts import without_odd_text
from exobase.errors import InputError


@dataclass(frozen=True)
class Draft:
    """A case file after validation of its single keys.

    values: the valid sections and top-level keys by name (section models of the schema of its solver, defaults filled
    in); a section with an error is absent. errors: one line each, beginning with the key path. schema: of the solver
    that the file names. lost: it names results of stages that are not there.
    """

    source: str
    path: Path | None
    text: str
    overrides: tuple[str, ...]
    values: dict[str, Any]
    errors: list[str] = field(default_factory=list)
    schema: type[Table] = CaseFile
    lost: bool = False


def read_case_file(path: str | Path, overrides: Overrides = None, refer: Refer | None = None) -> Draft:
    """Reads case.toml (path: the file or its directory) with overrides.

    refer: the path that stands for "stage:NAME", the result of an earlier stage.
    Raises InputError if there is no such file or it is not TOML.
    """
    file, text, tables = read_tables(path)
    return check_tables(tables, overrides, source=str(file), path=file.parent, text=text, refer=refer)


def read_tables(path: str | Path) -> tuple[Path, str, dict[str, Any]]:
    """The file case.toml (path: the file or its directory), its text, and its tables as they stand there.

    Raises InputError if there is no such file or it is not TOML.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "case.toml"
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no case here; expected a case directory with a case.toml") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not text in UTF-8 ({error}); save it as UTF-8") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    return file, text, parse_text(file, text)


def parse_text(file: Path, text: str) -> dict[str, Any]:
    """The tables of the text of a case file. Raises InputError where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: not valid TOML: {error}") from None
    except ValueError:
        raise InputError(f"{file}: holds a whole number of more than 4300 digits; shorten it") from None
    except RecursionError:
        raise InputError(f"{file}: lists or tables are nested too deeply; take brackets out") from None


def check_tables(
    tables: dict[str, Any],
    overrides: Overrides = None,
    *,
    source: str = "case",
    path: Path | None = None,
    text: str = "",
    refer: Refer | None = None,
) -> Draft:
    """Validates tables as they stand in a case file. Errors are collected in the draft, not raised.

    refer: the path that stands for "stage:NAME", the result of an earlier stage.
    """
    pairs, errors = parse_overrides(overrides)
    tables, misplaced = apply_overrides(tables, pairs)
    tables, lost = replace_references(tables, refer)
    errors += misplaced + lost
    tables, odd = without_odd_text(tables)
    errors += odd
    values: dict[str, Any]
    schema = model_of(tables)
    try:
        model = schema.model_validate(tables)
        values = {name: getattr(model, name) for name in schema.model_fields}
    except ValidationError as error:
        errors += [describe(e, schema) for e in error.errors(include_url=False)]
        values = _valid_parts(tables, schema)
    return Draft(source, path, text, as_text(pairs), values, errors, schema, bool(lost))


def _valid_parts(tables: dict[str, Any], schema: type[Table]) -> dict[str, Any]:
    """The sections that are valid on their own, so that checks between sections can still be made."""
    values: dict[str, Any] = {}
    for name, info in schema.model_fields.items():
        if name not in tables:
            if not info.is_required():
                values[name] = info.get_default(call_default_factory=True)
            continue
        try:
            values[name] = TypeAdapter(_annotation(info)).validate_python(tables[name])
        except ValidationError:
            default = None if info.is_required() else info.get_default(call_default_factory=True)
            if isinstance(default, (str, bool, int, float)):
                # A word that is wrong has been reported; checks of others go on with the default.
                values[name] = default
    return values


def _annotation(info: Any) -> Any:
    """Type of a field together with its metadata (pydantic keeps them apart)."""
    from typing import Annotated

    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
