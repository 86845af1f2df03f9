"""Charge exchange: published fits at their printed digits, measured curves, thermal rates, continuity and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.constants import ATOMIC_MASS, ELECTRON_MASS, EV, K_B
from exobase.cross_sections import charge_exchange as cx
from exobase.errors import InputError
from exobase.species import species

KEV = 1e3 * EV
UNIT = 1e-20

# Values of the published formulas at 1 keV [1e-16 cm2], and the last digit given.
AT_ONE_KEV = [
    ("H+", "H", 17.22, 0.01),
    ("H+", "O", 8.49, 0.01),
    ("O+", "H", 9.80, 0.01),
    ("O+", "O", 16.57, 0.01),
    ("H+", "N2", 6.54, 0.01),
    ("H+", "O2", 11.95, 0.01),
    ("H+", "CO2", 18.1, 0.1),
]

# Barnett 1990: energy per mass [keV/u], cross section [cm2], last digit.
BARNETT = [
    ("H+", "He", 1, 1.0, 4.28e-19, 1e-21),
    ("H+", "He", 1, 10.0, 9.81e-17, 1e-19),
    ("He+", "H", 1, 1.0, 4.59e-17, 1e-19),
    ("He+", "He", 1, 1.0, 7.87e-16, 1e-18),
    ("He++", "H", 1, 1.0, 1.87e-16, 1e-18),
    ("He++", "H", 1, 10.0, 1.23e-15, 1e-17),
    ("He++", "He", 1, 1.0, 1.76e-17, 1e-19),
    ("He++", "He", 2, 1.0, 2.51e-16, 1e-18),
]

# Stebbings, Smith & Ehrhardt 1964, O+ + O: E [eV], sigma [1e-16 cm2].
STEBBINGS = [(33.911, 24.104), (170.36, 20.613), (500.39, 18.035), (1029.7, 16.399), (4990.4, 13.035), (9816.1, 11.871)]

THERMAL = [("H+", "H"), ("H+", "O"), ("O+", "H"), ("O+", "O")]


@pytest.mark.parametrize(("ion", "neutral", "expected", "digit"), AT_ONE_KEV)
def test_fits_give_the_published_values_at_1_kev(ion: str, neutral: str, expected: float, digit: float) -> None:
    assert cx.sigma(ion, neutral, KEV) / UNIT == pytest.approx(expected, abs=0.52 * digit, rel=0.0)


@pytest.mark.parametrize(("ion", "neutral", "electrons", "energy", "expected", "digit"), BARNETT)
def test_barnett_s_fits_give_his_values(
    ion: str, neutral: str, electrons: int, energy: float, expected: float, digit: float
) -> None:
    e = energy * KEV * species(ion).mass / ATOMIC_MASS
    assert 1e4 * cx.sigma(ion, neutral, e, electrons) == pytest.approx(expected, abs=0.52 * digit, rel=0.0)


@pytest.mark.parametrize(("energy", "expected"), STEBBINGS)
def test_o_plus_in_o_agrees_with_the_measured_curve(energy: float, expected: float) -> None:
    assert cx.sigma("O+", "O", energy * EV) / UNIT == pytest.approx(expected, rel=0.03, abs=0.0)


@pytest.mark.parametrize(("ion", "neutral"), THERMAL)
def test_fit_and_thermal_law_join_without_a_step(ion: str, neutral: str) -> None:
    low, high = cx.reaction(ion, neutral).reach
    energy = np.geomspace(low, high, 200001)
    ratio = np.diff(np.log(cx.sigma(ion, neutral, energy)))
    step = math.log(energy[1] / energy[0])
    # The steepest part is that of fast H+, about E^-5.
    assert np.max(np.abs(ratio)) < 6.0 * step


def test_below_the_fits_cross_sections_fall_with_energy() -> None:
    for ion, neutral in THERMAL:
        r = cx.reaction(ion, neutral)
        values = cx.sigma(ion, neutral, np.geomspace(r.reach[0], r.valid[0], 2001))
        assert np.all(np.diff(values) <= 1e-9 * values[:-1]), ion


@pytest.mark.parametrize(("ion", "neutral", "c"), [("H+", "O", 2.2e-11), ("O+", "H", 2.5e-11)])
def test_thermal_ions_have_the_published_rate_coefficient(ion: str, neutral: str, c: float) -> None:
    # k = <sigma g> over the Maxwellian of H at T with O at rest: c sqrt(T) [cm3/s].
    temperature = 800.0
    mass = species("H").mass
    x = np.linspace(0.0, 6.0, 24001)
    g = x * math.sqrt(2.0 * K_B * temperature / mass)
    sigma = cx.sigma_or_edge(ion, neutral, 0.5 * species(ion).mass * g**2)
    k = np.trapezoid(sigma * g * 4.0 / math.sqrt(math.pi) * x**2 * np.exp(-(x**2)), x)
    assert 1e6 * k == pytest.approx(c * math.sqrt(temperature), rel=3e-3, abs=0.0)


def test_the_thermal_rate_of_h_plus_and_o_is_near_the_quantal_one_at_1000_k() -> None:
    # Stancil et al. 1999: k = 1.26e-9 x^.517 exp(-227/T) + 4.25e-10 x^.00669 cm3/s, x = T/10^4 K.
    temperature, x = 1000.0, 0.1
    quantal = 1.26e-9 * x**0.517 * math.exp(-227.0 / temperature) + 4.25e-10 * x**0.00669
    mean = math.sqrt(8.0 * K_B * temperature / (math.pi * species("H").mass))
    sigma = cx.sigma("H+", "O", 0.5 * species("H+").mass * mean**2)
    assert 1e6 * sigma * mean == pytest.approx(quantal, rel=0.05, abs=0.0)


def test_resonant_thermal_drag_is_that_of_ionospheric_physics() -> None:
    # Schunk & Nagy: nu(O+, O) = 3.67e-11 sqrt(T)(1 - .064 lg T)^2, nu(H+, H) = 2.65e-10 sqrt(T)(1 - .083 lg T)^2 cm3/s;
    # nu = (4/3) sigma <g> for constant sigma. Older data than the fits: 20 %.
    temperature = 1000.0
    lg = math.log10(temperature)
    for name, a, b in (("O", 3.67e-11, 0.064), ("H", 2.65e-10, 0.083)):
        m = species(name).mass
        mean = math.sqrt(16.0 * K_B * temperature / (math.pi * m))
        sigma = cx.sigma(f"{name}+", name, 0.5 * m * mean**2)
        published = 1e-6 * a * math.sqrt(temperature) * (1.0 - b * lg) ** 2
        assert 4.0 / 3.0 * sigma * mean == pytest.approx(published, rel=0.2, abs=0.0)


def test_isotopes_act_as_their_parent_at_equal_relative_speed() -> None:
    g = 4e5
    for heavy, neutral, parent, target in (("D", "H", "H", "H"), ("18O", "O", "O", "O"), ("H", "13CO2", "H", "CO2")):
        ours, parents = (0.5 * (species(name).mass - ELECTRON_MASS) * g**2 for name in (heavy, parent))
        expected = cx.sigma(parent + "+", target, parents)
        assert cx.sigma(heavy + "+", neutral, ours) == pytest.approx(expected, rel=1e-9, abs=0.0)
    assert cx.reaction("D+", "H").fast == "D"
    assert cx.reaction("D+", "H").new_ion == "H+"


def test_reactions_name_products_and_defects() -> None:
    r = cx.reaction("H+", "O")
    assert (r.fast, r.new_ion) == ("H", "O+")
    assert r.defect / EV == pytest.approx(-0.0197, abs=1e-9)
    assert r.valid == pytest.approx((10.0 * EV, 1e5 * EV))
    assert r.reach[0] < r.valid[0]
    one, two = cx.reaction("He++", "He"), cx.reaction("He++", "He", 2)
    assert (one.fast, one.new_ion, two.fast, two.new_ion) == ("He+", "He+", "He", "He++")
    assert one.defect / EV == pytest.approx(29.8304, abs=1e-4)
    assert two.defect / EV == pytest.approx(0.0, abs=1e-9)
    assert cx.defect("He++", "H") / EV == pytest.approx(40.82, abs=0.005)
    assert cx.defect("O+", "CO2") / EV == pytest.approx(-0.155, abs=5e-4)


def test_every_reaction_can_be_evaluated_over_its_reach() -> None:
    for r in cx.reactions():
        values = cx.sigma(r.ion, r.neutral, np.geomspace(*r.reach, 101), r.electrons)
        assert np.all((values > 0.0) & (values < 2e-18)), r
        assert cx.known(r.ion, r.neutral, r.electrons)
    assert not cx.known("O+", "CO2")


def test_energies_outside_the_reach_are_refused_or_held_at_the_edge() -> None:
    with pytest.raises(InputError, match=r"H\+ with CO2: 1e\+04 eV is outside the data, 200 to 5000 eV"):
        cx.sigma("H+", "CO2", np.array([1.0, 10.0]) * KEV)
    with pytest.raises(InputError, match="outside the data"):
        cx.sigma("H+", "N2", EV)
    assert cx.sigma_or_edge("H+", "CO2", 10.0 * KEV) == cx.sigma("H+", "CO2", 5.0 * KEV)
    assert cx.sigma_or_edge("H+", "CO2", 0.0) == pytest.approx(cx.sigma("H+", "CO2", 0.2 * KEV), rel=1e-12)


def test_pairs_without_data_are_refused_with_advice() -> None:
    with pytest.raises(InputError, match=r"usually 10e-16 cm2, 5e-16 to 15e-16"):
        cx.sigma("O+", "CO2", KEV)
    with pytest.raises(InputError, match=r"choose one of .*give a constant or a table"):
        cx.reaction("N+", "CO2")
    with pytest.raises(InputError, match="captures 1 to 1 electrons, not 2"):
        cx.products("H+", "O", 2)
    with pytest.raises(InputError, match="is not an ion"):
        cx.reaction("H", "O")
