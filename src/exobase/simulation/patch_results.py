"""Results by place on the sphere: profiles of every patch, and what enters, returns and escapes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.geometry.patches import centre_of, walls_of
from exobase.io.results import ResultWriter
from exobase.simulation.estimates import cell_estimates
from exobase.simulation.weights import flux_weights
from exobase.tallies.ledger import CROSSINGS

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

Array = NDArray[np.float64]

_PROFILES = {
    "density": ("m-3", "number density"),
    "u_r": ("m s-1", "radial velocity"),
    "u_theta": ("m s-1", "velocity down the meridian, away from the z axis"),
    "u_phi": ("m s-1", "eastward velocity"),
    "T": ("K", "temperature"),
    "T_r": ("K", "temperature of the radial motion"),
    "T_t": ("K", "temperature of the horizontal motion"),
}
_FLUXES = {
    "emitted_flux": "emitted through the inner boundary",
    "returned_flux": "returned to the inner boundary",
    "escape_flux": "escaped through the outer boundary, per area of the inner one",
    "lost_beyond_flux": "on bound orbits that count as lost, per area of the inner boundary",
}


def write_patches(sim: Simulation, w: ResultWriter | None) -> None:
    """Write the group ``patch`` of a divided sphere. Collective; rank 0 has the writer. Nothing without patches."""
    t = sim.engine.tables
    if not t.mesh.placed:
        return
    if w is not None:
        _create(sim, w)
    for patch in range(t.mesh.patches):
        rows = sim.comm.gather(_own_rows(sim, patch))
        if w is not None:
            layers = np.concatenate([layer for layer, _, _ in rows])
            order = np.argsort(layers)
            moments = np.concatenate([part for _, part, _ in rows])[order]
            each = np.concatenate([part for _, _, part in rows]).reshape(layers.size, t.ns, len(CROSSINGS), -1)
            crossed = each.sum(axis=0)
            crossed[:, 0] = each[layers == 0][:, :, 0].sum(axis=0)  # not what enters from above
            _write(sim, w, patch, moments, crossed)


def _own_rows(sim: Simulation, patch: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Layers of a patch that this rank owns, their sums of moments, and of crossings."""
    t, blocks = sim.engine.tables, sim.engine.state.blocks
    cell = np.arange(t.begin, t.end)
    own = np.flatnonzero(t.mesh.patch_of(cell) == patch)
    return t.mesh.layer_of(cell[own]), blocks["moments"].data[own], blocks["crossed"].data[own]


def _create(sim: Simulation, w: ResultWriter) -> None:
    t, mesh = sim.engine.tables, sim.engine.tables.mesh
    number = np.arange(mesh.patches)
    direction, walls = centre_of(mesh.division, number), walls_of(mesh.division, number)
    whole = (walls[:, 2:] == 0.0).all(axis=1)
    # Of a whole ring the middle has no longitude: its cosine is the mean over the ring.
    centre = np.where(whole[:, None], [0.0, 0.0, 1.0] * direction, direction)
    zenith = np.arccos(np.clip(centre @ sim.case.sun, -1.0, 1.0))
    west, east = (np.arctan2(walls[:, k + 1], walls[:, k]) for k in (2, 4))
    east = np.where(east <= west, east + 2.0 * np.pi, east)
    w.put("patch/direction", direction, units="1", long_name="unit vector to the middle", dims=["patch", "axis"])
    w.put("patch/sza", zenith, units="rad", long_name="solar zenith angle of the middle", dims=["patch"])
    for name, values, text in (
        ("z_edges", walls[:, :2], "cosine of the colatitude, from and to"),
        ("longitude_edges", np.stack([np.where(whole, -np.pi, west), np.where(whole, np.pi, east)], axis=1),
         "longitude from the x axis, from and to"),
    ):  # fmt: skip
        unit = "1" if name == "z_edges" else "rad"
        w.put(f"patch/{name}", values, units=unit, long_name=text, dims=["patch", "side"])
    for name, (unit, text) in _PROFILES.items():
        for key, words in ((name, text), (f"{name}_stderr", f"standard error of {text}")):
            shape = (t.ns, mesh.patches, mesh.layers)
            w.create(f"patch/{key}", shape, units=unit, long_name=words, dims=["species", "patch", "cell"])
    for name, text in _FLUXES.items():
        for key, words in ((name, text), (f"{name}_stderr", f"standard error of {text}")):
            w.create(f"patch/{key}", (t.ns, mesh.patches), units="m-2 s-1", long_name=words, dims=["species", "patch"])


def _write(sim: Simulation, w: ResultWriter, patch: int, moments: Array, crossed: Array) -> None:
    t, mesh, blocks = sim.engine.tables, sim.engine.tables.mesh, sim.engine.state.blocks
    lo, hi = mesh.bounds(0, mesh.layers)
    weight = flux_weights(sim.case, mesh, t.profile, 0, mesh.layers).reshape(mesh.layers, t.ns).T
    weight = weight * mesh.step_of(0.5 * (lo + hi))
    tally = blocks["moments"]
    sums = moments.reshape(mesh.layers, t.ns, t.moments, tally.number)
    volume = mesh.volume(lo, hi)
    found = cell_estimates(
        sums, tally.samples, tally.filled, weight, volume, t.pairs.mass, t.pairs.zeta, winds=True
    )  # fmt: skip
    flow = found["u_theta"] ** 2 + found["u_phi"] ** 2
    excess = 0.5 * t.pairs.mass[:, None] / K_B * flow
    found["T_t"] = found["T_t"] - excess
    found["T"] = found["T"] - 2.0 / 3.0 * excess
    for name in _PROFILES:
        for key in (name, f"{name}_stderr"):
            w.write(f"patch/{key}", (slice(None), patch), found[key])
    tally = blocks["crossed"]
    rates = crossed / mesh.area(mesh.inner)
    per_step = rates[..., : tally.filled] / np.maximum(tally.samples[: tally.filled], 1)
    steps = max(int(tally.samples.sum()), 1)
    for k, name in enumerate(_FLUXES):
        w.write(f"patch/{name}", (slice(None), patch), rates[:, k].sum(axis=1) / steps)
        stderr = np.full(t.ns, np.nan)
        if tally.filled >= 2:
            stderr = per_step[:, k].std(axis=1, ddof=1) / np.sqrt(tally.filled)
        w.write(f"patch/{name}_stderr", (slice(None), patch), stderr)
