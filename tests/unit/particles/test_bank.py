"""The bank of a history: last in first out, lineages in the order of deposits, nothing lost where it is full."""

from __future__ import annotations

import numpy as np

from exobase.particles.bank import BIRTH, LINEAGE, PROCESS, SPECIES, deposit, new_bank


def test_deposits_keep_their_numbers_and_get_the_next_lineage() -> None:
    bank = new_bank(3)
    bank.lineages[0] = 1
    for k in range(3):
        assert deposit(bank, k, 10 + k, 20 + k, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0 + k)
    assert bank.waiting[0] == 3
    assert bank.kind[:, LINEAGE].tolist() == [1, 2, 3]
    assert bank.kind[2, [SPECIES, PROCESS, BIRTH]].tolist() == [2, 12, 22]
    assert bank.x[2].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0]


def test_a_full_bank_takes_nothing_and_says_so() -> None:
    bank = new_bank(1)
    assert deposit(bank, 0, 0, 0, *np.ones(7))
    kept = bank.x.copy()
    assert not deposit(bank, 1, 1, 1, *np.zeros(7))
    assert np.array_equal(bank.x, kept)
    assert bank.waiting[0] == 1
    assert bank.lineages[0] == 1
