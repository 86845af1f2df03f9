"""exobase info, plot and report: what a finished run says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exobase.cli.app import ResultArgument, app, errors_to_exit_codes
from exobase.cli.show import LOG_WIDTH, console, escaping, indented, measured, span, table
from exobase.errors import InputError
from exobase.solvers import solver_of

if TYPE_CHECKING:
    from exobase.report.look import Look

_FIGURES = "folder (default: output/figures), or for one figure a file: fig.pdf"
_FORMAT = "png, pdf or svg (default: png); repeatable"
_STYLE = "a matplotlib style file, or the name of a style, on top of that of exobase"

HEADLINES = {
    "converged": "converged: the target error was reached (where nothing can escape: all steps taken)",
    "reached_limit": "reached a limit (run.max_steps, run.max_batches, or too few independent blocks) before the "
    "target error was reached",
    "drifting": "drifting: the averages still change with time (check 'stationary'); raise run.max_steps and resume",
    "stopped": "stopped; continue with: exobase resume",
    "failed": "failed",
}


@app.command()
def info(case: ResultArgument) -> None:
    """Print the verdict of a run: escape, exobase, checks, ledger, provenance."""
    with errors_to_exit_codes():
        show_summary(case)
        show_provenance(case)


@app.command()
def plot(
    case: ResultArgument,
    names: Annotated[list[str] | None, typer.Argument(metavar="[FIGURE]...", help="figures (default: all)")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=_FIGURES)] = None,
    formats: Annotated[list[str] | None, typer.Option("--format", "-f", help=_FORMAT)] = None,
    style: Annotated[str | None, typer.Option("--style", metavar="FILE_OR_NAME", help=_STYLE)] = None,
    dpi: Annotated[float | None, typer.Option("--dpi", help="dots per inch (default: 200)")] = None,
    cross_sections: Annotated[
        bool, typer.Option("--cross-sections", help="draw the cross sections of a case; no run is needed")
    ] = False,
) -> None:
    """Make the figures of a run or a sweep from its result file, or a figure of the cross sections of a case."""
    with errors_to_exit_codes():
        from exobase.report.figures import plot as make_figures
        from exobase.report.look import make_look

        look = make_look(formats, style, dpi)
        if not cross_sections:
            files = make_figures(case, output, names or None, look)
        elif names:
            raise InputError(f"--cross-sections makes one figure of its own; leave out {', '.join(names)}")
        else:
            files = _plot_cross_sections(case, output, look)
        for file in files:
            typer.echo(file)


def _plot_cross_sections(path: Path, output: Path | None, look: Look) -> list[Path]:
    """Draws the collision laws of a case, as it stands or as a result holds it. Raises InputError where it has none."""
    from exobase.case import StagedCase, case_from_dict, load_case
    from exobase.io import output_of, read_result
    from exobase.report.cross_sections import write_cross_sections

    as_it_stands = path.suffix == ".toml" or (path / "case.toml").is_file()
    case = load_case(path) if as_it_stands else case_from_dict(read_result(path).case)
    if isinstance(case, StagedCase):
        raise InputError(f"{path}: --cross-sections is for a case of one run; name the folder of one of the stages")
    return write_cross_sections(case, output_of(path) / "figures", output, look)


@app.command()
def report(
    case: ResultArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="file (default: output/report.html)")] = None,
) -> None:
    """Make the report of a run: one page that needs no other file."""
    with errors_to_exit_codes():
        from exobase.report import write_report

        typer.echo(write_report(case, output))


def show_summary(case: Path) -> None:
    """Prints summary.json of a case. Raises InputError if there is none."""
    from exobase.io import output_of, read_summary

    summary = read_summary(case)
    out = console()
    status = str(summary.get("status"))
    out.print(f"{summary.get('case')}: {summary.get('case_title', '')}")
    out.print(f"status: {HEADLINES.get(status, status)}")
    for warning in summary.get("warnings") or ():
        out.print(f"warning: {warning}")
    solver = None if summary.get("solver") == "stages" else solver_of(summary)
    if solver is None:
        from exobase.cli.stages import show_stages

        show_stages(summary, output_of(case))
    _escape(summary.get("escape") or {})
    if solver is not None and solver.show is not None:
        solver.show(summary)
    _exobase(summary.get("exobase") or {})
    _regime(summary.get("regime_numbers") or {})
    _fractionation(summary.get("fractionation") or [])
    _checks(summary.get("checks") or [])
    wall = summary.get("wall_s")
    if isinstance(wall, int | float) and solver is not None:
        out.print(f"{solver.spent(summary)}, {summary.get('ranks')} rank(s), {span(wall)}")


def spent_on_gas(summary: dict[str, Any]) -> str:
    """What a DSMC run did."""
    return f"{summary.get('steps')} steps, {summary.get('particles')} particles"


def spent_on_histories(summary: dict[str, Any]) -> str:
    """What a test-particle run did."""
    speed = summary.get("histories_per_s_per_rank")
    rate = f" ({speed:.4g} per second and rank)" if isinstance(speed, int | float) else ""
    return f"{summary.get('histories')} histories{rate}, {summary.get('batches')} batches"


def show_provenance(case: Path) -> None:
    """Prints who made the result and how: the attributes of result.h5 that are short."""
    from exobase.io.results import read_result, staged_output

    staged = staged_output(case)
    if staged is not None:
        from exobase.cli.stages import show_stage_provenance

        show_stage_provenance(staged)
        return
    result = read_result(case)
    rows = table(str(result.path), "attribute", "value", numbers=False)
    for key, value in result.attrs.items():
        if key not in ("case_json", "case_toml", "ledger_entries", "warnings"):
            rows.add_row(key, ", ".join(str(v) for v in value) or "none" if isinstance(value, list) else str(value))
    console().print(rows)


def _escape(escape: dict[str, Any]) -> None:
    rows = table("escape", "species", "rate s-1", "flux m-2 s-1", "at radius m")
    for name, e in escape.items():
        rate = escaping(e.get("rate_per_s"), e.get("rate_stderr"), e.get("rate_upper_limit_95"))
        flux = escaping(e.get("flux_per_m2_s"), e.get("flux_stderr"), e.get("flux_upper_limit_95"))
        rows.add_row(name, rate, flux, measured(e.get("at_radius_m"), None))
    if escape:
        console().print(rows)


def show_histories(summary: dict[str, Any]) -> None:
    """Of a test-particle run: what is born where, what escapes by process, and the ledger."""
    out = console()
    rows = table("sources", "source", "events s-1", "illumination", "area factor", "area m2")
    for source in summary.get("sources") or ():
        numbers = (measured(source.get("area_factor"), None), measured(source.get("area_m2"), None))
        events = measured(source.get("events_per_s"), None)
        rows.add_row(str(source.get("name")), events, str(source.get("illumination")), *numbers)
    out.print(rows)
    rows = table("escape by process", "species", "process", "rate s-1")
    rows.columns[1].justify = "left"
    for name, escape in (summary.get("escape") or {}).items():
        for process, by in (escape.get("by_process") or {}).items():
            if by.get("rate_per_s"):
                rows.add_row(name, process, measured(by.get("rate_per_s"), by.get("rate_stderr")))
    if rows.row_count:
        out.print(rows)
    ledger = summary.get("ledger") or {}
    fates = list(next(iter(ledger.values()), {}))
    rows = table("ledger, simulated particles", "species", *fates)
    for name, counts in ledger.items():
        rows.add_row(name, *(str(counts.get(fate)) for fate in fates))
    if ledger:
        out.print(rows)
    base = summary.get("background_exobase") or {}
    if isinstance(base.get("altitude_m"), int | float):
        out.print(f"exobase of the background: altitude {base['altitude_m'] / 1e3:.5g} km")


def _exobase(exobase: dict[str, Any]) -> None:
    columns = ("radius_m", "temperature_K", "density_per_m3", "jeans_parameter", "jeans_flux_per_m2_s")
    rows = table("exobase", "species", "radius m", "T K", "n m-3", "lambda", "Jeans flux m-2 s-1", "flux/Jeans")
    for name, e in exobase.items():
        if e and e.get("radius_m") is not None:
            ratio = measured(e.get("flux_over_jeans"), e.get("flux_over_jeans_stderr"))
            rows.add_row(name, *(measured(e.get(c), None) for c in columns), ratio)
    if rows.row_count:
        console().print(rows)
    without = [name for name, e in exobase.items() if not e or e.get("radius_m") is None]
    if without:
        console().print(f"no exobase in the domain: {', '.join(without)}")


def _regime(numbers: dict[str, Any]) -> None:
    """The verdict with its numbers, and one line for each formula that does not hold."""
    if not numbers:
        return
    console().print(f"regime: {numbers.get('sentence')}")
    for warning in numbers.get("warnings") or ():
        console().print(f"  {warning}")
    console().print()


def _fractionation(pairs: list[dict[str, Any]]) -> None:
    rows = table("fractionation (F2/F1)/(n2/n1)", "pair", "at R0", "Jeans, separated", "drag", "at exobase", "Jeans")
    for pair in pairs:
        rows.add_row(
            f"{pair.get('species')}/{pair.get('over')}",
            measured(pair.get("factor"), pair.get("factor_stderr")),
            measured(pair.get("jeans_with_separation"), None),
            measured(pair.get("drag"), None),
            measured(pair.get("factor_exobase"), pair.get("factor_exobase_stderr")),
            measured(pair.get("jeans"), None),
        )
    if pairs:
        console().print(rows)


def _checks(checks: list[dict[str, Any]]) -> None:
    """The verdicts: a table where its columns have room, else each check with its numbers on lines of their own."""
    if not checks:
        return
    from exobase.judge.outcome import verdict, verdicts

    out = console()
    if out.width >= LOG_WIDTH:
        rows = table("checks", "name", "value", "reference", "tolerance", "verdict", "how")
        rows.columns[-1].justify = "left"
        for column in rows.columns[:3]:
            column.no_wrap = True
        for c in checks:
            rows.add_row(str(c.get("name")), *_numbers(c), verdict(c), str(c.get("detail") or ""))
        out.print(rows)
    else:
        out.print("checks", style="bold")
        for c in checks:
            value, reference, tolerance = _numbers(c)
            out.print(f"{verdict(c)}  {c.get('name')}")
            parts = (value, f"reference {reference}", f"tolerance {tolerance}", str(c.get("detail") or ""))
            out.print(indented("; ".join(part for part in parts if part), 8))
        out.print()
    out.print(verdicts(checks))


def _numbers(check: dict[str, Any]) -> tuple[str, str, str]:
    """Value, reference and tolerance of a check in words."""
    reference = check.get("reference")
    spelled = f"{reference:.5g}" if isinstance(reference, int | float) else "-"
    return measured(check.get("value"), check.get("stderr")), spelled, bounds(check.get("tolerance"))


def bounds(tolerance: Any) -> str:
    """The tolerance of a check in words."""
    if isinstance(tolerance, dict):
        return ", ".join(f"{key} {_spell(value)}" for key, value in tolerance.items() if value is not None)
    return _spell(tolerance)


def _spell(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(_spell(v) for v in value)
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
