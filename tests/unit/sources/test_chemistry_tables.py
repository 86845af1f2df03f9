"""The tables of recombination and photo-rates: known values, consistent branching, and clear refusals.

k(Te) = a (t_ref/Te)^b; O2+ after Sheehan & St-Maurice 2004: 1.95e-7 cm3/s at 300 K, exponent 0.70 to 1200 K and 0.56
above. Photo-rates at 1 AU scale with the inverse square of the distance.
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase.constants import AU, ELECTRON_MASS, EV
from exobase.errors import InputError
from exobase.sources.molecules import product_mass
from exobase.sources.photolysis import channels_of, ionisation_rate, parents, photo_channels
from exobase.sources.recombination import (
    branchings,
    ions,
    products_of,
    rate_law,
    rate_laws,
    recombination_channels,
)
from exobase.species import species


def test_six_ions_are_in_the_table() -> None:
    assert ions() == ["O2+", "CO+", "N2+", "CO2+", "NO+", "HCO+"]


@pytest.mark.parametrize(
    ("ion", "law", "t", "k"),
    [
        ("O2+", "sheehan", 300.0, 1.95e-7),
        ("O2+", "sheehan", 600.0, 1.95e-7 * 0.5**0.70),
        ("O2+", "sheehan", 2400.0, 7.39e-8 * 0.5**0.56),
        ("O2+", "peverall", 1200.0, 2.4e-7 * 0.25**0.70),
        ("CO+", "rosen", 300.0, 2.75e-7),
        ("N2+", "sheehan", 600.0, 2.2e-7 * 0.5**0.39),
        ("CO2+", "viggiano", 300.0, 4.2e-7),
        ("NO+", "sheehan", 300.0, 3.5e-7),
        ("HCO+", "umist", 600.0, 2.4e-7 * 0.5**0.69),
    ],
)
def test_rate_coefficients_have_their_published_values(ion: str, law: str, t: float, k: float) -> None:
    assert rate_law(ion, law).coefficient(t) == pytest.approx(k * 1e-6, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("ion", ions())
def test_rate_coefficients_are_continuous(ion: str) -> None:
    for name in rate_laws(ion):
        law = rate_law(ion, name)
        for top in law.top[:-1]:
            below, above = law.coefficient(np.array([top, top * (1 + 1e-12)]))
            assert above == pytest.approx(below, rel=1e-3, abs=0.0)


@pytest.mark.parametrize("ion", ions())
def test_branching_adds_up_and_products_make_the_ion(ion: str) -> None:
    """Fractions add up to one, energies are positive, and the products' mass is the ion's and one electron's."""
    atoms = product_mass(ion) + ELECTRON_MASS
    for name in branchings(ion):
        channels = recombination_channels(ion, name)
        assert sum(c.rate for c in channels) == pytest.approx(1.0, rel=1e-12)
        for c in channels:
            assert 0.1 * EV < c.energy < 10.0 * EV
            assert sum(product_mass(p) for p in c.products) == pytest.approx(atoms, rel=1e-4, abs=0.0)
            assert set(c.products) <= set(products_of(ion))


def test_oxygen_has_the_branching_of_kella_by_default() -> None:
    channels = recombination_channels("O2+")
    assert [c.energy / EV for c in channels] == pytest.approx([6.99, 5.02, 3.06, 0.83], rel=1e-12)
    assert [c.rate for c in channels] == pytest.approx([0.22, 0.42, 0.31, 0.05], rel=1e-12)
    assert [c.rate for c in recombination_channels("O2+", "petrignani")] == pytest.approx(
        [0.265, 0.473, 0.204, 0.058], rel=1e-12
    )


def test_photo_rates_scale_with_the_inverse_square() -> None:
    near, far = photo_channels("CO"), photo_channels("CO", distance=1.5 * AU)
    assert [c.name for c in near] == ["C(3P) + O(3P)"]
    assert near[0].rate == pytest.approx(2.81e-7, rel=1e-12, abs=0.0)
    assert far[0].rate == pytest.approx(2.81e-7 / 2.25, rel=1e-12, abs=0.0)
    assert near[0].energy == pytest.approx(2.56 * EV, rel=1e-12, abs=0.0)


def test_the_active_sun_has_its_own_rates_and_energies() -> None:
    channels = photo_channels("O2", "active")
    assert [c.rate for c in channels] == pytest.approx([2.15e-7, 6.47e-6, 9.35e-8], rel=1e-12, abs=0.0)
    assert [c.energy / EV for c in channels] == pytest.approx([5.85, 1.55, 0.74], rel=1e-12)


def test_rows_that_replace_others_are_used_by_name_only() -> None:
    assert "C + O (total)" in channels_of("CO")
    assert photo_channels("CO", names=["C + O (total)"])[0].rate == pytest.approx(4.4e-7, rel=1e-12, abs=0.0)
    assert [c.name for c in photo_channels("CO2")] == ["CO + O(1D)"]


@pytest.mark.parametrize("parent", parents())
def test_photo_products_make_the_parent(parent: str) -> None:
    for name in channels_of(parent):
        (channel,) = photo_channels(parent, names=[name], excess_energy=1.0 * EV)
        total = sum(product_mass(p) for p in channel.products)
        assert total == pytest.approx(species(parent).mass, rel=1e-4, abs=0.0)


def test_ionisation_sums_its_channels_and_no_alternative() -> None:
    assert ionisation_rate("O") == pytest.approx(2.44e-7, rel=1e-12, abs=0.0)
    assert ionisation_rate("O2", "active", 2.0 * AU) == pytest.approx((1.18e-6 + 3.47e-7) / 4.0, rel=1e-12, abs=0.0)


def test_radicals_have_the_mass_of_their_atoms() -> None:
    assert product_mass("CH3") == pytest.approx(species("C").mass + 3.0 * species("H").mass, rel=1e-14, abs=0.0)
    assert product_mass("HCO+") == pytest.approx(
        species("H").mass + species("CO").mass - ELECTRON_MASS, rel=1e-4, abs=0.0
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rate_law("O3+"), ["O3+", "O2+"]),
        (lambda: rate_law("O2+", "shehan"), ["shehan", "sheehan", "peverall"]),
        (lambda: recombination_channels("O2+", "fox"), ["fox", "kella", "petrignani"]),
        (lambda: photo_channels("CO3"), ["CO3", "CO2"]),
        (lambda: photo_channels("CO2", names=["CO + O(3P)"]), ["CO + O(3P)", "excess_energy"]),
        (lambda: photo_channels("CH4"), ["CH4", "excess_energy", "CH3 + H"]),
        (lambda: photo_channels("CO2", "active", names=["CO + O(3P)"], excess_energy=EV), ["active", "quiet"]),
        (lambda: photo_channels("CO2", "busy"), ["busy", "quiet", "active"]),
        (lambda: ionisation_rate("C", "active"), ["C", "active"]),
        (lambda: product_mass("Xq2"), ["Xq2"]),
        (lambda: product_mass("co"), ["co"]),
    ],
)
def test_unknown_names_are_refused_with_what_exists(call: object, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        call()  # type: ignore[operator]
    assert all(word in str(caught.value) for word in words)
