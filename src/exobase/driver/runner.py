"""A run of any solver as it goes: what it says, its clock and requests to stop, its verdict."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from exobase.case.history_model import HistoryCase
from exobase.case.model import Case
from exobase.driver.common import CHECK_FAILED, PASSED, STOPPED, Place, on_root, write_log
from exobase.io import read_result, write_summary
from exobase.io.results import RESULT_NAME, SUMMARY_NAME, Result
from exobase.judge import CheckOutcome, all_passed, judge
from exobase.parallel import Comm
from exobase.provenance import peak_bytes

C = TypeVar("C", Case, HistoryCase)


@dataclass
class Runner(ABC, Generic[C]):
    """State of one run on one rank; solvers add their simulation and what else they need.

    earlier_s: seconds before a resume; work: what was computed (particle steps, histories), in work_s seconds;
    last_checkpoint: steps or batches at the last one; late: it ends because its wall time is over.
    """

    comm: Comm
    place: Place
    begin: float
    compile_s: float
    case: C
    earlier_s: float = field(default=0.0, kw_only=True)
    work: float = field(default=0.0, kw_only=True)
    work_s: float = field(default=0.0, kw_only=True)
    last_checkpoint: int = field(default=0, kw_only=True)
    stop_signal: list[int] = field(default_factory=list, kw_only=True)
    late: bool = field(default=False, kw_only=True)
    warnings: list[str] = field(default_factory=list, kw_only=True)
    stamp: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    counted: ClassVar[str]
    counted_many: ClassVar[str]

    @property
    @abstractmethod
    def done(self) -> int:
        """Finished steps or batches."""

    @property
    def wall(self) -> float:
        """Seconds spent on the run, those before a resume included."""
        return self.earlier_s + time.perf_counter() - self.begin

    @property
    def is_late(self) -> bool:
        """Whether the wall time is over on this rank."""
        limit = self.case.run.wall_time
        return limit is not None and time.perf_counter() - self.begin > limit

    @property
    def result_path(self) -> Path:
        """The result file."""
        return self.place.output / RESULT_NAME

    @property
    def pace(self) -> float | None:
        """Work per second."""
        return self.work / self.work_s if self.work_s else None

    def say(self, text: str) -> None:
        """A line for the log and the display (rank 0)."""
        if self.comm.rank == 0:
            write_log(self.place.output, f"{self.counted} {self.done}  {text}")
            if self.place.progress is not None:
                self.place.progress.message(text)

    def warn(self, texts: Iterable[str]) -> None:
        """Lines that stay with the result as well."""
        for text in texts:
            self.warnings.append(text)
            self.say(f"warning: {text}")

    def tell_folder(self) -> None:
        """Say what opening the output folder has found."""
        for text in self.place.opened.notes:
            self.say(text)
        self.warn(self.place.opened.warnings)

    def asked_to_stop(self, pace: float = 0.0) -> tuple[bool, float]:
        """Whether any rank got a signal or is late, and the largest of the ``pace`` of all ranks. Collective."""
        mine = np.array([bool(self.stop_signal), self.is_late, pace], dtype=np.float64)
        asked, over, slowest = self.comm.max(mine)
        self.late = bool(over > 0.0 and asked == 0.0)
        return bool(asked > 0.0 or over > 0.0), float(slowest)

    def tell_stop(self, checkpoint: Path) -> None:
        """Say why the run ends before its aim, and how to continue."""
        why = "run.wall_time is over" if self.late else "stopped on request"
        self.say(f"{why}: checkpoint {checkpoint.name} written; continue with 'exobase resume'")
        self.warnings.append(f"the run ended early: {why}; continue with 'exobase resume'")

    def attributes(self) -> dict[str, Any]:
        """Attributes of the result that every solver writes. Collective."""
        return {
            "wall_s": self.wall,
            "compile_s": self.compile_s,
            "warnings": self.warnings,
            "peak_memory_bytes": int(self.comm.max(np.array([peak_bytes()]))[0]),
        }

    def verdict(self, summarise: Callable[[Result, C, list[CheckOutcome]], dict[str, Any]]) -> int:
        """Judge the result file and write the summary; the exit code. Raises RunError on all ranks."""

        def act() -> int:
            result = read_result(self.result_path)
            outcomes = judge(result, self.case.to_dict())
            write_summary(self.place.output / SUMMARY_NAME, summarise(result, self.case, outcomes))
            return PASSED if all_passed(outcomes) else CHECK_FAILED

        return int(on_root(self.comm, act))

    def end(self, status: str, code: int) -> int:
        """Say how the run ended, and return its exit code."""
        self.say(f"{status} after {self.done} {self.counted_many} and {self.wall:.1f} s")
        self.close()
        return STOPPED if status == "stopped" else code

    def close(self) -> None:
        """End the display."""
        if self.place.progress is not None:
            self.place.progress.close()
