"""The plan of a run in the lines that its log opens with."""

from __future__ import annotations

from exobase.case import Derived
from exobase.machine import in_words
from exobase.simulation import Plan


def plan_lines(derived: Derived, planned: Plan, ranks: int) -> list[str]:
    """What ``exobase check`` says of a case, in a few lines."""
    lines = [
        f"plan: {planned.cells} cells, {planned.particles} particles, {in_words(planned.memory_bytes)}; "
        f"{planned.steps_text} steps, averaging from step {planned.burn_in} on; {planned.wall_time / ranks:.3g} s on "
        f"{ranks} rank(s)",
        "; ".join(_knudsen(derived)),
        f"exobase estimate (isothermal, hydrostatic): {derived.exobase_text}",
    ]
    if planned.weight_pair:
        a, b = planned.weight_pair
        lines.append(f"largest weight ratio of colliding species: {planned.weight_ratio:.3g} ({a}, {b})")
    return lines


def plan_warnings(derived: Derived, planned: Plan) -> list[str]:
    """What limits the result before the run has begun."""
    return list(dict.fromkeys((*derived.warnings, *planned.warnings)))


def _knudsen(derived: Derived) -> list[str]:
    """Both Knudsen numbers of every species at the inner boundary."""
    out = []
    for s in derived.species:
        height = "no scale height" if s.knudsen_height is None else f"l/H = {s.knudsen_height:.4g}"
        out.append(f"{s.name} at the inner boundary: l/R0 = {s.knudsen_radius:.4g}, {height}")
    return out
