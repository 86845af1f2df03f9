"""Checkpoints are complete or absent, damaged ones are named and skipped, rows are found in any number of parts."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.errors import InputError, RunError
from exobase.io import checkpoint
from exobase.io.checkpoint import (
    SchemaError,
    find_latest_valid,
    finish,
    prune,
    read_attr,
    read_manifest,
    read_rows,
    refuse_other_schemas,
    version_note,
    write_part,
)

ROWS = np.arange(20.0) ** 2
VECTORS = np.arange(40, dtype=np.int32).reshape(20, 2)


def write(output: Path, step: int, cuts: tuple[int, ...] = (0, 7, 7, 12, 20)) -> Path:
    """A checkpoint of four parts, one of them empty."""
    temporary, parts = output / f"checkpoint-{step:06d}.tmp", []
    for rank, (a, b) in enumerate(pairwise(cuts)):
        arrays = {"particle/r": ROWS[a:b] + step, "particle/v": VECTORS[a:b], "cell/n": ROWS[a:b]}
        parts.append(write_part(temporary, rank, arrays, {"rank": rank, "time": 0.1, "names": ("H", "O")}))
    ranges = [[a, b] for a, b in pairwise(cuts)]
    manifest = {"step": step, "parts": parts, "rows": {"particle": ranges, "cell": ranges}}
    return finish(temporary, output / f"checkpoint-{step:06d}", manifest)


@pytest.mark.parametrize(("start", "stop"), [(0, 20), (0, 0), (7, 7), (3, 9), (7, 12), (11, 13), (20, 20), (19, 20)])
def test_rows_are_read_across_parts_in_global_order(tmp_path: Path, start: int, stop: int) -> None:
    folder, manifest, _ = find_latest_valid(write(tmp_path, 400).parent)
    np.testing.assert_array_equal(read_rows(folder, manifest, "particle/r", start, stop), ROWS[start:stop] + 400)
    vectors = read_rows(folder, manifest, "particle/v", start, stop)
    np.testing.assert_array_equal(vectors, VECTORS[start:stop])
    assert vectors.dtype == np.int32
    assert vectors.shape[1:] == (2,)


def test_rows_and_axes_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    folder, manifest, _ = find_latest_valid(write(tmp_path, 400).parent)
    with pytest.raises(InputError, match=r"0\.\.20"):
        read_rows(folder, manifest, "particle/r", 0, 21)
    with pytest.raises(ValueError, match="no axis 'face'"):
        read_rows(folder, manifest, "face/r", 0, 1)
    with pytest.raises(InputError, match="cannot be read"):
        read_rows(folder, manifest, "particle/w", 0, 1)


def test_attributes_come_back_exactly(tmp_path: Path) -> None:
    folder, manifest, _ = find_latest_valid(write(tmp_path, 400).parent)
    assert read_attr(folder, manifest, "time") == 0.1
    assert read_attr(folder, manifest, "rank", part=2) == 2
    assert read_attr(folder, manifest, "names") == ["H", "O"]
    with pytest.raises(InputError, match="no readable attribute"):
        read_attr(folder, manifest, "nothing")


def test_the_manifest_says_what_it_is(tmp_path: Path) -> None:
    manifest = read_manifest(write(tmp_path, 12))
    assert manifest["step"] == 12
    assert manifest["schema"] == checkpoint.SCHEMA_VERSION
    assert manifest["version"]
    assert len(manifest["parts"]) == 4


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def edit(path: Path) -> None:
    manifest = json.loads(path.read_text())
    manifest["step"] = 5
    path.write_text(json.dumps(manifest))


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


@pytest.mark.parametrize("damage", [flip, lose, cut])
@pytest.mark.parametrize("name", ["part-000003.h5", "manifest.json"])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(tmp_path: Path, damage: Any, name: str) -> None:
    older, newest = write(tmp_path, 400), write(tmp_path, 1200)
    damage(newest / name)
    folder, manifest, messages = find_latest_valid(tmp_path)
    assert folder == older
    assert manifest["step"] == 400
    assert len(messages) == 1
    assert str(newest) in messages[0]
    assert name in messages[0]


def test_a_changed_manifest_is_noticed(tmp_path: Path) -> None:
    edit(write(tmp_path, 400) / "manifest.json")
    with pytest.raises(InputError, match="checksum does not match"):
        find_latest_valid(tmp_path)


def test_no_valid_checkpoint_is_an_input_error_that_lists_the_damaged_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no valid checkpoint"):
        find_latest_valid(tmp_path)
    flip(write(tmp_path, 400) / "part-000000.h5")
    with pytest.raises(InputError, match=r"part-000000\.h5 does not match its SHA-256"):
        find_latest_valid(tmp_path)


def test_order_is_by_step_number_beyond_six_digits(tmp_path: Path) -> None:
    write(tmp_path, 999_999)
    newest = write(tmp_path, 1_000_000)
    assert find_latest_valid(tmp_path)[0] == newest


def test_prune_keeps_the_newest_complete_ones_and_removes_broken_writes(tmp_path: Path) -> None:
    folders = [write(tmp_path, step) for step in (100, 200, 300, 400)]
    cut(folders[3] / "part-000001.h5")
    write_part(tmp_path / "checkpoint-000500.tmp", 0, {"particle/r": ROWS}, {})
    prune(tmp_path, keep=2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["checkpoint-000200", "checkpoint-000300", "checkpoint-000400"]
    assert find_latest_valid(tmp_path)[0] == folders[2]


def test_the_same_step_can_be_written_again(tmp_path: Path) -> None:
    write(tmp_path, 400)
    write(tmp_path, 400, cuts=(0, 20))
    folder, manifest, _ = find_latest_valid(tmp_path)
    assert len(manifest["parts"]) == 1
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_row_ranges_with_gaps_are_refused(tmp_path: Path) -> None:
    part = write_part(tmp_path / "a.tmp", 0, {"cell/n": ROWS}, {})
    with pytest.raises(ValueError, match="does not follow row 0"):
        finish(tmp_path / "a.tmp", tmp_path / "a", {"step": 1, "parts": [part], "rows": {"cell": [[1, 20]]}})
    with pytest.raises(ValueError, match="lacks parts"):
        finish(tmp_path / "a.tmp", tmp_path / "a", {"step": 1})


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from exobase.errors import RunError
from exobase.io.checkpoint import write_part
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_part(Path(sys.argv[1]) / "checkpoint-000500.tmp", 0, {"particle/r": np.zeros(100_000)}, {"a": 1})
except RunError as error:
    print(error)
    raise SystemExit(3)
"""


