"""A case of stages on several ranks: the same bits, and the same budget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shipped import summary
from small_stages import PARENT, PICKUP, write_stages

pytestmark = pytest.mark.mpi


def test_stages_and_budget_are_the_same_on_one_and_on_three_ranks(mpirun: Any, tmp_path: Path) -> None:
    found = []
    for ranks in (1, 3):
        case = write_stages(tmp_path / str(ranks) / "two")
        done = mpirun(ranks, "exobase", "run", case, "--quiet", timeout=300)
        assert done.rc == 0, done.stderr[-3000:]
        found.append(summary(case))
    assert found[0]["budget"] == found[1]["budget"]
    for name in ("corona", "pickup"):
        one, three = (data["stages"][name]["state_digest"] for data in found)
        assert one == three


def test_a_fault_in_a_stage_ends_all_ranks_with_one_message(mpirun: Any, tmp_path: Path) -> None:
    wrong = PICKUP.replace('["photoionisation"]', '["foto"]')
    done = mpirun(2, "exobase", "run", write_stages(tmp_path / "two", PARENT, pickup=wrong), "--quiet", timeout=300)
    assert done.rc == 2
    assert done.stderr.count("stage pickup") == 1
