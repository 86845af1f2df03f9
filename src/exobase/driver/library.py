"""Running a case from Python, as the command does: `exobase.run`."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from exobase.case import AnyCase, Case, HistoryCase, StagedCase
from exobase.config.overrides import Overrides
from exobase.driver import CHECK_FAILED, STOPPED, Progress, run_case
from exobase.driver.loading import load_on_root, load_staged_together
from exobase.driver.stages import run_stages
from exobase.errors import InputError, RunError
from exobase.io import read_summary
from exobase.io.places import RESULT_NAME
from exobase.parallel import Comm, world

if TYPE_CHECKING:
    import xarray


def run(
    case: str | Path | AnyCase | StagedCase,
    *,
    overrides: Overrides = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
    comm: Comm | None = None,
) -> xarray.Dataset | dict[str, xarray.Dataset]:
    """Run a case to its end and return its result as `exobase.open` does; of a case of stages one for each stage.

    case: a case directory, its case.toml, or a case of `load_case` or `make_case`. overrides: keys to replace, as in
    {"run.seed": 2} or ["run.seed=2"]; of a case given by its path only. output: folder of all output (default:
    `output` of the case directory; a case made in memory needs one). overwrite: replace an earlier run there.
    resume: continue the run there from its checkpoint, with the same overrides. progress: display, see driver.common.

    Under mpirun all ranks call it (comm: default all ranks of the program) and all return the result. Files are those
    of `exobase run`, without figures and report. Ctrl-C stops the run with a checkpoint; the result so far is returned
    (attribute status: "stopped"). Checks that fail are named in a warning.

        ds = exobase.run("cases/earth_hydrogen", overrides={"run.target_error": "2 %"}, output="quick", overwrite=True)

    Raises InputError for a bad case, key or folder, RunError for failures, and where a run stopped before any average.
    """
    comm = comm if comm is not None else world()
    resolved, place = _resolved(case, overrides, output, comm)
    if isinstance(resolved, StagedCase):
        if resume:
            raise InputError("resume: a case of stages continues by itself where it was stopped; leave it out")
        code = run_stages(replace(resolved, place=place), comm, overwrite=overwrite, progress=progress)
        folders = {stage.name: place / "stages" / stage.name for stage in resolved.stages}
    else:
        home = resolved.path if resolved.path is not None else place.parent
        code = run_case(
            resolved, comm, home, resume=resume, overwrite=overwrite, progress=progress, output=place
        )  # fmt: skip
        folders = {"": place}
    comm.barrier()
    if code == STOPPED and not all((folder / RESULT_NAME).is_file() for folder in folders.values()):
        raise RunError(f"{place}: stopped before all of it was averaged; continue with resume=True or 'exobase resume'")
    if code == CHECK_FAILED and comm.rank == 0:
        failed = [check["name"] for check in read_summary(place)["checks"] if not check["passed"]]
        about = f"failed checks: {', '.join(failed)}" if failed else "failed checks of a stage"
        warnings.warn(f"{place}: {about}; see summary.json or 'exobase info'", UserWarning, stacklevel=2)
    from exobase.io.dataset import open_dataset  # xarray is slow to import; the command needs none

    opened: dict[str, xarray.Dataset] = {name: open_dataset(folder) for name, folder in folders.items()}
    return opened if isinstance(resolved, StagedCase) else opened[""]


def _resolved(
    case: str | Path | AnyCase | StagedCase, overrides: Overrides, output: str | Path | None, comm: Comm
) -> tuple[AnyCase | StagedCase, Path]:
    """The case, and the folder of its output."""
    if isinstance(case, Case | HistoryCase | StagedCase):
        if overrides:
            raise InputError(
                "overrides: a resolved case has its keys already; give its path, or use load_case(path, overrides), "
                "make_case(tables, overrides) or case.with_run(...)"
            )
        if output is None and case.path is None:
            raise InputError("output: a case made in memory has no folder of its own; give output=FOLDER")
        return case, Path(output) if output is not None else Path(str(case.path)) / "output"
    path = Path(case)
    home = path if path.is_dir() else path.parent
    resolved = load_staged_together(comm, path, overrides) or load_on_root(comm, path, overrides)
    return resolved, Path(output) if output is not None else home / "output"
