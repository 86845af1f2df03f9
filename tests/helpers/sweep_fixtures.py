"""A small case with a sweep.toml, and a stand-in for the solver that writes a summary at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exobase.case import Case
from exobase.io import write_summary
from exobase.parallel import SerialComm
from exobase.sweep import Outside

CASE = """
solver = "dsmc"
collisions = "hard_sphere"
[body]
jeans_parameter = 6.0
[domain]
inner = "1000 km"
outer_over_inner = 10.0
[[species]]
name = "HS"
mass = "28 u"
diameter = "4 angstrom"
temperature = "100 K"
knudsen_number = 0.01
"""
SWEEP = """
title = "a sweep"
[figure]
x = "body.jeans_parameter"
[[block]]
name = "low"
label = "shallow"
over = { "body.jeans_parameter" = [1, 2], "species.0.knudsen_number" = [0.1, 0.01] }
set = ["run.seed=5", "run.max_steps=70"]
[[block.rule]]
where = { "body.jeans_parameter" = [2, 3] }
set = ["run.seed=6"]
[[block]]
name = "high"
over = { "body.jeans_parameter" = "8:10:1" }
[[subset]]
name = "quick"
set = ["run.target_error=0.1"]
[[subset.take]]
block = "low"
only = { "species.0.knudsen_number" = 0.1 }
set = ["run.max_steps=50"]
[[subset.take]]
block = "high"
only = { "body.jeans_parameter" = [8, 10] }
[[expect]]
block = "low"
point = { "body.jeans_parameter" = 1, "species.0.knudsen_number" = 0.1 }
quantity = "flux_over_evaporation"
reference = 0.5
sigma = 3
source = "a book"
"""


@pytest.fixture
def case_dir(tmp_path: Path) -> Path:
    """A case directory, with a blank in its name, without sweep.toml."""
    folder = tmp_path / "a case"
    folder.mkdir()
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    return folder


@pytest.fixture
def sweep_dir(case_dir: Path) -> Path:
    """The same case with a sweep.toml."""
    (case_dir / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return case_dir


class Solver:
    """Stands in for run_case: notes its calls, writes a summary whose flux is `flux` evaporation fluxes.

    answers: what it does from call to call: an exit code, or an exception to raise; at the end 0 for ever.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, bool, Case]] = []
        self.answers: list[Any] = []
        self.flux = 0.5
        self.spend: Any = None

    def __call__(
        self, case: Case, comm: SerialComm, folder: Path, *, resume: bool, overwrite: bool, progress: Any
    ) -> int:
        self.calls.append((folder.name, resume, case))
        assert overwrite is not resume
        output = folder / "output"
        output.mkdir(exist_ok=True)
        answer = self.answers.pop(0) if self.answers else 0
        (output / "checkpoint-000010").mkdir(exist_ok=True)
        if self.spend is not None:
            self.spend()
        if isinstance(answer, BaseException):
            raise answer
        write_summary(output / "summary.json", summary(case, self.flux, "stopped" if answer == 4 else "converged"))
        return int(answer)


def summary(case: Case, flux: float, status: str = "converged") -> dict[str, Any]:
    """A summary as run_case writes it, with flux over evaporation as given and errors of 1 %."""
    from exobase.analytic.jeans import evaporation_flux

    gas = case.species[0]
    escape = flux * float(evaporation_flux(gas.density, gas.temperature, gas.mass))
    return {
        "status": status, "steps": 100, "particles": 1000, "ranks": 1, "wall_s": 2.0,
        "particle_steps_per_s_per_rank": 5e6, "regime": "transitional",
        "escape": {gas.name: {"rate_per_s": 4.0 * escape, "rate_stderr": 0.04 * escape,
                              "flux_per_m2_s": escape, "flux_stderr": 0.01 * escape}},
        "exobase": {gas.name: {"radius_m": 2.0 * case.r_inner, "temperature_K": 0.5 * gas.temperature,
                               "jeans_parameter": 3.0, "flux_over_jeans": 1.6, "flux_over_jeans_stderr": 0.02}},
        "checks": [{"name": "ledger", "passed": True}, {"name": "imbalance", "passed": flux < 0.9}],
    }  # fmt: skip


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Solver:
    """The stand-in, in the place of run_case."""
    made = Solver()
    monkeypatch.setattr("exobase.sweep.runner.run_case", made)
    return made


@pytest.fixture
def said() -> list[str]:
    """Lines that the runner speaks into `outside`."""
    return []


@pytest.fixture
def outside(said: list[str]) -> Outside:
    return Outside(said.append, lambda: None)
