"""Time to a given error of the escape flux: the shipped jeans cases, and the same gas done plainly."""

from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exobase.case import Case
from exobase.driver import run_case
from exobase.errors import RunError
from exobase.parallel import Comm, SerialComm
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.tables import LEAST, MOST, Aim, against_aims
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

TARGET = 0.01
PLAIN_WALL_S = 240.0
QUICK_WALL_S = 60.0
AGREEMENT = 4.0


@dataclass
class Stopwatch:
    """A display of :func:`exobase.driver.run_case` that notes seconds since the start, compilation not counted.

    began: seconds at which averaging began (None: not yet); step, flux, stderr: the latest.
    """

    start: float = 0.0
    now: float = 0.0
    began: float | None = None
    began_step: int = 0
    step: int = 0
    particles: int = 0
    flux: float = math.nan
    stderr: float = math.inf
    messages: list[str] = field(default_factory=list)

    def message(self, text: str) -> None:
        """A line for the log; the first one comes after compilation."""
        if not self.messages:
            self.start = time.perf_counter()
        self.messages.append(text)

    def update(self, **numbers: Any) -> None:
        """The state at the end of a record."""
        self.now = time.perf_counter() - self.start
        self.step, self.particles = numbers["step"], numbers["particles"] or 0
        if numbers["phase"] == "averaging" and self.began is None:
            self.began, self.began_step = self.now, self.step
        self.flux, self.stderr = numbers.get("flux", self.flux), numbers.get("flux_stderr", self.stderr)

    def close(self) -> None:
        """Nothing to take down."""


def timed_run(
    case: Case, wall_time: float | None = None, comm: Comm | None = None, folder: Path | None = None
) -> Figures:
    """Run a case to its target error, or for ``wall_time`` seconds, and say how long it took to get where.

    ``averaging_s`` and ``total_s`` (from the start, burn-in and the change of cells included) are those to the target
    error: measured where it was reached, else extrapolated with the square of the error reached (``extrapolated``). A
    run that was not even steady in time gives its duration as a lower bound (``lower_bound``).
    """
    case = dataclasses.replace(case, run=dataclasses.replace(case.run, wall_time=wall_time), checks=())
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="exobase-bench-") as own:
        run_case(case, comm or SerialComm(), folder or Path(own), progress=watch)
    return figures_of(watch, case.run.target_error)


def figures_of(watch: Stopwatch, target: float) -> Figures:
    """What a stopwatch saw, carried on to the target error."""
    figures: Figures = {
        "steps": watch.step,
        "particles": watch.particles,
        "ran_s": watch.now,
        "flux": watch.flux,
        "flux_stderr": watch.stderr,
    }
    error = watch.stderr / watch.flux if watch.flux > 0.0 else math.inf
    if watch.began is None or not math.isfinite(error):
        return figures | {"burn_in_s": None, "averaging_s": None, "total_s": watch.now, "lower_bound": True}
    averaging = watch.now - watch.began
    factor = max((error / target) ** 2, 1.0)
    return figures | {
        "burn_in_s": watch.began,
        "relative_error": error,
        "averaged_s": averaging,
        "averaging_s": averaging * factor,
        "total_s": watch.began + averaging * factor,
        "extrapolated": factor > 1.0,
        "lower_bound": False,
    }


def measure_6(quick: bool = False) -> Figures:
    """jeans_6 from an empty start to 1 %, and the same gas with equal weights and one global step.

    Both begin empty, with the same cells and the same number of particles in the mean, find their steady state by
    themselves and adapt their cells. The plain one runs for some minutes; its time to 1 % is extrapolated by the error
    it has then.
    """
    ours = timed_run(jeans_gas(6.0, 10.0, initial="empty"))
    plain = timed_run(
        jeans_gas(
            6.0, 10.0, initial="empty", time_step="global", weights={"mode": "equal"}, outer={"returns": "at_once"}
        ),
        QUICK_WALL_S if quick else PLAIN_WALL_S,
    )
    if ours["lower_bound"]:
        raise RunError("jeans_6 did not become steady: nothing to compare")
    return {"benchmark": "jeans6", "ours": ours, "plain": plain, **compared(ours, plain)}


def compared(ours: Figures, plain: Figures) -> Figures:
    """Ratio of the times, and by how many errors the two fluxes differ (None before the plain one has a flux)."""
    error = math.hypot(ours["flux_stderr"], plain["flux_stderr"])
    known = math.isfinite(error) and error > 0.0
    return {
        "ratio": plain["total_s"] / ours["total_s"],
        "sigma": (plain["flux"] - ours["flux"]) / error if known else None,
    }


def measure_10(quick: bool = False) -> Figures:
    """jeans_10 as shipped (a barometric start) to 1 %."""
    case = jeans_gas(10.0, 6.0)
    figures = timed_run(case, QUICK_WALL_S if quick else None)
    return {"benchmark": "jeans10", **figures}


def show_6(figures: Figures) -> list[Table]:
    """Figures as a table."""
    ours, plain = figures["ours"], figures["plain"]
    flat = {
        "total": ours["total_s"],
        "averaging": ours["averaging_s"],
        "plain": plain["total_s"],
        "plain_averaging": plain["averaging_s"],
        "ratio": figures["ratio"],
    }
    if plain["lower_bound"]:
        remark = f"the plain gas was not steady after {plain['ran_s']:.0f} s: its time and the ratio are lower bounds"
    else:
        kind = "extrapolated" if plain["extrapolated"] else "measured"
        remark = f"plain: {kind} from {100 * plain['relative_error']:.2f} % after {plain['ran_s']:.0f} s"
    if figures["sigma"] is not None and abs(figures["sigma"]) > AGREEMENT:
        remark += f"; the fluxes DIFFER by {figures['sigma']:+.1f} sigma: the times are not those of the same result"
    return [
        against_aims(
            "jeans6: seconds on one core to 1 % (block error) on the escape flux, from an empty start",
            flat,
            [
                ("total", "shipped: from the start", ".1f", None),
                ("averaging", "shipped: averaging alone", ".1f", (MOST, "6", 6.0)),
                ("plain", "equal weights, global step: from the start", ".0f", None),
                ("plain_averaging", "equal weights, global step: averaging alone", ".0f", None),
                ("ratio", "ratio, from the start", ".1f", (LEAST, "5", 5.0)),
            ],
            f"flux {ours['flux']:.4g} +- {ours['flux_stderr']:.1g}, plain {plain['flux']:.4g} +- "
            f"{plain['flux_stderr']:.1g} m-2 s-1; {remark}",
        )
    ]


def show_10(figures: Figures) -> list[Table]:
    """Figures as a table."""
    aim: Aim = (MOST, "40", 40.0)
    remark = "extrapolated" if figures.get("extrapolated") else "measured"
    return [
        against_aims(
            "jeans10: seconds on one core to 1 % (block error) on the escape flux, shipped start",
            figures,
            [
                ("total_s", "from the start", ".1f", None),
                ("burn_in_s", "burn-in and new cells", ".1f", None),
                ("averaging_s", "averaging", ".1f", aim),
            ],
            f"flux {figures['flux']:.4g} +- {figures['flux_stderr']:.1g} m-2 s-1; {remark}",
        )
    ]
