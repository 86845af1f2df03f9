"""exchange, stream, reproducible_sum, balanced and all_fail on real ranks (see parallel_job.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

JOB = Path(__file__).with_name("parallel_job.py")
pytestmark = pytest.mark.mpi


def test_ranks_exchange_sum_and_divide_as_promised(mpirun: Any) -> None:
    sums = set()
    for ranks in (1, 3, 7):
        job = mpirun(ranks, JOB)
        assert job.rc == 0, job.stderr[-3000:]
        bits, last = job.stdout.split()
        assert last == "fine"
        sums.add(bits)
    assert len(sums) == 1
