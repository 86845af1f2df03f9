"""The loss budget of a planet: species by process, from the results of the stages of a case.

A row is what one stage loses of a species by one kind of process: particles per second with the standard error of its
run, kilograms per second, the model choices behind it, and published ranges. Errors of rows are those of the runs alone
(not of their inputs); stages are independent, so totals take errors in quadrature.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exobase.case.staged import BudgetRow, Published, Stage, StagedCase
from exobase.errors import InputError
from exobase.io import read_result, read_summary
from exobase.io.files import write_text_atomic
from exobase.species import composition, species
from exobase.summary.choices import model_choices

BUDGET_JSON, BUDGET_CSV = "budget.json", "budget.csv"
KINDS = {
    "thermal": "thermal",
    "dissociative_recombination": "photochemical",
    "photodissociation": "photochemical",
    "sputtering": "sputtering",
    "pickup": "pickup",
    "charge_exchange": "charge_exchange",
    "solar_wind": "solar_wind",
}
"""Process of the budget by the type of a source; other types keep their name."""
ENA = "ENA"
"""Neutrals that come from ions of pickup or of the solar wind."""

_Number = tuple[float, float, float]


@dataclass(frozen=True)
class BudgetEntry:
    """One row. rate [s-1] and mass_rate [kg/s] with standard errors; counted: whether totals hold it.

    limit [s-1]: what the rate lies below with 95 % where nothing escaped, else 0.
    """

    species: str
    process: str
    stage: str
    rate: float
    stderr: float
    mass_rate: float
    mass_stderr: float
    counted: bool
    choices: tuple[str, ...]
    published: tuple[Published, ...]
    limit: float = 0.0


@dataclass(frozen=True)
class Total:
    """A sum of counted rows: particles or atoms per second, or kilograms per second.

    limit: what rows without an escaper may add, at 95 %.
    """

    value: float
    stderr: float
    limit: float = 0.0


@dataclass(frozen=True)
class Budget:
    """All rows, and totals: by species, by element (atoms, also by process), and of the mass [kg/s]."""

    case: str
    rows: tuple[BudgetEntry, ...]
    species: Mapping[str, Total]
    elements: Mapping[str, Total]
    element_processes: Mapping[str, Mapping[str, Total]]
    mass: Total

    def value(self, name: str) -> Total:
        """A number by its name: "O.photochemical", "O", "element.H" or "mass". Raises InputError for another one."""
        if name == "mass":
            return self.mass
        head, _, rest = name.partition(".")
        if head == "element":
            if rest in self.elements:
                return self.elements[rest]
            raise InputError(f"no element {rest} in the budget; it has {', '.join(self.elements)}")
        rows = [row for row in self.rows if row.species == head and (row.process == rest or (not rest and row.counted))]
        if not rows:
            known = dict.fromkeys(f"{row.species}.{row.process}" for row in self.rows)
            raise InputError(f"no row {name} in the budget; it has {', '.join(known)}")
        return _sum([(row.rate, row.stderr, row.limit) for row in rows])


def make_budget(case: StagedCase) -> Budget:
    """The budget from the finished results of all stages. Raises InputError for a number that a result has not."""
    rows = [row for stage in case.stages for row in _of_stage(case, stage)]
    rows += [_of_summary(case, row) for row in case.rows]
    counted = [row for row in rows if row.counted]
    elements: dict[str, dict[str, list[_Number]]] = {}
    for row in counted:
        for element, number in composition(row.species).items():
            by = elements.setdefault(element, {}).setdefault(row.process, [])
            by.append((number * row.rate, number * row.stderr, number * row.limit))
    names = dict.fromkeys(row.species for row in counted)
    return Budget(
        case=case.name,
        rows=tuple(rows),
        species={name: _sum([(r.rate, r.stderr, r.limit) for r in counted if r.species == name]) for name in names},
        elements={e: _sum([x for values in by.values() for x in values]) for e, by in elements.items()},
        element_processes={e: {p: _sum(values) for p, values in by.items()} for e, by in elements.items()},
        mass=_sum([(r.mass_rate, r.mass_stderr, species(r.species).mass * r.limit) for r in counted]),
    )


def _sum(values: list[_Number]) -> Total:
    """Sum of independent numbers (value, error, limit); errors in quadrature, limits added."""
    error = math.sqrt(math.fsum(e * e for _, e, _ in values))
    return Total(math.fsum(v for v, _, _ in values), error, math.fsum(x for _, _, x in values))


def _of_stage(case: StagedCase, stage: Stage) -> list[BudgetEntry]:
    """The rows of a stage: of every species that counts, one for each kind of process."""
    if stage.budget is False:
        return []
    result = read_result(case.output(stage.name))
    summary = read_summary(case.output(stage.name))
    kind_of = _processes(summary)
    names = list(summary["escape"]) if stage.budget is True else list(stage.budget)
    choices = (*model_choices(result.case), *stage.choices)
    rows = []
    for name in names:
        if name not in summary["escape"]:
            known = ", ".join(summary["escape"])
            raise InputError(f"stage {stage.name}: budget names {name}, which its case does not have; it has {known}")
        escape = summary["escape"][name]
        kinds: dict[str, list[_Number]] = {}
        for process, by in (escape.get("by_process") or {}).items():
            kind = stage.process or _kind(name, kind_of.get(process, process))
            kinds.setdefault(kind, []).append((by["rate_per_s"] or 0.0, by["rate_stderr"] or 0.0, 0.0))
        if len(kinds) <= 1:
            # All of one kind: the error of the sum is known, with its correlations.
            kind = next(iter(kinds), stage.process or "thermal")
            kinds = {kind: [(escape["rate_per_s"] or 0.0, escape["rate_stderr"] or 0.0, 0.0)]}
        for kind, values in kinds.items():
            total = _sum(values)
            if stage.budget is True and total.value == 0.0:
                continue
            if total.value == 0.0:
                total = Total(0.0, 0.0, escape.get("rate_upper_limit_95") or 0.0)
            rows.append(_entry(case, stage, name, kind, total, stage.counted, choices))
    return rows


def _processes(summary: Mapping[str, Any]) -> dict[str, str]:
    """Type of the source behind every process of a run."""
    found = {}
    for source in summary.get("sources") or ():
        for process in source.get("processes") or (source.get("name"),):
            found[str(process)] = str(source.get("type"))
    return found


def _kind(name: str, source: str) -> str:
    """Process of the budget for a species that a source of this type makes."""
    if source in ("pickup", "solar_wind") and species(name).charge == 0:
        return ENA
    return KINDS.get(source, source)


def _of_summary(case: StagedCase, row: BudgetRow) -> BudgetEntry:
    """A row that is a number of a stage's summary."""
    summary = read_summary(case.output(row.stage))
    stage = case.stage(row.stage)
    value, limit = _number(summary, row.quantity, row.stage), 0.0
    keys = row.quantity.split("/" if "/" in row.quantity else ".")
    if value == 0.0 and keys[0] == "escape" and keys[-1] == "rate_per_s":
        # No error where nothing escaped; a process has the limit of its species.
        error, limit = 0.0, summary["escape"][keys[1]].get("rate_upper_limit_95") or 0.0
    else:
        beside = row.quantity.removesuffix("_per_s") + "_stderr"
        error = _number(summary, row.stderr or beside, row.stage)
    choices = (*model_choices(read_result(case.output(row.stage)).case), *stage.choices)
    return _entry(case, stage, row.species, row.process, Total(value, error, limit), row.counted, choices)


