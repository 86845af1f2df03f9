"""The DSMC simulation: the time loop and the state it advances."""

from __future__ import annotations

from exobase.simulation.core import Simulation
from exobase.simulation.save import restore, write_checkpoint

__all__ = ["Simulation", "restore", "write_checkpoint"]
