"""Means and standard errors of cell quantities from blocked moment sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B

Array = NDArray[np.float64]


def cell_estimates(
    blocks: Array, samples: NDArray[np.int64], filled: int, weight: Array, volume: Array, mass: Array, zeta: Array,
    shear: bool = False,
) -> dict[str, Array]:  # fmt: skip
    """Density, velocity, temperatures and fluxes of cells.

    blocks [n, ns, moments, B]: moment sums (see tallies.moments); samples [B]; the first ``filled`` blocks are complete
    and give the errors; weight [ns, n]: real particles per simulated one; volume [n] m3; mass [ns] kg; zeta [ns]:
    rotational degrees of freedom (all 0: no such moments); shear: with tangential flow. Returns arrays [ns, n]; NaN
    where a quantity does not exist.

    T is the translational temperature; mach uses gamma = (5 + zeta)/(3 + zeta). Energy fluxes are those of kinetic and
    rotational energy.
    """
    s = np.moveaxis(blocks, (0, 1, 2, 3), (2, 0, 1, 3))  # [ns, 5, n, B]
    total = s.sum(axis=3)
    count = max(int(samples.sum()), 1)
    m = mass[:, None]
    rotating = bool(zeta.any())
    with np.errstate(divide="ignore", invalid="ignore"):
        n0 = np.where(total[:, 0] > 0, total[:, 0], np.nan)
        u = total[:, 1] / n0
        second = total[:, 2] / n0
        tangential = total[:, 3] / n0
        drift = total[:, -2] / n0 if shear else np.zeros_like(u)
        scale = weight / volume
        out = {
            "density": total[:, 0] * scale / count,
            "u_r": u,
            "T_r": m / K_B * (second - u * u),
            "T_t": 0.5 * m / K_B * (tangential - drift * drift),
            "particle_flux": total[:, 1] * scale / count,
            "energy_flux": m * _energy_flux(total, rotating) * scale / count,
            "particles": total[:, 0] / count,
            "samples": np.full(total[:, 0].shape, float(count)),
        }
        out["T"] = (out["T_r"] + 2.0 * out["T_t"]) / 3.0
        gamma = ((5.0 + zeta) / (3.0 + zeta))[:, None]
        sound = np.sqrt(gamma * K_B * out["T"] / m)
        out["mach"] = u / sound
        b = s[..., :filled]
        size = samples[:filled].astype(np.float64)
        b = b / size  # per sample
        n_mean = (n0 / count)[..., None]
        shape3 = (..., None)
        residual = {
            "density": b[:, 0] * scale[shape3],
            "u_r": (b[:, 1] - u[shape3] * b[:, 0]) / n_mean,
            "T_r": m[shape3]
            / K_B
            * (b[:, 2] - 2 * u[shape3] * b[:, 1] + (2 * u * u - second)[shape3] * b[:, 0])
            / n_mean,
            "T_t": 0.5 * m[shape3] / K_B * (b[:, 3] - tangential[shape3] * b[:, 0]) / n_mean,
            "particle_flux": b[:, 1] * scale[shape3],
            "energy_flux": m[shape3] * _energy_flux(b, rotating) * scale[shape3],
        }
        for name, factor, k in _ratios(m, zeta, rotating, shear):
            mean = total[:, k] / n0
            out[name] = factor * mean
            residual[name] = factor[..., None] * (b[:, k] - mean[shape3] * b[:, 0]) / n_mean
        if shear:
            k = total.shape[1] - 1
            out["shear_stress"] = m * total[:, k] * scale / count
            residual["shear_stress"] = m[shape3] * b[:, k] * scale[shape3]
        if shear:
            residual["T_t"] -= m[shape3] / K_B * drift[shape3] * (b[:, -2] - drift[shape3] * b[:, 0]) / n_mean
        residual["T"] = (residual["T_r"] + 2.0 * residual["T_t"]) / 3.0
        for name, values in residual.items():
            if filled >= 2:
                out[f"{name}_stderr"] = values.std(axis=2, ddof=1) / np.sqrt(filled)
            else:
                out[f"{name}_stderr"] = np.full(n0.shape, np.nan)
        out["mach_stderr"] = out["u_r_stderr"] / sound
    return out


def _energy_flux(sums: Array, rotating: bool) -> Array:
    """Sum v (v^2 + v_t^2)/2 + v e."""
    return np.asarray(0.5 * sums[:, 4] + (sums[:, 6] if rotating else 0.0))


def _ratios(mass: Array, zeta: Array, rotating: bool, shear: bool) -> list[tuple[str, Array, int]]:
    """Quantities that are a factor times a moment per particle: (name, factor [ns, 1], place of the moment)."""
    out = []
    if rotating:
        out.append(("T_rot", np.where(zeta[:, None] > 0.0, 2.0 * mass / (K_B * zeta[:, None]), np.nan), 5))
    if shear:
        out.append(("u_t", np.ones_like(mass), 7 if rotating else 5))
    return out


def log_slope(position: Array, values: Array, half: int = 3) -> Array:
    """d ln(values)/d position at each point from a straight line through the 2*half+1 nearest points (fewer at the
    ends).
    """
    log = np.log(np.maximum(values, 1e-300))
    n = position.size
    if n < 2:
        return np.full(n, np.nan)
    slope = np.empty(n)
    for i in range(n):
        a, b = max(0, i - half), min(n, i + half + 1)
        x = position[a:b] - position[a:b].mean()
        slope[i] = float((x * log[a:b]).sum() / (x * x).sum())
    return slope
