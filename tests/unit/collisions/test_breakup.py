"""What a struck atom does to its molecule: conservation, and the threshold of each mode.

m: atom, M: molecule, E_T transfer in the molecule's frame. "bond" breaks at E_T = bond and conserves energy in that
frame; "impulsive" breaks at E_T (1 - m/M) = bond and conserves momentum and energy in every frame.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from exobase.collisions.breakup import BOND, IMPULSIVE, break_up
from exobase.constants import ATOMIC_MASS, EV

Array = npt.NDArray[np.float64]
ATOM, MOLECULE, PAIR = 15.999 * ATOMIC_MASS, 44.009 * ATOMIC_MASS, 5.453 * EV
REST = MOLECULE - ATOM


def strike(mode: int, transfer: float, seed: int) -> tuple[bool, Array, Array, Array, Array]:
    """Break-up after a transfer [J] in a random direction: broken, V, d, atom and rest."""
    rng = np.random.default_rng(seed)
    v, d = rng.normal(scale=400.0, size=3), rng.normal(size=3)
    d *= math.sqrt(2.0 * transfer / ATOM) / np.linalg.norm(d)
    broken, *after = break_up(mode, ATOM, MOLECULE, PAIR, *v, *(v + d))
    return bool(broken), v, d, np.array(after[:3]), np.array(after[3:])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ev", [0.01, 5.0, 8.0, 9.0, 40.0, 800.0])
def test_impulsive_conserves_momentum_and_energy(seed: int, ev: float) -> None:
    broken, v, d, atom, rest = strike(IMPULSIVE, ev * EV, seed)
    assert broken == (ev * EV * (1.0 - ATOM / MOLECULE) > PAIR)
    given = ATOM * (v + d) + REST * v
    assert ATOM * atom + REST * rest == pytest.approx(given, rel=1e-12, abs=1e-12 * float(np.max(np.abs(given))))
    before = 0.5 * ATOM * np.dot(v + d, v + d) + 0.5 * REST * np.dot(v, v)
    after = 0.5 * ATOM * np.dot(atom, atom) + 0.5 * REST * np.dot(rest, rest)
    inner = PAIR if broken else ev * EV * (1.0 - ATOM / MOLECULE)
    assert after + inner == pytest.approx(before, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ev", [5.5, 8.0, 40.0, 800.0])
def test_bond_pays_the_bond_in_the_molecules_frame_and_leaves_the_rest(seed: int, ev: float) -> None:
    broken, v, d, atom, rest = strike(BOND, ev * EV, seed)
    assert broken
    assert rest.tolist() == v.tolist()
    own = atom - v
    assert 0.5 * ATOM * np.dot(own, own) == pytest.approx(ev * EV - PAIR, rel=1e-9, abs=0.0)
    assert np.dot(own, d) == pytest.approx(np.linalg.norm(own) * np.linalg.norm(d), rel=1e-12, abs=0.0)


@pytest.mark.parametrize("mode", [BOND, IMPULSIVE])
def test_a_weak_blow_moves_the_molecule_whole_with_the_atoms_momentum(mode: int) -> None:
    broken, v, d, atom, rest = strike(mode, 5.4 * EV, 4)
    assert not broken
    assert atom.tolist() == rest.tolist()
    assert MOLECULE * (atom - v) == pytest.approx(ATOM * d, rel=1e-12, abs=0.0)
