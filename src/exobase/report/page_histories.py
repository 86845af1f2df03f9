"""Sections of the report page of a test-particle run."""

from __future__ import annotations

import math

import numpy as np

from exobase.constants import EV
from exobase.geometry.spheres import layer_volumes, sphere_area
from exobase.io.results import Result
from exobase.judge.measured_histories import energy_mean
from exobase.report.labels import formula_html, process_html
from exobase.report.markup import count, escaping, measured, number, table, text

_KINDS = ("steps", "candidates", "collisions", "arcs")
_COMES = ("born", "recoil", "split", "formed", "field")


def contents(result: Result) -> tuple[list[str], list[tuple[str, str]]]:
    """What the run did, for the line under the title; headings and texts, figures stand before the last one."""
    work = [f"{count(result.attributes('ledger').get('histories'))} histories"]
    work.append(f"{count(result.attrs.get('batches'))} batches")
    return work, [
        ("Escape", _escape(result)),
        ("Sources", _sources(result)),
        ("Escape by process", _processes(result)),
        ("Background", _background(result)),
        ("Ledger", _ledger(result)),
    ]


def _escape(result: Result) -> str:
    rows = [
        [
            formula_html(name),
            escaping(result, "escape/rate", k),
            escaping(result, "escape/flux", k),
            number(float(result["escape/at_radius"][k]) / 1e3, 6),
            _escape_energy(result, k),
        ]
        for k, name in enumerate(result.species)
    ]
    lit = "; ".join(_illuminated(result, j) for j in range(len(result["source/names"])))
    note = (
        f"<p>Rates are those of the illuminated part of the sphere: {lit}. The flux is the rate over the illuminated "
        "part of the sphere of the given radius; errors are from the scatter of the batches.</p>"
    )
    heads = ["species", "rate [s⁻¹]", "flux [m⁻² s⁻¹]", "at radius [km]", "mean energy at infinity [eV]"]
    return note + table(heads, rows, numeric=range(1, 5))


def _escape_energy(result: Result, k: int) -> str:
    if not float(result["escape/rate"][k]) > 0.0:
        return "–"
    value, stderr, _ = energy_mean(result, result.case, k)
    return measured(value / EV, stderr / EV)


def _illuminated(result: Result, j: int) -> str:
    """Name, illumination, area factor and area of one source."""
    factor = float(result["source/area_factor"][j])
    area = factor * float(sphere_area(result["escape/at_radius"][0]))
    name = process_html(str(result["source/names"][j]))
    return f"{name} {_illumination(result, j)}, factor {factor:g} of the whole sphere ({number(area)} m²)"


def _illumination(result: Result, j: int) -> str:
    sources = result.case.get("sources", [])
    return text(str(sources[j].get("illumination", "")).replace("_", " ")) if j < len(sources) else ""


def _sources(result: Result) -> str:
    sources = result.case.get("sources", [])
    rows = [
        [
            process_html(str(name)),
            text(str(sources[j].get("type", "")).replace("_", " ")) if j < len(sources) else "",
            process_html(str(sources[j].get("species", ""))) if j < len(sources) else "",
            _illumination(result, j),
            number(float(result["source/area_factor"][j])),
            number(float(result["source/rate"][j])),
        ]
        for j, name in enumerate(result["source/names"])
    ]
    heads = ["source", "type", "species", "illumination", "area factor", "events [s⁻¹]"]
    return table(heads, rows, numeric=(4, 5))


def _processes(result: Result) -> str:
    """Rate, part of the species' escape and number per event, of every process that lets something escape."""
    rates, errors = np.asarray(result["escape/by_process"]), result.stderr("escape/by_process")
    events = np.repeat(np.asarray(result["source/rate"], dtype=float), 2)
    rows = []
    for k, name in enumerate(result.species):
        total = float(result["escape/rate"][k])
        for j, process in enumerate(result["process/names"]):
            rate, error = float(rates[k, j]), float(errors[k, j])
            if rate > 0.0:
                share = f"{100.0 * rate / total:.3g} %" if total > 0.0 else ""
                yields = measured(rate / events[j], error / events[j]) if events[j] > 0.0 else ""
                rows.append([formula_html(name), process_html(str(process)), measured(rate, error), share, yields])
    heads = ["species", "process", "rate [s⁻¹]", "share", "per event of the source"]
    return table(heads, rows, numeric=(2, 3, 4)) or "<p>Nothing escapes.</p>"


def _background(result: Result) -> str:
    about, base = result.attributes("background"), float(result.attributes("grid").get("body_radius", 0.0))

    def height(key: str) -> str:
        r = about.get(key)
        known = isinstance(r, int | float) and math.isfinite(r)
        return f"{number((float(r) - base) / 1e3, 5)} km" if known and r is not None else "none"

    names = ", ".join(formula_html(str(name)) for name in result["background/species"])
    sigma = about.get("cross_section")
    return (
        f"<p>{names}. Exobase at an altitude of {height('exobase_radius')} (mean free path of the cross section "
        f"{number(sigma)} m² = pressure scale height); collisions are neglected above {height('top')}.</p>"
    )


def _ledger(result: Result) -> str:
    fates = [str(fate) for fate in result["ledger/fates"]]
    rows = []
    for k, name in enumerate(result.species):
        rows.append([formula_html(name), "particles", *(count(value) for value in result["ledger/counts"][k])])
        rows.append(["", "weight [s⁻¹]", *(number(float(value)) for value in result["ledger/weight"][k])])
        rows.append(["", "energy [W]", *(number(float(value)) for value in result["ledger/energy"][k])])
    heads = ["species", "", *fates]
    comes = [fate for fate in fates if fate in _COMES]
    ends = [fate for fate in fates if fate not in _COMES]
    work = ", ".join(f"{count(result['ledger/work'][i])} {kind}" for i, kind in enumerate(_KINDS))
    note = (
        f"<p>{' + '.join(comes)} = {' + '.join(ends)}: exactly in simulated particles, to round-off in weight "
        "(rates as simulated: of a body lit all round where there is no map). Energies are kinetic plus potential. "
        f"The weight and energy of <i>split</i> are the gains of survivors of roulette. Work: {work}.</p>"
    )
    return note + table(heads, rows, numeric=range(2, 2 + len(fates))) + _energy(result)


def _energy(result: Result) -> str:
    """The energy balance in words and numbers."""
    exchange = result.get("ledger/exchange")
    heat = float(np.asarray(result["profile/heating"]) @ _volumes(result))
    lines = [["heat left in the background (shells)", number(heat)]]
    if exchange is not None:
        labels = (
            "kinetic energy given to recoils",
            "kinetic energy of thermalised particles",
            "heat left, all of it",
            "internal energy set free by charge exchange",
        )
        # Results without ions end before the last entry.
        lines = [[label, number(float(x))] for label, x in zip(labels, exchange, strict=False)]
    return table(["energy", "power [W]"], lines, numeric=(1,))


def _volumes(result: Result) -> np.ndarray:
    return layer_volumes(result["grid/edges"])
