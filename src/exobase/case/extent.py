"""Whether a domain can be computed with: lengths whose powers are numbers, and a depth that round-off leaves."""

from __future__ import annotations

from exobase.case.resolve_checks import Report
from exobase.geometry.space import Space

SHORTEST, LONGEST = 1e-6, 1e18


def fits_numbers(space: Space, inner: float, outer: float, report: Report) -> bool:
    """Whether boundaries [m], inner below outer, fit; what does not is reported."""
    least = space.least_depth
    reach = f"from {SHORTEST:g} m to {LONGEST:g} m"
    if space.spherical and inner < SHORTEST:
        report("domain.inner", f"allowed: {reach}", f"{inner:g} m")
    elif outer > LONGEST:
        report("domain.outer", f"allowed: {reach}", f"{outer:g} m")
    elif outer - inner < max(least * abs(inner), SHORTEST):
        text = f"the domain must be at least {least:g} of domain.inner and {SHORTEST:g} m deep"
        report("domain.outer", f"{text} (domain.inner = {inner:.17g} m)", f"{outer:.17g} m")
    else:
        return True
    return False
