"""Means and standard errors of cell quantities from blocked moment sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B

Array = NDArray[np.float64]


def cell_estimates(
    blocks: Array, samples: NDArray[np.int64], filled: int, weight: Array, volume: Array, mass: Array, zeta: Array,
    shear: bool = False, winds: bool = False,
) -> dict[str, Array]:  # fmt: skip
    """Density, velocity, temperatures and fluxes of cells.

    blocks [n, ns, moments, B]: moment sums (see tallies.moments); samples [B]; the first ``filled`` blocks are complete
    and give the errors; weight [ns, n]: real particles per simulated one; volume [n] m3; mass [ns] kg; zeta [ns]:
    rotational degrees of freedom (all 0: no such moments); shear: with tangential flow; winds: with both components of
    it. Returns arrays [ns, n]; NaN
    where a quantity does not exist.

    T is the translational temperature; mach uses gamma = (5 + zeta)/(3 + zeta). Energy fluxes are those of kinetic and
    rotational energy.
    """
    s = np.moveaxis(blocks, (0, 1, 2, 3), (2, 0, 1, 3))  # [ns, moments, n, B]
    cells = _Cells(s.sum(axis=3), max(int(samples.sum()), 1), weight / volume, mass[:, None], zeta, shear, winds)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = _means(cells)
        gamma = ((5.0 + zeta) / (3.0 + zeta))[:, None]
        sound = np.sqrt(gamma * K_B * out["T"] / cells.mass)
        out["mach"] = out["u_r"] / sound
        per_sample = s[..., :filled] / samples[:filled].astype(np.float64)
        for name, values in _residuals(cells, per_sample).items():
            if filled >= 2:
                out[f"{name}_stderr"] = values.std(axis=2, ddof=1) / np.sqrt(filled)
            else:
                out[f"{name}_stderr"] = np.full(cells.number.shape, np.nan)
        out["mach_stderr"] = out["u_r_stderr"] / sound
    return out


@dataclass(frozen=True)
class _Cells:
    """Sums of all blocks [ns, moments, n] over ``count`` samples; scale: weight over volume; mass [ns, 1] kg."""

    total: Array
    count: int
    scale: Array
    mass: Array
    zeta: Array
    shear: bool
    winds: bool

    @property
    def rotating(self) -> bool:
        return bool(self.zeta.any())

    @property
    def number(self) -> Array:
        """Particles in all samples [ns, n], NaN where there were none."""
        return np.where(self.total[:, 0] > 0, self.total[:, 0], np.nan)

    @property
    def drift(self) -> Array:
        """Tangential velocity [m/s]."""
        return self.total[:, -2] / self.number if self.shear else np.zeros(self.number.shape)

    @property
    def ratios(self) -> list[tuple[str, Array, int]]:
        return _ratios(self.mass, self.zeta, self.rotating, self.shear, self.winds)


def _means(c: _Cells) -> dict[str, Array]:
    """Means [ns, n] of the sums."""
    total, m, n0 = c.total, c.mass, c.number
    u, drift = total[:, 1] / n0, c.drift
    out = {
        "density": total[:, 0] * c.scale / c.count,
        "u_r": u,
        "T_r": m / K_B * (total[:, 2] / n0 - u * u),
        "T_t": 0.5 * m / K_B * (total[:, 3] / n0 - drift * drift),
        "particle_flux": total[:, 1] * c.scale / c.count,
        "energy_flux": m * _energy_flux(total, c.rotating) * c.scale / c.count,
        "particles": total[:, 0] / c.count,
        "samples": np.full(n0.shape, float(c.count)),
    }
    out["T"] = (out["T_r"] + 2.0 * out["T_t"]) / 3.0
    for name, factor, k in c.ratios:
        out[name] = factor * (total[:, k] / n0)
    if c.shear:
        out["shear_stress"] = m * total[:, -1] * c.scale / c.count
    return out


def _residuals(c: _Cells, b: Array) -> dict[str, Array]:
    """Quantities of single blocks [ns, n, B], linear in their sums per sample b [ns, moments, n, B]: their scatter is
    that of the means.
    """
    one = (..., None)
    n0, m = c.number, c.mass[one]
    n_mean = (n0 / c.count)[one]
    u, second, tangential = (c.total[:, k] / n0 for k in (1, 2, 3))
    out = {
        "density": b[:, 0] * c.scale[one],
        "u_r": (b[:, 1] - u[one] * b[:, 0]) / n_mean,
        "T_r": m / K_B * (b[:, 2] - 2 * u[one] * b[:, 1] + (2 * u * u - second)[one] * b[:, 0]) / n_mean,
        "T_t": 0.5 * m / K_B * (b[:, 3] - tangential[one] * b[:, 0]) / n_mean,
        "particle_flux": b[:, 1] * c.scale[one],
        "energy_flux": m * _energy_flux(b, c.rotating) * c.scale[one],
    }
    for name, factor, k in c.ratios:
        out[name] = factor[one] * (b[:, k] - (c.total[:, k] / n0)[one] * b[:, 0]) / n_mean
    if c.shear:
        drift = c.drift[one]
        out["shear_stress"] = m * b[:, -1] * c.scale[one]
        out["T_t"] -= m / K_B * drift * (b[:, -2] - drift * b[:, 0]) / n_mean
    out["T"] = (out["T_r"] + 2.0 * out["T_t"]) / 3.0
    return out


def _energy_flux(sums: Array, rotating: bool) -> Array:
    """Sum v (v^2 + v_t^2)/2 + v e."""
    return np.asarray(0.5 * sums[:, 4] + (sums[:, 6] if rotating else 0.0))


def _ratios(mass: Array, zeta: Array, rotating: bool, shear: bool, winds: bool) -> list[tuple[str, Array, int]]:
    """Quantities that are a factor times a moment per particle: (name, factor [ns, 1], place of the moment)."""
    out = []
    if rotating:
        out.append(("T_rot", np.where(zeta[:, None] > 0.0, 2.0 * mass / (K_B * zeta[:, None]), np.nan), 5))
    if shear:
        out.append(("u_t", np.ones_like(mass), 7 if rotating else 5))
    if winds:
        out += [(name, np.ones_like(mass), k + 2 * rotating) for name, k in (("u_theta", 5), ("u_phi", 6))]
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
