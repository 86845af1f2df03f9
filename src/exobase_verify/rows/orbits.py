"""Free flight round a body: ballistic hops and bound orbits through the production push.

A hop from the Mars exobase: time from the exact return law and from stepping the push; range as the angle swept.
Bound orbits: 1.05-3, 1.05-10 and 2-4 R0 at lambda0 = 3, 7, 10 over 100 periods, on the cells and steps that lay_mesh
gives for a case (dense: hard spheres at Kn0 = 0.01; empty: collisionless, whose steps are the longest), with local and
global steps. E = v^2/2 - mu/r and L = r v_t are constants; the push restores v_r from them, so that only round-off
and the turning points, where v_r^2 < 0 is cut to 0, are left.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from exobase.case import make_case
from exobase.geometry.motion import (
    REACHED,
    Motion,
    Runs,
    advance,
    flow,
    tangent_moment,
    tangent_scale,
)
from exobase.geometry.radial import return_time
from exobase.geometry.space import Radial
from exobase.jit import kernel
from exobase.judge.outcome import Bounds
from exobase.simulation.layout import lay_mesh
from exobase.simulation.profile import expected_profile
from exobase_verify.row import Row, Size, judged

R0 = 1e6
ORBITS = 100
APSIDES = ((1.05, 3.0), (1.05, 10.0), (2.0, 4.0))
LAMBDAS = (3.0, 7.0, 10.0)

MARS_GM = 4.282837e13
MARS_R0 = 3.5895e6
HOPS = (
    (2000.0, 45.0, 1160.839230, 22.771662),
    (4000.0, 30.0, 10805.755682, 82.274237),
    (4800.0, 10.0, 359297.800999, 38.645327),
)
"""Launch speed [m/s], angle from the vertical [deg], exact time aloft [s], angle between launch and landing [deg]."""

_EXACT_HOP = Bounds(relative=1e-4)
_KEPLER = "Kepler's equation, Mars G M = 4.282837e13 m3/s2, r0 = 3589.5 km"


@functools.cache
def runs_of(jeans: float, mode: str, kind: str) -> tuple[Runs, float]:
    """Runs of cells of equal step of the production grid, and G M [m3 s-2]; kind "dense" or "empty"."""
    tables: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": "off" if kind == "empty" else "hard_sphere",
        "time_step": mode,
        "body": {"jeans_parameter": jeans},
        "domain": {"inner": "1000 km", "outer_over_inner": 12.0},
        "species": [
            {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
        ],
    }
    case = make_case(tables)
    return lay_mesh(case, expected_profile(case)).runs, case.gm


def elements(mu: float, low: float, high: float) -> tuple[float, float]:
    """Semi-major axis [m] and transverse speed at the periapsis [m/s]."""
    a = 0.5 * (low + high)
    return a, math.sqrt(mu * (2.0 / low - 1.0 / a))


@kernel
def follow_orbit(
    motion: Motion, runs: Runs, run: int, x: float, v: float, t: float, turns: int
) -> tuple[float, float, int, float, bool]:
    """Follow a particle through ``turns`` turning points as the simulation does, step by step.

    Returns the worst relative change of energy and of angular momentum, the steps taken, those at the last turning
    point at the periapsis side (with the fraction of the step), and whether it stayed inside.
    """
    energy = 0.5 * (v * v + t * t) - motion.p / x
    momentum = x * t
    worst_e = 0.0
    worst_l = 0.0
    steps = 0
    done = 0
    inside = True
    lowest = 0.0
    while done < turns:
        l2 = tangent_moment(motion, x, t, 0.0)
        old = v
        here = x
        x1, v1 = flow(motion, x, v, l2, runs.dt[run])
        code, run, x, v, _, _ = advance(motion, runs, run, x, v, l2, 1.0, x1, v1)
        t *= tangent_scale(motion, here, x)
        steps += 1
        inside &= code == REACHED
        worst_e = max(worst_e, abs(0.5 * (v * v + t * t) - motion.p / x - energy) / abs(energy))
        worst_l = max(worst_l, abs(x * t / momentum - 1.0))
        if (old < 0.0 and v >= 0.0) or (old > 0.0 and v <= 0.0):
            done += 1
            if v >= 0.0:
                # v = a t about the periapsis: fraction of the step since then
                lowest = steps - v / (v - old)
    return worst_e, worst_l, steps, lowest, inside


@kernel
def fly_hop(motion: Motion, r0: float, v: float, t: float, step: float) -> tuple[float, float]:
    """Time aloft and angle swept of a hop from r0 at the speeds v upward and t sideways, by the production push.

    Steps of ``step`` free-fall times sqrt(r^3/mu); the angle is the integral of L/r^2 by Simpson's rule.
    """
    momentum = r0 * t
    l2 = momentum * momentum
    x = r0
    time = 0.0
    angle = 0.0
    while True:
        h = step * math.sqrt(x * x * x / motion.p)
        x1, v1 = flow(motion, x, v, l2, h)
        if x1 < r0:
            # the last part of the step: constant acceleration is exact to third order of a small remainder
            h = h * (x - r0) / (x - x1)
            for _ in range(20):
                x1, v1 = flow(motion, x, v, l2, h)
                h -= (x1 - r0) / v1
        xm, _ = flow(motion, x, v, l2, 0.5 * h)
        angle += momentum * h / 6.0 * (1.0 / (x * x) + 4.0 / (xm * xm) + 1.0 / (x1 * x1))
        time += h
        x = x1
        v = v1
        if x <= r0 * (1.0 + 1e-13):
            return time, angle


def worst_orbit(mode: str, kind: str, orbits: int = ORBITS) -> tuple[float, float, str]:
    """Largest relative change of energy and angular momentum of all orbits, and which orbit changes energy most."""
    energy, momentum, where = 0.0, 0.0, ""
    for jeans in LAMBDAS:
        runs, mu = runs_of(jeans, mode, kind)
        for low, high in ((a * R0, b * R0) for a, b in APSIDES):
            run = int(np.searchsorted(runs.edge, low, side="right")) - 1
            speed = elements(mu, low, high)[1]
            e, m, _, _, inside = follow_orbit(Radial(mu).motion, runs, run, low, 1e-300, speed, 2 * orbits)
            e = float(e) if inside else math.inf
            momentum = max(momentum, float(m))
            if e >= energy:
                energy, where = e, f"{low / R0:g} to {high / R0:g} R0, lambda0 = {jeans:g}"
    return energy, momentum, where


def energy_rows(size: Size) -> list[Row]:
    """Local and global steps of a dense and of an empty gas, 100 orbits (full: 1000)."""
    orbits = 10 * ORBITS if size == "full" else ORBITS
    rows = []
    for mode in ("local", "global"):
        for kind in ("dense", "empty"):
            energy, momentum, where = worst_orbit(mode, kind, orbits)
            rows.append(
                judged(
                    f"energy of bound orbits, {mode} steps, {kind} gas",
                    energy,
                    0.0,
                    0.0,
                    Bounds(absolute=1e-5),
                    source="conservation of energy",
                    detail=f"largest relative change over {orbits} orbits, at {where}; "
                    f"of angular momentum {momentum:.1e}",
                )
            )
    return rows


def hop_rows(size: Size) -> list[Row]:
    """Time aloft by the return law and by the push, and the range."""
    motion, rows = Radial(MARS_GM).motion, []
    for speed, angle, time, degrees in HOPS:
        up, side = (speed * f(math.radians(angle)) for f in (math.cos, math.sin))
        returned = float(return_time(MARS_R0, up, (MARS_R0 * side) ** 2, MARS_GM))
        flown, swept = fly_hop(motion, MARS_R0, up, side, 1e-3 if size == "full" else 1e-2)
        name = f"hop at {speed:g} m/s, {angle:g} deg from the vertical"
        for what, value, reference, unit in (
            ("time aloft, return law", returned, time, "s"),
            ("time aloft, push", float(flown), time, "s"),
            ("range, push", math.degrees(float(swept)), degrees, "deg"),
        ):
            rows.append(judged(f"{name}: {what}", value, 0.0, reference, _EXACT_HOP, unit=unit, source=_KEPLER))
    return rows
