"""The report: one HTML page that needs no other file, from the result alone."""

from __future__ import annotations

import base64
import html
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from exobase.errors import InputError
from exobase.io.files import write_text_atomic
from exobase.io.results import Result, read_result, read_summary
from exobase.regime import Number, assess, fractionation
from exobase.report.figures import caption, draw, figure_names, save
from exobase.report.style import RC
from exobase.validate.judge import judge
from exobase.validate.outcome import CheckOutcome

_STATUS = {
    "converged": "converged: the wanted error was reached (where nothing can escape: all steps taken)",
    "reached_limit": "stopped at a limit before the wanted error was reached",
    "stopped": "stopped on request; it can be resumed",
    "failed": "failed",
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.lead { color: #555; margin-top: .2rem; } figure { margin: 1.4rem 0; } figure img { max-width: 100%; }
figcaption { color: #555; font-size: .9rem; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; } th { text-align: left; border-bottom: 2px solid #888; }
th, td { padding: .25rem .7rem .25rem 0; vertical-align: top; } td { border-bottom: 1px solid #ddd; }
sup { line-height: 0; } th.n { text-align: right; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pass { color: #00694d; font-weight: 600; } .fail { color: #b03a00; font-weight: 600; }
.warning { border-left: 4px solid #e69f00; padding: .2rem .8rem; background: #fdf6e6; margin: .4rem 0; }
pre { background: #f5f5f5; padding: .8rem; overflow-x: auto; font-size: .82rem; } code { word-break: break-all; }
"""


def write_report(case_dir: Path | str, output: Path | str | None = None) -> Path:
    """Write the report of a case (or a result.h5), by default `report.html` beside the result, and its figures.

    Returns the path of the page. Raises InputError where there is no result and RunError where the disk refuses.
    """
    result = read_result(case_dir)
    target = Path(output) if output is not None else result.path.parent / "report.html"
    write_text_atomic(target, page(result, result.path.parent / "figures"))
    return target


def page(result: Result, figures: Path | None = None) -> str:
    """The page as text; figures: a folder that also gets them as PNG files."""
    outcomes = judge(result, result.case)
    title = str(result.attrs.get("title") or result.attrs.get("case_name", "exobase"))
    sections = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="lead">{_lead(result, outcomes)}</p>',
        *(f'<p class="warning">{_text(warning)}</p>' for warning in _warnings(result)),
        _section("Checks", _checks(outcomes)),
        _section("Escape", _escape(result)),
        _section("Exobase", _exobase(result)),
        _section("Regime of escape", _regime(result)),
        _section("Fractionation", _fractionation(result)),
        _section("Figures", _figures(result, figures)),
        _section("Ledger", _ledger(result)),
        _section("Provenance", _provenance(result)),
    ]
    body = "\n".join(section for section in sections if section)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    )


def _lead(result: Result, outcomes: Sequence[CheckOutcome]) -> str:
    attrs = result.attrs
    status = str(attrs.get("status", ""))
    failed = sum(not outcome.passed for outcome in outcomes)
    verdict = f"{len(outcomes) - failed} of {len(outcomes)} checks passed"
    colour = "fail" if failed else "pass"
    particles = result.get("history/particles")
    parts = [
        _text(str(attrs.get("case_name", ""))),
        _text(_STATUS.get(status, status)),
        f'<span class="{colour}">{verdict}</span>',
        f"{_count(attrs.get('steps'))} steps",
        f"{_count(float(particles[-1]))} particles" if particles is not None and len(particles) else "",
        _plural(attrs.get("ranks"), "rank"),
        _span(float(attrs["wall_s"])) if attrs.get("wall_s") else "",
    ]
    return " · ".join(part for part in parts if part)


def _warnings(result: Result) -> list[str]:
    stored: Any = result.attrs.get("warnings")
    if not stored:
        try:
            stored = read_summary(result.path.parent).get("warnings")
        except InputError:
            stored = None
    if isinstance(stored, str):
        stored = json.loads(stored) if stored.startswith("[") else [stored]
    return [str(warning) for warning in stored or []]


def _checks(outcomes: Sequence[CheckOutcome]) -> str:
    rows = [
        [
            _text(outcome.name),
            _measured(outcome.value, outcome.stderr),
            _number(outcome.reference),
            _text(outcome.tolerance),
            f'<span class="{"pass" if outcome.passed else "fail"}">{"passed" if outcome.passed else "FAILED"}</span>',
            _text(outcome.detail),
        ]
        for outcome in outcomes
    ]
    return "<p>Values in SI units.</p>" + _table(
        ["quantity", "value", "reference", "tolerance", "verdict", "how"], rows, numeric=(1, 2)
    )


def _escape(result: Result) -> str:
    if "escape/rate" not in result:
        return ""
    rows = []
    for k, name in enumerate(result.species):
        lost = result.get("escape/lost_beyond_rate")
        rows.append(
            [
                _text(name),
                _of(result, "escape/rate", k),
                _of(result, "escape/flux", k),
                _number(float(result["escape/at_radius"][k]) / 1e3, 6) if "escape/at_radius" in result else "",
                _of(result, "escape/energy_rate", k),
                _count(result["escape/count"][k]) if "escape/count" in result else "",
                _count(result["escape/blocks"][k]) if "escape/blocks" in result else "",
                _of(result, "escape/lost_beyond_rate", k) if lost is not None and lost[k] else "none",
            ]
        )
    heads = ["species", "rate [s⁻¹]", "flux [m⁻² s⁻¹]", "at radius [km]", "energy [W]", "simulated escapers", "blocks"]
    return _table([*heads, "bound, lost beyond [s⁻¹]"], rows, numeric=range(1, 8))


def _exobase(result: Result) -> str:
    if "exobase/radius" not in result:
        return ""
    inner = float(result["grid/edges"][0])
    rows = []
    for k, name in enumerate(result.species):
        radius = float(result["exobase/radius"][k])
        if not math.isfinite(radius):
            rows.append([_text(name), "none in the domain", *[""] * 6])
            continue
        rows.append(
            [
                _text(name),
                _number(radius / 1e3, 6),
                _number(radius / inner, 4),
                _of(result, "exobase/temperature", k),
                _of(result, "exobase/density", k),
                _number(result["exobase/jeans_parameter"][k], 4),
                _number(result["exobase/jeans_flux"][k]),
                _of(result, "exobase/flux_over_jeans", k),
            ]
        )
    definition = str(result.attributes("exobase").get("definition", "")).replace("_", " ")
    note = f"<p>Definition of the exobase: mean free path = {_text(definition)}.</p>" if definition else ""
    heads = [
        "species",
        "radius [km]",
        "r/R₀",
        "T [K]",
        "n [m⁻³]",
        "Jeans parameter",
        "Jeans flux [m⁻² s⁻¹]",
        "flux/Jeans",
    ]
    return note + _table(heads, rows, numeric=range(1, 8))


_REGIME_ROWS = {
    "jeans_parameter_inner": "λ at R₀",
    "path_over_inner": "l/R₀ at R₀",
    "knudsen_inner": "l/H at R₀",
    "exobase_radius_m": "exobase [m]",
    "exobase_jeans_parameter": "λ at the exobase",
    "exobase_mach": "Mach number there",
    "exobase_speed_ratio": "u/U there",
    "sonic_radius_m": "sonic point [m]",
    "sonic_knudsen": "l/H there",
    "flux_over_evaporation": "flux/evaporation",
    "flux_over_jeans_inner": "flux/Jeans at R₀",
    "flux_over_jeans": "flux/Jeans at the exobase",
    "flux_over_jeans_drift": "the same with drift",
    "flux_over_parker": "flux/Parker",
    "flux_over_isentropic": "flux/isentropic",
}


def _regime(result: Result) -> str:
    """Verdict, numbers of the species and of the whole gas, and which formulas hold."""
    try:
        regime = assess(result, result.case)
    except InputError:  # a file without a case or without the gas
        return ""
    parts = [f"<p>{_text(regime.sentence)}</p>"]
    parts += [f'<p class="warning">{_text(warning)}</p>' for warning in regime.warnings]
    if regime.numbers is not None:
        columns = [*regime.numbers.species.values(), regime.numbers.gas]
        rows = []
        for key, label in _REGIME_ROWS.items():
            numbers = [getattr(column, key, Number()) for column in columns]
            if any(number.known for number in numbers):
                rows.append([label, *(_measured(*number) if number.known else "–" for number in numbers)])
        heads = ["", *(_text(name) for name in regime.numbers.species), "whole gas"]
        parts.append(_table(heads, rows, numeric=range(1, len(heads))))
    words = {True: "holds", False: "does not hold", None: "not judged"}
    rows = [[_text(f.name), words[f.applies], _text(f.why)] for f in regime.formulas]
    return "\n".join([*parts, _table(["formula", "here", "because"], rows)])


def _fractionation(result: Result) -> str:
    pairs = fractionation(result, result.case) if "escape/rate" in result else []
    rows = [
        [
            f"{_text(pair.species)}/{_text(pair.over)}",
            *(_measured(*pair.factor), _number(pair.jeans_separation), _number(pair.drag)),
            *(_measured(*pair.factor_exobase), _number(pair.jeans)),
        ]
        for pair in pairs
    ]
    heads = ["pair", "f at R₀", "Jeans with separation", "drag", "f at the exobase", "Jeans"]
    note = (
        "<p>f = (F₂/F₁)/(n₂/n₁): escape of the heavier over the lighter species for their share of the gas, the "
        "densities being those of the reservoir at R₀ and those found at the exobase of the lighter one.</p>"
    )
    return note + _table(heads, rows, numeric=range(1, 6)) if rows else ""


def _figures(result: Result, folder: Path | None) -> str:
    blocks = []
    for name in figure_names(result):
        figure = draw(result, name)
        if figure is None:
            continue
        if folder is not None:
            image_bytes = save(figure, folder / f"{name}.png").read_bytes()
        else:
            buffer = io.BytesIO()
            with mpl.rc_context(RC):
                figure.savefig(buffer, format="png")
            image_bytes = buffer.getvalue()
        data = base64.b64encode(image_bytes).decode("ascii")
        width = int(figure.get_figwidth() * 96)
        image = f'<img alt="{_text(name)}" width="{width}" src="data:image/png;base64,{data}">'
        blocks.append(f"<figure>{image}<figcaption>{_text(caption(name))}</figcaption></figure>")
    return "\n".join(blocks)


def _ledger(result: Result) -> str:
    if "ledger/counts" not in result:
        return ""
    entries = [str(entry) for entry in result.attributes("ledger").get("entries", [])]
    counts, weights = np.asarray(result["ledger/counts"]), result.get("ledger/flux_weight")
    energies = result.get("ledger/energy")
    rows = []
    for k, name in enumerate(result.species):
        rows.append([_text(name), "particles", *(_count(value) for value in counts[k])])
        if weights is not None:
            rows.append(["", "flux weight [s⁻¹]", *(_number(value) for value in weights[k])])
        if energies is not None:
            rows.append(["", "energy [W]", *(_number(value) for value in energies[k])])
    heads = ["species", "", *(entry.replace("_", " ") for entry in entries)]
    note = (
        "<p>Simulated particles over the whole run; flux weights (real particles per simulated one and per step) and "
        "their energies since the cells last changed. There <i>cloned</i> holds the net of clone and remove.</p>"
    )
    return note + _table(heads, rows, numeric=range(2, 2 + counts.shape[1]))


def _provenance(result: Result) -> str:
    hidden = ("case_json", "case_toml", "title", "warnings")
    rows = []
    for key, value in sorted(result.attrs.items()):
        if key not in hidden:
            text = ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
            rows.append([_text(key), f"<code>{_text(text)}</code>"])
    toml = str(result.attrs.get("case_toml", ""))
    return _table(["attribute", "value"], rows) + (f"<h2>Case file</h2><pre>{_text(toml)}</pre>" if toml else "")


def _section(title: str, content: str) -> str:
    return f"<h2>{title}</h2>\n{content}" if content else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = ()) -> str:
    if not rows:
        return ""
    top = "".join(f"<th{' class=n' if k in numeric else ''}>{head}</th>" for k, head in enumerate(heads))
    lines = [
        "<tr>" + "".join(f"<td{' class=n' if k in numeric else ''}>{cell}</td>" for k, cell in enumerate(row)) + "</tr>"
        for row in rows
    ]
    return f'<div class="wide"><table><tr>{top}</tr>\n' + "\n".join(lines) + "</table></div>"


def _of(result: Result, name: str, row: int) -> str:
    if name not in result:
        return ""
    return _measured(float(result[name][row]), float(result.stderr(name)[row]))


def _measured(value: float, stderr: float) -> str:
    """A number with its standard error, both to the digits the error allows: (4.821 ± 0.019) × 10²⁶."""
    if not math.isfinite(value):
        return "none"
    if not (math.isfinite(stderr) and stderr > 0.0):
        return _number(value)
    exponent = math.floor(math.log10(max(abs(value), stderr)))
    digits = min(max(0, exponent - math.floor(math.log10(stderr)) + 1), 12)
    if -3 <= exponent <= 4:
        places = max(0, digits - exponent)
        return f"{value:.{places}f} ± {stderr:.{places}f}"
    scale = 10.0**exponent
    return f"({value / scale:.{digits}f} ± {stderr / scale:.{digits}f}) × 10<sup>{exponent}</sup>"


def _number(value: Any, digits: int = 4) -> str:
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return "" if value is None else _text(str(value))
    number = float(value)
    if not math.isfinite(number):
        return "–"
    if number == 0.0 or -3 <= math.floor(math.log10(abs(number))) <= 5:
        return f"{number:.{digits}g}" if abs(number) < 10.0**digits else f"{number:.0f}"
    exponent = math.floor(math.log10(abs(number)))
    return f"{number / 10.0**exponent:.{digits - 1}f} × 10<sup>{exponent}</sup>"


def _count(value: Any) -> str:
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return "?"
    return f"{float(value):,.0f}".replace(",", "\u202f")


def _plural(count: Any, noun: str) -> str:
    return "" if count is None else f"{_count(count)} {noun}{'' if count == 1 else 's'}"


def _span(seconds: float) -> str:
    """A duration: 37 s, 4.2 min, 3.1 h."""
    if seconds < 100.0:
        return f"{seconds:.3g} s"
    return f"{seconds / 60.0:.3g} min" if seconds < 6000.0 else f"{seconds / 3600.0:.3g} h"


def _text(value: str) -> str:
    return html.escape(value)
