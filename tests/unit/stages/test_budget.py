"""The arithmetic of a loss budget, its files, its checks and its figure."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from exobase.case import load_staged_case
from exobase.case.model import Check
from exobase.case.staged import BudgetRow, Published, Stage, StagedCase
from exobase.errors import InputError
from exobase.io.results import ResultWriter, write_summary
from exobase.report.budget import budget as draw
from exobase.species import composition, species
from exobase.summary.budget import Budget, budget_csv, make_budget, ratios, read_budget, write_budget
from exobase.summary.budget_checks import judge_budget
from small_stages import write_stages


def stage_output(case: StagedCase, name: str, escape: dict[str, Any], sources: list[dict[str, Any]]) -> None:
    """The summary and the result of a stage as far as a budget reads them."""
    folder = case.output(name)
    folder.mkdir(parents=True)
    write_summary(folder / "summary.json", {"escape": escape, "sources": sources, "status": "converged"})
    with ResultWriter(folder / "result.h5", {"case_json": '{"solver": "dsmc", "collisions": "off"}'}):
        pass


def rate(value: float, stderr: float, **by: tuple[float, float]) -> dict[str, Any]:
    parts = {name: {"rate_per_s": v, "rate_stderr": e} for name, (v, e) in by.items()}
    return {"rate_per_s": value, "rate_stderr": stderr, "by_process": parts}


@pytest.fixture
def case(tmp_path: Path) -> StagedCase:
    """Hydrogen and water ions of two stages, one row from a summary, one that does not count."""
    made = StagedCase(
        "planet", "", "", tmp_path,
        stages=(Stage("a", "a"), Stage("b", "b", choices=("cold",)), Stage("c", "c", budget=("H",), counted=False)),
        rows=(BudgetRow("a", "dust.rate_per_s", "O", "dust", "dust.rate_stderr"),),
        published=(Published("H", "pickup", 1e24, 4e24, "", "somebody"),),
    )  # fmt: skip
    sources = [{"name": "R", "type": "dissociative_recombination"}, {"name": "hot", "type": "sputtering"}]
    stage_output(made, "a", {"O": rate(5e24, 5e22, R=(3e24, 3e22), hot=(2e24, 4e22)), "N": rate(0.0, 0.0)}, sources)
    extra = {"dust": {"rate_per_s": 1e24, "rate_stderr": 1e23}}
    path = made.output("a") / "summary.json"
    write_summary(path, json.loads(path.read_text()) | extra)
    pickup = [{"name": "p", "type": "pickup", "processes": ["photo", "exchange"]}]
    ions = {
        "H2O+": rate(1e24, 2e22, photo=(6e23, 1e22), exchange=(4e23, 1e22)),
        "H": rate(3e24, 1e23, photo=(3e24, 1e23)),
    }
    stage_output(made, "b", ions, pickup)
    stage_output(made, "c", {"H": rate(7e25, 1e24, wind=(7e25, 1e24))}, [{"name": "wind", "type": "solar_wind"}])
    return made


def test_rows_are_split_by_kind_of_process(case: StagedCase) -> None:
    rows = {(r.stage, r.species, r.process): (r.rate, r.stderr, r.counted) for r in make_budget(case).rows}
    assert rows == {
        ("a", "O", "photochemical"): (3e24, 3e22, True),
        ("a", "O", "sputtering"): (2e24, 4e22, True),
        # Processes of one kind: the sum's own error, not that of independent parts.
        ("b", "H2O+", "pickup"): (1e24, 2e22, True),
        # Neutral atoms from ions are energetic neutrals.
        ("b", "H", "ENA"): (3e24, 1e23, True),
        ("c", "H", "ENA"): (7e25, 1e24, False),
        ("a", "O", "dust"): (1e24, 1e23, True),
    }


def test_totals_by_species_element_and_mass(case: StagedCase) -> None:
    budget = make_budget(case)
    assert budget.species["O"].value == pytest.approx(6e24)
    assert budget.species["O"].stderr == pytest.approx(math.sqrt(3e22**2 + 4e22**2 + 1e23**2))
    assert budget.elements["H"].value == pytest.approx(2.0 * 1e24 + 3e24)
    assert budget.elements["H"].stderr == pytest.approx(math.hypot(2.0 * 2e22, 1e23))
    assert budget.elements["O"].value == pytest.approx(6e24 + 1e24)
    assert budget.element_processes["O"]["pickup"].value == pytest.approx(1e24)
    mass = 6e24 * species("O").mass + 1e24 * species("H2O+").mass + 3e24 * species("H").mass
    assert budget.mass.value == pytest.approx(mass)
    assert budget.value("mass") == budget.mass
    assert budget.value("element.O") == budget.elements["O"]
    assert budget.value("O.dust").value == 1e24
    assert budget.value("H").value == 3e24
    with pytest.raises(InputError, match=r"no row O.wind in the budget; it has O.photochemical, "):
        budget.value("O.wind")
    with pytest.raises(InputError, match="no element Fe"):
        budget.value("element.Fe")


def test_files_give_the_same_budget_back(case: StagedCase, tmp_path: Path) -> None:
    budget = make_budget(case)
    write_budget(budget, tmp_path / "out")
    assert read_budget(tmp_path / "out") == budget
    rows = list(csv.DictReader(io.StringIO(budget_csv(budget))))
    assert len(rows) == len(budget.rows)
    assert rows[0]["species"] == "O"
    assert float(rows[0]["rate [s-1]"]) == 3e24
    assert rows[0]["counted"] == "yes"
    (tmp_path / "out" / "budget.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="no readable budget"):
        read_budget(tmp_path / "out")


def test_a_number_that_a_summary_has_not_is_named(case: StagedCase) -> None:
    other = dataclasses.replace(case, rows=(BudgetRow("a", "dust.mass", "O", "dust"),))
    with pytest.raises(InputError, match=r"dust.mass is not in the summary of stage a: no 'mass' among rate_per_s"):
        make_budget(other)


def test_checks_judge_rows_and_totals(case: StagedCase) -> None:
    budget = make_budget(case)
    checks = [
        Check("budget.O.photochemical", "", accept=(2.9e24, 3.1e24)),
        Check("budget.element.H", "number", reference_value=5e24, tolerance_sigma=1.0),
        Check("budget.mass", "", accept=(0.0, 0.1)),
        Check("budget.O.wind", "", accept=(0.0, 1e30)),
        Check("budget.O.sputtering / budget.O.photochemical", "", accept=(0.66, 0.67)),
    ]
    outcomes = judge_budget(budget, checks)
    assert [outcome.passed for outcome in outcomes] == [True, True, False, False, True]
    assert "no row O.wind" in outcomes[3].detail
    assert outcomes[4].stderr == pytest.approx(2.0 / 3.0 * math.hypot(0.02, 0.01))


def test_the_ratio_to_published_ranges() -> None:
    assert ratios(2e24, 1e24, 4e24) == "0.5 to 2"
    assert ratios(2e24, 1e24, 1e24) == "2"


def test_the_figure_shows_every_row(case: StagedCase) -> None:
    budget: Budget = make_budget(case)
    figure = draw(budget)
    assert figure is not None
    upper, lower = figure.axes
    assert next(label.get_text() for label in upper.get_yticklabels()) == "O, photochemical"
    assert len(upper.get_yticks()) == len(budget.rows)
    assert len(lower.get_yticks()) == 2


@pytest.mark.parametrize(
    ("name", "atoms"), [("CO2+", {"C": 1, "O": 2}), ("H2O", {"H": 2, "O": 1}), ("O", {"O": 1}), ("15N", {"N": 1})]
)
def test_elements_of_a_species(name: str, atoms: dict[str, int]) -> None:
    assert composition(name) == atoms


def test_a_case_without_output_has_no_budget(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or case directory"):
        make_budget(load_staged_case(write_stages(tmp_path / "two")))


@pytest.mark.parametrize("listed", [True, False])
def test_a_row_without_escapers_has_a_limit_that_totals_and_checks_heed(tmp_path: Path, listed: bool) -> None:
    """N of which none escaped, below 4e22 s-1, beside O of 1e24 s-1: a species of a stage, or a row of its own."""
    rows = () if listed else (BudgetRow("a", "escape.N.rate_per_s", "N", "sputtering", None),)
    stages = (Stage("a", "a", budget=("O", "N") if listed else ("O",)),)
    made = StagedCase("planet", "", "", tmp_path, stages=stages, rows=rows)
    nothing = {**rate(0.0, 0.0), "rate_stderr": None, "rate_upper_limit_95": 4e22}
    nothing["by_process"] = {"hot": {"rate_per_s": 0.0, "rate_stderr": None}}
    escape = {"O": rate(1e24, 1e22, hot=(1e24, 1e22)), "N": nothing}
    stage_output(made, "a", escape, [{"name": "hot", "type": "sputtering"}])
    budget = make_budget(made)
    row = next(r for r in budget.rows if r.species == "N")
    assert (row.rate, row.stderr, row.limit) == (0.0, 0.0, 4e22)
    assert budget.mass.limit == pytest.approx(species("N").mass * 4e22)
    assert budget.value("O").limit == 0.0
    write_budget(budget, tmp_path)
    assert read_budget(tmp_path) == budget

    def passed(quantity: str, **bounds: Any) -> bool:
        (outcome,) = judge_budget(budget, [Check(quantity, "number", **bounds)])
        assert ("nothing escaped" in outcome.detail) is quantity.startswith("budget.N")
        return outcome.passed

    assert passed("budget.N", accept=(0.0, 5e22))
    assert not passed("budget.N", accept=(0.0, 3e22))
    assert not passed("budget.N", reference_value=0.0, tolerance_sigma=3.0)
    assert not passed("budget.N.sputtering / budget.O.sputtering", accept=(0.0, 0.03))
    assert passed("budget.N.sputtering / budget.O.sputtering", accept=(0.0, 0.05))
    assert passed("budget.O", accept=(9e23, 1.1e24))
