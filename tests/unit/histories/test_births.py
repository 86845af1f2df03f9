"""Sources of a case become births: rates, areas, launch and refusals that name the source and the key.

Rates: a flux times 4 pi r^2 and the lit part; k(Te) n_ion n_e or J n/d^2 integrated over the profile, channels without
a followed product left out. A Maxwellian of density n sends n vbar/4 through a level.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from exobase.case.history_model import Background, Followed, HistoryCase, HistoryRun, HistoryTally, Source
from exobase.constants import AU, EV, K_B
from exobase.errors import InputError
from exobase.histories.births import birth_range, build_births, emitters_of, rate_profile
from exobase.particles.bank import new_bank
from exobase.sources.births import give_birth
from exobase.sources.emitters import whole_rate
from exobase.species import species

R0 = 3.5e6
AREA = 4.0 * math.pi * R0**2
M_O = species("O").mass
R = np.linspace(3.5e6, 3.7e6, 21)
N_ION = 1e11 * np.exp(-(R - R[0]) / 4e4)
DR = {
    "ion": "O2+", "r": tuple(R), "n_ion": tuple(N_ION), "n_e": tuple(N_ION), "T_i": (300.0,) * 21, "T_e": (800.0,) * 21,
}  # fmt: skip
PHOTO = {
    "parent": "O2", "distance": 1.5 * AU, "r": tuple(R), "n_parent": tuple(N_ION), "T_parent": (200.0,) * 21,
}  # fmt: skip
MONO = {"radius": R0, "energy": 2.0 * EV}
TABLE = {"radius": R0, "energy": (1.0 * EV, 2.0 * EV, 4.0 * EV), "spectrum": (0.0, 1.0, 0.0)}


def case(
    *sources: Source, followed: tuple[str, ...] = ("O",), zenith_cells: int = 0, outer: float = 1e7
) -> HistoryCase:
    """A case with these sources and nothing to collide with."""
    return HistoryCase(
        "test", None, "", "test_particle", "Mars", 4.28e13, 3.39e6, 3.45e6, outer, Background((), (), (), (), ()),
        tuple(Followed(species(name), 0.0) for name in followed), (), tuple(sources), HistoryRun(),
        HistoryTally((), (), (), (), zenith_cells=zenith_cells),
    )  # fmt: skip


def source(kind: str, settings: dict[str, Any], illumination: str = "global", emits: str = "O") -> Source:
    return Source(kind, "hot", emits, illumination, settings=settings)


def rate(kind: str, settings: dict[str, Any], illumination: str = "global", **more: Any) -> float:
    """The reported rate of one source."""
    births = build_births(case(source(kind, settings, illumination), **more))
    return float(births.rate[0] * births.report_factor[0])


def velocities(kind: str, settings: dict[str, Any], n: int = 200) -> np.ndarray:
    """Vertical component and speed of n births of one source [n, 2]."""
    births = build_births(case(source(kind, settings)))
    bank, state, out = new_bank(4), np.uint64(5), np.zeros((n, 2))
    for i in range(n):
        bank.waiting[0] = 0
        state, _ = give_birth(births, 0, 1.0, np.uint64(state), bank)
        x, v = bank.x[0, :3], bank.x[0, 3:6]
        out[i] = (x @ v) / np.linalg.norm(x), np.linalg.norm(v)
    return out


@pytest.mark.parametrize(("illumination", "factor"), [("global", 1.0), ("dayside", 0.5), ("cos_zenith", 0.25)])
@pytest.mark.parametrize("zenith_cells", [0, 6])
def test_a_flux_is_multiplied_by_the_lit_area_and_a_rate_is_not(
    illumination: str, factor: float, zenith_cells: int
) -> None:
    """The same with and without a map of zenith angles, where births are placed truly."""
    more = {"zenith_cells": zenith_cells}
    flux = rate("mono_energetic", {**MONO, "flux": 1e10}, illumination, **more)
    assert flux == pytest.approx(1e10 * AREA * factor, rel=1e-13, abs=0.0)
    assert rate("mono_energetic", {**MONO, "rate": 3e25}, illumination, **more) == pytest.approx(
        3e25, rel=1e-13, abs=0.0
    )
    assert rate("mono_energetic", MONO, illumination, **more) == pytest.approx(1.0, rel=1e-13, abs=0.0)
    births = build_births(case(source("mono_energetic", MONO, illumination), zenith_cells=zenith_cells))
    assert births.report_factor[0] == (1.0 if zenith_cells or factor == 1.0 else factor)


def test_a_thermal_level_sends_a_quarter_of_the_mean_speed() -> None:
    mean = math.sqrt(8.0 * K_B * 1000.0 / (math.pi * M_O))
    thermal = {"radius": R0, "temperature": 1000.0, "density": 1e11}
    assert rate("thermal", thermal, "dayside") == pytest.approx(0.5 * AREA * 0.25e11 * mean, rel=1e-12, abs=0.0)
    # Drifting far faster than thermal motion it is a beam: n u.
    fast = rate("thermal", {**thermal, "drift": 10e3})
    assert fast == pytest.approx(AREA * 1e11 * 10e3, rel=1e-6, abs=0.0)


def test_a_profile_is_scaled_to_the_rate_or_given_in_full() -> None:
    profile = {"energy": 2.0 * EV, "profile_r": tuple(R)}
    scaled = {**profile, "profile_density": tuple(N_ION), "rate": 1e20}
    assert rate("mono_energetic", scaled, "dayside") == pytest.approx(1e20, rel=1e-12, abs=0.0)
    full = rate("mono_energetic", {**profile, "profile_rate": tuple(N_ION)}, "dayside")
    assert full == pytest.approx(0.5 * whole_rate(R, N_ION), rel=1e-12, abs=0.0)
    warm = {"profile_r": tuple(R), "profile_density": tuple(N_ION), "temperature": 300.0, "rate": 7.0}
    assert rate("thermal", warm) == pytest.approx(7.0, rel=1e-12, abs=0.0)


def test_profiles_are_cut_to_the_domain() -> None:
    """An exponential rate from r = 3.5e6 m cut at 3.6e6 m within a piece, and the column at its end follows."""
    full = {"energy": 2.0 * EV, "profile_r": (R[0], R[-1]), "profile_rate": (1.0, math.exp(-5.0))}
    (emitter,) = emitters_of(case(source("mono_energetic", full), outer=3.6e6))
    assert emitter.r == pytest.approx([3.5e6, 3.6e6], rel=1e-14)
    assert emitter.q == pytest.approx([1.0, math.exp(-2.5)], rel=1e-12)
    warm = {**DR, "T_e": tuple(np.linspace(400.0, 1400.0, 21))}
    (emitter,) = emitters_of(case(source("dissociative_recombination", warm), outer=3.605e6))
    assert emitter.r[-1] == 3.605e6
    assert emitter.t_b[-1] == pytest.approx(400.0 + 1000.0 * 0.105 / 0.2, rel=1e-12)


def test_recombination_goes_as_the_product_of_densities() -> None:
    k = 1.95e-13 * (300.0 / 800.0) ** 0.70
    exact = whole_rate(R, k * N_ION**2)
    assert rate("dissociative_recombination", DR) == pytest.approx(exact, rel=1e-12, abs=0.0)
    assert rate("dissociative_recombination", {**DR, "scale": 0.3}) == pytest.approx(0.3 * exact, rel=1e-12, abs=0.0)
    r, q = rate_profile(case(source("dissociative_recombination", DR)), 0)
    assert q == pytest.approx(k * N_ION**2, rel=1e-12)
    assert r == pytest.approx(R, rel=1e-14)


def test_a_given_rate_of_recombination_needs_no_densities() -> None:
    given = {name: value for name, value in DR.items() if name not in ("n_ion", "n_e")}
    total = rate("dissociative_recombination", {**given, "recombination_rate": tuple(1e-3 * N_ION)}, "dayside")
    assert total == pytest.approx(0.5e-3 * whole_rate(R, N_ION), rel=1e-12, abs=0.0)


def test_channels_without_a_followed_product_are_left_out() -> None:
    """CO2+ gives O in 0.96, C in 0.04 of the cases; CO+ gives O always, and C with it where asked for."""
    ion = {**DR, "ion": "CO2+"}
    total = 4.2e-13 * (300.0 / 800.0) ** 0.75 * whole_rate(R, N_ION**2)
    assert rate("dissociative_recombination", ion) == pytest.approx(0.96 * total, rel=1e-12, abs=0.0)
    births = build_births(
        case(source("dissociative_recombination", {**ion, "products": ("O", "C")}), followed=("C", "O"))
    )
    assert births.rate[0] == pytest.approx(total, rel=1e-12, abs=0.0)
    assert births.products.tolist() == [[-1, 1], [0, -1]]


def test_photodissociation_goes_as_rate_density_and_distance() -> None:
    j = (1.45e-7 + 4.05e-6 + 3.90e-8) / 2.25
    assert rate("photodissociation", PHOTO, "dayside") == pytest.approx(
        0.5 * j * whole_rate(R, N_ION), rel=1e-12, abs=0.0
    )
    low, high = birth_range(case(source("photodissociation", {**PHOTO, "T_parent": (1e-10,) * 21})))
    assert (low / EV, high / EV) == pytest.approx((0.37, 2.195), rel=1e-4)


def test_incident_ions_move_inward_and_keep_their_velocity() -> None:
    """CO2+ of 1 keV becomes a CO2 of the same speed; O from O+ too."""
    angle = math.radians(55.0)
    ion = {"radius": R0, "incident": "CO2+", "energy": 1e3 * EV, "angle": angle}
    births = build_births(case(source("sputtering", ion, emits="CO2"), followed=("O", "CO2")))
    assert births.value[0, 1] == pytest.approx(math.sqrt(2e3 * EV / species("CO2+").mass), rel=1e-14, abs=0.0)
    beam = velocities("sputtering", {"radius": R0, "energy": 1e3 * EV, "angle": angle})
    assert beam[:, 0] / beam[:, 1] == pytest.approx(-math.cos(angle), rel=1e-9)
    wide = velocities("sputtering", {"radius": R0, "energy": 1e3 * EV, "launch": "isotropic_flux"})
    assert (wide[:, 0] < 0.0).all()
    spectrum = {"radius": R0, "incident": "CO2+", "energy": (1.0, 2.0), "spectrum": (1.0, 1.0), "spectrum_kind": "flux"}
    births = build_births(case(source("sputtering", spectrum)))
    assert births.rate[0] == pytest.approx(AREA, rel=1e-12, abs=0.0)
    # Neutralised as an O of equal speed, energies scale with the masses.
    assert births.energies[:, 0] == pytest.approx(np.array([1.0, 2.0]) * M_O / species("CO2+").mass, rel=1e-12)


def test_births_start_upward_on_a_level_and_anywhere_in_a_volume() -> None:
    assert (velocities("mono_energetic", MONO)[:, 0] > 0.0).all()
    inside = {"profile_r": tuple(R), "profile_density": tuple(N_ION), "speed": 3e3}
    v = velocities("mono_energetic", inside)
    assert 60 < (v[:, 0] > 0.0).sum() < 140
    assert v[:, 1] == pytest.approx(3e3, rel=1e-12)


def test_a_spectrum_sets_its_flux_and_energies() -> None:
    """The triangle has the area 1.5 eV; a power law E^-2 in two points has it exactly, with log interpolation."""
    flux = rate("table", {**TABLE, "spectrum_kind": "flux"}, "dayside")
    assert flux == pytest.approx(1.5 * EV * AREA * 0.5, rel=1e-12, abs=0.0)
    assert rate("table", {**TABLE, "spectrum_kind": "rate"}, "dayside") == pytest.approx(1.5 * EV, rel=1e-12, abs=0.0)
    power = {"radius": R0, "energy": (1.0, 10.0), "spectrum": (1.0, 0.01), "interpolation": "log"}
    assert rate("table", {**power, "spectrum_kind": "rate"}) == pytest.approx(0.9, rel=1e-3, abs=0.0)
    assert birth_range(case(source("table", TABLE))) == pytest.approx((EV, 4.0 * EV), rel=1e-12, abs=0.0)


def without(settings: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key not in keys}


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("mono_energetic", {**MONO, "enrgy": 1.0}, ["enrgy", "energy"]),
        ("mono_energetic", without(MONO, "energy"), ["energy", "speed", "none"]),
        ("mono_energetic", {**MONO, "speed": 1.0}, ["energy and speed"]),
        ("mono_energetic", {**MONO, "energy": -1.0}, ["energy = -1"]),
        ("mono_energetic", {**MONO, "energy": math.nan}, ["energy", "finite"]),
        ("mono_energetic", {**MONO, "rate": 1.0, "flux": 1.0}, ["rate and flux"]),
        ("mono_energetic", {**MONO, "launch": "beem", "angle": 0.1}, ["beem", "beam"]),
        ("mono_energetic", {**MONO, "launch": "beam"}, ["angle is missing"]),
        ("mono_energetic", {**MONO, "launch": "beam", "angle": 4.0}, ["angle = 4"]),
        ("mono_energetic", {**MONO, "angle": 0.1}, ["angle has no meaning"]),
        ("mono_energetic", {**MONO, "radius": 2e7}, ["radius = 20000 km", "3450..10000 km"]),
        ("mono_energetic", {"energy": EV}, ["radius", "profile_r"]),
        ("mono_energetic", {"energy": EV, "profile_r": (3.5e6, 3.4e6), "profile_rate": (1.0, 1.0)}, ["increase"]),
        ("mono_energetic", {"energy": EV, "profile_r": (3.5e6, 3.6e6), "profile_rate": (1.0,)}, ["1 values, 2"]),
        ("mono_energetic", {"energy": EV, "profile_r": (3.5e6, 3.6e6), "profile_rate": (1.0, -1.0)}, ["value 2", "-1"]),
        (
            "mono_energetic",
            {"energy": EV, "profile_r": (3.5e6, 3.6e6), "profile_rate": (0.0, 1.0)},
            ["zero everywhere"],
        ),
        (
            "mono_energetic",
            {"energy": EV, "profile_r": (3.0e6, 3.1e6), "profile_rate": (1.0, 1.0)},
            ["outside", "3000"],
        ),
        ("thermal", {"radius": R0, "density": 1e10}, ["temperature is missing"]),
        ("thermal", {"radius": R0, "temperature": 0.0}, ["temperature = 0"]),
        ("table", {**TABLE, "spectrum": (0.0, 0.0, 0.0)}, ["spectrum is zero"]),
        ("table", {**TABLE, "spectrum_kind": "rate", "rate": 2.0}, ["rate has no meaning"]),
        ("table", {**TABLE, "launch": "table", "angles": (0.0, 4.0), "angle_weight": (1.0, 1.0)}, ["angles", "3.14"]),
        ("dissociative_recombination", {**DR, "ion": "O3+"}, ["O3+", "O2+"]),
        ("dissociative_recombination", {**DR, "products": ("N",)}, ["N", "not followed"]),
        ("dissociative_recombination", {**DR, "ion": "N2+"}, ["does not produce O", "N"]),
        ("dissociative_recombination", {**DR, "recombination_rate": (1.0,) * 21}, ["n_ion", "no meaning"]),
        ("dissociative_recombination", without(DR, "T_e"), ["T_e is missing"]),
        ("dissociative_recombination", {**DR, "electron_energy": "yes"}, ["electron_energy"]),
        ("photodissociation", without(PHOTO, "distance"), ["distance is missing"]),
        ("photodissociation", {**PHOTO, "channels": ("O + O",)}, ["O + O", "O(3P) + O(3P)"]),
        ("sputtering", {"energy": EV}, ["radius is missing"]),
        ("sputtering", {"radius": R0, "energy": EV, "angle": 2.0}, ["angle = 2"]),
        ("sputtering", {"radius": R0, "energy": EV, "incident": "Xx+"}, ["Xx+"]),
        ("meteors", {}, ["meteors", "sputtering"]),
    ],
)
def test_bad_settings_are_refused(kind: str, settings: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        build_births(case(source(kind, settings)))
    (message,) = caught.value.messages
    assert "source 'hot'" in message
    assert all(word in message for word in words), message


def test_all_faulty_sources_are_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        build_births(case(source("thermal", {}), source("mono_energetic", MONO), source("sputtering", {})))
    assert len(caught.value.messages) == 2
    with pytest.raises(InputError, match="no source"):
        build_births(case())
