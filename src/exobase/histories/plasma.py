"""The electromagnetic field of a case, for the kernels."""

from __future__ import annotations

from exobase.case.history_model import HistoryCase
from exobase.case.resolve_field import read_grid
from exobase.fields.plasma import (
    Plasma,
    draped,
    kobel_flueckiger,
    no_plasma,
    on_grid,
    uniform,
    wind,
    with_magnetosphere,
)


def build_plasma(case: HistoryCase) -> Plasma:
    """Field and wind of the case; nothing where it has none. Raises InputError where its file has gone or changed."""
    setup = case.field
    if setup is None or setup.model == "none":
        return no_plasma()
    if setup.model == "file":
        plasma = on_grid(read_grid(setup))
    else:
        flow = wind(setup.density, setup.speed, setup.magnetic_field, setup.cone, setup.clock, setup.aberration)
        if setup.model == "uniform":
            plasma = uniform(flow, setup.obstacle)
        elif setup.model == "draped_sphere":
            plasma = draped(flow, setup.obstacle)
        else:
            plasma = kobel_flueckiger(flow, setup.obstacle, setup.bow_shock, setup.compression or None)
    return with_magnetosphere(plasma, setup.standoff, setup.moment) if setup.standoff > 0.0 else plasma
