"""What two resolved cases must share to be the same simulation."""

from __future__ import annotations

from pathlib import Path

from exobase.case import load_case, simulated, start_digest
from exobase.driver.common import changed_keys

MARS = Path(__file__).resolve().parents[2] / "cases" / "mars_hot_oxygen"


def test_a_table_under_another_name_is_the_same_background(tmp_path: Path) -> None:
    copy = tmp_path / "other.csv"
    copy.write_bytes((MARS / "inputs" / "lillis2017.csv").read_bytes())
    then, now = load_case(MARS).to_dict(), load_case(MARS, {"background.table": str(copy)}).to_dict()
    assert changed_keys(now, then, ()) == []
    changed = copy.read_text(encoding="utf-8").replace("2.9741e+10", "2.9742e+10")
    copy.write_text(changed, encoding="utf-8")
    assert changed_keys(load_case(MARS, {"background.table": str(copy)}).to_dict(), then, ()) == ["background"]


def test_texts_and_places_are_no_part_of_a_simulation() -> None:
    data = load_case(MARS).to_dict()
    assert not {"title", "path", "checks"} & simulated(data).keys()
    assert "source" not in simulated(data)["background"]


def test_the_content_of_a_start_counts(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("1", encoding="utf-8")
    first = start_digest({"initial_file": str(file)})
    file.write_text("2", encoding="utf-8")
    assert start_digest({"initial_file": str(file)}) != first
    assert start_digest({}) == ""
