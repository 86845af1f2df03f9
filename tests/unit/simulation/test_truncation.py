"""Records of the start are dropped while averaging: in whole blocks, and with the same bits after a resume.

The column starts empty and averaging begins at once, so that the first records certainly belong to the start.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exobase.case import Case, make_case
from exobase.driver.common import CHECK_FAILED, STOPPED
from exobase.driver.dsmc import run_dsmc
from exobase.io import read_result, read_summary
from exobase.parallel import SerialComm
from exobase.simulation import Simulation
from exobase.tallies.blocks import Blocks

TABLES = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "empty",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 4.0},
    "species": [
        {"name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05}
    ],
    "grid": {"spacing": "log", "cells": 16, "adapt": False},
    "run": {"seed": 5, "particles_per_cell": 20, "burn_in": 8, "max_steps": 1600},
    "tally": {"sample_every": 2, "record_every": 8, "vdf_radii": ["1100 km"]},
}


def case(**run: int) -> Case:
    return make_case({**TABLES, "run": {**TABLES["run"], **run}})


def test_dropped_blocks_leave_the_sums_of_the_rest() -> None:
    """40 records in 32 blocks: 20 blocks of two. Without the first three, the rest are records 6 to 39."""
    blocks = Blocks((1,), number=32)
    for k in range(40):
        blocks.add(np.array([float(k)]), 3)
    blocks.drop(3)
    assert (blocks.filled, blocks.length) == (17, 2)
    assert blocks.data.sum() == sum(range(6, 40))
    assert blocks.samples.sum() == 3 * 34
    assert blocks.data[0, 0] == 6 + 7
    blocks.add(np.array([40.0]), 3)
    assert blocks.data[0, 17] == 40.0
    with pytest.raises(ValueError, match="18 blocks cannot be dropped: 17"):
        blocks.drop(18)


def test_means_begin_after_the_records_dropped() -> None:
    sim = Simulation(case())
    sim.step(8)
    sim.start_tally()
    sim.step(8 * 80)
    assert sim.drop_records(0) == 0
    assert sim.drop_records(13) == 16  # blocks of four records
    assert (sim.tally_from, sim.tally_step, sim.sampled_step) == (17, 8 * 17, 8)
    blocks = sim.engine.state.blocks["moments"]
    assert blocks.samples.sum() == 64 * 4
    assert sim.drop_records(1000) == 64 - 8  # two blocks always remain
    content = np.array(sim.history.content)[73:, 0].mean()
    weight = sim.engine.tables.omega * sim.engine.tables.cells.dt
    moments = blocks.data.sum(axis=2).reshape(16, -1)[:, 0]
    assert (moments * weight).sum() / blocks.samples.sum() == pytest.approx(content, rel=1e-12, abs=0.0)


def test_a_start_is_dropped_and_reported_and_a_resumed_run_has_the_same_bits(tmp_path: Path) -> None:
    run_dsmc(case(), SerialComm(), tmp_path / "whole")
    run_dsmc(case(max_steps=936), SerialComm(), tmp_path / "cut")
    run_dsmc(case(), SerialComm(), tmp_path / "cut", resume=True)
    whole, cut = (read_result(tmp_path / name / "result.h5") for name in ("whole", "cut"))
    about = whole.attributes("history")
    assert about["dropped_steps"] >= 16
    assert about["burn_in"] == 8 + about["dropped_steps"] == 8 * about["first_record"]
    assert read_summary(tmp_path / "whole" / "summary.json")["dropped_steps"] == about["dropped_steps"]
    assert "belong to the start and are dropped" in (tmp_path / "whole" / "log.txt").read_text()
    assert cut.attributes("history") == about
    assert cut.attrs["state_digest"] == whole.attrs["state_digest"]
    for name in ("escape/rate", "escape/rate_stderr", "profile/density", "profile/T_stderr"):
        assert np.array_equal(whole[name], cut[name], equal_nan=True)


def test_a_gas_that_still_fills_is_drifting_and_fails(tmp_path: Path) -> None:
    """A deep column (l/R0 = 0.003, H = R0/6) from nothing: 1600 steps are half of its slowest time."""
    species = [{**TABLES["species"][0], "knudsen_number": 0.003}]
    deep = make_case({**TABLES, "species": species})
    assert run_dsmc(deep, SerialComm(), tmp_path) == CHECK_FAILED
    summary = read_summary(tmp_path)
    assert summary["status"] == "drifting"
    assert [c["name"] for c in summary["checks"] if not c["passed"]][:1] == ["stationary"]
    assert any("still drift" in text for text in summary["warnings"])


def test_a_run_cut_by_the_wall_time_says_so_and_what_its_error_is_worth(tmp_path: Path) -> None:
    short = replace(case(), run=replace(case().run, wall_time=1e-6))
    run_dsmc(case(max_steps=800), SerialComm(), tmp_path)
    assert run_dsmc(short, SerialComm(), tmp_path, resume=True) == STOPPED
    assert "run.wall_time is over" in (tmp_path / "log.txt").read_text()
    summary = read_summary(tmp_path)
    assert summary["status"] == "stopped"
    assert any("escape rate" in text and "%" in text for text in summary["warnings"])
