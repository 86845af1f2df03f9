"""The fluid side of thermal escape: a steady spherical gas with heat conduction, to compare particle runs with.

`solve(lambda0, kn0, ...)` returns a `FluidSolution`. Viscosity is neglected and Fourier's law taken as exact: where l/H
nears 1 the result is an extrapolation, and that is its use, to show what particles change.
"""

from __future__ import annotations

from exobase.fluid.solution import FluidSolution
from exobase.fluid.solver import solve

__all__ = ["FluidSolution", "solve"]
