"""Compiled code is executed: it is read only from a folder that no other user can write to."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from exobase import jit


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and a temporary folder of the test's own; no cache folder is named."""
    for name in ("EXOBASE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


def test_the_folder_is_made_for_its_owner_alone(home: Path) -> None:
    folder = jit.cache_folder()
    assert folder == home / "home" / ".cache" / "exobase" / jit.source_hash()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_files_in_a_folder_that_others_could_write_to_are_not_executed(home: Path) -> None:
    folder = jit.cache_folder()
    (folder / "sub").mkdir()
    (folder / "sub" / "planted.nbc").write_text("code")
    folder.chmod(0o777)
    assert jit.cache_folder() == folder
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_another_user_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As someone else than the owner of every folder that is found, temporary one included: one of my own is made."""
    known = jit.cache_folder()
    (home / "temporary" / f"exobase-{os.getuid()}" / jit.source_hash()).mkdir(parents=True)
    true = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: true + 1)
    folder = jit.cache_folder()
    assert folder != known
    assert folder.parent == home / "temporary"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_is_not_followed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "elsewhere").mkdir()
    (home / "wanted").mkdir()
    (home / "wanted" / "exobase").symlink_to(home / "elsewhere")
    monkeypatch.setenv("EXOBASE_CACHE", str(home / "wanted"))
    assert jit.cache_folder().is_relative_to(home / "home")
    assert list((home / "elsewhere").iterdir()) == []


def test_a_folder_where_all_may_exchange_files_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "wanted").mkdir()
    (home / "wanted").chmod(0o777)
    monkeypatch.setenv("EXOBASE_CACHE", str(home / "wanted"))
    assert jit.cache_folder().is_relative_to(home / "home")
    (home / "wanted").chmod(0o1777)  # as a temporary folder: only owners may rename
    assert jit.cache_folder().is_relative_to(home / "wanted")


def test_the_hash_follows_what_compiled_code_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms with kernels, tables that kernels freeze, and another package; not the rooms without kernels."""
    files = {"a/collisions/x.py": True, "a/data/scattering/z.toml": True, "a/cli/y.py": False, "b/w.py": True}
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(jit, "__file__", str(tmp_path / "a" / "jit.py"))
    for name, matters in files.items():
        before = jit.source_hash(tmp_path / "b")
        (tmp_path / name).write_text("2", encoding="utf-8")
        assert (jit.source_hash(tmp_path / "b") != before) is matters, name
