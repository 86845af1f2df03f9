"""Sections that the report pages of both solvers share."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from exobase.errors import InputError
from exobase.io.results import Result, read_summary
from exobase.judge.outcome import CheckOutcome, verdict, verdicts
from exobase.report.figures import caption, draw, figure_names
from exobase.report.look import png, write_figure
from exobase.report.markup import measured, number, plural, span, table, text

_COLOURS = {"passed": "pass", "FAILED": "fail", "not judged": "open"}
STATUS = {
    "converged": "converged: the target error was reached (where nothing can escape: all steps taken)",
    "reached_limit": "stopped at a limit before the target error was reached",
    "drifting": "not at rest: the averages still change with time; run longer",
    "stopped": "stopped on request or by run.wall_time; it can be resumed",
    "failed": "failed",
}


def lead(result: Result, outcomes: Sequence[CheckOutcome], work: Sequence[str]) -> str:
    """The line under the title: case, status, verdict, what the run did (work), ranks and time."""
    attrs = result.attrs
    status = str(attrs.get("status", ""))
    parts = [
        text(str(attrs.get("case_name", ""))),
        text(STATUS.get(status, status)),
        all_verdicts([outcome.to_dict() for outcome in outcomes]),
        *work,
        plural(attrs.get("ranks"), "rank"),
        span(float(attrs["wall_s"])) if attrs.get("wall_s") else "",
    ]
    return " · ".join(part for part in parts if part)


def warnings(result: Result) -> list[str]:
    """Warnings stored with the result, or in the summary beside it."""
    stored: Any = result.attrs.get("warnings")
    if not stored:
        try:
            stored = read_summary(result.path.parent).get("warnings")
        except InputError:
            stored = None
    if isinstance(stored, str):
        stored = json.loads(stored) if stored.startswith("[") else [stored]
    return [str(warning) for warning in stored or []]


def checks(outcomes: Sequence[CheckOutcome]) -> str:
    """The verdicts as a table."""
    rows = [
        [
            text(outcome.name),
            measured(outcome.value, outcome.stderr),
            number(outcome.reference),
            text(outcome.tolerance),
            one_verdict(outcome.to_dict()),
            text(outcome.detail),
        ]
        for outcome in outcomes
    ]
    return "<p>Values in SI units.</p>" + table(
        ["quantity", "value", "reference", "tolerance", "verdict", "how"], rows, numeric=(1, 2)
    )


def one_verdict(check: Mapping[str, Any]) -> str:
    """passed, FAILED or not judged, in its colour; check: an entry of summary.json."""
    word = verdict(check)
    return f'<span class="{_COLOURS[word]}">{word}</span>'


def all_verdicts(found: Sequence[Mapping[str, Any]]) -> str:
    """How many checks passed, in the colour of the worst."""
    failed = any(verdict(check) == "FAILED" for check in found)
    return f'<span class="{"fail" if failed else "pass"}">{verdicts(found)}</span>'


def draw_figures(result: Result, folder: Path | None) -> str:
    """All figures of a result, inside the page; folder: also gets them as PNG files."""
    blocks = []
    for name in figure_names(result):
        figure = draw(result, name)
        if figure is None:
            continue
        drawn = png(figure) if folder is None else write_figure(figure, folder / f"{name}.png").read_bytes()
        blocks.append(image(figure, drawn, name, caption(name)))
    return "\n".join(blocks)


def image(figure: Figure, drawn: bytes, name: str, words: str) -> str:
    """A figure with its caption; drawn: it as PNG."""
    data = base64.b64encode(drawn).decode("ascii")
    width = int(figure.get_figwidth() * 96)
    picture = f'<img alt="{text(name)}" width="{width}" src="data:image/png;base64,{data}">'
    return f"<figure>{picture}<figcaption>{text(words)}</figcaption></figure>"


def provenance(result: Result) -> str:
    """Attributes of the result, and the case file."""
    hidden = ("case_json", "case_toml", "title", "warnings")
    rows = []
    for key, value in sorted(result.attrs.items()):
        if key not in hidden:
            spelled = ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
            rows.append([text(key), f"<code>{text(spelled)}</code>"])
    toml = str(result.attrs.get("case_toml", ""))
    return table(["attribute", "value"], rows) + (f"<h2>Case file</h2><pre>{text(toml)}</pre>" if toml else "")
