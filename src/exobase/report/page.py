"""The report: one HTML page that needs no other file, from the result alone."""

from __future__ import annotations

from pathlib import Path

from exobase.io.files import write_text_atomic
from exobase.io.results import RESULT_NAME, Result, read_result, read_summary, staged_output
from exobase.judge.verdict import verdict_of
from exobase.report.figures import plot
from exobase.report.markup import STYLE, section, text
from exobase.report.page_parts import checks, draw_figures, lead, provenance, warnings
from exobase.report.page_stages import write_stages_page
from exobase.solvers import solver_of


def write_report(case_dir: Path | str, output: Path | str | None = None) -> Path:
    """Write the report of a case (or a result.h5), by default `report.html` beside the result, and its figures.

    Of a case of stages: a page with its budget, and beside the result of each stage one of its own, unless there is one
    that is newer than the result. Returns the path of the page. Raises InputError where there is no result and RunError
    where the disk refuses.
    """
    staged = staged_output(case_dir)
    if staged is not None:
        summary = read_summary(staged)
        for name in summary["stages"]:
            _write_if_older(staged / "stages" / name)
        plot(staged)
        return write_stages_page(staged, summary, Path(output) if output is not None else staged / "report.html")
    result = read_result(case_dir)
    target = Path(output) if output is not None else result.path.parent / "report.html"
    write_text_atomic(target, page(result, result.path.parent / "figures"))
    return target


def _write_if_older(folder: Path) -> None:
    """The report of a stage, where it has none of its present result."""
    result, target = folder / RESULT_NAME, folder / "report.html"
    if not target.is_file() or target.stat().st_mtime_ns < result.stat().st_mtime_ns:
        write_report(folder)


def page(result: Result, figures: Path | None = None) -> str:
    """The page as text; figures: a folder that also gets them as PNG files."""
    outcomes = verdict_of(result)
    title = str(result.attrs.get("title") or result.attrs.get("case_name", "exobase"))
    work, contents = solver_of(result.attrs).contents(result)
    sections = [
        f"<h1>{text(title)}</h1>",
        f'<p class="lead">{lead(result, outcomes, work)}</p>',
        *(f'<p class="warning">{text(warning)}</p>' for warning in warnings(result)),
        section("Checks", checks(outcomes)),
        *(section(*part) for part in contents[:-1]),
        section("Figures", draw_figures(result, figures)),
        section(*contents[-1]),
        section("Provenance", provenance(result)),
    ]
    body = "\n".join(part for part in sections if part)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    )
