"""Cases of stages: order, references, overrides, and what is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase.case import StagedCase, is_staged, load_case, load_staged_case, open_case
from exobase.case.copying import copy_case_files
from exobase.case.staged import in_order
from exobase.errors import InputError
from small_stages import CORONA, PARENT, PICKUP, write_stages


def faults(folder: Path, *overrides: str) -> str:
    """What is said of a case that must be refused."""
    with pytest.raises(InputError) as caught:
        load_staged_case(folder, list(overrides))
    return "\n".join(caught.value.messages)


def test_stages_run_after_those_that_they_read(tmp_path: Path) -> None:
    folder = write_stages(tmp_path / "two")
    case = open_case(folder)
    assert is_staged(folder)
    assert not is_staged(folder / "corona")
    assert isinstance(case, StagedCase)
    assert [stage.name for stage in case.stages] == ["corona", "pickup"]
    assert case.stage("pickup").reads == ("corona",)
    assert case.stage("corona").reads == ()


def test_an_order_keeps_the_given_one_where_it_can() -> None:
    assert in_order({"a": ["c"], "b": [], "c": []}) == (["b", "c", "a"], [])
    assert in_order({"a": ["b"], "b": ["c"], "c": ["b"]}) == ([], ["b", "c", "b"])


def test_a_circle_is_named_stage_by_stage(tmp_path: Path) -> None:
    table = CORONA.replace('density     = "1e8 cm-3"', 'law = "table"\ntable = "stage:pickup"')
    said = faults(write_stages(tmp_path / "two", corona=table))
    assert "in a circle: pickup reads corona reads pickup" in said
    assert "take one reference out" in said


@pytest.mark.parametrize(
    ("parent", "pickup", "words"),
    [
        (PARENT, PICKUP.replace("stage:corona", "stage:coronna"), (": no such stage", "pickup, corona")),
        (PARENT, PICKUP.replace("cone_angle ", "cone_angel "), ("stage pickup", "field.cone_angel", "cone_angle")),
        (PARENT.replace('"corona"\ncase', '"pickup"\ncase'), PICKUP, ("'pickup': appears twice",)),
        (PARENT.replace('"corona"\ncase', '"run"\ncase'), PICKUP, ("'run': is a key of case files",)),
        (PARENT.replace('case    = "pickup"', 'case    = "elsewhere"'), PICKUP, ("stage pickup", "elsewhere")),
        (PARENT.replace("1e22 s-1", "1e25 s-1"), PICKUP, ("published.0.low", "must not exceed high")),
        (PARENT.replace("budget.O+.pickup", "escape_rate.O+"), PICKUP, ("check.0.quantity", "budget.SPECIES.PROCESS")),
        (PARENT + '\n[[budget]]\nstage="pick"\nquantity="a"\nspecies="O"\nprocess="x"\n', PICKUP, ("budget.0.stage",)),
        (PARENT.replace("[[published]]", "[[publish]]"), PICKUP, ("publish", "published")),
    ],
)  # fmt: skip
def test_faults_are_named_before_the_run(tmp_path: Path, parent: str, pickup: str, words: tuple[str, ...]) -> None:
    said = faults(write_stages(tmp_path / "two", parent, pickup=pickup))
    assert all(word in said for word in words), said


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = write_stages(
        tmp_path / "two", PARENT.replace("1e22 s-1", "one"), corona=CORONA.replace('"3 eV"', '"-3 eV"'),
        pickup=PICKUP.replace('"3 nT"', '"3 bananas"'),
    )  # fmt: skip
    said = faults(folder)
    assert all(word in said for word in ("published.0.low", "stage corona", "stage pickup", "3 bananas")), said


def test_a_stage_cannot_be_a_case_of_stages(tmp_path: Path) -> None:
    said = faults(write_stages(tmp_path / "two", corona=PARENT))
    assert "is a case of stages itself" in said


def test_overrides_go_to_one_stage_to_all_or_to_the_case(tmp_path: Path) -> None:
    folder = write_stages(tmp_path / "two")
    case = load_staged_case(folder, ["run.max_batches=8", "pickup.run.seed=7", "title=Other"])
    assert case.stage("corona").settings == ("run.max_batches=8",)
    assert case.stage("pickup").settings == ("run.max_batches=8", "run.seed=7")
    assert case.title == "Other"
    assert "run.max_bathces" in faults(folder, "run.max_bathces=8")
    assert "picup is neither a stage (pickup, corona) nor a key" in faults(folder, "picup.run.seed=7")


def test_a_reference_needs_a_case_of_stages_around_it(tmp_path: Path) -> None:
    folder = write_stages(tmp_path / "two")
    with pytest.raises(InputError, match=r"stage corona of two has no result yet.*exobase run"):
        load_case(folder / "pickup")
    (folder / "case.toml").unlink()
    with pytest.raises(InputError, match="is no case of stages, so there is no stage 'corona'"):
        load_case(folder / "pickup")


def test_a_case_of_stages_is_no_case_of_one_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a case of a single run"):
        load_case(write_stages(tmp_path / "two"))


def test_a_copy_has_the_stages_but_no_output(tmp_path: Path) -> None:
    folder = write_stages(tmp_path / "two")
    for place in (folder, folder / "corona"):
        (place / "output").mkdir()
        (place / "README.md").write_text("words", encoding="utf-8")
    (folder / "corona" / "inputs").mkdir()
    (folder / "corona" / "inputs" / "t.csv").write_text("1", encoding="utf-8")
    copy_case_files(folder, tmp_path / "copy", texts=True)
    found = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    }
    assert found == {
        "README.md", "case.toml", "corona/README.md", "corona/case.toml", "corona/inputs/t.csv", "pickup/case.toml",
    }  # fmt: skip
    assert load_staged_case(tmp_path / "copy").name == "copy"
