"""Ions in fields: the push, the fields of the solar wind, cycloids of histories, births in a corona.

The push and the fields are production's, called one by one; cycloids and births come from whole histories.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exobase.analytic import ionised_corona, pickup
from exobase.constants import ELEMENTARY_CHARGE
from exobase.fields.boris import boris_exact
from exobase.fields.plasma import Plasma, draped, kobel_flueckiger, sample, wind
from exobase.histories.simulation import HistorySimulation
from exobase.histories.trace import trace_ions
from exobase.jit import kernel
from exobase.judge.outcome import Bounds
from exobase_verify.row import Row, Size, judged, mean_of
from exobase_verify.trials import scored, trial

Array = np.ndarray
SPEED, FIELD, CONE = 4e5, 3e-9, math.radians(57.0)
WIND = {"density": "2.5 cm-3", "speed": "400 km/s", "magnetic_field": "3 nT", "cone_angle": "57 deg"}
FREQUENCY = 4e-7
POINTS = (
    ((1.3, 0.4, -0.3), (-0.16899453, 1.21357442, 0.03479154), (-0.14060779, -0.04326393, 0.82612200)),
    ((-0.2, 1.1, -0.5), (-0.34759451, 0.66779165, 0.36982658), (0.08063775, -0.44350764, 0.87662694)),
    ((0.5, -0.8, -1.0), (0.19426215, 1.07295261, -0.25257478), (-0.19472476, 0.31155962, 1.17375557)),
)
"""Point, B and E of the field draped round a sphere (radius, speed, field 1, the field along y), by tracing streamlines
and differences of the time of travel."""

_BORIS = "exact gyration, dv/dt = (q/m) v x B"
_CYCLOID = "exact cycloid of an ion born at rest in uniform fields"
_KF = "Kobel & Flueckiger 1994, J. Geophys. Res. 99, 23617"


@kernel
def _turn(e: Array, b: Array, g: Array, q_over_m: float, dt: float, v: Array, steps: int) -> tuple[float, ...]:
    """Velocity after a number of steps in uniform fields, and the mean of the velocities in between."""
    x, y, z = v[0], v[1], v[2]
    sx = sy = sz = 0.0
    for _ in range(steps):
        a, c, d = boris_exact(e[0], e[1], e[2], b[0], b[1], b[2], g[0], g[1], g[2], q_over_m, dt, x, y, z)
        sx, sy, sz = sx + 0.5 * (a + x), sy + 0.5 * (c + y), sz + 0.5 * (d + z)
        x, y, z = a, c, d
    return x, y, z, sx / steps, sy / steps, sz / steps


def push_rows(size: Size) -> list[Row]:
    """Energy and phase of gyration; drift in crossed fields and gravity."""
    zero, b, v = np.zeros(3), np.array([0.0, 0.0, 2e-9]), np.array([3e5, 0.0, 1e5])
    q_over_m, steps = 6e6, 100_000
    dt = 0.2 / (q_over_m * b[2])
    out = np.array(_turn(zero, b, zero, q_over_m, dt, v, steps)[:3])
    energy = float(out @ out / (v @ v)) - 1.0
    late = (math.atan2(-out[1], out[0]) - 0.2 * steps + math.pi) % (2.0 * math.pi) - math.pi
    e, b, g = np.array([1e-3, 0.0, 0.0]), np.array([0.0, 0.0, 3e-9]), np.array([0.0, 3.0, 0.0])
    per_turn = 200
    dt = 2.0 * math.pi / per_turn / (q_over_m * b[2])
    mean = np.array(_turn(e, b, g, q_over_m, dt, zero, 50 * per_turn)[3:])
    drift = np.cross(e + g / q_over_m, b) / (b @ b)
    apart = float(np.linalg.norm(mean - drift) / np.linalg.norm(drift))
    detail = f"{steps} steps of 0.2 rad"
    return [
        judged("gyration: relative change of energy", energy, 0.0, 0.0, Bounds(absolute=1e-10), source=_BORIS,
               detail=detail),
        judged("gyration: phase", late, 0.0, 0.0, Bounds(absolute=1e-6), unit="rad", source=_BORIS, detail=detail),
        judged("drift in crossed fields and gravity: deviation over the drift", apart, 0.0, 0.0,
               Bounds(absolute=1e-3), source="(E + m g/q) x B/B^2",
               detail=f"50 gyrations of {per_turn} steps, from rest"),
    ]  # fmt: skip


def field_rows(size: Size) -> list[Row]:
    """The draped field at reference points; boundary conditions of the magnetosheath."""
    at = [sample(draped(wind(1.0, 1.0, 1.0), 1.0), np.array(point)) for point, _, _ in POINTS]
    b = max(float(np.abs(found.b[0] - expected).max()) for found, (_, expected, _) in zip(at, POINTS, strict=True))
    e = max(float(np.abs(found.e[0] - expected).max()) for found, (_, _, expected) in zip(at, POINTS, strict=True))
    rm, rb = 1.25, 1.64
    upstream = wind(2.0, 1.0, 1.0, cone=math.radians(50.0), clock=math.radians(65.0))
    sheath = kobel_flueckiger(upstream, rm, rb)
    inside = _across(sheath, rm, rm)[1]
    below, above = _across(sheath, rm, 2.0 * rb - rm)
    points = Bounds(absolute=1e-6)
    walls = Bounds(absolute=1e-8)
    traced = "streamlines traced, differences of the time of travel"
    where = f"{len(POINTS)} points, over the undisturbed field"
    return [
        judged("draped field: B at reference points", b, 0.0, 0.0, points, source=traced, detail=where),
        judged("draped field: E at reference points", e, 0.0, 0.0, points, source=traced, detail=where),
        judged("magnetosheath: normal B at the obstacle", float(np.abs(inside[0]).max()), 0.0, 0.0, walls,
               source=_KF, detail="largest at 500 points, over the undisturbed field"),
        judged("magnetosheath: jump of the normal B at the shock", float(np.abs(above[0] - below[0]).max()), 0.0, 0.0,
               walls, source=_KF, detail="largest at 500 points"),
        judged("magnetosheath: normal flow at the obstacle", float(np.abs(inside[1]).max()), 0.0, 0.0, walls,
               source=_KF, detail="largest at 500 points, over the flow far away"),
    ]  # fmt: skip


def _across(plasma: Plasma, rm: float, level: float) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Normal B and u just below and just above 500 points of the paraboloid ``level`` (rm: the obstacle)."""
    k = np.arange(500)
    rho = math.sqrt(level * level + level * rm + 8.0 * level) * (k + 0.5) / k.size
    angle = k * math.pi * (3.0 - math.sqrt(5.0))  # the golden angle
    x = 0.5 * rm + (level * level - rho * rho) / (2.0 * level)
    p = np.stack([x, rho * np.cos(angle), rho * np.sin(angle)], axis=1)
    along = p - [0.5 * rm, 0.0, 0.0]
    normal = along / np.linalg.norm(along, axis=1)[:, None] + [1.0, 0.0, 0.0]
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    sides = [sample(plasma, p + side * 1e-10 * normal) for side in (-1.0, 1.0)]
    low, high = ((((s.b * normal).sum(1)), ((s.u * normal).sum(1))) for s in sides)
    return low, high


