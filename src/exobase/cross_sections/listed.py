"""Tables of the pairs of a gas that collides with itself, for those of its pairs that have one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exobase.cross_sections.entries import PairEntry, listed_entry
from exobase.cross_sections.packing import bounds_of, pack
from exobase.cross_sections.vhs import PairLaws, pair_index
from exobase.species import Species


class ListedLaws(NamedTuple):
    """Tables of pairs. row [pairs]: row of the arrays below for each pair of species, -1 where it has a power law.

    law, real, bounds, totals, rows: see :class:`exobase.cross_sections.lookup.ScatteringTables`.
    """

    row: np.ndarray
    law: np.ndarray
    real: np.ndarray
    bounds: np.ndarray
    totals: np.ndarray
    rows: np.ndarray


def build_listed(species: Sequence[Species], laws: PairLaws) -> ListedLaws | None:
    """Tables of the pairs of species, None where no pair has one."""
    if not laws.listed:
        return None
    n = len(species)
    row = np.full(n * (n + 1) // 2, -1, dtype=np.int64)
    entries: list[tuple[PairEntry | None, float]] = []
    bounds = []
    for i, j, table in laws.listed:
        row[pair_index(i, j, n)] = len(entries)
        entry = listed_entry(table)
        entries.append((entry, 0.0))
        bounds.append(bounds_of(entry, species[i].mass * species[j].mass / (species[i].mass + species[j].mass)))
    law, real, totals, rows = pack(entries)
    return ListedLaws(row, law, real, np.array(bounds), totals, rows)
