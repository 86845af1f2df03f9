"""The wind of case.toml from the steady Navier-Stokes equations: what viscosity, conduction and slow rotation change.

    python navier_stokes.py [KN0 ...]      (default 0.001 0.003)

Units: R0, n0, T0, kT0/m = 1. rho u r^2 = F and, with p = rho T, tau = (4/3) mu (u' - u/r), nu = vbar/l,
    rho u u' = -p' - rho lambda0/r^2 + tau' + 3 tau/r
    u T_rot' = -(T_rot - T) nu/Z
    F [(5/2) T + T_rot + u^2/2 - lambda0/r] + r^2 (q - u tau) = E,  q = -kappa T' - kappa_rot T_rot'.
Hard spheres (Chapman & Cowling 1970): mu = 1.016 (5/16) sqrt(pi T) sqrt(2) Kn0, kappa = (15/4) mu, kappa_rot = rho D =
1.2 mu. Below: n = T = T_rot = 1 and the isentropic u'; above: the isentropic d ln u/d ln r and d ln T/d ln r.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.integrate import solve_bvp

from exobase.analytic import polytropic

LAMBDA0, GAMMA, Z, OUTER = 3.2, 1.4, 3.0, 8.0
BASE = polytropic.base(LAMBDA0, GAMMA)


def isentropic(r):
    """Speed and temperature of the isentropic wind."""
    y = r * BASE.radius_ratio
    t = polytropic.temperature_ratio(y, GAMMA) / polytropic.temperature_ratio(BASE.radius_ratio, GAMMA)
    return polytropic.mach(y, GAMMA) * np.sqrt(GAMMA * t), t


def slopes(r, h=1e-5):
    """d ln u/d ln r and d ln T/d ln r of the isentropic wind."""
    return [np.log(b / a) / np.log1p(h) for a, b in zip(isentropic(r), isentropic(r * (1.0 + h)), strict=True)]


def viscosity(t, kn0):
    return 1.016 * 5.0 / 16.0 * np.sqrt(2.0 * np.pi * t) * kn0


def derivatives(r, state, constants, kn0):
    u, t, rot, tau = state
    flow, energy = constants
    rho, mu = flow / (u * r**2), viscosity(t, kn0)
    rot_slope = -(rot - t) * np.sqrt(8.0 * t / np.pi) * rho / kn0 / (Z * u)
    q = (energy - flow * (2.5 * t + rot + 0.5 * u**2 - LAMBDA0 / r)) / r**2 + u * tau
    t_slope = -(q + 1.2 * mu * rot_slope) / (3.75 * mu)
    u_slope = u / r + 0.75 * tau / mu
    p_slope = rho * (t_slope - t * (2.0 / r + u_slope / u))
    return np.array([u_slope, t_slope, rot_slope, rho * u * u_slope + p_slope + rho * LAMBDA0 / r**2 - 3.0 * tau / r])


def solve(kn0):
    r = np.concatenate([1.0 + 0.05 * np.linspace(0.0, 1.0, 200) ** 2, np.geomspace(1.05, OUTER, 1500)[1:]])
    (u, t), (du, dt) = isentropic(r), slopes(r)
    mu, flow = viscosity(t, kn0), isentropic(1.0)[0]
    tau = 4.0 / 3.0 * mu * (du - 1.0) * u / r
    lag = -Z * u * dt * t / r * kn0 * u * r**2 / (flow * np.sqrt(8.0 * t / np.pi))
    energy = flow * (3.5 + 0.5 * flow**2 - LAMBDA0) - 4.95 * mu[0] * dt[0] - flow * tau[0]
    below, above = slopes(1.0), slopes(OUTER)

    def ends(a, b, constants):
        last = derivatives(OUTER, b, constants, kn0)
        shear = a[3] - 4.0 / 3.0 * viscosity(a[1], kn0) * (below[0] - 1.0) * a[0]
        outer = [last[0] * OUTER / b[0] - above[0], last[1] * OUTER / b[1] - above[1]]
        return np.array([a[0] - constants[0], a[1] - 1.0, a[2] - 1.0, shear, *outer])

    return solve_bvp(
        lambda x, y, p: derivatives(x, y, p, kn0),
        ends,
        r,
        np.array([u, t - 0.4 * lag, t + 0.6 * lag, tau]),
        p=[flow, energy],
        tol=1e-4,
        max_nodes=60000,
    )


for kn0 in [float(word) for word in sys.argv[1:]] or [0.001, 0.003]:
    found = solve(kn0)
    if found.status != 0:
        raise SystemExit(f"Kn0 = {kn0}: {found.message}")
    u, t, rot, _ = found.y
    mach = u / np.sqrt(GAMMA * (3.0 * t + 2.0 * rot) / 5.0)
    k = int(np.argmax(mach > 1.0))
    sonic = np.interp(1.0, mach[k - 3 : k + 3], found.x[k - 3 : k + 3])
    lines = [f"Kn0 = {kn0:g}: flux/isentropic {found.p[0] / isentropic(1.0)[0]:.4f}, sonic radius {sonic:.3f} R0"]
    for x in (1.02, 1.5, 2.0, 3.0, 4.0, 5.0):
        (ui, ti), y = isentropic(x), found.sol(x)
        n = found.p[0] / isentropic(1.0)[0] * ui / y[0]
        change = f"n {n - 1:+.4f}  u {y[0] / ui - 1:+.4f}  T {y[1] / ti - 1:+.4f}"
        lines.append(f"  r = {x:<4g} {change}  lag/T {y[2] / y[1] - 1:.4f}")
    sys.stdout.write("\n".join(lines) + "\n")
