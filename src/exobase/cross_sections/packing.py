"""Numbers and tables of several pairs in the flat arrays that kernels read, and the bounds of their collision rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from exobase.cross_sections.entries import PairEntry
from exobase.cross_sections.lookup import (
    CODE,
    ELECTRONIC,
    FIRST_ROW,
    FIRST_TOTAL,
    HIGH,
    LOW,
    NEVER,
    PER_ROW,
    PER_TOTAL,
    POWER,
    ROW_AT,
    ROW_NODES,
    ROWS,
    SCALE,
    SHIFT,
    SPEED_NODES,
    SPEEDS,
    TOTAL_AT,
    TOTALS,
    A,
    B,
    C,
)

FloatArray = npt.NDArray[np.float64]
_ABOVE = 1.0 + 1e-9


def pack(
    entries: Sequence[tuple[PairEntry | None, float]],
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray, npt.NDArray[np.float32]]:
    """Numbers of all pairs, and their tables in two flat arrays; tables that pairs share stand there once."""
    law = np.zeros((len(entries), 6), dtype=np.int64)
    real = np.zeros((len(entries), 12))
    stored: dict[str, list[FloatArray]] = {"totals": [np.zeros(1)], "rows": [np.zeros(1)]}
    size = {"totals": 1, "rows": 1}
    places: dict[int, int] = {}

    def place(kind: str, values: FloatArray) -> int:
        if id(values) not in places:
            places[id(values)] = size[kind]
            stored[kind].append(values.ravel())
            size[kind] += values.size
        return places[id(values)]

    for k, (entry, stopping) in enumerate(entries):
        if entry is None:
            law[k, CODE] = NEVER
            real[k, HIGH] = np.inf
            continue
        law[k, CODE] = entry.code
        real[k, [LOW, HIGH, ELECTRONIC, SCALE, SHIFT, A, B, C]] = (
            *entry.reach, stopping, entry.scale, entry.shift, entry.a, entry.b, entry.c,
        )  # fmt: skip
        if entry.totals is not None:
            at = entry.totals.ln_energy
            law[k, [TOTAL_AT, TOTALS]] = place("totals", entry.totals.sigma), at.size
            real[k, [FIRST_TOTAL, PER_TOTAL]] = at[0], (at.size - 1) / (at[-1] - at[0])
        if entry.angles is not None:
            at = entry.angles.ln_energy
            law[k, [ROW_AT, ROWS]] = place("rows", entry.angles.rows), at.size
            real[k, [FIRST_ROW, PER_ROW]] = at[0], (at.size - 1) / (at[-1] - at[0])
        if entry.listed is not None:
            law[k, [ROW_AT, ROWS, ROW_NODES]] = place("totals", entry.listed), *entry.shape
    return law, real, np.concatenate(stored["totals"]), np.concatenate(stored["rows"]).astype(np.float32)


def bounds_of(entry: PairEntry | None, reduced: float) -> FloatArray:
    """Largest sigma g up to each node of the relative speed [m3/s].

    Totals are linear in ln E between nodes: in an interval of speeds they are largest at one of them or at an end.
    """
    speed = SPEEDS
    if entry is None:
        return np.zeros(SPEED_NODES)
    if entry.code == POWER:
        # Exponent 1 - 2 b of g, between 0 and 1: increases.
        return np.asarray(_ABOVE * entry.a * (0.5 * reduced * speed**2) ** -entry.b * speed)
    assert entry.totals is not None
    ln_energy, sigma = entry.totals.ln_energy - entry.shift, entry.totals.sigma
    ends = np.log(0.5 * reduced * speed**2)
    at_ends = np.interp(ends, ln_energy, sigma)
    largest = np.maximum(at_ends, np.append(sigma[0], at_ends[:-1]))
    cell = np.searchsorted(ends, ln_energy)
    inside = cell < SPEED_NODES
    np.maximum.at(largest, cell[inside], sigma[inside])
    # Beyond the last speed the bound grows with g: the largest total above must stand there.
    largest[-1] = max(largest[-1], float(np.max(sigma[~inside], initial=0.0)))
    return np.asarray(np.maximum.accumulate(_ABOVE * entry.scale * largest * speed))
