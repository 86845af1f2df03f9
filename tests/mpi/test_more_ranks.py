"""More ranks than cells: ranks without a cell take part in steps, new cells, checkpoints, resume and results.

The digest of the state and of every dataset of the result is that of one rank (see few_cells_job.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shipped import summary

JOB = Path(__file__).with_name("few_cells_job.py")
CASE = """
title    = "three cells"
solver   = "dsmc"
[body]
jeans_parameter = 6.0
[domain]
inner            = "1000 km"
outer_over_inner = 3.0
[[species]]
name           = "HS"
mass           = "28 u"
diameter       = "4 angstrom"
temperature    = "100 K"
knudsen_number = 0.3
[grid]
cells = 3
[run]
particles_per_cell = 60
burn_in            = 40
max_steps          = 120
"""
pytestmark = pytest.mark.mpi


def test_any_number_of_ranks_gives_the_bits_of_one_on_a_few_cells(mpirun: Any, tmp_path: Path) -> None:
    found = {}
    for ranks in (1, 5):
        job = mpirun(ranks, JOB, tmp_path / str(ranks), timeout=300)
        assert job.rc == 0, job.stderr[-3000:]
        found[ranks] = json.loads(job.stdout)
    assert all(result["cells"] < 4 for result in found[1].values())
    assert found[5] == found[1]


@pytest.mark.slow
def test_the_command_runs_and_resumes_a_case_on_more_ranks_than_cells(mpirun: Any, tmp_path: Path) -> None:
    digests = []
    for name, first, then in (("one", 1, 1), ("more", 4, 5)):
        case = tmp_path / name
        case.mkdir()
        (case / "case.toml").write_text(CASE)
        job = mpirun(first, "exobase", "run", case)
        assert job.rc in (0, 1), job.stderr[-3000:]
        job = mpirun(then, "exobase", "resume", case, "--set", "run.max_steps=200")
        assert job.rc in (0, 1), job.stderr[-3000:]
        assert summary(case)["ranks"] == then
        digests.append((summary(case)["state_digest"], summary(case)["escape"]))
    assert digests[0] == digests[1]
