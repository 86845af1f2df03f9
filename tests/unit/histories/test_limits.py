"""A run in which nothing escapes: its status, its limit, and what checks make of it.

Particles of 0.1 times the escape energy come down again: N histories of a source of Q s-1 tell Q_escape < 3.0 Q/N.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from exobase.case.history_model import HistoryCase
from exobase.driver.histories import run_histories
from exobase.histories.limits import escape_limits, may_escape
from exobase.histories.simulation import HistorySimulation
from exobase.io import read_result, read_summary
from exobase.judge.verdict import judge
from exobase.parallel import SerialComm
from exobase.report.page_histories import contents
from small_histories import MARS, mars
from synthetic import check

WEAK = {**MARS["source"][0], "energy": "0.6 eV"}
RUN = {"histories_per_batch": 4, "batches_per_round": 4, "min_batches": 2, "max_batches": 6, "target_error": 0.5}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weak")
    case = mars(source=[WEAK], secondaries=False, run=RUN)
    assert run_histories(case, SerialComm(), folder / "output") == 0
    return folder


def test_a_run_without_escapers_reaches_a_limit_and_states_the_upper_limit(ran: Path) -> None:
    summary = read_summary(ran)
    escape = summary["escape"]["O"]
    assert summary["status"] == "reached_limit"
    assert (escape["rate_per_s"], escape["rate_stderr"], escape["flux_stderr"]) == (0.0, None, None)
    assert escape["by_process"]["hot"] == {"rate_per_s": 0.0, "rate_stderr": None}
    assert escape["rate_upper_limit_95"] == pytest.approx(-math.log(0.05) * 1e25 / 24, rel=1e-9)
    area = 4.0 * math.pi * escape["at_radius_m"] ** 2
    assert escape["flux_upper_limit_95"] == pytest.approx(escape["rate_upper_limit_95"] / area, rel=1e-9)
    text = "no O escaped in 24 histories: its escape rate is below 1.25e+24 s-1 (95 %)"
    assert text in summary["warnings"][-1]
    assert text in (ran / "output" / "log.txt").read_text()
    assert "&lt; 1.2 × 10<sup>24</sup> (95 %)" in contents(read_result(ran))[1][0][1]


def test_a_species_without_a_source_has_no_limit_but_zero(ran: Path) -> None:
    assert read_summary(ran)["escape"]["C"]["rate_upper_limit_95"] == 0.0


@pytest.mark.parametrize(
    ("quantity", "highest", "passed", "text"),
    [
        ("escape_rate.O", 1.3e24, True, "nothing escaped: only an upper limit, 1.25e+24 (95 %); every value up to it"),
        ("escape_rate.O", 1.2e24, False, "run longer to lower it"),
        ("escape_probability.O", 0.126, True, "only an upper limit, 0.125"),
        ("escape_probability.O", 0.124, False, "only an upper limit, 0.125"),
        ("escaped_part.O", 0.124, False, "only an upper limit, 0.125"),
        ("yield.O", 0.124, False, "only an upper limit, 0.125"),
        ("flux_over_jeans.O", 1e-9, False, "only an upper limit"),
    ],
)
def test_a_check_holds_only_where_all_up_to_the_limit_is_accepted(
    ran: Path, quantity: str, highest: float, passed: bool, text: str
) -> None:
    result = read_result(ran)
    outcome = judge(result, {**result.case, "checks": [check(quantity, "number", accept=(0.0, highest))]})[0]
    assert (outcome.passed, outcome.value) == (passed, 0.0), outcome
    assert math.isnan(outcome.stderr)
    assert text in outcome.detail


def test_sigma_cannot_be_judged_by_a_limit(ran: Path) -> None:
    result = read_result(ran)
    zero = check("escape_rate.O", "number", reference_value=0.0, tolerance_sigma=3)
    outcome = judge(result, {**result.case, "checks": [zero]})[0]
    assert not outcome.passed
    assert "without an error, so sigma cannot be judged" in outcome.detail


def test_the_limit_is_that_of_the_heaviest_source_that_can_set_the_species_free() -> None:
    case: HistoryCase = mars()
    sim = HistorySimulation(case)
    hot, ions = 1e25 / sim.portions()[0], 1e23 / sim.portions()[1]
    none = np.zeros(2)
    limits = escape_limits(sim, np.ones(2), none, none, 10)
    assert limits == pytest.approx(np.full(2, -math.log(0.05) * max(hot, ions) / 10), rel=1e-9)
    assert may_escape(case).all()
    assert may_escape(mars(secondaries=False)).tolist() == [[True, True], [False, False]]
