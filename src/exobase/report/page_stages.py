"""The report of a case of stages: its budget, its checks, and the way to the reports of the stages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

from exobase.io.files import write_text_atomic
from exobase.report.budget import CAPTION
from exobase.report.budget import budget as draw_budget
from exobase.report.labels import formula_html, process_html
from exobase.report.look import png
from exobase.report.markup import STYLE, measured, number, plural, section, span, table, text
from exobase.report.page_parts import all_verdicts, image, one_verdict
from exobase.report.style import RC
from exobase.summary.budget import Budget, ratios, read_budget


def write_stages_page(output: Path, summary: Mapping[str, Any], target: Path) -> Path:
    """The page of a case of stages. output: its folder; summary: what lies there. Raises InputError for no budget."""
    write_text_atomic(target, stages_page(output, summary, target.parent))
    return target


def stages_page(output: Path, summary: Mapping[str, Any], base: Path) -> str:
    """The page as text; base: folder from which it shows the way to the reports of the stages."""
    budget = read_budget(output)
    title = text(str(summary.get("case_title") or summary.get("case")))
    outcomes = summary.get("checks") or []
    stages = summary.get("stages") or {}
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="lead">{text(str(summary.get("case")))} · {plural(len(stages), "stage")} · '
        f"{all_verdicts(outcomes)}</p>",
        f"<p>{text(str(summary.get('description') or ''))}</p>",
        *(f'<p class="warning">{text(str(w))}</p>' for w in summary.get("warnings") or ()),
        section("Loss budget", _rows(budget) + _figure(budget)),
        section("Elements", _elements(budget)),
        section("Checks", _checks(outcomes)),
        section("Stages", _stages(stages, output, base)),
        section("Model choices", _choices(budget)),
        section("Case file", f"<pre>{text(str(summary.get('case_toml') or ''))}</pre>"),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>\n{chr(10).join(part for part in parts if part)}\n</body></html>\n"
    )


def _rows(budget: Budget) -> str:
    """All rows beside what was published."""
    lines = []
    for row in budget.rows:
        own = [
            formula_html(row.species),
            process_html(row.process.replace("_", " ")) + ("" if row.counted else " (not in totals)"),
            measured(row.rate, row.stderr) if not row.limit else f"&lt; {number(row.limit, 2)} (95 %)",
            number(row.mass_rate, 3),
        ]
        for k, p in enumerate(row.published or (None,)):
            if p is None:
                beside = ["", "", ""]
            else:
                range_ = number(p.low, 3) if p.low == p.high else f"{number(p.low, 3)} to {number(p.high, 3)}"
                whose = f"{p.reference}; {p.condition}" if p.condition else p.reference
                beside = [range_, ratios(row.rate, p.low, p.high), text(whose)]
            lines.append([*(own if k == 0 else [""] * 4), *beside, text(row.stage) if k == 0 else ""])
    heads = ["species", "process", "rate [s⁻¹]", "mass [kg/s]", "published [s⁻¹]", "ratio", "reference", "stage"]
    note = (
        "<p>Errors are those of the runs alone: neither those of their inputs nor of the models. Totals add "
        f"independent rows. All counted rows together: {measured(budget.mass.value, budget.mass.stderr)} kg/s.</p>"
    )
    return table(heads, lines, numeric=(2, 3)) + note


def _figure(budget: Budget) -> str:
    with mpl.rc_context(RC):
        figure = draw_budget(budget)
        if figure is None:
            return ""
        return image(figure, png(figure), "budget", CAPTION)


def _elements(budget: Budget) -> str:
    """Atoms per second by element and process, as codes of atmospheric evolution take them."""
    processes = list(dict.fromkeys(process for by in budget.element_processes.values() for process in by))
    lines = []
    for element, total in budget.elements.items():
        by = budget.element_processes[element]
        cells = [measured(by[p].value, by[p].stderr) if p in by else "" for p in processes]
        lines.append([text(element), measured(total.value, total.stderr), *cells])
    heads = ["element", "all [atoms s⁻¹]", *(process_html(process.replace("_", " ")) for process in processes)]
    return table(heads, lines, numeric=range(1, len(heads)))


def _checks(outcomes: list[dict[str, Any]]) -> str:
    lines = [
        [
            text(str(check["name"])),
            measured(_float(check["value"]), _float(check["stderr"])),
            number(check["reference"]),
            text(str(check["tolerance"])),
            one_verdict(check),
            text(str(check["detail"])),
        ]
        for check in outcomes
    ]
    return table(["quantity", "value", "reference", "tolerance", "verdict", "how"], lines, numeric=(1, 2))


def _float(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _stages(stages: Mapping[str, Any], output: Path, base: Path) -> str:
    lines = []
    for name, stage in stages.items():
        page = output / "stages" / name / "report.html"
        label = text(name)
        if page.is_file():
            inside = page.resolve().is_relative_to(base.resolve())
            way = page.resolve().relative_to(base.resolve()).as_posix() if inside else page.resolve().as_uri()
            label = f'<a href="{text(way)}">{label}</a>'
        failed = stage.get("failed") or []
        checked = ", ".join(failed) + " FAILED" if failed else f"{stage.get('checks')} passed"
        lines.append(
            [
                label,
                text(str(stage.get("solver"))),
                text(str(stage.get("status"))),
                text(", ".join(stage.get("reads") or ()) or "–"),
                f'<span class="{"fail" if failed else "pass"}">{text(checked)}</span>',
                span(float(stage["wall_s"])) if stage.get("wall_s") is not None else "",
                f"<code>{text(str(stage.get('state_digest') or '')[:16])}</code>",
            ]
        )
    return table(["stage", "solver", "status", "reads", "checks", "time", "state digest"], lines)


def _choices(budget: Budget) -> str:
    """What each stage takes as given."""
    by_stage = {row.stage: row.choices for row in budget.rows}
    return table(["stage", "choices"], [[text(name), text("; ".join(words))] for name, words in by_stage.items()])
