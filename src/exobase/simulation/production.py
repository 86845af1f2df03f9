"""What losses and charge exchange hand over to the plasma, for the result file (docs/results.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.io import ResultWriter
from exobase.particles.convert import SCORES
from exobase.simulation.collect import Chunk

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

Array = NDArray[np.float64]
QUANTITIES = (("number", "m-3 s-1", "s-1"), ("momentum", "N m-3", "N"), ("energy", "W m-3", "W"))


class Production:
    """Production of each process per cell and over the domain, with errors from blocks. Nothing without losses."""

    def __init__(self, sim: Simulation) -> None:
        self.case = sim.case
        self.number = len(sim.case.losses)
        if self.number:
            self.blocks = sim.engine.state.blocks["converted"]
            self.total = np.zeros((self.number, SCORES, self.blocks.number))

    def create(self, w: ResultWriter, cells: int) -> None:
        """Lay out what :meth:`feed` fills."""
        if not self.number:
            return
        for name, unit, _ in QUANTITIES:
            for suffix, text in (("", ""), ("_stderr", "standard error of ")):
                w.create(
                    f"production/{name}{suffix}", (self.number, cells), units=unit,
                    long_name=f"{text}{name} handed over to the plasma", dims=["process", "cell"],
                )  # fmt: skip

    def feed(self, w: ResultWriter, chunk: Chunk) -> None:
        """Write the cells of a chunk, and add them to the sum over the domain."""
        if not self.number:
            return
        self.total += chunk.converted.sum(axis=0)
        where = (slice(None), slice(chunk.begin, chunk.end))
        mean, stderr = self._estimate(chunk.converted / chunk.volume[:, None, None, None])
        for k, (name, _, _) in enumerate(QUANTITIES):
            w.write(f"production/{name}", where, mean[:, :, k].T)
            w.write(f"production/{name}_stderr", where, stderr[:, :, k].T)

    def write(self, w: ResultWriter) -> None:
        """Write the sums over the domain, once all chunks are fed."""
        if not self.number:
            return
        mean, stderr = self._estimate(self.total)
        for k, (name, _, unit) in enumerate(QUANTITIES):
            text = f"{name} handed over to the plasma in the domain"
            w.put(f"production/total_{name}", mean[:, k], units=unit, long_name=text, dims=["process"])
            text = f"standard error of {text}"
            w.put(f"production/total_{name}_stderr", stderr[:, k], units=unit, long_name=text, dims=["process"])
        frequency = np.array([np.nan if loss.thermal else loss.frequency for loss in self.case.losses])
        w.put("production/frequency", frequency, units="s-1", long_name="loss frequency", dims=["process"])
        w.attrs(
            "production",
            {
                "processes": [loss.name for loss in self.case.losses],
                "species": [loss.species for loss in self.case.losses],
            },
        )

    def _estimate(self, sums: Array) -> tuple[Array, Array]:
        """Mean per step and standard error of sums [..., blocks]."""
        filled, steps = self.blocks.filled, self.blocks.samples
        mean = sums.sum(axis=-1) / max(int(steps.sum()), 1)
        if filled < 2:
            return mean, np.full_like(mean, np.nan)
        return mean, (sums[..., :filled] / steps[:filled]).std(axis=-1, ddof=1) / np.sqrt(filled)
