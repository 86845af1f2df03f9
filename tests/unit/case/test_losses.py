"""The [[loss]] tables: frequencies from the package's tables, keys that go together, what is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from exobase.analytic.charge_exchange_drag import mean_speed
from exobase.case import Case, case_from_dict, make_case, make_history_case
from exobase.constants import AU, EV, K_B
from exobase.cross_sections.charge_exchange import sigma
from exobase.cross_sections.ionisation import impact_rate, photo_frequency, photo_ions, photodissociation_frequency
from exobase.errors import InputError
from exobase.particles.convert import MEAN_NODES, MEANS_PER_LN
from exobase.simulation.conversions import exchanges_of, frequencies_beyond, losses_of
from exobase.species import species

MARS: dict[str, Any] = {
    "solver": "dsmc",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "180 km", "outer_altitude": "500 km"},
    "species": [
        {"name": "CO2", "density": "3e8 cm-3", "temperature": "270 K"},
        {"name": "H", "density": "1e5 cm-3", "temperature": "270 K"},
    ],
}
HOT_ATOMS: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "180 km", "outer_altitude": "500 km"},
    "background": {"gas": [{"name": "CO2", "density": "1e9 cm-3", "temperature": "200 K"}]},
    "species": [{"name": "O", "threshold": "0.1 eV", "loss_frequency": "1e-6 s-1"}],
    "collision": [{"pair": ["O", "CO2"], "law": "hard_sphere", "diameter": "4 angstrom"}],
    "source": [{"type": "mono_energetic", "species": "O", "altitude": "250 km", "energy": "2 eV", "rate": "1e25 s-1"}],
}
IONS: dict[str, Any] = {
    "process": "charge_exchange", "ion": "H+", "ion_density": "100 cm-3", "ion_temperature": "3000 K",
    "cross_section": "5e-15 cm2",
}  # fmt: skip
BEAM: dict[str, Any] = {
    "process": "charge_exchange", "beam_density": "3 cm-3", "beam_speed": "400 km/s", "cross_section": "2e-15 cm2"
}  # fmt: skip


def lossy(*losses: dict[str, Any], base: dict[str, Any] = MARS, **changes: Any) -> Case:
    return make_case({**copy.deepcopy(base), "loss": list(losses), **changes})


def errors_of(*losses: dict[str, Any], base: dict[str, Any] = MARS, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        lossy(*losses, base=base, **changes)
    return "\n".join(caught.value.messages)


def test_sunlight_is_scaled_to_the_distance_of_the_planet_or_to_the_given_one() -> None:
    light = {"species": "CO2", "process": "photoionisation", "sunlit_fraction": 0.5}
    at_mars = lossy(light).losses[0]
    far = lossy(light, body={"name": "Mars", "sun_distance": "2 au"}).losses[0]
    every = sum(photo_frequency("CO2", ion) for ion in photo_ions("CO2"))
    assert far.frequency == pytest.approx(0.5 * every / 4.0, rel=1e-9)
    assert at_mars.frequency == pytest.approx(0.5 * every / 1.5237**2, rel=1e-3)
    one = lossy({**light, "ion": "CO2+", "sunlit_fraction": 1.0}, body={"name": "Mars", "sun_distance": "1 au"})
    assert one.losses[0].frequency == pytest.approx(photo_frequency("CO2", "CO2+", AU), rel=1e-9)
    broken = lossy({"species": "CO2", "process": "photodissociation"}, body={"name": "Mars", "sun_distance": "1 au"})
    assert broken.losses[0].frequency == pytest.approx(photodissociation_frequency("CO2", AU), rel=1e-9)


def test_electrons_beams_and_plain_frequencies_make_frequencies() -> None:
    electrons = {"process": "electron_impact", "electron_density": "10 cm-3", "electron_temperature": "2e5 K"}
    case = lossy(
        {"species": "H", **electrons}, {"species": "H", **BEAM},
        {"species": "CO2", "process": "frequency", "frequency": "2e-7 s-1"},
    )  # fmt: skip
    nu = [loss.frequency for loss in case.losses]
    assert nu == pytest.approx([1e7 * float(impact_rate("H", 2e5)), 3e6 * 4e5 * 2e-19, 2e-7], rel=1e-12)
    table = losses_of(case)
    assert table.frequency == pytest.approx([2e-7, nu[0] + nu[1]])
    assert table.share == pytest.approx([nu[0] / (nu[0] + nu[1]), nu[1] / (nu[0] + nu[1]), 1.0])
    assert [loss.name for loss in case.losses] == ["H.electron_impact", "H.charge_exchange", "CO2.frequency"]


def test_thermal_ions_are_partners_with_a_typical_frequency() -> None:
    case = lossy({"species": "CO2", **IONS}, {"species": "H", **IONS, "ion_velocity": "2 km/s"})
    unlike, like = case.losses
    assert (unlike.resonant, like.resonant) == (False, True)
    assert like.ion_mass == pytest.approx(species("H+").mass, rel=1e-9)
    spread = (K_B * (270.0 / species("H").mass + 3000.0 / like.ion_mass)) ** 0.5
    expected = 1e8 * 5e-19 * float(mean_speed(2000.0, spread))
    assert like.typical_frequency(270.0, species("H").mass) == pytest.approx(expected)
    table = exchanges_of(case)
    assert list(table.first) == [0, 1, 2]
    assert list(table.resonant) == [False, True]
    assert losses_of(case).place.size == 0


def test_the_packages_fit_is_a_cross_section_by_name() -> None:
    case = lossy(
        {"species": "H", **IONS, "cross_section": "fit"},
        {"species": "CO2", **BEAM, "cross_section": "fit", "ion": "H+"},
        {"species": "CO2", **IONS, "cross_section": "fit", "ion_velocity": "-400 km/s", "name": "wind"},
    )
    hydrogen, beam, wind = case.losses
    mass = species("H+").mass
    energy = 0.5 * mass * 4e5**2
    assert beam.frequency == pytest.approx(3e6 * 4e5 * float(sigma("H+", "CO2", energy)), rel=1e-9)
    assert beam.fit
    assert not beam.thermal
    speed = (8.0 * K_B * 3000.0 / (np.pi * mass)) ** 0.5
    assert hydrogen.cross_section == pytest.approx(float(sigma("H+", "H", 0.5 * mass * speed**2)), rel=1e-6)
    assert hydrogen.fit_range[0] == 0.0
    assert 0.5 * mass * wind.fit_range[0] ** 2 == pytest.approx(200.0 * EV, rel=1e-6)
    table = exchanges_of(case)
    assert list(table.varies) == [True, True]
    # The averages of a cross section that depends on speed are those of that speed where ions are cold.
    fast = np.log1p(4e5 / table.spread[1]) * MEANS_PER_LN
    share = np.interp(fast, np.arange(MEAN_NODES), table.means[1, 0])
    assert table.rate[1] / 1e8 * share == pytest.approx(float(sigma("H+", "CO2", energy)), rel=2e-3)
    assert case_from_dict(case.to_dict()) == case


def test_particles_above_the_outer_boundary_are_lost_with_the_same_frequency_unless_another_is_given() -> None:
    loss = {"species": "H", "process": "frequency", "frequency": "2e-7 s-1"}
    assert list(frequencies_beyond(lossy(loss))) == [0.0, 2e-7]
    assert list(frequencies_beyond(lossy(loss, outer={"loss_frequency": "1e-6 s-1"}))) == [1e-6, 1e-6]


def test_a_resolved_case_with_losses_survives_its_dictionary() -> None:
    case = lossy({"species": "H", **IONS}, {"species": "H", "process": "photoionisation"})
    assert case_from_dict(case.to_dict()) == case
    old = case.to_dict()
    del old["losses"]
    assert case_from_dict(old).losses == ()


def test_test_particles_add_losses_to_their_frequency() -> None:
    tables = copy.deepcopy(HOT_ATOMS)
    tables["loss"] = [{"species": "O", **BEAM}]
    case = make_history_case(tables)
    assert case.followed[0].loss_frequency == pytest.approx(1e-6 + 3e6 * 4e5 * 2e-19, rel=1e-12)
    tables["loss"] = [{"species": "O", **IONS}]
    with pytest.raises(InputError, match="thermal ions are partners in the dsmc solver only"):
        make_history_case(tables)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ({"species": "He", "process": "photoionisation"}, 'loss.0.species = "He": allowed: CO2, H'),
        ({"species": "H", "process": "photodissociation"}, "has no dissociation of H"),
        ({"species": "H", "process": "recombination"}, "loss.0.process"),
        ({"species": "H", "process": "frequency", "frequency": "-1e-7 s-1"}, "loss.0.frequency"),
        ({"species": "H", "process": "frequency"}, "loss.0.frequency: missing"),
        ({"species": "H", **BEAM, "cross_section": None}, "loss.0.cross_section: missing"),
        ({"species": "H", **IONS, "cross_section": None}, "loss.0.cross_section: missing"),
        ({"species": "H", **IONS, "ion": None}, "loss.0.ion: missing"),
        ({"species": "H", **IONS, "ion": "H"}, "must be a positive ion"),
        ({"species": "H", **IONS, "ion": "Xx+"}, "loss.0.ion"),
        ({"species": "H", **IONS, **BEAM}, "needs either beam_density, beam_speed or ion, ion_density"),
        ({"species": "H", "process": "charge_exchange", "cross_section": "1e-15 cm2"}, "(given: none)"),
        ({"species": "H", "process": "photoionisation", "frequency": "1 s-1"}, "it belongs to frequency"),
        ({"species": "H", "process": "photoionisation", "ion": "O+"}, "O+"),
        ({"species": "H", **IONS, "cross_section": "fitted"}, "allowed: 'fit' or a quantity"),
        ({"species": "H", **IONS, "cross_section": "0 cm2"}, "loss.0.cross_section"),
        ({"species": "CO2", **IONS, "cross_section": "fit", "ion": "O+"}, "no cross section has been measured"),
        ({"species": "CO2", **IONS, "cross_section": "fit"}, "covers (1/2) m g^2 from 200 to 5000 eV"),
        ({"species": "H", **BEAM, "cross_section": "fit"}, "loss.0.ion: missing"),
        ({"species": "H", **BEAM, "ion": "H+"}, "needs either beam_density, beam_speed or ion, ion_density"),
        ({"species": "CO2", **BEAM, "cross_section": "fit", "ion": "H+", "beam_speed": "100 km/s"}, "outside the data"),
        ({"species": "CO2", "process": "electron_impact", "electron_density": "1 cm-3",
          "electron_temperature": "1e5 K"}, "the rate of 'CO2' does not exist; choose one of H, He"),
        ({"species": "H", "process": "photoionisation", "sunlit_fraction": 1.5}, "loss.0.sunlit_fraction"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_the_run(loss: dict[str, Any], message: str) -> None:
    assert message in errors_of({k: v for k, v in loss.items() if v is not None})


def test_an_unknown_parent_or_distance_of_the_sun_is_named() -> None:
    own = {
        "solver": "dsmc", "body": {"jeans_parameter": 6.0}, "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
        "species": [{"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K",
                     "density": "1e10 m-3"}],
    }  # fmt: skip
    light = {"species": "X", "process": "photoionisation"}
    assert "body.sun_distance: missing; loss.0" in errors_of(light, base=own)
    known = errors_of(light, base=own, body={"jeans_parameter": 6.0, "sun_distance": "1 au"})
    assert "the photo-rates of 'X' does not exist; choose one of H, He" in known


def test_two_losses_of_one_name_are_refused() -> None:
    assert "appears twice in the results" in errors_of({"species": "H", **BEAM}, {"species": "H", **BEAM})
