"""The expected state of a mixture over a sphere: every species in diffusive equilibrium, less what it loses upward.

Stefan and Maxwell's equations for spherical fluxes Phi_i(r) = F_i (r_c/r)^2, in a common temperature T(r):

    dn_i/dr = -n_i (G M m_i/(k T r^2) + T'/T) - sum_j (n_j Phi_i - n_i Phi_j)/b_ij,    b_ij = n D_ij

The terms with n_i make the equilibrium E_i (drag by the others included), those with Phi_i the loss:
    n_i = n_i0 E_i [1 - w_i J_i(r)/(1 + w_i J_i(r_c))],  J_i = E_i(r_c) int (sum_j n_j/b_ij) (r_c/r)^2/E_i dr
with F_i = w_i n_i(r_c): w_i is Jeans' effusion velocity at the exobase r_c of the gas. All n_i are positive, and F_i
tends to the diffusion-limited flux where w_i is large. Densities, r_c and F_i are found by iteration. Thermal diffusion
is left out. Above r_c each species flies freely (`exosphere`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exobase.simulation.exosphere import exosphere, jeans_ratio

Array = NDArray[np.float64]

ROUNDS = 120
STEEPEST = 0.2  # largest fall of the density of a leaving gas at the exobase from node to node
SAME = 1e-4  # of ln n between two rounds
LOWEST, HIGHEST = -600.0, 50.0  # limits of ln of the density over that at the base, within the iteration


class Mixture(NamedTuple):
    """Gases over a sphere: gm [m3 s-2], mass [ns] kg, density [ns] m-3 and kt = k T [J] at the base.

    paths(density [ns, n], temperature [n]): mean free path [n] m over all particles; resistance(temperature [n]):
    1/b_ij [ns, ns, n] m s, 0 for i = j.
    """

    gm: float
    mass: Array
    density: Array
    kt: float
    paths: Callable[[Array, Array], Array]
    resistance: Callable[[Array], Array]


class MixedColumn(NamedTuple):
    """Densities [ns, n] m-3, temperatures [ns, n] K, velocities [ns, n] m/s at nodes; index of the exobase's node."""

    density: Array
    temperature: Array
    velocity: Array
    exobase: int
    settled: bool


class Main(NamedTuple):
    """A gas that is known beforehand: its number, density [n] m-3 at the nodes, flux [m-2 s-1] at the base."""

    number: int
    density: Array
    flux: float


def exobase_node(mixture: Mixture, r: Array, density: Array, temperature: Array) -> int:
    """First node from the base where the mean free path of the gas exceeds its pressure scale height; else the last.

    Scale height of the weight of the gas, k T r^2/(G M <m>).
    """
    total = density.sum(axis=0)
    mean_mass = (mixture.mass @ density) / total
    height = mixture.kt * temperature / temperature[0] * r * r / (mixture.gm * mean_mass)
    above = np.flatnonzero(mixture.paths(density, temperature) >= height)
    return int(above[0]) if above.size else r.size - 1


def mixed_column(mixture: Mixture, r: Array, temperature: Array, main: Main | None = None) -> MixedColumn:
    """Expected column of a mixture at nodes r [m] from the base up, in a common temperature [K] (kt: k T of the base).

    main: a gas whose density and flux are known. Where the iteration does not settle the loss is left out below the
    exobase: every gas is then in equilibrium by itself (`settled` is False).
    """
    density, flux, k, settled = _below(mixture, r, temperature, main)
    velocity = flux[:, None] * (r[k] / r) ** 2 / density
    temperatures = np.repeat(temperature[None, :], mixture.mass.size, axis=0)
    if k < r.size - 1:
        for i, mass in enumerate(mixture.mass):
            kt = mixture.kt * temperature[k] / temperature[0]
            depth = mixture.gm * mass / (kt * r[k])
            thermal = np.sqrt(2.0 * kt / mass)
            jeans = density[i, k] * thermal * jeans_ratio(depth)
            above = exosphere(depth, r[k] / r[k:], flux[i] / jeans if settled and jeans > 0.0 else 1.0)
            density[i, k:] = np.maximum(density[i, k] * above.density, mixture.density[i] * np.exp(LOWEST))
            velocity[i, k:] = thermal * above.velocity
            temperatures[i, k:] = temperature[k] * above.temperature
    return MixedColumn(density, temperatures, velocity, k, settled)


