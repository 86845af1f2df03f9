"""summary.json of a case of stages (docs/stages.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from exobase.case.staged import StagedCase
from exobase.io import read_summary
from exobase.io.results import SCHEMA_VERSION
from exobase.judge import CheckOutcome
from exobase.judge.outcome import verdict
from exobase.summary.budget import Budget


def summarise_stages(
    case: StagedCase, budget: Budget, outcomes: Sequence[CheckOutcome], done: Mapping[str, str], wall: float
) -> dict[str, Any]:
    """The machine-readable verdict: every stage, the totals of the budget, the checks.

    done: what was done with each stage ("run", "continue" or "keep"); wall [s].
    """
    stages = {}
    warnings = []
    for stage in case.stages:
        summary = read_summary(case.output(stage.name))
        checks = summary.get("checks") or []
        stages[stage.name] = {
            "status": summary.get("status"),
            "solver": summary.get("solver"),
            "done": done[stage.name],
            "reads": list(stage.reads),
            "wall_s": summary.get("wall_s"),
            "checks": sum(verdict(check) != "not judged" for check in checks),
            "failed": [check["name"] for check in checks if not check["passed"]],
            "state_digest": summary.get("state_digest"),
        }
        if stages[stage.name]["status"] == "reached_limit":
            warnings.append(f"stage {stage.name} reached a limit before its target error")
        elif stages[stage.name]["status"] == "drifting":
            warnings.append(f"stage {stage.name} is not steady: its averages still drift")
    return {
        "schema_version": SCHEMA_VERSION,
        "case": case.name,
        "case_title": case.title,
        "description": case.description,
        "solver": "stages",
        "status": _worst([str(s["status"]) for s in stages.values()]),
        "wall_s": wall,
        "stages": stages,
        "budget": {
            "rows": [
                {"species": r.species, "process": r.process, "stage": r.stage, "rate_per_s": r.rate,
                 "rate_stderr": r.stderr, "kg_per_s": r.mass_rate, "counted": r.counted}
                for r in budget.rows
            ],
            "species": {k: asdict(v) for k, v in budget.species.items()},
            "elements": {k: asdict(v) for k, v in budget.elements.items()},
            "mass_kg_per_s": asdict(budget.mass),
        },
        "checks": [outcome.to_dict() for outcome in outcomes],
        "warnings": warnings,
        "case_toml": case.toml_text,
        "overrides": list(case.overrides),
    }  # fmt: skip


def _worst(statuses: list[str]) -> str:
    """The status of a whole case: converged only if every stage is."""
    if "drifting" in statuses:
        return "drifting"
    return "converged" if all(status == "converged" for status in statuses) else "reached_limit"
