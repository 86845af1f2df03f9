"""Columns of a particle: its place, its velocity in the local frame, and what is optional.

R: position along the normal of the layers [m]; VN, VT1, VT2: velocity along the normal and the two tangents [m/s];
SPIN: rotational energy per mass [J/kg], where molecules rotate; DX, DY, DZ: unit vector from the centre to the
particle, where its place on the sphere counts. The tangents then are e_theta (down the meridian, away from the z axis)
and e_phi (eastward), and there is a column SPIN in any case. In lists of movers and of flights, weight and time of
return follow.
"""

from __future__ import annotations

R, VN, VT1, VT2, SPIN, DX, DY, DZ = range(8)
PLACED = DZ + 1
"""Number of columns of particles that have a place on the sphere."""
NAMES = (
    "position", "v_normal", "v_tangent_1", "v_tangent_2", "rotational_energy", "direction_x", "direction_y",
    "direction_z",
)  # fmt: skip
