"""The DSMC simulation: the time loop and the state it advances."""

from __future__ import annotations

from exobase.simulation.advice import weight_warning
from exobase.simulation.core import Simulation
from exobase.simulation.outcome import escape_estimates, write_outcome
from exobase.simulation.planning import Plan, plan
from exobase.simulation.restore import restore
from exobase.simulation.save import write_checkpoint
from exobase.simulation.steady import is_steady
from exobase.simulation.warmup import warm_up

__all__ = [
    "Plan",
    "Simulation",
    "escape_estimates",
    "is_steady",
    "plan",
    "restore",
    "warm_up",
    "weight_warning",
    "write_checkpoint",
    "write_outcome",
]
