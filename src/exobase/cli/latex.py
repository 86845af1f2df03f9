"""Tables of results as LaTeX: a tabular that compiles without any package (with booktabs where asked)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exobase.errors import InputError
from exobase.io import read_result, read_summary
from exobase.io.results import staged_output
from exobase.judge.verdict import verdict_of
from exobase.solvers import solver_of
from exobase.species import formula_parts

if TYPE_CHECKING:
    from exobase.io.results import Result

_PROVENANCE = ("case_name", "title", "exobase_version", "commit", "created", "status")
_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$",
}  # fmt: skip
_SIGNS = {
    "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "°": r"$^{\circ}$", "²": "$^{2}$", "³": "$^{3}$", "⁻": "$^{-}$",
    "¹": "$^{1}$", "–": "--", "—": "---", "−": "$-$", "’": "'", "λ": r"$\lambda$", "σ": r"$\sigma$", "μ": r"$\mu$",
    "µ": r"$\mu$", "γ": r"$\gamma$", "β": r"$\beta$", "α": r"$\alpha$", "≤": r"$\le$", "≥": r"$\ge$", "≈": r"$\approx$",
    "→": r"$\rightarrow$",
}  # fmt: skip
Rows = list[list[str]]
Tables = dict[str, Callable[[], tuple[str, list[str], Rows]]]


def latex_table(
    path: Path, kind: str | None = None, species: Sequence[str] | None = None, booktabs: bool = False
) -> str:
    """One of the tables of a run (or of a case of stages) by name, by default that of escape (or the budget).

    Errors stand in parentheses, in units of the last digit: 1.23(4) is 1.23 +- 0.04. Raises InputError for an unknown
    table or species.
    """
    staged = staged_output(path)
    if staged is not None:
        attrs: Mapping[str, Any] = read_summary(staged)
        head = {key: attrs.get(other) for key, other in (("case_name", "case"), ("title", "case_title"))}
        made: Tables = {
            "budget": lambda: _budget(staged, species),
            "checks": lambda: _checks(attrs.get("checks") or []),
        }
    else:
        result = read_result(path)
        names = [result.species[result.index(name)] for name in species or result.species]
        head = {key: result.attrs.get(key) for key in _PROVENANCE}
        made = {"escape": lambda: _escape(result, names)}
        made |= solver_of(result.attrs).latex(result, names)
        made["checks"] = lambda: _checks([outcome.to_dict() for outcome in verdict_of(result)])
    chosen = kind or next(iter(made))
    if chosen not in made:
        raise InputError(f"--table {chosen}: there is no such LaTeX table of this result; allowed: {', '.join(made)}")
    columns, heads, rows = made[chosen]()
    comments = [f"% {key}: {' '.join(str(value).split())}" for key, value in head.items() if value]
    return "\n".join([*comments, *_tabular(columns, heads, rows, booktabs)]) + "\n"


def gas_tables(result: Result, names: Sequence[str]) -> Tables:
    """What only a DSMC run has."""
    return {"exobase": lambda: _exobase(result, names)}


def history_tables(result: Result, names: Sequence[str]) -> Tables:
    """What only a test-particle run has."""
    return {"processes": lambda: _processes(result, names), "exobase": lambda: _background(result)}


def number(value: Any, error: Any = None, digits: int = 4) -> str:
    r"""A number in math mode, with its standard error in units of the last digit: $1.23(4)\times10^{24}$.

    The error has one digit, or two where the first is 1. digits: of a number without a (positive) error. "--" where
    there is no number.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return "--"
    if not isinstance(error, int | float) or not math.isfinite(error) or error <= 0.0:
        return f"${_plain(float(value), digits)}$"
    place = math.floor(math.log10(error))
    if error < 2.0 * 10.0**place:
        place -= 1
    return f"${_at(float(value), float(error), place)}$"


def _at(value: float, error: float, place: int) -> str:
    """Value and error rounded to 10^place."""
    last = round(error / 10.0**place)
    power = math.floor(math.log10(max(abs(value), error)))
    if float(f"{abs(value) / 10.0**power:.{max(power - place, 0)}f}") >= 10.0:
        power += 1
    if -3 <= power <= 3 and place <= 0:
        return f"{value:.{-place}f}({last})"
    return rf"{value / 10.0**power:.{power - place}f}({last})\times10^{{{power}}}"


def _plain(value: float, digits: int) -> str:
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if value == 0.0 or -3 <= exponent <= 4:
        return f"{value:.{digits}g}" if exponent < digits else f"{value:.0f}"
    return rf"{mantissa}\times10^{{{exponent}}}"


def text(value: Any) -> str:
    """A text in which LaTeX finds no command, and no character that its standard fonts lack."""
    parts = []
    for sign in " ".join(str(value).split()):
        if sign in _ESCAPED:
            parts.append(_ESCAPED[sign])
        elif sign in _SIGNS:
            parts.append(_SIGNS[sign])
        elif " " <= sign <= "~" or sign in "äöüÄÖÜßéèêáàâíóôúñçåøæ":
            parts.append(sign)
        else:
            near = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
            parts.append("".join(_ESCAPED.get(letter, letter) for letter in near) or "?")
    return "".join(parts)


def chemical(name: str) -> str:
    """A species with its numbers and charge raised and lowered: CO$_{2}^{+}$, $^{15}$N; other names as text."""
    found = formula_parts(name)
    if found is None:
        return text(name)
    parts, charge = found
    raised = "" if not charge else f"^{{{charge if len(charge) == 1 else f'{len(charge)}{charge[0]}'}}}"
    made = []
    for k, (mass, symbol, count) in enumerate(parts):
        after = (f"_{{{count}}}" if count else "") + (raised if k == len(parts) - 1 else "")
        made.append((f"$^{{{mass}}}$" if mass else "") + symbol + (f"${after}$" if after else ""))
    return "".join(made)


