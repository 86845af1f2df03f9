"""The pages of a validation: one HTML page that needs no other file, and a Markdown page for the documentation."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from exobase.errors import InputError
from exobase.io.files import write_text_atomic
from exobase.io.results import read_result, staged_output
from exobase.report.budget import CAPTION, budget
from exobase.report.figures import caption, draw
from exobase.report.look import write_figure
from exobase.report.markup import STYLE
from exobase.report.style import RC
from exobase.summary.budget import read_budget
from exobase_verify.campaign import Result, Validation
from exobase_verify.figures import case_times, curve_figures, deviations
from exobase_verify.row import Row

CASE_FIGURES = ("density", "temperature")
"""Figures of a shipped case that the page shows, of those its result has."""
HEADS = ("test", "value", "reference", "tolerance", "deviation (sigma)", "verdict", "seconds")
_SCREEN_DPI = 110


def write_page(validation: Validation, path: Path) -> Path:
    """Write the HTML page. Raises RunError where the disk refuses."""
    write_text_atomic(path, html_page(validation))
    return path


def html_page(validation: Validation) -> str:
    """The HTML page as text."""
    title = f"Validation of exobase, {validation.plan.size}"
    lead = " · ".join(_text(part) for part in headline(validation))
    sections = [
        f"<h1>{title}</h1>",
        f'<p class="lead">{lead}</p>',
        _section("Deviations", _image(deviations(validation), DEVIATIONS)),
        _section("All tests", _note() + _html_table(validation)),
        _section("Relaxations and flows", "\n".join(_image(f, CURVES) for f in curve_figures(validation))),
        *(_section(f"Case {name}", figures, f"case-{name}") for name, figures in _case_figures(validation)),
        _section("Time", _image(case_times(validation), TIMES)),
    ]
    body = "\n".join(section for section in sections if section)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    )


def write_document(validation: Validation, path: Path) -> Path:
    """Write the Markdown page and its figures in ``figures/`` beside it. Raises RunError where the disk refuses."""
    folder = path.parent / "figures"
    write_figure(deviations(validation), folder / "validation_deviations.png")
    write_figure(case_times(validation), folder / "validation_times.png")
    curves = curve_figures(validation)
    for figure in curves:
        write_figure(figure, folder / "validation_curves.png")
    write_text_atomic(path, document(validation, bool(curves)))
    return path


def document(validation: Validation, curves: bool) -> str:
    """The Markdown page as text; curves: whether figures/validation_curves.png is there."""
    parts = [
        "# Validation\n",
        f"Written by `exobase validate --{validation.plan.size}`; {', '.join(headline(validation))}.\n",
        f"![Deviations of all tests](figures/validation_deviations.png)\n\n*{DEVIATIONS}*\n",
        *(_markdown_group(title, results) for title, results in groups(validation)),
    ]
    if validation.missing:
        parts.append("## Not available\n\n" + "\n".join(f"- {row.name}" for row in validation.missing) + "\n")
    if curves:
        parts.append(f"## Relaxations and flows\n\n![Curves](figures/validation_curves.png)\n\n*{CURVES}*\n")
    parts.append(f"## Time\n\n![Seconds by task](figures/validation_times.png)\n\n*{TIMES}*\n")
    return "\n".join(parts)


DEVIATIONS = (
    "Deviation of the tests from their references, in standard errors of both; exact tests are left out. "
    "Grey: one, two and three standard errors. "
    "Open symbols: value and reference have no error; the deviation is shown as a share of the tolerance."
)
CURVES = "Points: simulation with one standard error (mostly smaller than the points). Lines: theory."
TIMES = "Seconds of each task."


def headline(validation: Validation) -> list[str]:
    """The verdict and the circumstances, in short parts."""
    rows, about = validation.rows, validation.machine
    failed = sum(not row.passed for row in rows)
    spent = sum(result.seconds for result in validation.results)
    return [
        f"{len(rows) - failed} of {len(rows)} tests passed",
        f"{spent:.0f} s of computing",
        f"version {about.get('version', '?')}, commit {about.get('commit', '?')}",
        about.get("date", ""),
        about.get("processor", ""),
    ]


def groups(validation: Validation) -> list[tuple[str, list[Result]]]:
    """Results by kind, in the order in which they are shown."""
    titles = {"rows": "Laws, kernels and exact solutions", "identity": "Number of ranks", "case": "Shipped cases"}
    found = [(title, [r for r in validation.results if r.task.kind == kind]) for kind, title in titles.items()]
    return [(title, results) for title, results in found if results]


def cells_of(row: Row) -> list[str]:
    """Value, reference, tolerance, deviation and verdict of a row as plain text."""
    sigmas = f"{row.sigmas:+.2f}" if math.isfinite(row.sigmas) else "-"
    unit = "" if row.unit in ("1", "") else f" {row.unit}"
    return [
        measured(row.value, row.error) + (unit if math.isfinite(row.value) else ""),
        measured(row.reference, row.reference_error),
        row.tolerance or "-",
        sigmas,
        row.verdict,
    ]


def measured(value: float, error: float) -> str:
    """A number with its standard error where it has one: 1.3104e-2 +- 1.3e-4."""
    if not math.isfinite(value):
        return "-"
    return f"{value:.5g} +- {error:.2g}" if math.isfinite(error) and error > 0.0 else f"{value:.6g}"


def _html_table(validation: Validation) -> str:
    lines = [
        "<tr>" + "".join(f"<th{' class=n' if k in (4, 6) else ''}>{h}</th>" for k, h in enumerate(HEADS)) + "</tr>"
    ]
    for title, results in groups(validation):
        lines.append(f'<tr><th colspan="{len(HEADS)}">{title}</th></tr>')
        for result in results:
            lines += _html_rows(result)
    if validation.missing:
        lines.append(f'<tr><th colspan="{len(HEADS)}">Not available</th></tr>')
        lines += [_html_row(row, _text(row.name), "") for row in validation.missing]
    return '<div class="wide"><table>' + "\n".join(lines) + "</table></div>"


def _html_rows(result: Result) -> Iterable[str]:
    shown = result.task.kind == "case"
    for k, row in enumerate(result.rows):
        name = f'<a href="#case-{_text(result.task.name)}">{_text(row.name)}</a>' if shown else _text(row.name)
        yield _html_row(row, name, f"{result.seconds:.1f}" if k == 0 else "")


def _html_row(row: Row, name: str, seconds: str) -> str:
    note = "; ".join(dict.fromkeys(part for part in (row.source, row.detail) if part))
    told = f"<br><small>{_text(note)}</small>" if note else ""
    value, reference, tolerance, sigmas, verdict = map(_text, cells_of(row))
    colour = "pass" if row.passed else "fail"
    return (
        f"<tr><td>{name}{told}</td><td>{value}</td><td>{reference}</td><td>{tolerance}</td><td class=n>{sigmas}</td>"
        f'<td><span class="{colour}">{verdict}</span></td><td class=n>{seconds}</td></tr>'
    )


def _case_figures(validation: Validation) -> Iterable[tuple[str, str]]:
    """Name of every shipped case that ran, and its figures from its result file."""
    plan = validation.plan
    for result in validation.results:
        if result.task.kind != "case":
            continue
        staged = staged_output(plan.output / plan.size / "cases" / result.task.name)
        if staged is not None:
            with mpl.rc_context(RC):
                figure = budget(read_budget(staged))
            yield result.task.name, _image(figure, CAPTION) if figure else ""
            continue
        try:
            data = read_result(plan.output / plan.size / "cases" / result.task.name)
            drawn = [(name, draw(data, name)) for name in CASE_FIGURES]
        except InputError as error:
            yield result.task.name, f"<p>No figures: {_text(str(error))}</p>"
            continue
        yield result.task.name, "\n".join(_image(figure, caption(name)) for name, figure in drawn if figure)


def _image(figure: Figure, words: str) -> str:
    buffer = io.BytesIO()
    with mpl.rc_context({**RC, "savefig.dpi": _SCREEN_DPI}):
        figure.savefig(buffer, format="png")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    width = int(figure.get_figwidth() * 96)
    image = f'<img alt="{_text(words[:60])}" width="{width}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{_text(words)}</figcaption></figure>"


def _markdown_group(title: str, results: Sequence[Result]) -> str:
    lines = [f"## {title}\n", "| " + " | ".join(HEADS) + " |", "|" + "---|" * len(HEADS)]
    for result in results:
        for k, row in enumerate(result.rows):
            name = _cell(row.name)
            if result.task.kind == "case":
                name = f"[{name}](../cases/{result.task.name}/README.md)"
            value, reference, tolerance, sigmas, verdict = map(_cell, cells_of(row))
            seconds = f"{result.seconds:.1f}" if k == 0 else ""
            told = verdict if row.passed else f"**{verdict}**"
            lines.append(f"| {name} | {value} | {reference} | {tolerance} | {sigmas} | {told} | {seconds} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _note() -> str:
    return (
        "<p>Errors are one standard error. A value without an error is exact, or its error is unknown. A test "
        "fails if its error exceeds half its tolerance.</p>"
    )


def _section(title: str, content: str, anchor: str = "") -> str:
    mark = f' id="{_text(anchor)}"' if anchor else ""
    return f"<h2{mark}>{_text(title)}</h2>\n{content}" if content else ""


def _text(value: str) -> str:
    return html.escape(value)
