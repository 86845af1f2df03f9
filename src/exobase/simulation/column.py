"""The collisional column of a case: from the inner boundary to the exobase, and its quarters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case
from exobase.io import ResultWriter
from exobase.simulation.profile import Profile, mean_free_paths, pressure_scale_height

Array = NDArray[np.float64]
QUARTERS = 4
_LEAST_FALL = 1.0


def column_top(case: Case, profile: Profile) -> float:
    """Position [m] of the exobase: the first where the mean free path reaches the scale height (else the outer end).

    Without collisions the whole domain is the column.
    """
    if case.collisions == "off":
        return float(profile.position[-1])
    free = mean_free_paths(case, profile.density, profile.temperature).min(axis=0)
    height = pressure_scale_height(profile.position, profile.density, profile.temperature)
    above = np.flatnonzero(free >= height)
    k = int(above[0]) if above.size and above[0] > 0 else profile.position.size - 1
    return float(profile.position[k])


def quarter_edges(case: Case, profile: Profile) -> Array:
    """Five positions [m] that divide the column in four, each a quarter of the fall of ln n (all species).

    A column whose density falls by less than a factor e is divided in equal heights.
    """
    r, top = profile.position, column_top(case, profile)
    share = np.linspace(0.0, 1.0, QUARTERS + 1)
    inside = r <= top
    fall = -np.log(np.maximum(profile.density.sum(axis=0), 1e-300)[inside])
    fall = np.maximum.accumulate(fall - fall[0])
    if not fall[-1] > _LEAST_FALL:
        return np.asarray(r[0] + share * (top - r[0]))
    return np.asarray(np.interp(share * fall[-1], fall, r[inside]))


def write_column(w: ResultWriter, case: Case, profile: Profile, moments: Array) -> None:
    """Write the moments [records, ns, quarters, 4] of the column (``History.column``) and the ends of its quarters."""
    text = "real particles, sum v, sum v^2, sum v_t^2 (SI) in quarters of the collisional column"
    dims = ["record", "species", "quarter", "moment"]
    w.put("history/column", moments, units="1", long_name=text, dims=dims)
    text = "ends of the quarters of the collisional column"
    edges = quarter_edges(case, profile)
    w.put("history/column_edges", edges, units="m", long_name=text, dims=["quarter_edge"])
