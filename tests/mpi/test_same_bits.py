"""The same bits on 1, 2, 3 and 7 ranks, with cells moved at random every three steps (invariants 1 to 3).

Each number of ranks is one job that runs all small cases (see small_cases.py, digest_job.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

JOB = Path(__file__).with_name("digest_job.py")
STEPS = 48
NAMES = [
    "collisionless", "hard_sphere", "fluid_start", "wind_start", "vhs_mixture", "fluid_start_mixture", "clones",
    "equal_weights", "delayed_flights", "planar_reservoirs", "closed", "columns", "columns_delayed", "adapted",
    "energy_levels", "energy_levels_mixture",
    "energy_levels_adapted", "losses_adapted", "energy_levels_delayed", "rotation",
    "soft_sphere_shear",
    "births", "losses", "losses_planar", "large_step", "entries_meet_wall", "tables", "tables_energy_levels",
    "rings", "rings_mixture", "sectors", "sectors_delayed", "sectors_births", "sectors_adapted",
]  # fmt: skip
pytestmark = pytest.mark.mpi
_done: dict[int, dict[str, Any]] = {}


def digests(mpirun: Any, ranks: int) -> dict[str, Any]:
    """What the small cases gave on a number of ranks; run once per session."""
    if ranks not in _done:
        job = mpirun(ranks, JOB, STEPS, timeout=300)
        assert job.rc == 0, job.stderr[-3000:]
        _done[ranks] = json.loads(job.stdout)
    return _done[ranks]


def test_the_cases_do_what_they_are_for(mpirun: Any) -> None:
    one, seven = digests(mpirun, 1), digests(mpirun, 7)
    assert list(one) == NAMES
    assert min(one["clones"]["counts"][k] for k in ("CLONED", "REMOVED")) > 100
    assert min(one[name]["tracers"] for name in ("energy_levels", "energy_levels_mixture")) > 100
    flights = one["delayed_flights"]
    assert min(flights["counts"][k] for k in ("RETURNED", "LOST_IN_FLIGHT", "LOST_BEYOND")) > 5
    assert flights["flying"] > 5
    births = one["births"]["counts"]
    assert births["BORN"] > 200
    assert min(births[k] for k in ("EMITTED", "RETURNED", "ABSORBED", "ESCAPED")) > 10
    losses = one["losses"]["counts"]
    assert min(losses[k] for k in ("CONVERTED", "EXCHANGED", "LOST_IN_FLIGHT")) > 5
    assert one["losses"]["tracers"] > 50
    assert min(one["losses_planar"]["counts"][k] for k in ("CONVERTED", "EXCHANGED")) > 5
    assert one["tables_energy_levels"]["tracers"] > 50
    assert one["adapted"]["cells"][0] != one["adapted"]["cells"][1]
    assert all(result["bytes"] > 0 for result in seven.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ranks", [*(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3)), 7])
def test_the_digest_does_not_depend_on_the_number_of_ranks(mpirun: Any, name: str, ranks: int) -> None:
    one, several = digests(mpirun, 1)[name], digests(mpirun, ranks)[name]
    for key in ("counts", "digests", "history", "profile"):
        assert several[key] == one[key], key


@pytest.mark.parametrize(
    ("control", "name"),
    [
        ("break_order", "hard_sphere"),
        pytest.param("forget_majorant", "vhs_mixture", marks=pytest.mark.slow),
        pytest.param("sum_by_rank", "clones", marks=pytest.mark.slow),
    ],
)
def test_breaking_a_rule_changes_the_digest(mpirun: Any, control: str, name: str) -> None:
    job = mpirun(3, JOB, "--control", control, STEPS, name)
    assert job.rc == 0, job.stderr[-3000:]
    broken, right = json.loads(job.stdout)[name], digests(mpirun, 1)[name]
    assert broken["digests"] != right["digests"]
