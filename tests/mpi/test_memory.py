"""Nothing grows with the machine (invariant 8): 1e6 nearly empty cells need a third of the memory on each of 3 ranks.

Growth is the peak resident memory of a rank beyond what it had before the simulation (Python, compiled kernels), over
filling, steps, samples, records and block sums. Besides a third of the whole, a rank may need what does not shrink:
profile nodes, buffers of fixed size, pages of the allocator; 5 % of the whole is granted for that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

JOB = Path(__file__).with_name("memory_job.py")
NUMBERS_OF_A_MOVER = 8
pytestmark = pytest.mark.mpi


@pytest.mark.slow
def test_a_rank_holds_its_own_cells_only_and_sends_only_what_moves(mpirun: Any) -> None:
    one, three = (json.loads(mpirun(n, JOB, 1_000_000, 0.2, 8).stdout) for n in (1, 3))
    whole = one["ranks"][0]["growth"]
    assert one["ranks"][0]["cells"] == 1_000_000
    assert sum(rank["particles"] for rank in three["ranks"]) == one["ranks"][0]["particles"] > 150_000
    for rank in three["ranks"]:
        assert rank["growth"] < (1.0 / 3.0 + 0.05) * whole
    # A step takes a particle some five cells far, of 0.2 particles each: a few at most pass a cut in a step.
    for rank in three["ranks"]:
        assert max(rank["sent"]) <= 20 * 8 * NUMBERS_OF_A_MOVER
    assert three["all_sent"] > 0
    assert one["all_sent"] == 0
