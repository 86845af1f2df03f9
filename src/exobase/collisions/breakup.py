"""What becomes of a molecule one of whose atoms was struck.

A fast particle meets one atom of a molecule as if it were free (binary encounter). With m the atom's mass, M the
molecule's, V its velocity and w = V + d that of the atom after the collision, E_T = m d^2/2 is the transfer in the
molecule's frame and p = m d the momentum given.

Mode "bond": if E_T exceeds the bond energy, the atom leaves along its recoil with E_T - bond and the rest keeps V; else
the molecule recoils whole with the momentum p. Energy is conserved in the molecule's frame (the bond is paid, and the
part E_T (1 - m/M) of a whole recoil excites the molecule); momentum is conserved in whole recoils, while a break loses
m d (1 - sqrt(1 - bond/E_T)), which the rest would have to take.
Mode "impulsive": atom and rest start with w and V; what moves them apart is E_T (1 - m/M), and only if that exceeds the
bond do they part, with the difference as energy of their relative motion, along d. Momentum and energy (with the bond
or the excitation) are conserved exactly.
"""

from __future__ import annotations

import math

from exobase.jit import inlined

BOND, IMPULSIVE = 0, 1
MODES = {"bond": BOND, "impulsive": IMPULSIVE}


@inlined
def parting_speed(mode: int, mass: float, whole_mass: float, bond: float, transfer: float) -> float:
    """Speed at which atom and rest part, as a fraction of the atom's recoil speed; -1 where they stay together.

    mass, whole_mass [kg]: of the atom and of the molecule; bond, transfer [J]: bond energy and E_T.
    """
    available = transfer if mode == BOND else transfer * (1.0 - mass / whole_mass)
    if available <= bond:
        return -1.0
    return math.sqrt(1.0 - bond / available)


@inlined
def break_up(mode, mass, whole_mass, bond, vx, vy, vz, wx, wy, wz):
    """Velocities after an atom of a molecule of velocity v [m/s] was given the velocity w.

    Returns (broken, atom x, y, z, rest x, y, z); where it is not broken both velocities are those of the molecule.
    """
    dx = wx - vx
    dy = wy - vy
    dz = wz - vz
    share = mass / whole_mass
    f = parting_speed(mode, mass, whole_mass, bond, 0.5 * mass * (dx * dx + dy * dy + dz * dz))
    if f < 0.0:
        atom = rest = share
    elif mode == BOND:
        atom, rest = f, 0.0
    else:
        atom = share + (1.0 - share) * f
        rest = share * (1.0 - f)
    return (
        f >= 0.0,
        vx + atom * dx, vy + atom * dy, vz + atom * dz,
        vx + rest * dx, vy + rest * dy, vz + rest * dz,
    )  # fmt: skip
