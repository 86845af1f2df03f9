"""Areas and volumes of spheres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def sphere_area(r: ArrayLike) -> NDArray[np.float64]:
    """Area of the sphere of radius r [m2]."""
    r = np.asarray(r, dtype=np.float64)
    return np.asarray(4.0 * math.pi * r * r)


def shell_volume(lo: ArrayLike, hi: ArrayLike) -> NDArray[np.float64]:
    """Volume between the spheres of radii lo and hi [m3]."""
    lo, hi = np.asarray(lo, dtype=np.float64), np.asarray(hi, dtype=np.float64)
    return np.asarray(4.0 * math.pi / 3.0 * (hi - lo) * (hi * hi + hi * lo + lo * lo))


def layer_volumes(edges: ArrayLike) -> NDArray[np.float64]:
    """Volumes [n] between the n + 1 spheres of radii edges [m3]."""
    r = np.asarray(edges, dtype=np.float64)
    return shell_volume(r[:-1], r[1:])