def test_a_full_disk_ends_in_one_error_and_leaves_the_previous_checkpoint(tmp_path: Path) -> None:
    previous = write(tmp_path, 400)
    source = str(Path(__file__).resolve().parents[3] / "src")
    job = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": source, "PATH": "/usr/bin:/bin"},
    )
    assert job.returncode == 3, job.stderr
    assert job.stderr == ""
    assert "checkpoint-000500.tmp" in job.stdout
    assert "Free disk space" in job.stdout
    assert find_latest_valid(tmp_path)[0] == previous


def test_too_little_free_space_is_noticed_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr(checkpoint.shutil, "disk_usage", lambda _: Usage())
    with pytest.raises(RunError, match="MB are needed"):
        write_part(tmp_path / "x.tmp", 0, {"particle/r": ROWS}, {})


def signed(folder: Path, **changes: Any) -> Path:
    """A manifest with other content and the right checksum."""
    path = folder / "manifest.json"
    manifest = {**json.loads(path.read_text()), **changes}
    manifest["manifest_sha256"] = checkpoint._manifest_digest(manifest)
    path.write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "3"}, "schema = '3' is no int"),
        ({"schema": None}, "is no int"),
        ({"step": True}, "step = True is no int"),
        ({"version": 3}, "version = 3 is no str"),
        ({"parts": {"a": 1}}, "is no list"),
        ({"parts": ["part-000000.h5"]}, "parts are files of this folder"),
        ({"parts": [{"name": "../part-000000.h5", "bytes": 1, "sha256": ""}]}, "parts are files of this folder"),
        ({"parts": [{"name": "/etc/part-000000.h5", "bytes": 1, "sha256": ""}]}, "parts are files of this folder"),
        ({"parts": [{"name": "part-000000.h5", "bytes": "1", "sha256": ""}]}, "no size or no checksum"),
        ({"rows": [1]}, "rows = .* is no dict"),
        ({"rows": {"particle": 3}}, "pairs of whole numbers"),
        ({"rows": {"particle": [[0, 1.5]] * 4}}, "pairs of whole numbers"),
        ({"rows": {"particle": [["0", "1"]] * 4}}, "pairs of whole numbers"),
    ],
)
def test_odd_manifests_are_refused_in_words(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    folder = signed(write(tmp_path, 400), **changes)
    with pytest.raises(InputError, match=f"unusable manifest: .*{said}"):
        read_manifest(folder)
    with pytest.raises(InputError, match="no valid checkpoint to resume from"):
        find_latest_valid(tmp_path)


@pytest.mark.parametrize("schema", [checkpoint.SCHEMA_VERSION - 1, checkpoint.SCHEMA_VERSION + 1])
def test_a_checkpoint_of_another_schema_is_refused(tmp_path: Path, schema: int) -> None:
    folder = signed(write(tmp_path, 400), schema=schema)
    with pytest.raises(SchemaError, match=f"schema {schema}, written by .* or begin anew with --overwrite"):
        read_manifest(folder)
    with pytest.raises(SchemaError, match=f"schema {schema}"):
        refuse_other_schemas(tmp_path)


def test_damaged_checkpoints_do_not_count_as_of_another_schema(tmp_path: Path) -> None:
    refuse_other_schemas(tmp_path)
    signed(write(tmp_path, 400), schema="3")
    refuse_other_schemas(tmp_path)


def test_a_checkpoint_of_another_version_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path, 400)
    assert version_note(folder, read_manifest(folder)) == []
    signed(folder, version="0.0.1")
    (text,) = version_note(folder, read_manifest(folder))
    assert text.startswith("checkpoint-000400 was written by exobase 0.0.1 and is continued by ")
