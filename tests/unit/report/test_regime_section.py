"""The sections of the report on the regime of escape and on fractionation."""

from __future__ import annotations

from pathlib import Path

from exobase.io.results import read_result
from exobase.report.page_gas import _fractionation, _regime


def test_the_regime_section_says_verdict_numbers_and_formulas(mixture: Path) -> None:
    text = _regime(read_result(mixture))
    for part in ("jeans-like: H, at R0", "whole gas", "flux/Jeans at the exobase", "does not hold", "u/U there"):
        assert part in text


def test_every_pair_of_the_mixture_has_its_factor_with_an_error(mixture: Path) -> None:
    text = _fractionation(read_result(mixture))
    assert text.count("<tr>") == 1 + 3  # heads and three pairs
    assert all(pair in text for pair in ("O/H", "CO<sub>2</sub>/H", "CO<sub>2</sub>/O", "±"))


def test_one_species_has_no_fractionation_section(exosphere: Path) -> None:
    assert _fractionation(read_result(exosphere)) == ""
