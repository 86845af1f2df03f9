"""Columns and rows of a sweep over cases of the test-particle solver."""

from __future__ import annotations

import math

from exobase.case.history_model import HistoryCase
from exobase.sweep.columns import CHECKS, Row, checks_of, escape_of

OF_SPECIES = (
    ("laws", "1", "target:law of every pair of the species"),
    ("escape_rate", "s-1", "escape rate over the illuminated area"),
    ("escape_rate_stderr", "s-1", "its standard error"),
    ("escape_flux", "m-2 s-1", "escape flux through the illuminated part of the reference sphere"),
    ("escape_flux_stderr", "m-2 s-1", "its standard error"),
    ("escape_per_event", "1", "escape rate over the rate of events of all sources"),
    ("escape_per_event_stderr", "1", "its standard error"),
    ("recoil_share", "1", "part of the escape rate that recoils carry"),
)
OF_RUN = (
    ("background", "1", "file of the given atmosphere"),
    ("source_rate", "s-1", "events of all sources over the illuminated area"),
    ("reference_radius", "m", "radius to which the escape flux refers"),
    ("exobase_radius", "m", "radius of the exobase of the given atmosphere"),
    ("batches", "1", "batches of histories"),
    ("histories", "1", "histories followed"),
    ("ranks", "1", "ranks that computed the point"),
    ("wall_s", "s", "wall time of the run"),
    ("histories_per_s", "s-1", "histories per second, all ranks"),
    *CHECKS,
)
TEXTS = ("laws", "background")


def of_species(case: HistoryCase, name: str, summary: Row) -> Row:
    """Numbers of one followed species: its laws, and what the run tells where there is a summary."""
    laws = sorted(f"{c.target}:{c.law}" for c in case.collisions if c.projectile == name)
    row: Row = {"laws": " ".join(laws)}
    found = escape_of(summary, name)
    if not found:
        return row
    events = _events(summary)
    for end in ("", "_stderr"):
        rate = found[f"escape_rate{end}"]
        row[f"escape_per_event{end}"] = rate / events if rate is not None and events > 0.0 else None
    processes = summary["escape"][name].get("by_process") or {}
    recoils = {process for source in summary.get("sources", []) for process in source["processes"][1:]}
    carried = math.fsum(part["rate_per_s"] for process, part in processes.items() if process in recoils)
    whole = found["escape_rate"]
    row["recoil_share"] = carried / whole if whole else None
    return row | found


def of_run(case: HistoryCase, summary: Row) -> Row:
    """Numbers of the run as a whole; the background alone where there is no summary."""
    row: Row = {"background": case.background.source}
    if not summary:
        return row
    pace, ranks = summary.get("histories_per_s_per_rank"), summary.get("ranks") or 1
    escape = summary.get("escape", {}).get(case.run.target_species) or {}
    return {
        **row,
        "source_rate": _events(summary),
        "reference_radius": escape.get("at_radius_m"),
        "exobase_radius": (summary.get("background_exobase") or {}).get("radius_m"),
        **{key: summary.get(key) for key in ("batches", "histories", "ranks", "wall_s")},
        "histories_per_s": None if pace is None else pace * ranks,
        **checks_of(summary),
    }


def _events(summary: Row) -> float:
    return math.fsum(source["events_per_s"] for source in summary.get("sources", []))
