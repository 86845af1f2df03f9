"""Reading a case on rank 0 for all ranks: no other rank touches the file, so all have the same, or the same error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exobase.case import AnyCase, StagedCase, case_from_dict, is_staged, load_case, load_staged_case
from exobase.config.overrides import Overrides
from exobase.errors import InputError
from exobase.parallel import Comm


def load_on_root(comm: Comm, path: Path, overrides: Overrides) -> AnyCase:
    """The case of one run. Collective; raises InputError on all ranks."""
    if comm.size == 1:
        return load_case(path, overrides)
    shared: tuple[dict[str, Any] | None, tuple[str, ...]] = (None, ())
    if comm.rank == 0:
        try:
            shared = (load_case(path, overrides).to_dict(), ())
        except InputError as error:
            shared = (None, error.messages)
    data, messages = comm.bcast(shared)
    if data is None:
        raise InputError(messages)
    return case_from_dict(data)


def load_staged_together(comm: Comm, path: Path, overrides: Overrides) -> StagedCase | None:
    """The case of stages at path, None where it is a case of a single run. Collective; raises InputError on all."""
    shared: tuple[StagedCase | None, tuple[str, ...]] = (None, ())
    if comm.rank == 0 and is_staged(path):
        try:
            shared = (load_staged_case(path, overrides), ())
        except InputError as error:
            shared = (None, error.messages)
    case: StagedCase | None
    case, messages = comm.bcast(shared)
    if messages:
        raise InputError(messages)
    return case
