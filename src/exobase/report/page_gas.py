"""The sections of the report that belong to a gas: escape, exobase, regime, fractionation, ledger."""

from __future__ import annotations

import math

import numpy as np

from exobase.errors import InputError
from exobase.io.results import Result
from exobase.regime import Number, assess, fractionation
from exobase.report.labels import formula_html
from exobase.report.markup import count, escaping, measured, number, of, table, text
from exobase.report.style import altitude_base


def contents(result: Result) -> tuple[list[str], list[tuple[str, str]]]:
    """What the run did, for the line under the title; headings and texts, figures stand before the last one."""
    particles = result.get("history/particles")
    work = [f"{count(result.attrs.get('steps'))} steps"]
    work.append(f"{count(float(particles[-1]))} particles" if particles is not None and len(particles) else "")
    return work, [
        ("Escape", _escape(result)),
        ("Exobase", _exobase(result)),
        ("Regime of escape", _regime(result)),
        ("Fractionation", _fractionation(result)),
        ("Ledger", _ledger(result)),
    ]


def _escape(result: Result) -> str:
    if "escape/rate" not in result:
        return ""
    rows = []
    for k, name in enumerate(result.species):
        lost = result.get("escape/lost_beyond_rate")
        rows.append(
            [
                formula_html(name),
                escaping(result, "escape/rate", k),
                escaping(result, "escape/flux", k),
                number(float(result["escape/at_radius"][k]) / 1e3, 6) if "escape/at_radius" in result else "",
                of(result, "escape/energy_rate", k),
                count(result["escape/count"][k]) if "escape/count" in result else "",
                count(result["escape/blocks"][k]) if "escape/blocks" in result else "",
                of(result, "escape/lost_beyond_rate", k) if lost is not None and lost[k] else "none",
            ]
        )
    heads = ["species", "rate [s⁻¹]", "flux [m⁻² s⁻¹]", "at radius [km]", "energy [W]", "simulated escapers", "blocks"]
    return table([*heads, "bound, lost beyond [s⁻¹]"], rows, numeric=range(1, 8))


def _exobase(result: Result) -> str:
    if "exobase/radius" not in result:
        return ""
    inner, base = float(result["grid/edges"][0]), altitude_base(result)
    rows = []
    for k, name in enumerate(result.species):
        radius = float(result["exobase/radius"][k])
        if not math.isfinite(radius):
            rows.append([formula_html(name), "none in the domain", *[""] * 6])
            continue
        rows.append(
            [
                formula_html(name),
                number(radius / 1e3, 6),
                number(radius / inner if base is None else (radius - base) / 1e3, 4),
                of(result, "exobase/temperature", k),
                of(result, "exobase/density", k),
                number(result["exobase/jeans_parameter"][k], 4),
                number(result["exobase/jeans_flux"][k]),
                of(result, "exobase/flux_over_jeans", k),
            ]
        )
    definition = str(result.attributes("exobase").get("definition", "")).replace("_", " ")
    note = f"<p>Definition of the exobase: mean free path = {text(definition)}.</p>" if definition else ""
    heads = [
        "species",
        "radius [km]",
        "r/R₀" if base is None else "altitude [km]",
        "T [K]",
        "n [m⁻³]",
        "Jeans parameter",
        "Jeans flux [m⁻² s⁻¹]",
        "flux/Jeans",
    ]
    return note + table(heads, rows, numeric=range(1, 8))


_REGIME_ROWS = {
    "jeans_parameter_inner": "λ at R₀",
    "knudsen_number_radius": "l/R₀ at R₀",
    "knudsen_number_height": "l/H at R₀",
    "exobase_radius_m": "exobase [m]",
    "exobase_jeans_parameter": "λ at the exobase",
    "exobase_mach": "Mach number there",
    "exobase_speed_ratio": "u/U there",
    "sonic_radius_m": "sonic point [m]",
    "sonic_knudsen": "l/H there",
    "flux_over_evaporation": "flux/evaporation",
    "flux_over_emission": "flux/emission",
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
    parts = [f"<p>{text(regime.sentence)}</p>"]
    parts += [f'<p class="warning">{text(warning)}</p>' for warning in regime.warnings]
    if regime.numbers is not None:
        columns = [*regime.numbers.species.values(), regime.numbers.gas]
        rows = []
        for key, label in _REGIME_ROWS.items():
            numbers = [getattr(column, key, Number()) for column in columns]
            if any(entry.known for entry in numbers):
                rows.append([label, *(measured(*entry) if entry.known else "–" for entry in numbers)])
        heads = ["", *(formula_html(name) for name in regime.numbers.species), "whole gas"]
        parts.append(table(heads, rows, numeric=range(1, len(heads))))
    words = {True: "holds", False: "does not hold", None: "not judged"}
    rows = [[text(f.name), words[f.applies], text(f.why)] for f in regime.formulas]
    return "\n".join([*parts, table(["formula", "here", "because"], rows)])


def _fractionation(result: Result) -> str:
    pairs = fractionation(result, result.case) if "escape/rate" in result else []
    rows = [
        [
            f"{formula_html(pair.species)}/{formula_html(pair.over)}",
            *(measured(*pair.factor), number(pair.jeans_separation), number(pair.drag)),
            *(measured(*pair.factor_exobase), number(pair.jeans)),
        ]
        for pair in pairs
    ]
    heads = ["pair", "f at R₀", "Jeans with separation", "drag", "f at the exobase", "Jeans"]
    note = (
        "<p>f = (F₂/F₁)/(n₂/n₁): escape of the heavier over the lighter species for their share of the gas, the "
        "densities being those of the reservoir at R₀ and those found at the exobase of the lighter one.</p>"
    )
    return note + table(heads, rows, numeric=range(1, 6)) if rows else ""


def _ledger(result: Result) -> str:
    if "ledger/counts" not in result:
        return ""
    entries = [str(entry) for entry in result.attributes("ledger").get("entries", [])]
    counts, weights = np.asarray(result["ledger/counts"]), result.get("ledger/flux_weight")
    energies = result.get("ledger/energy")
    rows = []
    for k, name in enumerate(result.species):
        rows.append([formula_html(name), "particles", *(count(value) for value in counts[k])])
        if weights is not None:
            rows.append(["", "flux weight [s⁻¹]", *(number(value) for value in weights[k])])
        if energies is not None:
            rows.append(["", "energy [W]", *(number(value) for value in energies[k])])
    heads = ["species", "", *(entry.replace("_", " ") for entry in entries)]
    note = (
        "<p>Simulated particles over the whole run; flux weights (real particles per simulated one and per step) and "
        "their energies since the cells last changed. There <i>cloned</i> holds the net of clone and remove.</p>"
    )
    return note + table(heads, rows, numeric=range(2, 2 + counts.shape[1]))
