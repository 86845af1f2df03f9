"""The push in the central field: cost per push, and energy error over 100 orbits, against two plain schemes."""

from __future__ import annotations

import math
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.geometry.motion import REACHED, Motion, Runs, advance, flow, push
from exobase.geometry.patches import WALLS
from exobase.geometry.space import Radial
from exobase.jit import kernel
from exobase.particles.move import Cells
from exobase.simulation.layout import lay_mesh
from exobase.simulation.profile import expected_profile
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

Array = NDArray[np.float64]
FIRST_ORDER, KICK_DRIFT_KICK, OURS = 0, 1, 2
SCHEMES = {"first order": FIRST_ORDER, "kick-drift-kick": KICK_DRIFT_KICK, "exobase": OURS}
ORBITS = ((1.05, 3.0), (1.05, 10.0), (2.0, 4.0))
LAMBDAS = (3.0, 7.0, 10.0)
TURNS = 100
AIM = 1e-5
_BATCH, _SWEEPS, _REPEATS = 4000, 250, 5


@kernel
def first_order(r: float, v: float, t: float, mu: float, h: float) -> tuple[float, float, float]:
    """Straight flight with the acceleration at its start: x1 = x + v h + a h^2/2, v1 = v + a h, in the orbit's plane.

    r, v, t: radius, radial and tangential speed before; returns the same after the time h.
    """
    a = -mu / (r * r)
    x = r + h * (v + 0.5 * h * a)
    y = t * h
    u = v + a * h
    q = math.sqrt(x * x + y * y)
    return q, (x * u + y * t) / q, (x * t - y * u) / q


@kernel
def kick_drift_kick(r: float, v: float, t: float, mu: float, h: float) -> tuple[float, float, float]:
    """Leapfrog of the radial motion at constant angular momentum: v += a h/2, r += v h, v += a h/2."""
    l2 = t * t * r * r
    i0 = 1.0 / r
    w = v + 0.5 * h * (l2 * i0 - mu) * i0 * i0
    q = r + h * w
    i1 = 1.0 / q
    return q, w + 0.5 * h * (l2 * i1 - mu) * i1 * i1, t * r * i1


@kernel
def sweep(scheme: int, x: Array, y: Array, mu: float, h: float) -> None:
    """Push all particles once by a plain scheme, from columns x to columns y (r, v_r, v_t; the fourth is not used)."""
    r, v, t = x[0], x[1], x[2]
    r1, v1, t1 = y[0], y[1], y[2]
    if scheme == FIRST_ORDER:
        for i in range(r.size):
            r1[i], v1[i], t1[i] = first_order(r[i], v[i], t[i], mu, h)
    else:
        for i in range(r.size):
            r1[i], v1[i], t1[i] = kick_drift_kick(r[i], v[i], t[i], mu, h)


@kernel
def follow(
    motion: Motion, runs: Runs, scheme: int, r: float, t: float, turns: int, limit: int, errors: Array
) -> tuple[float, int]:
    """Follow an orbit from its periapsis for ``turns`` periods with the step of the run that holds the particle.

    A plain scheme uses the step of the start for the whole move; ours changes it at the face. ``errors`` [turns]
    receives the relative energy change at each return to the periapsis. Returns the largest at any step and the number
    of periods.
    """
    mu = motion.p
    v = 1e-300
    start = 0.5 * t * t - mu / r
    run = 0
    done = 0
    worst = 0.0
    for _ in range(limit):
        while run + 1 < runs.dt.size and r >= runs.edge[run + 1]:
            run += 1
        while run > 0 and r < runs.edge[run]:
            run -= 1
        old = v
        h = runs.dt[run]
        if scheme == OURS:
            l2 = t * t * r * r
            r1, v1 = flow(motion, r, v, l2, h)
            code, run, q, v, _, _ = advance(motion, runs, run, r, v, l2, 1.0, r1, v1)
            t *= r / q
            r = q
            if code != REACHED:
                break
        elif scheme == FIRST_ORDER:
            r, v, t = first_order(r, v, t, mu, h)
        else:
            r, v, t = kick_drift_kick(r, v, t, mu, h)
        error = abs((0.5 * (v * v + t * t) - mu / r) / start - 1.0)
        worst = max(worst, error)
        if not (runs.edge[0] <= r < runs.edge[runs.dt.size]):
            break
        if old < 0.0 and v >= 0.0:
            errors[done] = error
            done += 1
            if done == turns:
                break
    return worst, done