def _tabular(columns: str, heads: Sequence[str], rows: Rows, booktabs: bool) -> list[str]:
    top, middle, bottom = (r"\toprule", r"\midrule", r"\bottomrule") if booktabs else (r"\hline",) * 3
    body = [" & ".join(row) + r" \\" for row in rows]
    opening = [*(["% needs \\usepackage{booktabs}"] if booktabs else []), rf"\begin{{tabular}}{{{columns}}}"]
    return [*opening, top, " & ".join(heads) + r" \\", middle, *body, bottom, r"\end{tabular}"]


def _of(result: Result, name: str, row: int) -> tuple[float | None, float | None]:
    """A quantity of a species and its error, None where the result has none."""
    if name not in result:
        return None, None
    return float(result[name][row]), float(result.stderr(name)[row])


def _escape(result: Result, names: Sequence[str]) -> tuple[str, list[str], Rows]:
    rows = []
    for name in names:
        k = result.index(name)
        cells = [chemical(name)]
        for quantity in ("rate", "flux"):
            value, error = _of(result, f"escape/{quantity}", k)
            limit, _ = _of(result, f"escape/{quantity}_upper_limit_95", k)
            cells.append(f"$<{_plain(limit, 2)}$" if value == 0.0 and limit else number(value, error))
        radius, _ = _of(result, "escape/at_radius", k)
        rows.append([*cells, number(None if radius is None else radius / 1e3, None, 5)])
    heads = ["Species", "Escape rate (s$^{-1}$)", "Escape flux (m$^{-2}$\\,s$^{-1}$)", "At radius (km)"]
    return "lrrr", heads, rows


def _exobase(result: Result, names: Sequence[str]) -> tuple[str, list[str], Rows]:
    rows = []
    for name in names:
        k = result.index(name)
        radius, _ = _of(result, "exobase/radius", k)
        cells = [chemical(name), number(None if radius is None else radius / 1e3, None, 5)]
        quantities = ("temperature", "density", "jeans_parameter", "jeans_flux", "flux_over_jeans")
        cells += [number(*_of(result, f"exobase/{quantity}", k)) for quantity in quantities]
        rows.append(cells)
    heads = [
        "Species", "Exobase (km)", "$T$ (K)", "$n$ (m$^{-3}$)", r"$\lambda$", "Jeans flux (m$^{-2}$\\,s$^{-1}$)",
        "Flux/Jeans",
    ]  # fmt: skip
    return "lrrrrrr", heads, rows


def _background(result: Result) -> tuple[str, list[str], Rows]:
    """The exobase of the given atmosphere."""
    given = result.attributes("background").get("exobase_radius")
    radius = float(given) if given is not None else math.nan
    base = float(result.attributes("grid").get("body_radius", 0.0))
    values = [radius / 1e3, (radius - base) / 1e3]
    return "rr", ["Exobase (km)", "Altitude (km)"], [[number(value, None, 5) for value in values]]


def _processes(result: Result, names: Sequence[str]) -> tuple[str, list[str], Rows]:
    rows = []
    for name in names:
        rates, errors = (array[result.index(name)] for array in (
            result["escape/by_process"], result.stderr("escape/by_process"))
        )  # fmt: skip
        for process, rate, error in zip(result["process/names"], rates, errors, strict=True):
            if rate > 0.0:
                rows.append([chemical(name), text(process), number(float(rate), float(error))])
    return "llr", ["Species", "Process", "Escape rate (s$^{-1}$)"], rows


def _checks(checks: Sequence[Mapping[str, Any]]) -> tuple[str, list[str], Rows]:
    from exobase.cli.results import bounds
    from exobase.judge.outcome import verdict

    rows = [
        [
            text(check.get("name")), number(check.get("value"), check.get("stderr")), number(check.get("reference")),
            text(bounds(check.get("tolerance"))), verdict(check).lower(),
        ]
        for check in checks
    ]  # fmt: skip
    return "lrrll", ["Check", "Value (SI)", "Reference (SI)", "Tolerance", "Verdict"], rows


def _budget(folder: Path, species: Sequence[str] | None) -> tuple[str, list[str], Rows]:
    from exobase.summary.budget import read_budget

    found = read_budget(folder).rows
    known = dict.fromkeys(row.species for row in found)
    for name in species or ():
        if name not in known:
            raise InputError(f"{folder}: no species '{name}' in the budget (it has {', '.join(known)})")
    rows = []
    for row in found:
        if species and row.species not in species:
            continue
        rate = f"$<{_plain(row.limit, 2)}$" if row.limit else number(row.rate, row.stderr)
        spans = [
            (_plain(p.low, 3) if p.low == p.high else rf"{_plain(p.low, 3)}\ \mbox{{to}}\ {_plain(p.high, 3)}")
            for p in row.published
        ]
        process = text(row.process.replace("_", " ")) + ("" if row.counted else " (not in totals)")
        cells = [chemical(row.species), process, rate, number(row.mass_rate, row.mass_stderr)]
        rows.append([*cells, "; ".join(f"${span}$" for span in spans) or "--"])
    heads = ["Species", "Process", "Loss rate (s$^{-1}$)", "Mass (kg\\,s$^{-1}$)", "Published (s$^{-1}$)"]
    return "llrrl", heads, rows