def _corona(gas: dict[str, Any], histories: int, **tables: Any) -> HistorySimulation:
    """Oxygen ions born in a corona of oxygen in the undisturbed wind, without gravity and collisions."""
    return trial(
        {
            "body": {"gm": "1 m3 s-2", "radius": "3389.5 km"},
            "domain": {"inner_altitude": "300 km", "outer": "20000 km", "collision_depth": 1e-9},
            "background": {"gas": [{"name": "O", "temperature": "300 K", **gas}]},
            "field": {"model": "uniform", **WIND},
            "species": [{"name": "O+", "threshold": "0 eV"}],
            "source": [{"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["frequency"],
                        "frequency": f"{FREQUENCY} s-1", **tables}],
            "tally": {"shells": 4, "energy_bins": 10, "birth_cells": 2, "ring_cells": 160, "ring_speed": "500 km/s"},
            "run": {"histories_per_batch": histories, "target_species": "O+"},
        }
    )  # fmt: skip


def pickup_rows(size: Size) -> list[Row]:
    """Cycloids, their highest energy, the ring of velocities; ions made in a corona."""
    sim = _corona({"law": "power_law", "density": "3.6e3 cm-3", "offset": "2400 km", "exponent": 2.1}, 400)
    mass = sim.case.followed[0].species.mass
    u = (-SPEED, 0.0, 0.0)
    b = (FIELD * math.cos(CONE), FIELD * math.sin(CONE), 0.0)
    radius = float(pickup.gyroradius(mass, SPEED, FIELD, ELEMENTARY_CHARGE, CONE))
    apart = moved = 0.0
    paths = trace_ions(sim, 4, points=400)[0]
    for path in paths:
        exact = pickup.cycloid_position(path[:, 6], u, b, ELEMENTARY_CHARGE / mass, path[0, 3:6])
        apart = max(apart, float(np.abs(path[:, :3] - path[0, :3] - exact).max()) / radius)
        moved = max(moved, float(path[-1, 6] / pickup.period(mass, FIELD, ELEMENTARY_CHARGE)))
    found = scored(sim, 4)
    ring = np.sum([scores.ring[0] for scores in found], axis=0)
    across = (np.arange(ring.shape[0]) + 0.5) * 5e5 / ring.shape[0]
    speed = float((ring.sum(axis=1) * across).sum() / ring.sum())
    return [
        judged("pickup: deviation from the cycloid over the gyroradius", apart, 0.0, 0.0, Bounds(absolute=5e-3),
               source=_CYCLOID, detail=f"{len(paths)} ions, up to {moved:.1f} gyrations"),
        _highest(mass),
        judged("pickup: ring of velocities across the field", speed, 0.0, float(pickup.ring_speed(SPEED, CONE)),
               Bounds(relative=0.01), unit="m s-1", source="u sin(cone)",
               detail="mean over cells of 3.1 km/s, in the frame of the wind"),
        _production(200 if size == "quick" else 800),
    ]  # fmt: skip


