"""Paths of single ions through the fields of a case, for figures: as they are followed, but without collisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.fields.acceleration import acceleration
from exobase.fields.boris import boris_exact
from exobase.fields.plasma import field_at
from exobase.histories.ionise import CODE, EVERYWHERE, ionisation
from exobase.histories.ions import field_ahead, push_of, step_length
from exobase.jit import borrowed, kernel
from exobase.rng import cell_key, slot_key
from exobase.sources.births import give_birth

if TYPE_CHECKING:
    from exobase.histories.simulation import HistorySimulation

Array = NDArray[np.float64]
COLUMNS = 7
_TRIES = 1000


def trace_ions(sim: HistorySimulation, number: int, points: int = 1500) -> tuple[list[Array], list[int], list[int]]:
    """Paths of the first ions that the sources of ions set free, as many from each source as ``number`` allows.

    sim: a HistorySimulation with fields. Returns paths [n, 7] (position m, velocity m/s, time s; n at most ``points``,
    evenly thinned), followed indices and sources.
    """
    ions, births = sim.ions, sim.births
    case = sim.case
    charged = [j for j, s in enumerate(case.sources) if case.followed[case.index(s.species)].species.charge != 0]
    paths, kinds, sources = [], [], []
    buffer = np.zeros((200_000, COLUMNS))
    for j in charged:
        share = max(number // len(charged), 1)
        for k in range(share):
            n, s = trace(sim.world, ions, births, sim._bank, sim._base, j, k * _TRIES, buffer)
            if n > 1:
                keep = np.unique(np.linspace(0, n - 1, min(n, points)).astype(int))
                paths.append(buffer[keep].copy())
                kinds.append(int(s))
                sources.append(j)
    return paths, kinds, sources


@kernel
def trace(world, ions, births, bank, base, source, first, out):
    """The first ion from history ``first`` on with weight: fills ``out`` [n, 7]. Returns rows, followed index."""
    world, ions, births, bank = borrowed(world), borrowed(ions), borrowed(births), borrowed(bank)
    for h in range(first, first + _TRIES):
        bank.waiting[0] = 0
        bank.lineages[0] = 1
        give_birth(births, source, 1.0, slot_key(cell_key(base, h), 0), bank)
        x = bank.x[0]
        if ions.ionise[source, CODE] == EVERYWHERE or ionisation(ions, source, x[0], x[1], x[2]) > 0.0:
            break
    s = bank.kind[0, 0]
    q, charge = bank.x[0], ions.q_over_m[s]
    _, e1, e2, e3, b1, b2, b3 = field_at(ions.plasma, q[0], q[1], q[2])
    push = push_of(world, charge, np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]), e1, e2, e3)
    t = 0.0
    for i in range(out.shape[0]):
        r = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
        for j in range(6):
            out[i, j] = q[j]
        out[i, 6] = t
        if r < world.r_inner or r >= ions.far:
            return i + 1, s
        dt, reach = step_length(world, ions, charge, q, r, push, b1, b2, b3)
        failed, dt, push, e1, e2, e3, b1, b2, b3 = field_ahead(world, ions, charge, q, r, reach, dt)
        if failed != 0:
            return i + 1, s
        h = 0.5 * dt
        x, y, z = q[0] + h * q[3], q[1] + h * q[4], q[2] + h * q[5]
        a1, a2, a3 = acceleration(x, y, z, world.gm, 0.0, 0.0)
        v1, v2, v3 = boris_exact(e1, e2, e3, b1, b2, b3, a1, a2, a3, charge, dt, q[3], q[4], q[5])
        q[0], q[1], q[2], q[3], q[4], q[5] = x + h * v1, y + h * v2, z + h * v3, v1, v2, v3
        t += dt
    return out.shape[0], s
