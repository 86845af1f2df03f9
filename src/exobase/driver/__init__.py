"""One run of a case from start (or checkpoint) to verdict, for either solver."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exobase.case import Case
from exobase.case.history_model import HistoryCase
from exobase.driver.common import CHECK_FAILED, PASSED, STOPPED, Progress
from exobase.driver.dsmc import LIMITS
from exobase.parallel import Comm
from exobase.solvers import solver_of

__all__ = ["CHECK_FAILED", "LIMITS", "PASSED", "STOPPED", "Progress", "run_case"]


def run_case(
    case: Case | HistoryCase,
    comm: Comm,
    case_dir: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: Any | None = None,
    output: Path | None = None,
    stamp: Mapping[str, Any] | None = None,
) -> int:
    """Run or resume a case and write its output. Collective; returns the exit code (0, 1 or 4), the same on all ranks.

    output: its folder (default: case_dir/output); stamp: further attributes of the result.
    Raises InputError (on all ranks) for output in the way, nothing to resume or a changed case, RunError for failures.
    """
    place = Path(case_dir) / "output" if output is None else output
    return int(
        solver_of(case).run(case, comm, place, resume=resume, overwrite=overwrite, progress=progress, stamp=stamp)
    )
