"""Cases of stages on the command line: the plan before a run, the budget after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from exobase.cli.show import console, escaping, measured, table
from exobase.errors import InputError

if TYPE_CHECKING:
    from exobase.case import StagedCase
    from exobase.summary.budget import Budget


def check_staged(path: Path, overrides: list[str] | None) -> None:
    """Prints the stages in their order, what they read, and what a run would do with each."""
    from exobase.case import load_staged_case

    case = load_staged_case(path, overrides)
    rows = table(f"{case.name}: {case.title}", "stage", "case", "reads", "in the budget", "would", numbers=False)
    errors: list[str] = []
    stale: set[str] = set()
    for stage in case.stages:
        try:
            what = _would(case, stage.name, stale)
        except InputError as error:
            stale.add(stage.name)
            errors += [text if text.startswith("stage ") else f"stage {stage.name}: {text}" for text in error.messages]
            what = "fail"
        budget = {True: "all that escape", False: "no"}.get(stage.budget) if isinstance(stage.budget, bool) else None
        counted = "" if stage.counted else " (not in totals)"
        rows.add_row(
            stage.name, stage.folder, ", ".join(stage.reads) or "-",
            (budget or ", ".join(stage.budget if not isinstance(stage.budget, bool) else ())) + counted, what,
        )  # fmt: skip
    console().print(rows)
    if errors:
        raise InputError(errors)
    console().print("no warnings")


def _would(case: StagedCase, name: str, stale: set[str]) -> str:
    """What a run would do with a stage; stale: stages that run anew, which it is added to where it does.

    Raises InputError where the stage cannot run.
    """
    from exobase.case.input_files import stage_file_faults
    from exobase.driver.stages import KEEP, plan_stage

    waits = [read for read in case.stage(name).reads if read in stale]
    if waits:
        stale.add(name)
        faults = stage_file_faults(case, name)
        if faults:
            raise InputError(faults)
        return f"run after {', '.join(waits)}"
    plan = plan_stage(case, name)
    if plan.action != KEEP:
        stale.add(name)
    return plan.reason if plan.action == KEEP else f"{plan.action}: {plan.reason}"


def show_stages(summary: dict[str, Any], folder: Path) -> None:
    """Prints the stages, the budget and its totals."""
    from exobase.summary.budget import read_budget

    rows = table("stages", "stage", "solver", "status", "reads", "checks failed", "wall s", numbers=False)
    for name, stage in (summary.get("stages") or {}).items():
        failed = ", ".join(stage.get("failed") or ()) or f"0 of {stage.get('checks')}"
        wall = stage.get("wall_s")
        rows.add_row(
            name, str(stage.get("solver")), f"{stage.get('status')} ({stage.get('done')})",
            ", ".join(stage.get("reads") or ()) or "-", failed, f"{wall:.3g}" if isinstance(wall, int | float) else "",
        )  # fmt: skip
    console().print(rows)
    show_budget(read_budget(folder))


def show_budget(budget: Budget) -> None:
    """Prints the rows of a budget beside published ranges, and the totals."""
    from exobase.summary.budget import ratios

    rows = table(
        "loss budget", "species", "process", "rate s-1", "kg s-1", "published s-1", "ratio", "reference", "stage"
    )
    for i in (1, 6, 7):
        rows.columns[i].justify = "left"
    for row in budget.rows:
        rate = escaping(row.rate, row.stderr, row.limit)
        mark = "" if row.counted else " (not in totals)"
        for k, p in enumerate(row.published or (None,)):
            span = "" if p is None else (f"{p.low:.3g}" if p.low == p.high else f"{p.low:.3g} to {p.high:.3g}")
            ratio = "" if p is None else ratios(row.rate, p.low, p.high)
            whose = "" if p is None else f"{p.reference}{', ' + p.condition if p.condition else ''}"
            own = (row.species, row.process + mark, rate, f"{row.mass_rate:.3g}") if k == 0 else ("", "", "", "")
            rows.add_row(*own, span, ratio, whose, row.stage if k == 0 else "")
    console().print(rows)
    totals = table("totals", "of", "rate", "by process", numbers=False)
    for element, total in budget.elements.items():
        by = ", ".join(f"{process} {part.value:.3g}" for process, part in budget.element_processes[element].items())
        totals.add_row(f"{element} atoms", f"{measured(total.value, total.stderr)} s-1", by)
    totals.add_row("mass", f"{measured(budget.mass.value, budget.mass.stderr)} kg s-1", "")
    console().print(totals)


def show_stage_provenance(output: Path) -> None:
    """Prints who made the results of the stages and how; `info` of a stage's own output folder says it all."""
    from exobase.io.results import read_result, read_summary

    rows = table(str(output), "stage", "made", "by", "ranks", "state digest", "inputs", numbers=False)
    for name in read_summary(output)["stages"]:
        attrs = read_result(output / "stages" / name).attrs
        digest, key = (str(attrs.get(word, ""))[:16] for word in ("state_digest", "stage_key"))
        by = f"exobase {attrs.get('exobase_version')}"
        rows.add_row(name, str(attrs.get("created")), by, str(attrs.get("ranks")), digest, key)
    console().print(rows)
