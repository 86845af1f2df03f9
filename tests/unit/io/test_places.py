"""A path that names a run in any of the usual ways leads to the same output."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase.errors import InputError
from exobase.io.places import output_of, result_of, summary_of, sweep_of
from exobase.io.results import ResultWriter, staged_output, write_summary


def made(folder: Path, **summary: object) -> Path:
    """An output folder with a result and a summary."""
    with ResultWriter(folder / "result.h5", {}) as w:
        w.put("grid/r", [1.0], units="m", long_name="r", dims=["cell"])
    write_summary(folder / "summary.json", {"solver": "dsmc", **summary})
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    made(folder / "output")
    (folder / "case.toml").write_text("")
    return folder


@pytest.mark.parametrize("way", ["", "case.toml", "output", "output/result.h5", "output/summary.json"])
def test_every_way_to_name_a_run_leads_to_its_output(case: Path, way: str) -> None:
    path = case / way
    assert output_of(path) == case / "output"
    assert result_of(path) == case / "output" / "result.h5"
    assert summary_of(path) == case / "output" / "summary.json"
    assert staged_output(path) is None


def test_an_output_folder_is_itself_although_it_holds_another_named_output(tmp_path: Path) -> None:
    made(tmp_path / "elsewhere")
    made(tmp_path / "elsewhere" / "output")
    assert result_of(tmp_path / "elsewhere") == tmp_path / "elsewhere" / "result.h5"


def test_a_case_directory_means_its_output_although_a_result_lies_beside_the_case(case: Path) -> None:
    made(case)
    assert result_of(case) == result_of(case / "case.toml") == case / "output" / "result.h5"


def test_a_result_of_another_name_stands_for_itself_and_has_no_summary(case: Path) -> None:
    kept = (case / "output" / "result.h5").rename(case / "output" / "kept.h5")
    assert result_of(kept) == kept
    with pytest.raises(InputError, match=r"kept.h5: is no case file, result.h5 or summary.json"):
        summary_of(kept)
    assert staged_output(kept) is None


def test_a_case_of_stages_is_found_from_its_case_file_and_its_summary(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text("")
    made(tmp_path / "output" / "stages" / "hot")
    with pytest.raises(InputError, match="STAGE one of hot"):
        result_of(tmp_path / "case.toml")
    with pytest.raises(InputError, match="no budget yet; stages with results: hot"):
        summary_of(tmp_path)
    write_summary(tmp_path / "output" / "summary.json", {"solver": "stages"})
    for way in ("", "case.toml", "output", "output/summary.json"):
        assert staged_output(tmp_path / way) == tmp_path / "output"


def test_a_sweep_names_its_points(tmp_path: Path) -> None:
    made(tmp_path / "low" / "output")
    (tmp_path / "sweep.h5").touch()
    assert sweep_of(tmp_path) == sweep_of(tmp_path / "sweep.h5") == tmp_path / "sweep.h5"
    assert sweep_of(tmp_path / "low") is None
    with pytest.raises(InputError, match="POINT one of low"):
        result_of(tmp_path)
    assert result_of(tmp_path / "low") == tmp_path / "low" / "output" / "result.h5"


def test_what_is_not_there_is_an_input_error_with_the_path(tmp_path: Path) -> None:
    for find in (output_of, result_of, summary_of):
        with pytest.raises(InputError, match="nowhere: no such file or case directory"):
            find(tmp_path / "nowhere")
    (tmp_path / "case.toml").write_text("")
    for way in ("", "case.toml"):
        with pytest.raises(InputError, match="run the case first"):
            result_of(tmp_path / way)
        with pytest.raises(InputError, match="run the case first"):
            summary_of(tmp_path / way)
