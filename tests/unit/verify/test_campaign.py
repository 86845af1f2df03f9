"""A validation runs what is not finished, names what is missing, and stops in order. Tasks are stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from exobase.errors import InputError
from exobase_verify import campaign
from exobase_verify.campaign import Choice, validate
from exobase_verify.jobs import Ended
from exobase_verify.row import Row, broken
from exobase_verify.rows import Summary
from exobase_verify.store import Finished, path_of, save
from exobase_verify.tasks import Task
from exobase_verify.worker import rows_of

NAMES = ("a", "b", "c")
GOOD = Row("good", 1.0, 0.1, 1.0, "1 %", True)
BAD = Row("bad", 2.0, 0.1, 1.0, "1 %", False)


class Machinery:
    """Stands in for the processes: writes the rows that ``gives`` has for a task, or ends with code 3."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gives: dict[str, tuple[Row, ...]] = dict.fromkeys(NAMES, (GOOD,))
        self.key, self.started, self.stopped = "key", [], []
        self.busy = self.most = 0
        self.interrupt_at = ""
        monkeypatch.setattr(
            campaign, "find_tasks", lambda *_: [Task("a", "rows", 1), *(Task(n, "case", 2) for n in "bc")]
        )
        monkeypatch.setattr(campaign, "key_of", lambda task, size: f"{self.key} {task.name}")
        monkeypatch.setattr(campaign, "_start", self.start)
        monkeypatch.setattr(campaign, "_LOOK", 0.0)

    def start(self, plan: Choice, task: Task) -> Job:
        self.started.append(task.name)
        self.busy += task.cores
        self.most = max(self.most, self.busy)
        return Job(self, plan, task)


class Job:
    """A task that ends at the second look."""

    def __init__(self, machinery: Machinery, plan: Choice, task: Task) -> None:
        self.machinery, self.plan, self.task, self.looks = machinery, plan, task, 0

    def poll(self) -> Ended | None:
        self.looks += 1
        if self.task.name == self.machinery.interrupt_at:
            raise KeyboardInterrupt
        if self.looks < 2:
            return None
        m, name = self.machinery, self.task.name
        m.busy -= self.task.cores
        if name not in m.gives:
            return Ended(3, "no memory left")
        save(path_of(self.plan.output, self.plan.size, name), f"{m.key} {name}", Finished(m.gives[name], 1.5))
        return Ended(0, "")

    def ask(self) -> None:
        self.machinery.stopped.append(self.task.name)

    def stop(self) -> None:
        assert self.task.name in self.machinery.stopped


@pytest.fixture
def machinery(monkeypatch: pytest.MonkeyPatch) -> Machinery:
    return Machinery(monkeypatch)


def plan(folder: Path, **changes: object) -> Choice:
    return Choice(**{"size": "quick", "output": folder, "cases": folder, "cores": 2, **changes})  # type: ignore[arg-type]


def test_finished_tasks_are_not_repeated_until_their_key_changes(machinery: Machinery, tmp_path: Path) -> None:
    said: list[str] = []
    first = validate(plan(tmp_path), said.append)
    assert machinery.started == list(NAMES)
    assert said[-1] == "[3/3] c: 1 of 1 passed, 1.5 s"
    again = validate(plan(tmp_path), said.append)
    assert machinery.started == list(NAMES)
    assert all(result.reused for result in again.results)
    assert [row.value for row in again.rows[:3]] == [row.value for row in first.rows[:3]]
    machinery.key = "changed"
    assert not any(result.reused for result in validate(plan(tmp_path), said.append).results)
    validate(plan(tmp_path, fresh=True), said.append)
    assert len(machinery.started) == 9


def test_no_more_cores_are_used_than_given(machinery: Machinery, tmp_path: Path) -> None:
    validate(plan(tmp_path), str)
    assert machinery.most == 2
    validate(plan(tmp_path, cores=3, fresh=True), str)
    assert machinery.most == 3


def test_a_task_of_many_cores_runs_alone_where_there_are_few(machinery: Machinery, tmp_path: Path) -> None:
    assert len(validate(plan(tmp_path, cores=1), str).results) == 3


def test_subjects_without_a_test_are_failures_named_in_the_table(machinery: Machinery, tmp_path: Path) -> None:
    done = validate(plan(tmp_path), str)
    assert "half-space evaporation at M = 1" in [row.name for row in done.missing]
    assert "the same bits on 1, 2 and 3 ranks" in [row.name for row in done.missing]
    assert not done.passed
    assert all(row in done.rows for row in done.missing)


