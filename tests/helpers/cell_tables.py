"""Tables of cells for tests of kernels that read a few of their columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.patches import WALLS
from exobase.particles.move import Cells


def cells_of(
    lo: NDArray[np.float64], hi: NDArray[np.float64], dt: NDArray[np.float64], at_face: NDArray[np.bool_],
    wall: NDArray[np.float64] | None = None,
) -> Cells:  # fmt: skip
    """Cells of one species with these bounds [m], steps [s] and walls."""
    n = lo.size
    no, zero = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
    wall = np.zeros((0, WALLS)) if wall is None else wall
    return Cells(lo, hi, dt, np.ones(n), zero, no, no, at_face, wall, 0, 1, 1)
