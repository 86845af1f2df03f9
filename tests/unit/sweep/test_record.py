"""What a point's folder says: finished, to be continued, failed, or another case."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from exobase.case import Case
from exobase.errors import InputError
from exobase.io import write_summary
from exobase.sweep.points import grid_from_overs, resolve_points
from exobase.sweep.record import begin, case_digest, end, standing

POINT = grid_from_overs(["body.jeans_parameter=6"], None).points[0]


@pytest.fixture
def case(case_dir: Path) -> Case:
    return resolve_points(case_dir, [POINT])[0]


@pytest.fixture
def finished(tmp_path: Path, case: Case) -> Path:
    """A folder whose run converged."""
    folder = tmp_path / "point"
    begin(folder, POINT, case)
    write_summary(folder / "output" / "summary.json", {"status": "converged"})
    end(folder, "converged", 0)
    return folder


def test_the_digest_ignores_names_and_limits_but_not_physics(case: Case) -> None:
    same = dataclasses.replace(case, name="x", title="y").with_run(max_steps=7, target_error=0.5, wall_time=1.0)
    assert case_digest(same) == case_digest(case)
    for other in (case.with_run(seed=7), dataclasses.replace(case, gm=1.01 * case.gm)):
        assert case_digest(other) != case_digest(case)


def test_an_empty_folder_has_not_been_run(tmp_path: Path, case: Case) -> None:
    found = standing(tmp_path / "nothing", case)
    assert (found.status, found.done, found.resumable) == ("not run", False, False)


def test_a_finished_point_is_done_until_more_is_asked_of_it(finished: Path, case: Case) -> None:
    assert standing(finished, case).done
    assert standing(finished, case.with_run(target_error=0.5, max_steps=5, wall_time=3.0)).done
    assert not standing(finished, case.with_run(target_error=0.001)).done
    end(finished, "reached_limit", 0)
    assert standing(finished, case.with_run(target_error=0.001)).done
    assert not standing(finished, case.with_run(max_steps=10 * case.run.max_steps)).done


def test_a_point_that_was_cut_is_continued_where_it_left_a_checkpoint(tmp_path: Path, case: Case) -> None:
    folder = tmp_path / "point"
    begin(folder, POINT, case)
    assert not standing(folder, case).resumable
    (folder / "output" / "checkpoint-000040.tmp").mkdir(parents=True)
    assert not standing(folder, case).resumable
    (folder / "output" / "checkpoint-000040").mkdir(parents=True)
    found = standing(folder, case)
    assert (found.status, found.done, found.resumable) == ("stopped", False, True)


def test_a_finished_point_without_its_summary_is_not_done(finished: Path, case: Case) -> None:
    (finished / "output" / "summary.json").unlink()
    found = standing(finished, case)
    assert (found.status, found.done) == ("failed", False)


def test_another_case_in_the_folder_is_refused_naming_its_keys(finished: Path, case: Case) -> None:
    changed = dataclasses.replace(case.with_run(seed=7), r_outer=2.0 * case.r_outer)
    with pytest.raises(InputError, match=r"changed: r_outer, run\.seed\); add --overwrite"):
        standing(finished, changed)


def test_output_that_no_sweep_made_is_refused(tmp_path: Path, case: Case) -> None:
    (tmp_path / "point" / "output" / "checkpoint-000001").mkdir(parents=True)
    with pytest.raises(InputError, match="no sweep has made"):
        standing(tmp_path / "point", case)


def test_a_damaged_record_is_refused_with_a_remedy(finished: Path, case: Case) -> None:
    (finished / "point.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        standing(finished, case)
