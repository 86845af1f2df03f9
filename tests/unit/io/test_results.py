"""The result file is complete or absent, keeps units and errors, and refuses what it does not understand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from exobase.errors import InputError, RunError
from exobase.io.places import result_of
from exobase.io.results import Result, ResultWriter, read_result, read_summary, write_summary

ATTRS = {"case_name": "box", "seed": 7, "overrides": ["run.seed=7"], "commit": None, "extra": {"a": [1, 2]}}


def write_small(path: Path) -> Path:
    with ResultWriter(path, ATTRS) as w:
        w.create("profile/density", (2, 6), units="m-3", long_name="number density", dims=["species", "cell"])
        w.write("profile/density", (slice(None), slice(4, 6)), np.full((2, 2), 3.0))
        w.write("profile/density", (slice(None), slice(0, 4)), np.arange(8.0).reshape(2, 4))
        w.put("profile/density_stderr", np.full((2, 6), 0.5), units="m-3", long_name="error", dims=["species", "cell"])
        w.put("species/names", np.array(["H", "CO2"]), units="1", long_name="species", dims=["species"])
        w.put("ledger/counts", np.array([[2**60, 3]]), units="1", long_name="counts", dims=["species", "entry"])
        w.attrs("ledger", {"entries": ["a", "b"], "closes": True})
    return path


def test_blocks_written_in_any_order_are_read_back_with_units_and_errors(tmp_path: Path) -> None:
    result = read_result(write_small(tmp_path / "result.h5"))
    expected = np.concatenate([np.arange(8.0).reshape(2, 4), np.full((2, 2), 3.0)], axis=1)
    np.testing.assert_array_equal(result["profile/density"], expected)
    assert result.variables["profile/density"].units == "m-3"
    assert result.variables["profile/density"].dims == ("species", "cell")
    np.testing.assert_array_equal(result.stderr("profile/density"), np.full((2, 6), 0.5))
    assert np.isnan(result.stderr("ledger/counts")).all()
    assert result["ledger/counts"][0, 0] == 2**60
    assert result.species == ["H", "CO2"]
    assert result.index("CO2") == 1


def test_attributes_keep_their_types(tmp_path: Path) -> None:
    result = read_result(write_small(tmp_path / "result.h5"))
    assert result.attrs["schema_version"] == 1
    assert result.attrs["seed"] == 7
    assert result.attrs["overrides"] == ["run.seed=7"]
    assert result.attrs["commit"] == ""
    assert json.loads(result.attrs["extra"]) == {"a": [1, 2]}
    assert result.attributes("ledger") == {"entries": ["a", "b"], "closes": True}


def test_an_exception_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    path = write_small(tmp_path / "result.h5")
    before = path.read_bytes()

    def interrupted() -> None:
        with ResultWriter(path, {}) as w:
            w.put("grid/r", np.zeros(3), units="m", long_name="radius", dims=["cell"])
            raise KeyError("interrupted")

    with pytest.raises(KeyError):
        interrupted()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["result.h5"]


def test_a_dataset_needs_a_group_and_one_name_per_axis(tmp_path: Path) -> None:
    with ResultWriter(tmp_path / "result.h5", {}) as w:
        with pytest.raises(ValueError, match="axes but dims"):
            w.put("grid/r", np.zeros((3, 2)), units="m", long_name="radius", dims=["cell"])
        with pytest.raises(ValueError, match="needs a group"):
            w.put("r", np.zeros(3), units="m", long_name="radius", dims=["cell"])


def test_truncated_foreign_and_newer_files_are_refused(tmp_path: Path) -> None:
    path = write_small(tmp_path / "result.h5")
    cut = tmp_path / "cut.h5"
    cut.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match="truncated"):
        read_result(cut)
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(InputError, match="not a result of exobase"):
        read_result(tmp_path / "foreign.h5")
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = 99
    with pytest.raises(InputError, match="newer than this exobase"):
        read_result(path)


def test_a_result_is_found_in_its_case_directory(tmp_path: Path) -> None:
    path = write_small(tmp_path / "case" / "output" / "result.h5")
    assert result_of(tmp_path / "case") == path
    assert result_of(tmp_path / "case" / "output") == path
    with pytest.raises(InputError, match="run the case first"):
        result_of(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        result_of(tmp_path / "nowhere")


def test_missing_names_are_input_errors(tmp_path: Path) -> None:
    result = read_result(write_small(tmp_path / "result.h5"))
    with pytest.raises(InputError, match="no dataset 'grid/r'"):
        result["grid/r"]
    with pytest.raises(InputError, match="it has H, CO2"):
        result.index("O")
    assert result.get("grid/r") is None


def test_the_summary_is_plain_json_with_null_for_what_is_not_finite(tmp_path: Path) -> None:
    path = tmp_path / "output" / "summary.json"
    write_summary(
        path, {"case": "box", "steps": np.int64(3), "flux": np.float64("nan"), "rates": np.array([1.0, np.inf])}
    )
    summary = read_summary(tmp_path)
    assert summary == {"schema_version": 1, "case": "box", "steps": 3, "flux": None, "rates": [1.0, None]}
    assert [p.name for p in path.parent.iterdir()] == ["summary.json"]
    path.write_text("{")
    with pytest.raises(InputError, match="no readable"):
        read_summary(path)


def test_an_unwritable_folder_is_a_run_error_that_names_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="cannot be written"), ResultWriter(tmp_path / "file" / "result.h5", {}):
        pass
    with pytest.raises(RunError, match="cannot be written"):
        write_summary(tmp_path / "file" / "summary.json", {})


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from exobase.errors import RunError
from exobase.io.places import result_of
from exobase.io.results import ResultWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with ResultWriter(Path(sys.argv[1]), {}) as w:
        for k in range(30):
            w.put(f"grid/x{k}", np.ones(1000), units="m", long_name="x", dims=["cell"])
except RunError as error:
    print(error)
    raise SystemExit(3)
"""