def test_chosen_tasks_pass_alone_and_one_failing_row_fails_all(machinery: Machinery, tmp_path: Path) -> None:
    assert validate(plan(tmp_path, only=("a", "c")), str).passed
    assert machinery.started == ["a", "c"]
    machinery.gives["b"] = (GOOD, BAD)
    said: list[str] = []
    assert not validate(plan(tmp_path, only=("a", "b")), said.append).passed
    assert said[-1] == "[2/2] b: 1 of 2 passed, FAILED: bad, 1.5 s"


def test_unknown_tasks_are_refused_with_the_nearest_name(machinery: Machinery, tmp_path: Path) -> None:
    machinery.gives.clear()
    with pytest.raises(InputError, match=r"no task 'aa': choose from a, b, c; did you mean 'a'\?"):
        validate(plan(tmp_path, only=("aa",)), str)


def test_a_task_that_crashes_is_a_failed_row_and_is_tried_again(machinery: Machinery, tmp_path: Path) -> None:
    del machinery.gives["b"]
    done = validate(plan(tmp_path, only=NAMES), str)
    assert not done.passed
    (row,) = done.results[1].rows
    assert "ended with code 3: no memory left" in row.detail
    assert len(done.results) == 3
    machinery.gives["b"] = (GOOD,)
    assert validate(plan(tmp_path, only=NAMES), str).passed
    assert machinery.started == [*NAMES, "b"]


def test_what_could_not_be_computed_is_tried_again(machinery: Machinery, tmp_path: Path) -> None:
    machinery.gives["b"] = (broken("b", "disk full"),)
    validate(plan(tmp_path, only=NAMES), str)
    validate(plan(tmp_path, only=NAMES), str)
    assert machinery.started == [*NAMES, "b"]


def test_an_interrupt_stops_what_runs_and_keeps_what_is_finished(machinery: Machinery, tmp_path: Path) -> None:
    machinery.interrupt_at = "b"
    done = validate(plan(tmp_path, only=NAMES), str)
    assert done.stopped
    assert not done.passed
    assert done.waiting == ("b", "c")
    assert machinery.stopped == ["b"]
    machinery.interrupt_at = ""
    machinery.busy = 0
    assert validate(plan(tmp_path, only=NAMES), str).passed
    assert machinery.started == ["a", "b", "b", "c"]


def test_the_output_folder_keeps_itself_out_of_version_control(machinery: Machinery, tmp_path: Path) -> None:
    validate(plan(tmp_path / "out"), str)
    assert (tmp_path / "out" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_an_error_in_a_provider_is_its_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(size: str) -> list[Row]:
        raise ZeroDivisionError("division by zero")

    provider = campaign.missing.__globals__["PROVIDERS"][0]._replace(rows=fails)
    monkeypatch.setattr("exobase_verify.worker.provider", lambda name: provider)
    (row,) = rows_of(Task("laws", "rows", 1), "quick", tmp_path, "key")
    assert row.detail == "ZeroDivisionError: division by zero"
    monkeypatch.setattr("exobase_verify.worker.provider", lambda name: provider._replace(rows=lambda size: []))
    assert rows_of(Task("laws", "rows", 1), "quick", tmp_path, "key")[0].detail == "returned no rows"


def test_the_name_of_a_summary_stands_for_its_parts_and_its_rows_follow(
    machinery: Machinery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(parts: Sequence[Sequence[Row]]) -> list[Row]:
        return [Row("rows together", float(sum(map(len, parts))), 0.0, 3.0, "", True)]

    monkeypatch.setattr(campaign, "SUMMARIES", (Summary("both", ("a", "c"), count),))
    machinery.gives["a"] = (GOOD, GOOD)
    done = validate(plan(tmp_path, only=("both",)), str)
    assert machinery.started == ["a", "c"]
    assert [(result.task.name, len(result.rows)) for result in done.results] == [("a", 2), ("c", 1), ("both", 1)]
    assert done.rows[-1].value == 3.0
    assert [result.task.name for result in validate(plan(tmp_path, only=("c",)), str).results] == ["c"]


def test_a_task_of_the_full_validation_is_named_as_such(tmp_path: Path) -> None:
    cases = Path(__file__).resolve().parents[3] / "cases"
    with pytest.raises(InputError, match=r"no task 'seeds'.*runs with --full only"):
        campaign.chosen(plan(tmp_path, cases=cases, only=("seeds",)))
    parts = [task.name for task in campaign.chosen(plan(tmp_path, size="full", cases=cases, only=("seeds",)))]
    assert parts == ["seeds_jeans_6", "seeds_jeans_10", "seeds_jeans_6_dense", "seeds_mars", "seeds_pluto"]
