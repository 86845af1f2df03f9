"""The push of a charged particle in electric and magnetic fields and gravity."""

from __future__ import annotations

from exobase.jit import inlined


@inlined
def boris(
    e1: float, e2: float, e3: float, b1: float, b2: float, b3: float, g1: float, g2: float, g3: float,
    q_over_m: float, dt: float, v1: float, v2: float, v3: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Velocity after the time dt in fields that do not change meanwhile [m/s].

    dv/dt = (q/m)(E + v x B) + g: half of E and g, a rotation about B, the other half.

    E [V/m], B [T], g [m s-2] at the middle of the step, q_over_m [C/kg], dt [s]. Without E and g the speed is conserved
    to round-off. The rotation turns by 2 atan(omega dt/2) instead of omega dt, omega = q B/m: late by a part
    (omega dt)^2/12 of the angle, 0.2 % with 40 steps per turn. The drift E x B/B^2 is exact, whatever the step.
    Reference: Boris 1970, Proc. Fourth Conf. Num. Sim. Plasmas; Birdsall & Langdon 1991, sec. 4-4.
    """
    h = 0.5 * dt
    half = h * q_over_m
    v1 += half * e1 + h * g1
    v2 += half * e2 + h * g2
    v3 += half * e3 + h * g3
    t1, t2, t3 = half * b1, half * b2, half * b3
    scale = 2.0 / (1.0 + t1 * t1 + t2 * t2 + t3 * t3)
    w1 = v1 + v2 * t3 - v3 * t2
    w2 = v2 + v3 * t1 - v1 * t3
    w3 = v3 + v1 * t2 - v2 * t1
    v1 += scale * (w2 * t3 - w3 * t2)
    v2 += scale * (w3 * t1 - w1 * t3)
    v3 += scale * (w1 * t2 - w2 * t1)
    return v1 + half * e1 + h * g1, v2 + half * e2 + h * g2, v3 + half * e3 + h * g3
