"""Errors that cover: seeds 1 to 20, never chosen, of five cases, each run until its own error meets its aim.

Each run decides for itself as a user's does: burn-in, new cells, truncation, error, end. The escape flux of the target
species over evaporation must then scatter by the errors that the runs state, and its mean must agree with a run of
another seed that takes many times longer (`long_run`). The cases are the shipped ones with fewer particles and a looser
aim; a test compares them with the shipped files. Pluto's N2 and CH4 begin at 2600 km (l/H = 0.06), in diffusive
equilibrium with 1 % CH4 at 2300 km; from there (l/H = 0.01) a run would take half an hour, for 20 of the slowest time.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exobase.errors import RunError
from exobase.io import read_summary
from exobase.io.results import SUMMARY_NAME
from exobase.judge.outcome import Bounds
from exobase_verify.coverage import Coverage, coverage, largest_chi2, pooled
from exobase_verify.jobs import exobase
from exobase_verify.row import Curve, Row, Size, broken, judged, mean_of

SEEDS = range(1, 21)
INSIDE = (8, 18)
"""Fewest and most of 20 runs within one error of their mean: right errors leave this range in 1 % of all sets."""
POOLED_SHARE = (0.58, 0.78)
CHANCE, POOLED_CHANCE = 1e-3, 1e-2
_FINISHED = (0, 1)
_AXES = ("seed", "escape flux over evaporation")
_SAME = "runs that differ in their seed only"


@dataclass(frozen=True)
class Seeds:
    """A case of which many seeds are run.

    title: for the table; text: its case.toml; target: the species whose escape is aimed at; long_seed, long_settings:
    of the long run; reference, reference_error: its escape flux over evaporation.
    """

    title: str
    text: str
    target: str
    long_seed: int
    long_settings: tuple[str, ...]
    reference: float
    reference_error: float


@dataclass(frozen=True)
class Run:
    """What one run reports: escape flux over evaporation, its error, status, steps, those before its averages and those
    of the start that it dropped while averaging, names of failed automatic checks.
    """

    seed: int
    value: float
    error: float
    status: str
    steps: int
    averaged_from: int
    dropped: int
    seconds: float
    failed: tuple[str, ...]

    def __str__(self) -> str:
        failed = f"  failed: {', '.join(self.failed)}" if self.failed else ""
        return (
            f"seed {self.seed:<4d} {self.value:.5e} +- {self.error:.2e} ({100.0 * self.error / self.value:.2f} %)  "
            f"{self.status}, {self.steps} steps, averaged from {self.averaged_from}, {self.dropped} dropped, "
            f"{self.seconds:.1f} s{failed}"
        )


def _hard_spheres(jeans_parameter: float, outer: float, knudsen_number: float, aim: str) -> str:
    return f"""
