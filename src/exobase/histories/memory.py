"""What the tallies of a test-particle case hold in memory, before any is allocated."""

from __future__ import annotations

from exobase.case.history_model import HistoryCase
from exobase.machine import refuse_beyond
from exobase.parallel import Comm, SerialComm, least_memory, ranks_of_a_machine
from exobase.tallies.scores import score_shapes, size_of

COPIES = 8
"""Numbers kept for each tally cell of all ranks together, beside the one of the batch that each rank follows: three
sums, their totals at a checkpoint, mean and standard error."""


def shapes_of(case: HistoryCase) -> dict[str, tuple[int, ...]]:
    """Shapes of the tables of scores of a case."""
    tally = case.tally
    return dict(
        score_shapes(
            followed=len(case.followed),
            processes=2 * len(case.sources),
            shells=len(tally.edges) - 1,
            surfaces=len(tally.surfaces),
            energies=len(tally.energy_edges) - 1,
            angles=tally.angle_cells,
            birth_shells=len(tally.birth_edges) - 1,
            zenith=tally.zenith_cells,
            latitude=tally.latitude_cells,
            longitude=tally.longitude_cells,
            cube=tally.cube_cells,
            ring=tally.ring_cells,
            rain=(tally.rain_latitude_cells, tally.rain_longitude_cells),
        )
    )


def tally_bytes(case: HistoryCase, ranks: int = 1) -> float:
    """Bytes that the tallies of a case hold on one machine with so many ranks."""
    return 8.0 * size_of(shapes_of(case)) * (ranks + COPIES)


def refuse_impossible(case: HistoryCase, comm: Comm | None = None) -> None:
    """Raises InputError where the tallies need more memory than a machine has; names the largest of them. Collective.

    comm: the ranks (default: this process alone).
    """
    comm = SerialComm() if comm is None else comm
    shapes = shapes_of(case)
    largest = max(shapes, key=lambda name: size_of({name: shapes[name]}))
    keys = {
        "cube": f"tally.cube_cells = {case.tally.cube_cells}",
        "ring": f"tally.ring_cells = {case.tally.ring_cells}",
        "sphere": f"tally.latitude_cells = {case.tally.latitude_cells} and longitude_cells",
        "rain_map": f"tally.rain_latitude_cells = {case.tally.rain_latitude_cells} and rain_longitude_cells",
        "zenith": f"tally.zenith_cells = {case.tally.zenith_cells}",
    }
    cells = " x ".join(map(str, shapes[largest]))
    key = keys.get(largest, "tally: shells, energy_bins and surfaces")
    what = f"{case.name}: tallies, most of all {key} ({cells} numbers)"
    refuse_beyond(tally_bytes(case, ranks_of_a_machine(comm)), least_memory(comm), what, "use fewer cells")
