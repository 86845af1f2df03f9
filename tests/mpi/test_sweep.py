"""exobase sweep on several ranks: the same points as on one, and a failed point that does not take the others along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exobase.io.sweeps import read_sweep
from shipped import JEANS, copy_case, settings

pytestmark = pytest.mark.mpi

OVER = ["--over", "body.jeans_parameter=6,7", "--name", "two"]


def digests(case: Path) -> list[str]:
    """State digests of the points, in the order of their names."""
    paths = sorted((case / "output" / "sweep-two").glob("*/output/summary.json"))
    return [json.loads(path.read_text())["state_digest"] for path in paths]


def test_a_sweep_on_two_ranks_equals_that_on_one(mpirun: Any, tmp_path: Path) -> None:
    found = []
    for ranks in (1, 2):
        case = copy_case("jeans_6", tmp_path / f"{ranks} ranks")
        job = mpirun(ranks, "exobase", "sweep", case, *OVER, *settings(JEANS))
        assert job.rc == 1, job.stderr[-3000:]  # so coarse a case fails its checks
        found.append(digests(case))
    assert found[0] == found[1]
    assert len(set(found[0])) == 2


@pytest.mark.slow
def test_a_point_that_fails_on_all_ranks_is_told_once_and_the_other_runs(mpirun: Any, tmp_path: Path) -> None:
    """With 20 steps nothing is averaged (run.burn_in = 30): that point fails; with 900 the other ends as usual."""
    case = copy_case("jeans_6", tmp_path)
    words = settings({key: value for key, value in JEANS.items() if key != "run.max_steps"})[1:]  # not --quiet
    job = mpirun(2, "exobase", "sweep", case, "--over", "run.max_steps=20,900", "--name", "two", *words)
    assert job.rc == 3, job.stderr[-3000:]
    assert job.stdout.count("point 1 (max_steps=20) failed: no steady state after 20 steps") == 1
    table = read_sweep(case / "output" / "sweep-two" / "sweep.h5")
    assert table.columns["status"].values == ["failed", "reached_limit"]
