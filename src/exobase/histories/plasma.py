"""The field of a case for the kernels."""

from __future__ import annotations

from exobase.case.history_model import HistoryCase
from exobase.fields.plasma import Plasma, make_plasma


def build_plasma(case: HistoryCase) -> Plasma:
    """Tables of the field of a case."""
    setup = case.field
    assert setup is not None
    cavity = (setup.magnetopause, setup.flare)
    if setup.model == "kobel_flueckiger":
        cavity = (0.0, 0.0)  # its obstacle is the paraboloid itself
    b = (setup.b[0], setup.b[1], setup.b[2])
    size = (setup.obstacle, setup.shock, setup.compression)
    return make_plasma(setup.model, setup.density, setup.speed, b, size, cavity)
