"""Reactions of ions in a case: what is refused before the run."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from exobase.errors import InputError
from exobase.histories.preflight import examine
from small_ions import MARS, mars_ions

AIR = {"gas": [{"name": "CO2", "density": "1e6 cm-3", "temperature": "200 K"}, *MARS["background"]["gas"]]}


def refused(**tables: Any) -> str:
    with pytest.raises(InputError) as caught:
        mars_ions(**tables)
    return "\n".join(caught.value.messages)


def test_a_pair_without_a_cross_section_is_named_with_those_that_have_one() -> None:
    more = {"pair": ["O+", "CO2"], "law": "charge_exchange"}
    said = refused(background=AIR, collision=[*copy.deepcopy(MARS["collision"]), more])
    assert "collision.5: no cross section of O+ + CO2 is known (known: H+ + H, " in said
    assert "give cross_section or table" in said


def test_a_given_cross_section_stands_in_for_a_missing_fit() -> None:
    more = {"pair": ["O+", "CO2"], "law": "charge_exchange", "cross_section": "1e-15 cm2"}
    case = mars_ions(background=AIR, collision=[*copy.deepcopy(MARS["collision"]), more])
    assert case.reactions[-1].target == "CO2"


def test_stripping_has_no_fits() -> None:
    elastic = [{"pair": ["H", "*"], "law": "isotropic", "cross_section": "1e-16 cm2"}]
    said = refused(collision=[*elastic, {"pair": ["H", "O"], "law": "stripping"}])
    assert "stripping has no fits of the package; give cross_section, or table" in said


def test_energies_beyond_a_fit_are_refused_with_the_way_out() -> None:
    """Up to 2 m (1.5 u)^2 may occur, 187 keV for O+ at 500 km/s: above the 100 keV of the fit."""
    case = mars_ions(field={**MARS["field"], "speed": "500 km/s"})
    with pytest.raises(InputError) as caught:
        examine(case)
    said = "\n".join(caught.value.messages)
    assert "collision O+ on H (charge_exchange): its cross section ends at 1e+05 eV" in said
    assert "can occur; set extrapolate_to = " in said
    stated = [{**entry, "extrapolate_to": "2 MeV"} for entry in MARS["collision"] if entry["law"] == "charge_exchange"]
    rest = [entry for entry in MARS["collision"] if entry["law"] != "charge_exchange"]
    examine(mars_ions(field={**MARS["field"], "speed": "500 km/s"}, collision=[*stated, *rest]))


def test_slow_alphas_are_refused_below_their_fit() -> None:
    followed = [{"name": "He++", "threshold": "0 eV"}, {"name": "He+", "threshold": "0 eV"}]
    case = mars_ions(
        species=[{"name": "O+", "threshold": "0 eV"}, *followed],
        collision=[{"pair": ["He++", "H"], "law": "charge_exchange", "extrapolate_to": "2 MeV"}],
        source=[{"type": "solar_wind", "species": "He++", "beam_fraction": 0.04}],
        run={**MARS["run"], "target_species": "He+"},
    )
    with pytest.raises(InputError, match=r"its cross section begins at 280 eV, but lower energies occur; set below = "):
        examine(case)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"ionisation": ["electron_impact"]}, "give frequency, or electron_density and electron_temperature"),
        ({"ionisation": ["foto"]}, "source.0.ionisation.0 = \"foto\": allowed: 'photoionisation'"),
        ({"parent": "N2"}, "the ionisation of N2 into 'O+' does not exist; choose one of N2+, N+"),
        ({"species": "CO2+"}, "is not followed; allowed: O+, H+, H"),
    ],
)
def test_a_source_of_ions_that_cannot_be_is_refused(source: dict[str, Any], message: str) -> None:
    base = {"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["photoionisation"]}
    assert message in refused(source=[{**base, **source}])