def measure(quick: bool = False) -> Figures:
    """Cost of a push, and the energy error of every orbit with each scheme, with local and global steps."""
    rows = []
    turns = 10 if quick else TURNS
    for step in ("local", "global"):
        for jeans_parameter in LAMBDAS:
            case = jeans_gas(jeans_parameter, 12.0, time_step=step)
            runs = lay_mesh(case, expected_profile(case)).runs
            motion = case.space.motion
            for low, high in ORBITS:
                for name, scheme in SCHEMES.items():
                    error = orbit_error(motion, runs, scheme, low * case.r_inner, high * case.r_inner, turns)
                    rows.append(
                        {"scheme": name, "step": step, "lambda0": jeans_parameter, "low": low, "high": high, **error}
                    )
    ns = {name: push_ns(scheme) for name, scheme in SCHEMES.items()}
    return {"benchmark": "push", "orbits": turns, "ns_per_push": ns, "rows": rows}


def orbit_error(motion: Motion, runs: Runs, scheme: int, low: float, high: float, turns: int) -> Figures:
    """Largest relative energy error over ``turns`` periods, its trend per period, and how many were completed.

    The first-order push is followed for one period only where it then has lost the orbit.
    """
    a = 0.5 * (low + high)
    period = 2.0 * math.pi * math.sqrt(a**3 / motion.p)
    speed = math.sqrt(motion.p * (2.0 / low - 1.0 / a))
    errors = np.zeros(turns)
    limit = int(4 * turns * period / float(runs.dt.min())) + 100
    worst, done = follow(motion, runs, scheme, low, speed, turns, limit, errors)
    trend = float(np.polyfit(np.arange(done), errors[:done], 1)[0]) if done > 2 else math.nan
    first = float(errors[0]) if done else worst
    return {"max_error": worst, "after_one": first, "trend_per_orbit": trend if done > 2 else None, "completed": done}


def push_ns(scheme: int) -> float:
    """Nanoseconds of processor time per push of a batch that fits into the second cache (median of 5)."""
    mu, n = 3.0, _BATCH
    z = np.linspace(0.0, 1.0, n)
    x = np.array([1.0 + z, 0.5 - z, 0.6 + 0.3 * z, 0.5 - 0.4 * z])
    y = np.empty_like(x)
    moved = np.zeros(n, dtype=np.bool_)
    start = np.array([0, n], dtype=np.int64)
    one, no, zero = np.ones(1), np.array([False]), np.array([0])
    cells = Cells(0.0 * one, 3.0 * one, 1e-3 * one, one, zero, no, no, no, np.zeros((0, WALLS)), 0, 1, 1)
    motion = Radial(mu).motion
    times = []
    for _ in range(_REPEATS + 1):
        begin = time.process_time()
        for _ in range(_SWEEPS):
            if scheme == OURS:
                push(motion, x, y, moved, start, 1, cells)
            else:
                sweep(scheme, x, y, mu, 1e-3)
        times.append(time.process_time() - begin)
    return 1e9 * statistics.median(times[1:]) / (_SWEEPS * n)


def show(figures: Figures) -> list[Table]:
    """Figures as tables."""
    cost = grid(
        "push: cost of one push in cache",
        ("scheme", "ns per push"),
        [[name, f"{ns:.2f}"] for name, ns in figures["ns_per_push"].items()],
        "the plain schemes neither write flags nor the second tangential speed",
    )
    rows = [
        [
            f"{r['scheme']}, {r['step']}",
            f"{r['lambda0']:g}",
            f"{r['low']:g}-{r['high']:g}",
            f"{r['after_one']:.1e}",
            f"{r['max_error']:.1e}",
            "" if r["trend_per_orbit"] is None else f"{r['trend_per_orbit']:+.1e}",
            f"{r['completed']}",
            ("met" if r["max_error"] <= AIM and r["completed"] == figures["orbits"] else "not met"),
        ]
        for r in sorted(figures["rows"], key=lambda r: (r["step"] != "local", -SCHEMES[r["scheme"]]))
    ]
    columns = (
        "scheme, step", "lambda0", "orbit [R0]", "after one", "largest", "trend per orbit", "orbits", f"at most {AIM:g}"
    )  # fmt: skip
    caption = f"relative energy error over {figures['orbits']} orbits at the step of a case with Kn0 = 0.01"
    return [cost, grid("push: energy", columns, rows, caption)]
