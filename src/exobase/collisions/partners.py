"""Two groups of particles that meet, and what a collision between two of them does to their internal energy."""

from __future__ import annotations

from typing import NamedTuple

from exobase.collisions.listed import pair_share
from exobase.jit import kernel
from exobase.rng import GOLDEN, mix, unit


class Partners(NamedTuple):
    """Two groups of a cell, and the law of their collisions.

    First place and number of particles of each, flux weights; same: one group with itself; cell: their cell; masses,
    rotational degrees of freedom, law of the pair; pa, pb: probabilities of rotational relaxation, ``sequential`` its
    scheme; first: first particle of the cell; pays: collisions of equal weights pay the debts of those of unequal ones;
    fast_a, fast_b: energy per mass [J/kg] above which tracers follow the species (infinite: none do); row_a, row_b:
    cell and species; stretch, d1, d2, d3: what steadies the velocities of the heavier weight
    (:mod:`exobase.collisions.carrier`); listed: row of the pair in the tables (-1: a power law). Scalars only: arrays
    in a tuple make every call cost more than the collisions of a small group.
    """

    a0: int
    na: int
    b0: int
    nb: int
    same: bool
    cell: int
    wa: float
    wb: float
    ma: float
    mb: float
    za: float
    zb: float
    coefficient: float
    exponent: float
    alpha: float
    pa: float
    pb: float
    sequential: bool
    first: int
    pays: bool
    fast_a: float
    fast_b: float
    row_a: int
    row_b: int
    stretch: float = 0.0
    d1: float = 0.0
    d2: float = 0.0
    d3: float = 0.0
    listed: int = -1


@kernel
def relax(state, tables, k, e_tr, ea, eb):
    """Borgnakke-Larsen exchange of one collision: energies [J] after it (state, e_tr, ea, eb).

    tables: those of pairs without a power law, or None.
    """
    state += GOLDEN
    u = unit(mix(state))
    if not k.sequential:
        if u < k.pa:
            total = e_tr + ea
            state, x = pair_share(state, tables, k, k.za, total)
            return state, (1.0 - x) * total, x * total, eb
        if u < k.pa + k.pb:
            total = e_tr + eb
            state, x = pair_share(state, tables, k, k.zb, total)
            return state, (1.0 - x) * total, ea, x * total
        return state, e_tr, ea, eb
    for turn in range(2):
        state += GOLDEN
        v = unit(mix(state))
        if (turn == 0) == (u < 0.5):
            if v < k.pa:
                total = e_tr + ea
                state, x = pair_share(state, tables, k, k.za, total)
                e_tr, ea = (1.0 - x) * total, x * total
        elif v < k.pb:
            total = e_tr + eb
            state, x = pair_share(state, tables, k, k.zb, total)
            e_tr, eb = (1.0 - x) * total, x * total
    return state, e_tr, ea, eb
