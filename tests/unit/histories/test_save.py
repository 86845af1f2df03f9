"""Checkpoints of the test-particle solver: the same bits after a restore, older ones, other cases, a refusing disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.errors import InputError, RunError
from exobase.histories import save
from exobase.histories.save import restore, write_checkpoint
from exobase.histories.simulation import HistorySimulation
from exobase.parallel import SerialComm
from small_histories import beam

CASE = beam(altitude=1e4, sigma=1e-18, density=1e14, run={"histories_per_batch": 20, "checkpoint_keep": 2})


def simulated(batches: int) -> HistorySimulation:
    sim = HistorySimulation(CASE)
    sim.round(batches)
    return sim


def test_a_restored_run_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    sim = simulated(5)
    write_checkpoint(sim, tmp_path, {"wall_s": 1.5})
    again, then, extra, messages = restore(CASE, tmp_path, SerialComm())
    assert (again.batches, extra, messages) == (5, {"wall_s": 1.5}, [])
    assert then == CASE.to_dict()
    assert again.digest() == sim.digest()
    again.round(4)
    assert again.digest() == simulated(9).digest() != sim.digest()


def test_a_run_stopped_before_its_first_batch_is_restored_too(tmp_path: Path) -> None:
    write_checkpoint(HistorySimulation(CASE), tmp_path, {})
    again, *_ = restore(CASE, tmp_path, SerialComm())
    again.round(3)
    assert again.digest() == simulated(3).digest()


def test_a_truncated_checkpoint_gives_way_to_the_older_one(tmp_path: Path) -> None:
    sim = simulated(2)
    write_checkpoint(sim, tmp_path, {})
    sim.round(2)
    part = write_checkpoint(sim, tmp_path, {}) / "part-000000.h5"
    part.write_bytes(part.read_bytes()[:-50])
    again, _, _, messages = restore(CASE, tmp_path, SerialComm())
    assert again.batches == 2
    assert len(messages) == 1
    assert "checkpoint-000004: unusable" in messages[0]


def test_nothing_to_restore_and_other_tallies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no valid checkpoint"):
        restore(CASE, tmp_path, SerialComm())
    write_checkpoint(simulated(2), tmp_path, {})
    other = beam(tally={"shells": 11, "surfaces": ["50 km", "200 km"], "energy_bins": 10})
    with pytest.raises(InputError, match=r"holds \d+ numbers, this case has \d+"):
        restore(other, tmp_path, SerialComm())


def test_a_disk_that_refuses_leaves_the_older_checkpoint_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim = simulated(2)
    write_checkpoint(sim, tmp_path, {})
    sim.round(1)

    def full(folder: Path, *_: Any) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "part-000000.h5").touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, "write_part", full)
    with pytest.raises(RunError, match=r"No space left on device.*Free disk space"):
        write_checkpoint(sim, tmp_path, {})
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint-000002"]
    assert np.isfinite(restore(CASE, tmp_path, SerialComm())[0].sums.total).all()
