"""Only what exobase has made goes from an output folder; links are removed, never followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exobase.errors import RunError
from exobase.io.checkpoint import new_folder
from exobase.io.diskfile import DiskFile
from exobase.io.files import remedy, write_text_atomic
from exobase.io.own import LIST_NAME, begin, clear, holds_a_run, note


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder with a run: files, a figure, a checkpoint."""
    folder = tmp_path / "output"
    begin(folder)
    for name in ("log.txt", "result.h5", "summary.json", "report.html"):
        (folder / name).write_text("ours")
    (folder / "figures").mkdir()
    (folder / "figures" / "history.png").write_text("ours")
    note(folder / "figures" / "history.png")
    (folder / "checkpoint-000400").mkdir()
    for name in ("part-000000.h5", "manifest.json"):
        (folder / "checkpoint-000400" / name).write_text("ours")
    return folder


def test_a_run_goes_and_leaves_nothing(output: Path) -> None:
    assert holds_a_run(output)
    assert clear(output) == []
    assert list(output.iterdir()) == []
    assert not holds_a_run(output)


def test_notes_of_the_reader_stay_and_are_named(output: Path) -> None:
    mine = [output / "notes.ipynb", output / "figures" / "mine.png", output / "checkpoint-000400" / "why.txt"]
    for path in mine:
        path.write_text("mine")
    (output / "data").mkdir()
    kept = clear(output)
    assert [p.name for p in kept] == ["checkpoint-000400", "data", "figures", "notes.ipynb"]
    assert all(path.read_text() == "mine" for path in mine)
    assert not (output / "figures" / "history.png").exists()
    assert not holds_a_run(output) or (output / "checkpoint-000400").is_dir()


def test_sweeps_and_the_lock_stay_without_a_word(output: Path) -> None:
    (output / "sweep-lambda").mkdir()
    (output / "run.lock").write_text("{}")
    assert clear(output) == []
    assert sorted(p.name for p in output.iterdir()) == ["run.lock", "sweep-lambda"]


@pytest.mark.parametrize("name", ["result.h5", "figures/history.png", "summary.json.tmp"])
def test_the_target_of_a_link_is_not_touched(output: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (output / name).unlink(missing_ok=True)
    (output / name).symlink_to(target)
    clear(output)
    assert target.read_text() == "precious"
    assert not (output / name).is_symlink()


def test_a_linked_checkpoint_and_a_linked_folder_of_figures_are_not_entered(output: Path, tmp_path: Path) -> None:
    for name in ("checkpoint-000800", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part-000000.h5").write_text("precious")
    (output / "checkpoint-000800").symlink_to(tmp_path / "checkpoint-000800")
    clear(output)
    assert (tmp_path / "checkpoint-000800" / "part-000000.h5").read_text() == "precious"
    assert not (output / "checkpoint-000800").is_symlink()


@pytest.mark.parametrize("line", ["../precious", "/etc/hostname", "a/../../precious", "a/b/c"])
def test_a_list_cannot_lead_out_of_the_folder(output: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "precious").write_text("precious")
    (output / LIST_NAME).write_text(f"{line}\n")
    clear(output)
    assert (tmp_path / "precious").read_text() == "precious"
    assert Path("/etc/hostname").exists()


def test_a_damaged_list_is_none(output: Path) -> None:
    (output / LIST_NAME).write_bytes(b"\xff\xfe\x00")
    assert [p.name for p in clear(output)] == ["figures"]


def test_files_outside_an_output_folder_are_not_noted(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "table.csv", "a")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["table.csv"]


def test_writers_do_not_follow_links_at_their_temporary_names(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "a.json.tmp").symlink_to(target)
    write_text_atomic(tmp_path / "a.json", "new")
    (tmp_path / "b.h5.tmp").symlink_to(target)
    disk = DiskFile(tmp_path / "b.h5.tmp")
    disk.write(b"new")
    disk.close()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "part-000000.h5").write_text("precious")
    (tmp_path / "checkpoint-000001.tmp").symlink_to(folder)
    new_folder(tmp_path / "checkpoint-000001.tmp")
    assert target.read_text() == "precious"
    assert (folder / "part-000000.h5").read_text() == "precious"
    assert not (tmp_path / "checkpoint-000001.tmp").is_symlink()
    assert (tmp_path / "a.json").read_text() == "new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_refuses_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RunError):
        write_text_atomic(tmp_path / "a.json", "new")


NAME = "use another name"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *(
            (13, "Correct the permissions"),
            (30, "permissions"),
            (2, "is gone"),
            (28, "Free disk space"),
            (5, "or correct"),
        ),
        *((17, NAME), (20, NAME), (21, NAME)),
    ],
)
def test_a_refused_write_is_answered_by_its_cause(tmp_path: Path, number: int, said: str) -> None:
    text = remedy(tmp_path / "result.h5", OSError(number, os.strerror(number)))
    assert said in text
    assert ("Free disk space" in text) == (number in (28, 5))


def test_a_linked_folder_of_figures_is_not_entered(output: Path, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    (output / "figures").rename(keep)
    (output / "figures").symlink_to(keep)
    clear(output)
    assert (keep / "history.png").read_text() == "ours"
