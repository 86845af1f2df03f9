"""What is known of a test-particle case before it runs: rates, depths, and what would go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase.case import HistoryCase, load_case
from exobase.constants import EV
from exobase.errors import InputError
from exobase.histories.preflight import examine

MARS = Path(__file__).resolve().parents[3] / "cases" / "mars_hot_oxygen"


def case(*changes: str) -> HistoryCase:
    found = load_case(MARS, list(changes))
    assert isinstance(found, HistoryCase)
    return found


def test_the_shipped_case_has_no_warnings_and_the_known_numbers() -> None:
    """Escape energy of O at Mars 1.979 eV at 200 km, 2.095 eV at the surface; the exobase lies at 183 to 236 km."""
    facts = examine(case())
    assert facts.warnings == ()
    assert all(any(law in note for note in facts.notes) for law in ("gacesa", "kharchenko"))
    assert facts.exobase is not None
    assert 183e3 < facts.exobase - case().body_radius < 236e3
    assert facts.escape_energy[0] / EV == pytest.approx(1.98, abs=0.01)
    assert facts.top < case().r_outer
    assert facts.exobase_temperature == pytest.approx(198.0, abs=1.0)


def test_the_rate_of_a_source_is_that_of_the_lit_part() -> None:
    """Dayside 1/2 and cos-zenith 1/4 of the sphere."""
    whole, day, cosine = (
        examine(case(f"source.0.illumination={name}")).sources[0].rate for name in ("global", "dayside", "cos_zenith")
    )
    assert day == pytest.approx(0.5 * whole, rel=1e-12)
    assert cosine == pytest.approx(0.25 * whole, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("species.0.threshold=100 eV", "no birth has more energy"),
        ("species.0.threshold=3 eV", "exceeds the escape energy"),
        ("species.0.threshold=0 eV", "is followed until it is absorbed or escapes"),
        ("tally.energy_max=1 eV", "the spectra do not show them"),
    ],
)
def test_doubtful_settings_are_warned_of(change: str, said: str) -> None:
    assert any(said in warning for warning in examine(case(change)).warnings)


def test_a_boundary_below_the_top_of_the_collisions_is_warned_of() -> None:
    facts = examine(case("domain.outer_altitude=300 km", "tally.surfaces=['300 km']", "check=[]"))
    assert any("collisions matter up to the outer boundary" in warning for warning in facts.warnings)


def test_an_energy_that_a_law_is_not_meant_for_is_an_error_before_the_run() -> None:
    hot = (
        'source=[{type = "mono_energetic", species = "O", altitude = "200 km", energy = "100 eV", launch = "beam", '
        'angle = "170 deg"}]'
    )
    with pytest.raises(InputError, match="extrapolate_to"):
        examine(case(hot))
