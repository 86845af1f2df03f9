"""Loading a case, whatever its solver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exobase.case.history_model import HistoryCase
from exobase.case.load_staged import is_staged, load_staged_case, parent_refer, stage_refer
from exobase.case.model import Case
from exobase.case.resolve import resolve
from exobase.case.resolve_history import HistoryResolver
from exobase.case.staged import StagedCase
from exobase.config import Draft, HistoryCaseFile, check_tables, read_case_file
from exobase.config.overrides import Overrides
from exobase.config.schema_stages import StagesFile
from exobase.errors import InputError
from exobase.solvers import solver_of

AnyCase = Case | HistoryCase


def open_case(path: str | Path, overrides: Overrides = None) -> AnyCase | StagedCase:
    """Read, check and resolve the case at path (a case directory or its case.toml), of any solver.

    overrides: {"run.seed": 2} or ["run.seed=2", "species.0.density=1e6 cm-3"]; they replace keys of the file.
    Returns a Case (solver "dsmc"), a HistoryCase ("test_particle") or a StagedCase ("stages").
    Raises InputError with every error found, each with the file, the key's path, the value and what is allowed.
    """
    return load_staged_case(path, overrides) if is_staged(path) else load_case(path, overrides)


def load_stage(case: StagedCase, name: str) -> AnyCase:
    """The resolved case of a stage; results that it reads must be there. Raises InputError like load_case."""
    stage = case.stage(name)
    try:
        return _resolved(read_case_file(case.folder(name), list(stage.settings), stage_refer(case, name)))
    except InputError as error:
        raise InputError([f"stage {name}: {message}" for message in error.messages]) from None


def load_case(path: str | Path, overrides: Overrides = None) -> AnyCase:
    """Reads, checks and resolves the case of one run at path (a case directory or its case.toml).

    "stage:NAME" in it stands for the last result of that stage of the case that this one is a stage of.

    overrides: {"run.seed": 2} or ["run.seed=2", "species.0.density=1e6 cm-3"]; they replace keys of the file.
    Returns a Case (solver "dsmc") or a HistoryCase (solver "test_particle").
    Raises InputError with every error found, each with the file, the key's path, what was given and what is allowed.
    """
    return _resolved(read_case_file(path, overrides, parent_refer(path)))


def resolve_tables(folder: Path, tables: dict[str, Any], text: str = "") -> AnyCase:
    """A case from tables as they would stand in the case.toml of a folder. Raises InputError like load_case."""
    draft = check_tables(tables, source=str(folder / "case.toml"), path=folder, text=text, refer=parent_refer(folder))
    return _resolved(draft)


def load_dsmc_case(path: str | Path, overrides: Overrides = None) -> Case:
    """Like load_case. Raises InputError for a case of another solver too."""
    case = load_case(path, overrides)
    if isinstance(case, Case):
        return case
    raise _other(str(path), case.solver, "dsmc")


def make_case(tables: dict[str, Any], overrides: Overrides = None, *, name: str = "case") -> Case:
    """A dsmc case from tables as they would stand in case.toml, without a file. Raises InputError like load_case."""
    draft = check_tables(tables, overrides, source=name)
    if draft.schema is HistoryCaseFile:
        raise _other(name, "test_particle", "dsmc")
    return resolve(draft)


def make_history_case(
    tables: dict[str, Any], overrides: Overrides = None, *, name: str = "case", path: Path | None = None
) -> HistoryCase:
    """A test-particle case from tables as they would stand in case.toml, without a file.

    path: directory in which its input tables lie. Raises InputError like load_case.
    """
    draft = check_tables(tables, overrides, source=name, path=path)
    if draft.schema is not HistoryCaseFile:
        raise _other(name, str(tables.get("solver", "none")), "test_particle")
    case = _resolved(draft)
    assert isinstance(case, HistoryCase)
    return case


def case_from_dict(data: dict[str, Any]) -> AnyCase:
    """Inverse of to_dict of either kind of case. Raises InputError if keys are missing or unknown."""
    case: AnyCase = solver_of(data).case.found.from_dict(data)
    return case


def _resolved(draft: Draft) -> AnyCase:
    if draft.schema is StagesFile:
        raise InputError(f'{draft.source}: solver = "stages": this needs a case of a single run, as its stages are')
    if draft.lost:
        # Without them nothing more can be said of what the case reads.
        raise InputError([f"{draft.source}: {message}" for message in draft.errors])
    return HistoryResolver(draft).case() if draft.schema is HistoryCaseFile else resolve(draft)


def _other(source: str, solver: str, wanted: str) -> InputError:
    return InputError(f'{source}: solver = "{solver}": this needs a case with solver = "{wanted}"')
