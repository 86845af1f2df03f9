"""Pickup ions: motion of an ion born at rest in a plasma that streams through uniform fields, exact.

The plasma of velocity u carries E = -u x B. A newborn ion gyrates round the drift E x B/B^2 = u_perp and forms, in
the frame of the plasma, a ring of speed u_perp that moves along B with -u_parallel. Valid for uniform steady fields,
non-relativistic; neglected: gravity, waves, collisions.

Angles are those between u and B (cone angle) [rad]; charge [C], mass [kg], field [T], speed [m/s]: positive floats or
arrays, broadcast; ValueError outside. Vectors have the shape (..., 3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exobase.analytic._domain import FloatArray, non_negative, positive, within


def motional_field(velocity: ArrayLike, field: ArrayLike) -> FloatArray:
    """Electric field E = -u x B [V/m] of a plasma of velocity u [m/s] with the magnetic field B [T]; shape (..., 3)."""
    return np.asarray(-np.cross(_vector("velocity", velocity), _vector("field", field)))


def drift(velocity: ArrayLike, field: ArrayLike) -> FloatArray:
    """Mean velocity of ions born at rest, E x B/B^2 = u - (u.b) b [m/s]; shape (..., 3)."""
    u, b = _vector("velocity", velocity), _direction(field)
    return np.asarray(u - np.sum(u * b, axis=-1, keepdims=True) * b)


def ring_speed(speed: ArrayLike, cone_angle: ArrayLike = 0.5 * np.pi) -> FloatArray:
    """Speed of gyration of an ion born at rest, u sin(angle) [m/s]: that of the ring in the frame of the plasma."""
    return np.asarray(positive("speed", speed) * np.sin(within("cone_angle", cone_angle, 0.0, np.pi)))[()]


def electric_field(speed: ArrayLike, field: ArrayLike, cone_angle: ArrayLike = 0.5 * np.pi) -> FloatArray:
    """Size of the motional field, u B sin(angle) [V/m]."""
    return np.asarray(ring_speed(speed, cone_angle) * positive("field", field))[()]


def gyroradius(
    mass: ArrayLike, speed: ArrayLike, field: ArrayLike, charge: ArrayLike, cone_angle: ArrayLike = 0.5 * np.pi
) -> FloatArray:
    """Radius of gyration of an ion born at rest, m u_perp/(q B) [m]."""
    momentum = positive("mass", mass) * ring_speed(speed, cone_angle)
    return np.asarray(momentum / (positive("charge", charge) * positive("field", field)))[()]


def period(mass: ArrayLike, field: ArrayLike, charge: ArrayLike) -> FloatArray:
    """Period of gyration, 2 pi m/(q B) [s]."""
    rate = positive("charge", charge) * positive("field", field) / positive("mass", mass)
    return np.asarray(2.0 * np.pi / rate)[()]


def highest_energy(mass: ArrayLike, speed: ArrayLike, cone_angle: ArrayLike = 0.5 * np.pi) -> FloatArray:
    """Highest kinetic energy on the cycloid in the frame of the planet, 2 m u_perp^2 [J]; the mean is half of it."""
    return np.asarray(2.0 * positive("mass", mass) * ring_speed(speed, cone_angle) ** 2)[()]


def distance_per_gyration(
    mass: ArrayLike, speed: ArrayLike, field: ArrayLike, charge: ArrayLike, cone_angle: ArrayLike = 0.5 * np.pi
) -> FloatArray:
    """Distance between two cusps of the cycloid, u_perp T = 2 pi r_g [m]."""
    return np.asarray(ring_speed(speed, cone_angle) * period(mass, field, charge))[()]


def cycloid_velocity(
    time: ArrayLike,
    velocity: ArrayLike,
    field: ArrayLike,
    charge_to_mass: ArrayLike,
    initial_velocity: ArrayLike = (0.0, 0.0, 0.0),
) -> FloatArray:
    """Velocity at a time after birth [m/s], shape of time + (3,).

    v = v_D + v_par + w cos(w_c t) + w x b sin(w_c t), w_c = q B/m, w = v_0 - v_D - v_par

    time [s], zero or positive; velocity u of the plasma [m/s], field B [T], charge_to_mass q/m [C/kg], positive;
    initial_velocity v_0 [m/s] (at rest where absent). Raises ValueError outside. Exact for uniform E = -u x B and B.
    """
    steady, ring, turned, phase, _ = _gyration(time, velocity, field, charge_to_mass, initial_velocity)
    return np.asarray(steady + ring * np.cos(phase) + turned * np.sin(phase))


def cycloid_position(
    time: ArrayLike,
    velocity: ArrayLike,
    field: ArrayLike,
    charge_to_mass: ArrayLike,
    initial_velocity: ArrayLike = (0.0, 0.0, 0.0),
) -> FloatArray:
    """Displacement since birth [m], the integral of :func:`cycloid_velocity`, whose arguments it has.

    x = (v_D + v_par) t + [w sin(w_c t) + w x b (1 - cos(w_c t))]/w_c
    """
    steady, ring, turned, phase, rate = _gyration(time, velocity, field, charge_to_mass, initial_velocity)
    # 1 - cos without cancellation
    circle = (ring * np.sin(phase) + turned * 2.0 * np.sin(0.5 * phase) ** 2) / rate
    return np.asarray(steady * (phase / rate) + circle)


def _gyration(
    time: ArrayLike, velocity: ArrayLike, field: ArrayLike, charge_to_mass: ArrayLike, initial_velocity: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Steady velocity, gyration velocity at birth, the same turned by -90 degrees round B, phase, angular speed."""
    t = non_negative("time", time)[..., None]
    b, v0 = _direction(field), _vector("initial_velocity", initial_velocity)
    along = np.sum(v0 * b, axis=-1, keepdims=True) * b
    steady = drift(velocity, field) + along
    ring = v0 - steady
    size = np.sqrt(np.sum(_vector("field", field) ** 2, axis=-1, keepdims=True))
    rate = np.asarray(positive("charge_to_mass", charge_to_mass)[..., None] * size)
    return steady, ring, np.asarray(np.cross(ring, b)), np.asarray(rate * t), rate


def _direction(field: ArrayLike) -> FloatArray:
    b = _vector("field", field)
    return np.asarray(b / positive("field", np.sqrt(np.sum(b**2, axis=-1, keepdims=True))))


def _vector(name: str, value: ArrayLike) -> FloatArray:
    vector = np.asarray(value, dtype=np.float64)
    if vector.shape[-1:] != (3,) or not np.all(np.isfinite(vector)):
        raise ValueError(f"{name} must be finite and have the shape (..., 3); its shape is {vector.shape}")
    return vector
