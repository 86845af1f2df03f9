"""The [[source]] tables of a dsmc case: births in a gas that is simulated itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from exobase.case.frame import Frame, Tables
from exobase.case.model import CaseSpecies, Source
from exobase.case.resolve_checks import Report
from exobase.case.resolve_sources import SourceResolver
from exobase.errors import InputError
from exobase.sources.reading import read_source

_WITH_ALTITUDES = ("altitude", "profile", "table")


def resolve_gas_sources(
    tables: list[Any],
    path: Path,
    radius: float | None,
    edges: tuple[float, float],
    species: tuple[CaseSpecies, ...],
    sun_distance: float | None,
    placed: bool,
    report: Report,
) -> tuple[Source, ...]:
    """Sources of a dsmc case, each read once so that its faults are known before the run.

    path: directory of the case; radius [m]: from which altitudes count (None: not known); placed: whether the gas has a
    day and a night side.
    """
    faults: list[str] = []

    def note(key: str, message: str, given: object = None) -> None:
        faults.append(key)
        report(key, message, given)

    for i, table in enumerate(tables):
        _check(f"source.{i}", table, radius, placed, note)
    # Without faults so far, the radius is known wherever it is used.
    frame = Frame(path, radius or 0.0, 0.0, *edges)
    names = tuple(s.name for s in species)
    resolver = SourceResolver(frame, None, None, names, Tables(frame, note), sun_distance, note)
    found = () if faults else resolver.sources(tables)
    for i, source in enumerate(() if faults else found):
        try:
            read_source(source, *edges, [s.species for s in species])
        except InputError as error:
            for message in error.messages:
                report(f"source.{i}", message)
    return found if placed else tuple(replace(s, illumination="global") for s in found)


def _check(key: str, table: Any, radius: float | None, placed: bool, report: Report) -> None:
    """Keys that have another meaning, or none, where a whole gas is simulated."""
    if not placed and table.illumination not in (None, "global"):
        report(
            f"{key}.illumination",
            "a gas with spherical symmetry has no night side; allowed: 'global' (rates per volume hold everywhere, and "
            "rates of escape are those of the whole sphere: of one lit half, take half of them); or domain.geometry = "
            "'axisymmetric' or 'spherical'",
            table.illumination,
        )
    if table.share != 1.0:
        report(f"{key}.share", "shares out histories: leave it out with the dsmc solver", table.share)
    if radius is None and any(getattr(table, name) is not None for name in _WITH_ALTITUDES):
        report(key, "needs body.name or body.radius, from which altitudes count")
