"""False alarms of the checks that every DSMC run makes, and coverage of its errors, on short runs of an unweighted gas.

A column of hard spheres (lambda0 = 5, Kn0 = 0.05, six radii) whose particles have equal flux weights has no bias and
Poisson numbers, so every check that fails is a false alarm: at most 1 % of the runs may have one. Seeds are 1, 2, ...,
never chosen. Each run ends by its own error (5 %), so its errors must also cover the mean of all runs.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from exobase.errors import RunError
from exobase.io import read_summary
from exobase_verify.jobs import exobase
from exobase_verify.row import Row, Size

Array = NDArray[np.float64]
RUNS, QUICK_RUNS = 200, 6
SHARE = 0.01
_FINISHED = (0, 1)
CASE = """
title = "A short column"
solver = "dsmc"
collisions = "hard_sphere"
[body]
jeans_parameter = 5.0
[domain]
inner = "1000 km"
outer_over_inner = 6.0
[[species]]
name = "HS"
mass = "28 u"
diameter = "4 angstrom"
temperature = "100 K"
knudsen_number = 0.05
[run]
particles_per_cell = 40
target_error = "5 %"
max_steps = 40000
"""


def rows(size: Size) -> list[Row]:
    """Share of runs with a failed check; coverage of one error; chi2 of the seeds."""
    alarms, rate, stderr = run_seeds(RUNS if size == "full" else QUICK_RUNS)
    runs, count = rate.size, sum(alarms.values())
    allowed = SHARE * runs + 2.0 * np.sqrt(SHARE * runs)
    detail = ", ".join(f"{name} {number}" for name, number in alarms.most_common()) or "none"
    off = (rate - rate.mean()) / stderr
    covered, scatter = float(np.mean(np.abs(off) < 1.0)), float(np.sqrt(0.21 / runs))
    chance = float(chdtrc(runs - 1, float((off**2).sum())))
    source = "an unweighted gas has no bias"
    return [
        Row("runs with a false alarm", count / runs, float(np.sqrt(max(count, 1))) / runs, 0.0,
            f"at most {allowed / runs:.3g}", bool(count <= allowed), "1", source, 0.0, f"{runs} runs; {detail}"),
        Row("runs whose error covers the mean", covered, scatter, 0.683, "0.58 to 0.78, 3 sigma",
            bool(0.58 - 3.0 * scatter <= covered <= 0.78 + 3.0 * scatter), "1", source, 0.0, f"{runs} runs"),
        Row("chance of the seeds' chi2", chance, 0.0, 0.5, "above 0.001", bool(chance > 1e-3), "1", source, 0.0,
            f"chi2 {float((off**2).sum()):.0f} for {runs - 1} degrees of freedom"),
    ]  # fmt: skip


def run_seeds(runs: int, case: str = CASE, *settings: str) -> tuple[Counter[str], Array, Array]:
    """Failed automatic checks by name (the first of each run), escape rates and their errors of seeds 1 to ``runs``.

    case: text of case.toml with the target species first; settings: overrides, as "run.max_steps=400".
    """
    alarms: Counter[str] = Counter()
    found = []
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "case"
        folder.mkdir()
        (folder / "case.toml").write_text(case, encoding="utf-8")
        for seed in range(1, runs + 1):
            summary = _run(folder, [f"run.seed={seed}", *settings])
            failed = [check["name"] for check in summary["checks"] if not check["passed"]]
            alarms.update(failed[:1])
            escape = next(iter(summary["escape"].values()))
            found.append((escape["rate_per_s"], escape["rate_stderr"]))
    rate, stderr = np.array(found).T
    return alarms, rate, stderr


def _run(folder: Path, settings: list[str]) -> dict[str, Any]:
    """The summary of one run. Raises RunError where it does not end with the code 0 or 1."""
    words = [word for setting in settings for word in ("--set", setting)]
    ended = exobase(["run", folder, "--quiet", "--no-report", "--overwrite", *words], folder / "messages.txt").wait()
    if ended.code not in _FINISHED:
        raise RunError(f"{' '.join(settings)}: ended with the code {ended.code}: {ended.tail}")
    return read_summary(folder)
