"""Velocity distributions at chosen radii, for the result file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.io import ResultWriter
from exobase.simulation.collect import Chunk

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation


class VelocityDistributions:
    """Velocity distributions in the cells that hold the chosen radii, with the moments of the same cells."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.radius = np.array(sim.case.tally.vdf_radii, dtype=np.float64)
        self.cell = sim.engine.tables.mesh.locate(self.radius) if self.radius.size else np.zeros(0, dtype=np.int64)
        self.local = {
            k: np.full((self.radius.size, sim.engine.tables.ns), np.nan) for k in ("density", "u_r", "T", "T_r", "T_t")
        }

    def feed(self, chunk: Chunk) -> None:
        """Take the moments of the cells in this chunk."""
        for k, c in enumerate(self.cell):
            if chunk.begin <= c < chunk.end:
                for name, table in self.local.items():
                    table[k] = chunk.species[name][:, c - chunk.begin]

    def write(self, w: ResultWriter, histogram: NDArray[np.int64]) -> None:
        """Normalised marginals with errors from blocks."""
        if not self.radius.size:
            return
        engine = self.sim.engine
        filled, speed = engine.state.blocks["histogram"].filled, engine.tables.velocity_cells.speed
        bins = histogram.shape[3]
        width = 2.0 * speed / bins
        edges = np.linspace(-1.0, 1.0, bins + 1)[None, :] * speed[:, None]
        total = histogram.sum(axis=(3, 4))
        dims = ["vdf_radius", "species", "v_bin"]
        w.put("vdf/radius", self.radius, units="m", long_name="radius", dims=["vdf_radius"])
        w.put("vdf/v_edges", edges, units="m s-1", long_name="velocity bin edges", dims=["species", "v_edge"])
        for q, name in ((0, "f_vr"), (1, "f_vt")):
            with np.errstate(divide="ignore", invalid="ignore"):
                scale = 1.0 / (total[:, :, q, None] * width[None, :, None])
                mean = histogram[:, :, q].sum(axis=3) * scale
                parts = histogram[:, :, q, :, :filled]
                error = (
                    parts.std(axis=3, ddof=1) * math.sqrt(filled) * scale if filled > 1 else np.full_like(mean, np.nan)
                )
            w.put(f"vdf/{name}", mean, units="s m-1", long_name=f"marginal {name}", dims=dims)
            w.put(f"vdf/{name}_stderr", error, units="s m-1", long_name=f"standard error of {name}", dims=dims)
        for name, values in self.local.items():
            unit = {"density": "m-3", "u_r": "m s-1"}.get(name, "K")
            w.put(f"vdf/{name}", values, units=unit, long_name=f"{name} of the cell", dims=["vdf_radius", "species"])