def _number(summary: Mapping[str, Any], path: str, stage: str) -> float:
    """A number of a summary by the keys on the way to it, joined by "/" or dots."""
    node: Any = summary
    for key in path.split("/") if "/" in path else path.split("."):
        if not isinstance(node, Mapping) or key not in node:
            known = ", ".join(map(str, node)) if isinstance(node, Mapping) else "no keys"
            raise InputError(f"budget: {path} is not in the summary of stage {stage}: no {key!r} among {known}")
        node = node[key]
    if not isinstance(node, int | float):
        raise InputError(f"budget: {path} of the summary of stage {stage} is {node!r}, not a number")
    return float(node)


def _entry(
    case: StagedCase, stage: Stage, name: str, process: str, total: Total, counted: bool, choices: tuple[str, ...]
) -> BudgetEntry:
    mass = species(name).mass
    published = tuple(p for p in case.published if (p.species, p.process) == (name, process))
    return BudgetEntry(
        name, process, stage.name, total.value, total.stderr, mass * total.value, mass * total.stderr, counted, choices,
        published, total.limit,
    )  # fmt: skip


def write_budget(budget: Budget, folder: Path) -> None:
    """budget.json and budget.csv in the folder. Raises RunError where the disk refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text_atomic(folder / BUDGET_JSON, json.dumps(asdict(budget), indent=2) + "\n")
    write_text_atomic(folder / BUDGET_CSV, budget_csv(budget))


def read_budget(folder: Path) -> Budget:
    """The budget that write_budget wrote. Raises InputError where there is none."""
    path = folder / BUDGET_JSON
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rows = []
        for row in data["rows"]:
            published = tuple(Published(**p) for p in row.pop("published"))
            rows.append(BudgetEntry(**{**row, "choices": tuple(row["choices"]), "published": published}))
        return Budget(
            case=data["case"],
            rows=tuple(rows),
            species={k: Total(**v) for k, v in data["species"].items()},
            elements={k: Total(**v) for k, v in data["elements"].items()},
            element_processes={
                e: {k: Total(**v) for k, v in by.items()} for e, by in data["element_processes"].items()
            },
            mass=Total(**data["mass"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no readable budget: {error}; run the case first") from None


def ratios(rate: float, low: float, high: float) -> str:
    """The rate over both ends of a published range."""
    ends = [f"{rate / end:.2g}" for end in ((low,) if low == high else (low, high)) if end > 0.0]
    return " to ".join(reversed(ends))


def budget_csv(budget: Budget) -> str:
    """The rows as CSV: one line for each, with the published range that is nearest and the ratio to its ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["species", "process", "stage", "rate [s-1]", "stderr [s-1]", "mass rate [kg s-1]", "stderr [kg s-1]",
         "counted", "published low [s-1]", "published high [s-1]", "reference", "choices", "upper limit 95 % [s-1]"]
    )  # fmt: skip
    for row in budget.rows:
        for p in row.published or (None,):
            low, high, whose = ("", "", "") if p is None else (f"{p.low:.6g}", f"{p.high:.6g}", p.reference)
            writer.writerow(
                [row.species, row.process, row.stage, f"{row.rate:.6g}", f"{row.stderr:.3g}", f"{row.mass_rate:.6g}",
                 f"{row.mass_stderr:.3g}", "yes" if row.counted else "no", low, high, whose, "; ".join(row.choices),
                 f"{row.limit:.3g}" if row.limit else ""]
            )  # fmt: skip
    return out.getvalue()