def _highest(mass: float) -> Row:
    """Energy of an ion born at rest after half a gyration, in steps of the size that histories take.

    The kicks between turns by exact angles fall short of the drift by (omega dt)^2/12, and of this energy by twice as
    much, 0.64 %.
    """
    e = pickup.motional_field((-SPEED, 0.0, 0.0), (FIELD * math.cos(CONE), FIELD * math.sin(CONE), 0.0))
    b = np.array([FIELD * math.cos(CONE), FIELD * math.sin(CONE), 0.0])
    q_over_m = ELEMENTARY_CHARGE / mass
    steps = 16
    dt = math.pi / steps / (q_over_m * FIELD)
    v = np.array(_turn(e, b, np.zeros(3), q_over_m, dt, np.zeros(3), steps)[:3])
    exact = float(pickup.highest_energy(mass, SPEED, CONE))
    return judged(
        "pickup: highest energy", 0.5 * mass * float(v @ v), 0.0, exact, Bounds(relative=0.01), unit="J",
        source="2 m u_perp^2", detail=f"half a gyration in {steps} steps",
    )  # fmt: skip


def _production(batches: int) -> Row:
    """Ions made per time in a power-law corona outside the cylinder of the shadow."""
    sim = _corona({"law": "power_law", "density": "1e4 cm-3", "exponent": 3.5}, 100, shadow=True)
    value, error = mean_of([float(scores.emitted[0]) for scores in scored(sim, batches)])
    case = sim.case
    exact = ionised_corona.power_law_production(
        FREQUENCY, 1e10, 3.5, case.r_inner, case.r_outer, shadow_radius=case.body_radius
    )
    return judged(
        "ions made in a corona with a shadow, over theory", value / exact, error / exact, 1.0,
        Bounds(relative=0.02, sigma=4.0), source="integral of nu n over the lit volume",
        detail=f"{100 * batches} events, n ~ r^-3.5",
    )  # fmt: skip
