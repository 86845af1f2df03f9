"""Ionisation frequencies: sums of the table's channels, 1/d^2, Voronov's rates against integrals, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from exobase.constants import AU, ELECTRON_MASS, EV, K_B
from exobase.cross_sections import ionisation as ion
from exobase.errors import InputError
from exobase.sources import photolysis


def test_frequencies_are_sums_of_channels_and_fall_as_the_square_of_distance() -> None:
    assert ion.photo_frequency("O", "O+") == pytest.approx(2.44e-7, rel=1e-12)
    assert ion.photo_frequency("O", "O+", 1.52 * AU, "active") == pytest.approx(6.59e-7 / 1.52**2, rel=1e-12)
    assert ion.photo_frequency("CO2", "O+") == pytest.approx(6.38e-8, rel=1e-12)
    assert ion.photo_frequency("H2", "H+") == pytest.approx(9.52e-9, rel=1e-12)
    assert ion.photodissociation_frequency("H2O") == pytest.approx(1.03e-5 + 5.97e-7 + 7.54e-7, rel=1e-12)
    assert ion.photo_ions("CO2") == ["CO2+", "O+", "CO+", "C+"]
    assert "CO + O (all)" not in ion.photo_channels("CO2")


def test_all_ions_together_are_the_ionisation_rate() -> None:
    for parent in ion.photo_parents():
        total = sum(ion.photo_frequency(parent, name) for name in ion.photo_ions(parent))
        if total:
            assert total == pytest.approx(photolysis.ionisation_rate(parent), rel=1e-12)


@pytest.mark.parametrize("atom", ["H", "O"])
def test_voronov_s_rate_agrees_with_the_cross_section_over_a_maxwellian(atom: str) -> None:
    # Two independent fits: 25 % at 20 to 100 eV, the electrons of a sheath.
    for te in (20.0, 50.0, 100.0):
        e = np.linspace(1e-3, 40.0 * te, 400001) * EV
        kt = te * EV
        pdf = 2.0 / np.sqrt(np.pi) * np.sqrt(e) / kt**1.5 * np.exp(-e / kt)
        rate = ion.impact_sigma(atom, e) * np.sqrt(2.0 * e / ELECTRON_MASS)
        assert np.trapezoid(rate * pdf, e) == pytest.approx(float(ion.impact_rate(atom, kt / K_B)), rel=0.25, abs=0.0)


def test_rates_have_the_published_form() -> None:
    # O at U = 1: A exp(-1)/(1.073); and the cross section of H at 100 eV.
    assert ion.impact_rate("O", 13.6 * EV / K_B) == pytest.approx(1e-6 * 3.59e-8 * np.exp(-1.0) / 1.073, rel=1e-12)
    assert ion.impact_sigma("H", 100.0 * EV) == pytest.approx(1e-22 * 24000.0 * 86.6 / 140.0**2.1, rel=1e-12)
    assert ion.impact_sigma("H", 13.0 * EV) == 0.0


def test_errors_list_what_is_allowed() -> None:
    with pytest.raises(InputError, match=r"choose one of CO2\+, O\+, CO\+, C\+"):
        ion.photo_frequency("CO2", "N+")
    with pytest.raises(InputError, match="choose one of H, He, C"):
        ion.photo_channels("Xe")
    with pytest.raises(InputError, match="no rate for the active Sun; use 'quiet'"):
        ion.photo_frequency("C", "C+", AU, "active")
    with pytest.raises(InputError, match="choose one of quiet, active"):
        ion.photo_frequency("O", "O+", AU, "mean")
    with pytest.raises(InputError, match="choose one of H, He, C, N, O"):
        ion.impact_rate("Ar", 1e5)
    with pytest.raises(InputError, match="must be positive and at most 20000 eV"):
        ion.impact_rate("O", 1e9)
    with pytest.raises(InputError, match="no dissociation of H into neutrals"):
        ion.photodissociation_frequency("H")
    with pytest.raises(InputError, match="must be positive"):
        ion.photo_frequency("O", "O+", 0.0)
