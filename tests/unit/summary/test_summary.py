"""summary.json holds the regime as a word, the numbers behind it beside the word, and the fractionation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.io.results import read_summary, write_summary
from exobase.summary import summarise
from made_gas import R0, Gas

ESCAPE = (
    "flux", "flux_stderr", "at_radius", "lost_beyond_rate", "autocorrelation_steps", "effective_samples", "blocks"
)  # fmt: skip


@pytest.fixture
def summary(tmp_path: Path) -> dict[str, Any]:
    """A supersonic outflow without an exobase, summarised and stored."""
    gas = Gas(1.0)
    result = gas.result(lambda y: y / 1.2, lambda y: 1.0 + 0.0 * y, lambda y: 0.01 * y, 0.8)
    result.data.update({f"escape/{name}": np.array([1.0]) for name in ESCAPE})
    result.data.update({"exobase/jeans_parameter": np.array([np.nan]), "exobase/jeans_flux": np.array([np.nan])})
    result.data["ledger/counts"] = np.zeros((1, 0), dtype=np.int64)
    write_summary(tmp_path / "summary.json", summarise(result, gas.case, []))
    return read_summary(tmp_path / "summary.json")


def test_the_regime_stays_a_word_and_its_numbers_stand_beside_it(summary: dict[str, Any]) -> None:
    assert summary["regime"] == "hydrodynamic"
    numbers = summary["regime_numbers"]
    assert numbers["sentence"].startswith("hydrodynamic: A, at R0 lambda = 1,")
    assert numbers["gas"]["sonic_radius_m"] == pytest.approx(1.2 * R0, rel=1e-3)
    assert numbers["species"]["A"]["flux_over_evaporation"] == pytest.approx(0.8)
    assert numbers["species"]["A"]["exobase_radius_m"] is None
    assert {f["formula"] for f in numbers["formulas"]} == {"jeans", "chamberlain", "barometric", "parker", "isentropic"}


def test_the_summary_is_strict_json_without_pairs_for_one_species(summary: dict[str, Any]) -> None:
    assert summary["fractionation"] == []
    assert "NaN" not in json.dumps(summary)
