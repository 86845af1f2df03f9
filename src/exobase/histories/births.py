"""From the sources of a case to the tables of births. Their settings: :mod:`exobase.sources.reading`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exobase.case.history_model import HistoryCase
from exobase.errors import InputError
from exobase.geometry.spheres import sphere_area
from exobase.sources.births import Births
from exobase.sources.emitters import Emitter, assemble, energy_range
from exobase.sources.reading import read_source, read_sources

FloatArray = npt.NDArray[np.float64]


def build_births(case: HistoryCase) -> Births:
    """Tables of all sources of a case. Births lie where the Sun shines if the case has a map or fields, else anywhere.

    Raises InputError with all faults of the sources.
    """
    tally = case.tally
    cells = (tally.zenith_cells, tally.latitude_cells, tally.longitude_cells, tally.rain_latitude_cells)
    mapped = max(cells) > 0 or case.field is not None
    return assemble(emitters_of(case), [s.illumination for s in case.sources], mapped)


def emitters_of(case: HistoryCase) -> list[Emitter]:
    """The sources with their settings read. Raises InputError with all faults."""
    if not case.sources:
        raise InputError("the case has no source; add a [[source]]")
    return read_sources(case.sources, case.r_inner, case.r_outer, [f.species for f in case.followed])


def birth_range(case: HistoryCase) -> tuple[float, float]:
    """Lowest and highest kinetic energy [J] of births; but for a part of 1e-13 of them."""
    ranges = [energy_range(e) for e in emitters_of(case)]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def rate_profile(case: HistoryCase, number: int) -> tuple[FloatArray, FloatArray]:
    """Radii [m] and events m-3 s-1 (where the Sun is overhead) of source ``number``, log-linear between them.

    A level: its one radius and the flux [m-2 s-1] of events through it.
    """
    emitter = read_source(case.sources[number], case.r_inner, case.r_outer, [f.species for f in case.followed])
    if emitter.is_level:
        return emitter.r, emitter.q / sphere_area(emitter.r)
    return emitter.r, emitter.q
