"""What ions need, from a case."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case.history_model import HistoryCase
from exobase.case.model import Source
from exobase.constants import ELEMENTARY_CHARGE
from exobase.fields.conics import boundary
from exobase.histories.ionise import ELECTRONS, EVERYWHERE, SOLAR_WIND, SUNLIGHT
from exobase.histories.ions import Ions
from exobase.histories.plasma import build_plasma

Array = NDArray[np.float64]

CODES = {
    "frequency": SUNLIGHT,
    "photoionisation": SUNLIGHT,
    "electron_impact": ELECTRONS,
    "charge_exchange": SOLAR_WIND,
}


def build_ions(case: HistoryCase) -> Ions | None:
    """Fields, charges and the ways of ionisation of a case; None where it has no field."""
    if case.field is None:
        return None
    tally = case.tally
    charge = [f.species.charge * ELEMENTARY_CHARGE / f.species.mass for f in case.followed]
    rows, values, tables = [], [], [np.zeros((2, 2))]
    for source in case.sources:
        row, value, table = _ioniser(source, case, sum(t.shape[1] for t in tables))
        rows.append(row)
        values.append(value)
        tables.append(table)
    ln_energy, sigma = np.concatenate(tables, axis=1)
    low, high = tally.ring
    return Ions(
        plasma=build_plasma(case),
        q_over_m=np.array(charge),
        far=case.r_outer,
        turn=case.field.gyration_angle,
        part=case.field.scale_fraction,
        cube_half=tally.cube_half,
        ring_speed=tally.ring_speed,
        ring_low=low,
        ring_high=high,
        ionise=np.array(rows, dtype=np.int64),
        value=np.array(values),
        within=_within(case),
        ln_energy=np.ascontiguousarray(ln_energy),
        sigma=np.ascontiguousarray(sigma),
    )


def _within(case: HistoryCase) -> Array:
    """Boundaries of the sources [sources, parts, 6]; parts that no point belongs to where there are fewer."""
    surfaces = [
        boundary(s.settings["within"]).surface(case.body_radius).parts if "within" in s.settings else np.zeros((0, 6))
        for s in case.sources
    ]
    out = np.full((len(surfaces), max((len(parts) for parts in surfaces), default=0) or 1, 6), np.inf)
    for row, parts in zip(out, surfaces, strict=True):
        row[: len(parts)] = parts
    return out


def _ioniser(source: Source, case: HistoryCase, begin: int) -> tuple[list[int], list[float], Array]:
    """Row of the codes, row of the values (columns of :mod:`exobase.histories.ionise`), and table [2, n]."""
    given = source.settings
    if source.type != "pickup":
        return [EVERYWHERE, -1, 0, 2], [0.0, 1.0, 1.0, 1.0, 0.0, 0.0], np.zeros((2, 0))
    code = CODES[given["way"]]
    fast = case.index(given["fast"]) if given.get("fast") else -1
    table = np.zeros((2, 0))
    if code == SOLAR_WIND:
        table = np.array([np.log(given["beam_energy"]), given["beam_sigma"]])
    names = (
        ("shadow", 0.0), ("factor", 1.0), ("frequency", 1.0), ("beam_mass", 1.0), ("beam_fraction", 1.0),
        ("beam_spread", 0.0),
    )  # fmt: skip
    return [code, fast, begin, max(table.shape[1], 2)], [float(given.get(k, d)) for k, d in names], table