def test_a_full_disk_ends_in_one_error_and_keeps_the_old_result(tmp_path: Path) -> None:
    path = write_small(tmp_path / "result.h5")
    before = path.read_bytes()
    job = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=False, env=environment()
    )
    assert job.returncode == 3, job.stderr
    assert job.stderr == ""
    assert str(path) in job.stdout
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["result.h5"]


def environment() -> dict[str, str]:
    source = str(Path(__file__).resolve().parents[3] / "src")
    return {"PYTHONPATH": source, "PATH": "/usr/bin:/bin"}


def _read_or_say(path: Path) -> Result | str:
    try:
        return read_result(path)
    except InputError as error:
        return str(error)


def test_no_flipped_bit_is_read_as_a_number(tmp_path: Path) -> None:
    """One bit at a time, all over the file: what is read is what was written, or an error that names the file."""
    whole = write_small(tmp_path / "result.h5")
    good, data = read_result(whole), whole.read_bytes()
    rng = np.random.default_rng(11)
    bad = tmp_path / "bad.h5"
    told = 0
    for place in rng.integers(0, len(data), 400):
        flipped = bytearray(data)
        flipped[place] ^= 1 << int(rng.integers(8))
        bad.write_bytes(flipped)
        found = _read_or_say(bad)
        if isinstance(found, str):
            told += 1
            assert str(bad) in found
            continue
        assert found.attrs == good.attrs
        assert found.group_attrs == good.group_attrs
        assert found.variables == good.variables
        assert found.data.keys() == good.data.keys()
        for name, array in good.data.items():
            np.testing.assert_array_equal(found.data[name], array)
    assert told > 40


def test_a_damaged_dataset_is_named(tmp_path: Path) -> None:
    path = write_small(tmp_path / "result.h5")
    data = bytearray(path.read_bytes())
    place = data.find(np.float64(7.0).tobytes())
    data[place + 6] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"dataset 'profile/density' is damaged: .*run the case again"):
        read_result(path)


def test_text_beyond_ascii_and_long_attributes_come_back(tmp_path: Path) -> None:
    long = "lambda é " * 20_000
    path = tmp_path / "result.h5"
    with ResultWriter(path, {"title": long, "odd": "half \ud800 pair"}) as w:
        w.put("species/names", np.array(["Hé", "O2+"]), units="1", long_name="species", dims=["species"])
    result = read_result(path)
    assert result.attrs["title"] == long
    assert result.attrs["odd"] == "half ? pair"
    assert result.species == ["Hé", "O2+"]