solver = "dsmc"
collisions = "hard_sphere"
time_step = "local"
[body]
jeans_parameter = {jeans_parameter}
[domain]
inner = "1000 km"
outer_over_inner = {outer}
[outer]
type = "kepler_return"
[[species]]
name = "HS"
mass = "28 u"
diameter = "4 angstrom"
temperature = "100 K"
knudsen_number = {knudsen_number}
[run]
particles_per_cell = 60
target_error = "{aim}"
max_steps = 1000000
"""


_MARS = """
solver = "dsmc"
collisions = "vhs"
time_step = "local"
[body]
name = "Mars"
[domain]
inner_altitude = "190 km"
outer_altitude = "500 km"
[outer]
type = "kepler_return"
[[species]]
name = "CO2"
density = "3.09e8 cm-3"
temperature = "350 K"
particles_factor = 0.4
[[species]]
name = "O"
density = "4.41e7 cm-3"
temperature = "350 K"
particles_factor = 0.4
[[species]]
name = "H"
density = "3.55e4 cm-3"
temperature = "350 K"
[[species]]
name = "D"
density = "3.55e1 cm-3"
temperature = "350 K"
particles_factor = 2.0
[run]
particles_per_cell = 60
target_species = "D"
target_error = "4 %"
max_steps = 400000
"""

_PLUTO = """
solver = "dsmc"
collisions = "vss"
rotation = "on"
[body]
name = "Pluto"
radius = "1188 km"
[domain]
inner = "2600 km"
outer = "15000 km"
[outer]
type = "kepler_return"
[[species]]
name = "N2"
density = "9.0e13 m-3"
temperature = "70 K"
[[species]]
name = "CH4"
density = "2.2e12 m-3"
temperature = "70 K"
[run]
particles_per_cell = 60
target_species = "CH4"
target_error = "4 %"
max_steps = 400000
"""

CASES = {
    "jeans_6": Seeds(
        "hard spheres, lambda0 = 6", _hard_spheres(6.0, 10.0, 0.01, "2 %"), "HS", 1001, ("run.target_error=0.8 %",),
        1.2891e-2, 8.6e-5,
    ),
    "jeans_10": Seeds(
        "hard spheres, lambda0 = 10", _hard_spheres(10.0, 6.0, 0.01, "3 %"), "HS", 1001, ("run.target_error=0.8 %",),
        8.450e-4, 5.7e-6,
    ),
    "jeans_6_dense": Seeds(
        "hard spheres, lambda0 = 6, Kn0 = 0.003", _hard_spheres(6.0, 10.0, 0.003, "4 %"), "HS", 1001,
        ("run.target_error=0.6 %",), 5.336e-3, 2.7e-5,
    ),
    "mars": Seeds(
        "H and D of Mars: D", _MARS, "D", 1001, ("run.target_error=1.5 %", "run.max_steps=4000000"), 2.170e-3, 2.7e-5,
    ),
    "pluto": Seeds(
        "N2 and CH4 of Pluto: CH4", _PLUTO, "CH4", 1001, ("run.target_error=1.5 %", "run.max_steps=4000000"),
        1.801e-3, 2.45e-5,
    ),
}  # fmt: skip


def jeans_6(size: Size) -> list[Row]:
    """Hard spheres at lambda0 = 6, Kn0 = 0.01."""
    return rows_of("jeans_6")


def jeans_10(size: Size) -> list[Row]:
    """Hard spheres at lambda0 = 10, Kn0 = 0.01."""
    return rows_of("jeans_10")


def jeans_6_dense(size: Size) -> list[Row]:
    """Hard spheres at lambda0 = 6, Kn0 = 0.003."""
    return rows_of("jeans_6_dense")


def mars(size: Size) -> list[Row]:
    """Deuterium and hydrogen of Mars in CO2 and O, aimed at deuterium."""
    return rows_of("mars")


def pluto(size: Size) -> list[Row]:
    """Nitrogen and methane of Pluto above 2600 km, aimed at methane."""
    return rows_of("pluto")


def rows_of(name: str) -> list[Row]:
    """Run all seeds of a case; its rows. A line for each run goes to the log of the task. Raises RunError."""
    runs = run_seeds(CASES[name], SEEDS)
    sys.stdout.writelines(f"{run}\n" for run in runs)
    return judge_runs(CASES[name], runs)


def judge_runs(case: Seeds, runs: Sequence[Run]) -> list[Row]:
    """Runs within one error of their mean; scatter over error; chance of chi2; mean against the long run."""
    values, errors = [run.value for run in runs], [run.error for run in runs]
    mean, mean_error = mean_of(values)
    found = coverage(values, errors)
    ended = [f"{run.status} (seed {run.seed})" for run in runs if run.status != "converged"]
    seconds = sum(run.seconds for run in runs)
    about = (
        f"{found.runs} runs of {min(r.steps for r in runs)} to {max(r.steps for r in runs)} steps, {seconds:.0f} s; "
        f"mean {mean:.4g} +- {mean_error:.2g}; chi2 {found.chi2:.1f} for {found.degrees} degrees of freedom"
    ) + (f"; {', '.join(ended)}" if ended else "")
    drawn = Curve.of(f"Seeds: {case.title}", _AXES, [r.seed for r in runs], values, errors, [mean] * found.runs)
    low, high = (round(bound * found.runs / len(SEEDS)) for bound in INSIDE)
    inside = Row(
        f"seeds of {case.title}: runs within one error of their mean", found.inside, 0.0, 0.695 * found.runs,
        f"{low} to {high} of {found.runs}", low <= found.inside <= high, "1", _SAME, 0.0, about, curves=(drawn,),
    )  # fmt: skip
    return [inside, *_spread(f"seeds of {case.title}", found, CHANCE, about), _against_long_run(case, mean, mean_error)]


def together(parts: Sequence[Sequence[Row]]) -> list[Row]:
    """All runs of all cases: share within one error, scatter over error, chance of chi2."""
    curves = [curve for rows in parts for row in rows for curve in row.curves]
    if len(curves) != len(parts) or not parts:
        return [broken("seeds of all cases", f"{len(parts)} cases, runs of {len(curves)}")]
    found = pooled(coverage(curve.value, curve.error) for curve in curves)
    low, high = POOLED_SHARE
    about = f"{found.inside} of {found.runs} runs; chi2 {found.chi2:.1f} for {found.degrees} degrees of freedom"
    share = Row(
        "seeds of all cases: share of runs within one error of their mean", found.share, 0.0, 0.695,
        f"{low:g} to {high:g}", low <= found.share <= high, "1", _SAME, 0.0, about,
    )  # fmt: skip
    return [share, *_spread("seeds of all cases", found, POOLED_CHANCE, about)]


def _spread(name: str, found: Coverage, chance: float, about: str) -> list[Row]:
    """Scatter over error, and the chance of chi2: one test in two words."""
    passed = found.chance > chance
    most = np.sqrt(largest_chi2(found.degrees, chance) / found.degrees)
    return [
        Row(f"{name}: scatter over error", found.scatter_over_error, float(np.sqrt(0.5 / found.degrees)), 1.0,
            f"at most {most:.2f}", passed, "1", _SAME, 0.0, about),
        Row(f"{name}: chance of chi2", found.chance, 0.0, 0.5, f"above {chance:g}", passed, "1", _SAME, 0.0, about),
    ]  # fmt: skip


def _against_long_run(case: Seeds, mean: float, error: float) -> Row:
    """The mean of the seeds against the long run."""
    name = f"seeds of {case.title}: mean escape flux over evaporation"
    bounds = Bounds(sigma=3.0, reference_stderr=case.reference_error)
    source = f"one run of seed {case.long_seed}, {', '.join(case.long_settings)}"
    return judged(name, mean, error, case.reference, bounds, source=source)


def long_run(name: str) -> Run:
    """The run behind ``reference``, some minutes: print(exobase_verify.rows.seeds.long_run("jeans_6"))."""
    case = CASES[name]
    (run,) = run_seeds(case, [case.long_seed], *case.long_settings)
    return run


def run_seeds(case: Seeds, seeds: Sequence[int], *settings: str) -> list[Run]:
    """Run the case with each seed, by `exobase sweep` in a temporary folder; settings: further overrides.

    Raises RunError where a run is missing.
    """
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "case"
        folder.mkdir()
        (folder / "case.toml").write_text(case.text, encoding="utf-8")
        words = [word for setting in settings for word in ("--set", setting)]
        over = f"run.seed={','.join(map(str, seeds))}"
        output = Path(root) / "runs"
        command: list[str | Path] = ["sweep", folder, "--over", over, "--output", output, "--quiet", *words]
        ended = exobase(command, folder / "messages.txt").wait()
        runs = sorted((_read(path, case.target) for path in output.rglob(SUMMARY_NAME)), key=lambda run: run.seed)
        if ended.code not in _FINISHED or [run.seed for run in runs] != list(seeds):
            raise RunError(f"seeds of {case.title}: ended with the code {ended.code}: {ended.tail}")
    return runs


def _read(path: Path, target: str) -> Run:
    summary = read_summary(path)
    escape, evaporation = summary["escape"][target], summary["theory"][target]["evaporation_per_m2_s"]
    return Run(
        int(summary["seed"]),
        escape["flux_per_m2_s"] / evaporation,
        escape["flux_stderr"] / evaporation,
        str(summary["status"]),
        int(summary["steps"]),
        int(summary["averaged_from_step"] or 0),
        int(summary["dropped_steps"] or 0),
        float(summary["wall_s"]),
        tuple(check["name"] for check in summary["checks"] if not check["passed"]),
    )
