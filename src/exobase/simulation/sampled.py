"""Profiles of a simulation while it goes, as a labelled dataset: the same numbers that its result file would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exobase.errors import InputError
from exobase.simulation.collect import Chunk, chunks
from exobase.simulation.outcome import species_quantities

if TYPE_CHECKING:
    import xarray

    from exobase.simulation.core import Simulation

Array = NDArray[np.float64]


def sampled_profiles(sim: Simulation) -> xarray.Dataset:
    """Profiles [species, cell] since ``start_tally`` with their standard errors. Collective; the same on all ranks.

    Raises InputError before the first record after ``start_tally``.
    """
    import xarray

    if sim.tally_from is None or not sim.engine.state.blocks["moments"].samples.sum():
        raise InputError(
            "profile needs samples: call start_tally(), then step at least tally.record_every = "
            f"{sim.case.tally.record_every} steps"
        )
    parts = list(chunks(sim))  # of all cells on rank 0, empty on the others
    edges, r, values = sim.comm.bcast(_join(parts) if parts else None)
    variables = {}
    for name, (units, text) in species_quantities(sim).items():
        for key, words in ((name, text), (f"{name}_stderr", f"standard error of {text}")):
            if key in values:
                attrs = {"units": units, "long_name": words}
                variables[key] = xarray.Variable(("species", "cell"), values[key], attrs)
    coords = {
        "species": xarray.Variable("species", list(sim.case.names)),
        "r": xarray.Variable("cell", r, {"units": "m", "long_name": "mean radius of the cell"}),
        "r_edge": xarray.Variable("edge", edges, {"units": "m", "long_name": "cell edges"}),
    }
    about: dict[str, Any] = {"case_name": sim.case.name, "steps": sim.steps, "averaged_from_step": sim.tally_step}
    return xarray.Dataset(variables, coords=coords, attrs=about)


def _join(parts: list[Chunk]) -> tuple[Array, Array, dict[str, Array]]:
    """Edges, middles and estimates of all cells."""
    edges = np.concatenate([parts[0].edges[:1], *(part.edges[1:] for part in parts)])
    names = parts[0].species
    values = {name: np.concatenate([part.species[name] for part in parts], axis=1) for name in names}
    return edges, np.concatenate([part.r for part in parts]), values
