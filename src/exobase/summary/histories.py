"""summary.json of a test-particle run (docs/results.md)."""

from __future__ import annotations

from typing import Any

import numpy as np

from exobase.case.history_model import HistoryCase
from exobase.geometry.spheres import sphere_area
from exobase.io.results import SCHEMA_VERSION, Result
from exobase.judge import CheckOutcome
from exobase.summary.dsmc import limits, plain

_KEYS = (
    "status",
    "solver",
    "ranks",
    "seed",
    "batches",
    "histories",
    "wall_s",
    "compile_s",
    "histories_per_s_per_rank",
    "state_digest",
    "peak_memory_bytes",
)


def summarise_histories(result: Result, case: HistoryCase, outcomes: list[CheckOutcome]) -> dict[str, Any]:
    """The machine-readable verdict of a finished test-particle run."""
    out: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "case": case.name, "case_title": case.title}
    out |= {key: plain(result.attrs.get(key)) for key in _KEYS}
    names = [str(n) for n in result["species/names"]]
    out["escape"] = {name: _escape(result, k) for k, name in enumerate(names)}
    out["sources"] = [_source(result, case, j) for j in range(len(case.sources))]
    background = result.attributes("background")
    radius = plain(background.get("exobase_radius"))
    out["background_exobase"] = {
        "radius_m": radius,
        "altitude_m": None if radius is None else radius - case.body_radius,
        "cross_section_m2": plain(background.get("cross_section")),
    }
    out["checks"] = [outcome.to_dict() for outcome in outcomes]
    fates = [str(f) for f in result["ledger/fates"]]
    counts = result["ledger/counts"]
    out["ledger"] = {name: {f: int(counts[k][i]) for i, f in enumerate(fates)} for k, name in enumerate(names)}
    work = result["ledger/work"]
    kinds = ("steps", "candidates", "collisions", "arcs", "histories", "exchanges")
    out["work"] = {kind: int(work[i]) for i, kind in enumerate(kinds)}
    out["warnings"] = [str(w) for w in result.attrs.get("warnings", [])]
    return out


def _escape(result: Result, k: int) -> dict[str, Any]:
    processes = [str(p) for p in result["process/names"]]
    rates, errors = result["escape/by_process"][k], result.stderr("escape/by_process")[k]
    by = {
        name: {"rate_per_s": plain(rates[j]), "rate_stderr": plain(errors[j]) if rates[j] > 0.0 else None}
        for j, name in enumerate(processes)
    }
    return {
        "rate_per_s": plain(result["escape/rate"][k]),
        "rate_stderr": plain(result.stderr("escape/rate")[k]),
        "flux_per_m2_s": plain(result["escape/flux"][k]),
        "flux_stderr": plain(result.stderr("escape/flux")[k]),
        **limits(result, k),
        "at_radius_m": plain(result["escape/at_radius"][k]),
        "by_process": by,
    }


def _source(result: Result, case: HistoryCase, j: int) -> dict[str, Any]:
    """One source: what it is, how many events it has, and over which part of the sphere the rates count."""
    source = case.sources[j]
    factor = float(result["source/area_factor"][j])
    births = np.asarray(result["process/names"])
    counted = "source/events" in result
    events = result["source/events"][j] if counted and source.type == "pickup" else result["source/rate"][j]
    return {
        "name": source.name,
        "type": source.type,
        "species": source.species,
        "illumination": source.illumination,
        "area_factor": factor,
        "area_m2": float(sphere_area(result["escape/at_radius"][0])) * factor,
        "events_per_s": plain(events),
        "events_stderr": plain(result.stderr("source/events")[j]) if counted and source.type == "pickup" else 0.0,
        "processes": [str(births[2 * j]), str(births[2 * j + 1])],
    }