def _below(mixture: Mixture, r: Array, temperature: Array, main: Main | None) -> tuple[Array, Array, int, bool]:
    """Densities [ns, n], fluxes [ns] at the exobase, its node, whether the iteration settled."""
    at_rest = mixture.density[:, None] * np.exp(_equilibrium(mixture, r, temperature, np.zeros_like(r)))
    if main is not None:
        at_rest[main.number] = main.density
    resistance = mixture.resistance(temperature)
    density, flux = at_rest, np.zeros(mixture.mass.size)
    for turn in range(ROUNDS):
        k = exobase_node(mixture, r, density, temperature)
        found, effusion = _round(mixture, r, temperature, resistance, density, flux, k)
        if main is not None:
            found[main.number] = main.density
        step = np.log(found / density)
        change = float(np.abs(step[:, : k + 1]).max())
        flux = effusion * density[:, k]
        if main is not None:
            flux[main.number] = main.flux * (r[0] / r[k]) ** 2
        if change < SAME:
            return density, flux, k, True
        # Strongly coupled gases swing about the solution: part of the step only, less of it if that takes long.
        density = density * np.exp(step * (0.5 if turn < ROUNDS // 2 else 0.2))
    return at_rest, np.zeros(mixture.mass.size), exobase_node(mixture, r, at_rest, temperature), False


def _round(
    mixture: Mixture, r: Array, temperature: Array, resistance: Array, density: Array, flux: Array, k: int
) -> tuple[Array, Array]:
    """Densities [ns, n] for the densities and fluxes (at the exobase, node k) before; velocities of effusion [ns]."""
    dilution = (r[k] / r) ** 2
    drag = np.einsum("ijn,j->in", resistance, flux) * dilution
    log = _equilibrium(mixture, r, temperature, drag)
    opposed = np.einsum("ijn,jn->in", resistance, density) * dilution
    kt = mixture.kt * temperature[k] / temperature[0]
    ratio = np.array([jeans_ratio(float(depth)) for depth in mixture.gm * mixture.mass / (kt * r[k])])
    effusion = np.sqrt(2.0 * kt / mixture.mass) * ratio
    # A gas that leaves faster than it diffuses would fall to nothing within the last node.
    effusion = np.minimum(effusion, STEEPEST / (opposed[:, k] * (r[k] - r[max(k - 1, 0)]) + 1e-300))
    loss = effusion[:, None] * _integral(r, opposed * np.exp(np.minimum(log[:, [k]] - log, -LOWEST)))
    loss = np.minimum(loss, loss[:, [k]])  # above the exobase nothing collides
    left = (1.0 + (loss[:, [k]] - loss)) / (1.0 + loss[:, [k]])
    return mixture.density[:, None] * np.exp(log) * left, effusion


def _equilibrium(mixture: Mixture, r: Array, temperature: Array, drag: Array) -> Array:
    """ln E [ns, n]: -int (G M m/(k T r^2) + T'/T - drag) dr, within LOWEST and HIGHEST."""
    scale = mixture.gm / (mixture.kt * temperature / temperature[0])
    # int dr/(T r^2) = int d(-1/r)/T: exact in 1/r where T is constant.
    weight = _integral(-1.0 / r, scale)
    log = -mixture.mass[:, None] * weight - np.log(temperature / temperature[0]) + _integral(r, drag)
    return np.asarray(np.clip(log, LOWEST, HIGHEST))


def _integral(x: Array, values: Array) -> Array:
    """Running integral by trapezoids from the first node."""
    steps = 0.5 * (values[..., 1:] + values[..., :-1]) * np.diff(x)
    return np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
