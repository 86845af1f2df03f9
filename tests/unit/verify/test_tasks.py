"""Keys change with what results depend on and with nothing else; stored rows are used only with their own key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from exobase.errors import InputError
from exobase_verify import tasks
from exobase_verify.row import Row
from exobase_verify.store import Finished, load, path_of, save
from exobase_verify.tasks import IDENTITY_CASES, Task, find_tasks, key_of

CASES = Path(__file__).resolve().parents[3] / "cases"


def case(folder: Path, text: str = "") -> Task:
    """A copy of a shipped case with a text appended to its file."""
    target = folder / "case"
    target.mkdir(parents=True)
    shipped = (CASES / "jeans_6" / "case.toml").read_text(encoding="utf-8")
    (target / "case.toml").write_text(shipped + text, encoding="utf-8")
    return Task("jeans_6", "case", 2, target)


def test_tasks_are_the_providers_the_identity_and_the_cases() -> None:
    found = find_tasks("quick", CASES, 2)
    names = [task.name for task in found]
    assert names.index("laws") < names.index("identity") < names.index("barometric")
    assert set(IDENTITY_CASES) <= set(names)
    assert all(task.cores <= 2 for task in found)
    assert all(task.cores == 1 for task in find_tasks("quick", CASES, 1))


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--cases expects"):
        find_tasks("quick", tmp_path, 2)


def test_quick_settings_name_shipped_cases_and_are_not_used_in_full() -> None:
    quick = {task.name: task.settings for task in find_tasks("quick", CASES, 2)}
    full = {task.name: task.settings for task in find_tasks("full", CASES, 2)}
    assert {name: quick[name] for name in tasks.QUICK} == dict(tasks.QUICK)
    assert not any(full.values())


def test_the_key_of_a_case_follows_its_meaning_not_its_text(tmp_path: Path) -> None:
    same, other = case(tmp_path / "b", "\n# a comment\n"), case(tmp_path / "c", "\n[step]\ncourant = 0.4\n")
    key = key_of(case(tmp_path / "a"), "quick")
    assert key_of(same, "quick") == key
    assert key_of(other, "quick") != key
    assert key_of(Task("jeans_6", "case", 1, same.folder), "quick") == key
    assert key_of(Task("jeans_6", "case", 2, same.folder, ("run.seed=7",)), "quick") != key


def test_the_key_of_a_case_follows_its_input_files(tmp_path: Path) -> None:
    task = case(tmp_path)
    assert task.folder is not None
    key = key_of(task, "quick")
    (task.folder / "inputs").mkdir()
    (task.folder / "inputs" / "table.csv").write_text("1", encoding="utf-8")
    assert key_of(task, "quick") != key


def test_a_broken_case_has_a_key_too(tmp_path: Path) -> None:
    task, other = case(tmp_path / "a", "\nbroken = 1\n"), case(tmp_path / "b", "\nbroken = 2\n")
    assert key_of(task, "quick") != key_of(other, "quick")


def test_the_key_follows_the_sources_that_numbers_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {
        "exobase/report/a.py": False, "exobase/collisions/a.py": True, "exobase/data/a.toml": True,
        "exobase_verify/rows/a.py": False, "exobase_verify/page.py": False, "exobase_verify/box.py": True,
    }  # fmt: skip
    for name in changes:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(tasks, "PACKAGE", tmp_path / "exobase")
    monkeypatch.setattr(tasks, "VERIFY", tmp_path / "exobase_verify")
    first = tasks.package_digest.__wrapped__()
    for name, matters in changes.items():
        before = tasks.package_digest.__wrapped__()
        (tmp_path / name).write_text("2", encoding="utf-8")
        assert (tasks.package_digest.__wrapped__() != before) is matters, name
    assert tasks.package_digest.__wrapped__() != first


def test_the_key_of_a_provider_follows_its_own_file_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task("laws", "rows", 1)
    key = key_of(task, "quick")
    assert key_of(task, "full") != key
    changed = tmp_path / "laws.py"
    shutil.copy(tasks._module_file(tasks.provider("laws").rows), changed)
    with changed.open("a", encoding="utf-8") as file:
        file.write("# more\n")
    monkeypatch.setattr(tasks, "_module_file", lambda function: changed)
    assert key_of(task, "quick") != key


def test_stored_rows_are_used_with_their_own_key_only(tmp_path: Path) -> None:
    path, finished = path_of(tmp_path, "quick", "x"), Finished((Row("x", 1.0, 0.1, 1.0, "", True),), 2.5)
    assert load(path, "key") is None
    save(path, "key", finished)
    assert load(path, "key") == finished or repr(load(path, "key")) == repr(finished)
    assert load(path, "other") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 1, "key": "key"}', '{"version": 1, "key": "key", "rows": [{}]}']
)
def test_damaged_rows_are_computed_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    assert load(path, "key") is None
    path.write_text(json.dumps({"version": 2, "key": "key", "seconds": 1.0, "rows": []}), encoding="utf-8")
    assert load(path, "key") is None
