"""Sweeps: a grid of cases in one folder, run one after another or as a job array, with one table and one figure."""

from exobase.sweep.collect import Sweep, collect, plan_sweep
from exobase.sweep.runner import Job, Outside, run_sweep

__all__ = ["Job", "Outside", "Sweep", "collect", "plan_sweep", "run_sweep"]
