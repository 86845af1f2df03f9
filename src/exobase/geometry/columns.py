"""Columns of a particle: its place, its velocity in the local frame, and what is optional.

R: position along the normal of the layers [m]; VN, VT1, VT2: velocity along the normal and the two tangents [m/s];
SPIN: rotational energy per mass [J/kg], where molecules rotate. In lists of movers and of
flights, weight and time of return follow.
"""

from __future__ import annotations

R, VN, VT1, VT2, SPIN = range(5)
NAMES = ("position", "v_normal", "v_tangent_1", "v_tangent_2", "rotational_energy")
