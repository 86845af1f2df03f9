"""Users' tables of elastic cross sections: what is sampled from them, and the averages that plans and checks use.

Exact: power laws for totals (ln sigma is linear in ln E, as the tables are), (1 - cos chi)/2 = u for isotropic
scattering, integrals of simple differential cross sections. Samples are drawn by quadrature in u, or 400 000 of them.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chi2

from exobase.analytic import kinetic
from exobase.constants import ATOMIC_MASS, EV, K_B
from exobase.cross_sections.listed import build_listed
from exobase.cross_sections.lookup import SPEEDS, bound, fill_deflections, fill_totals
from exobase.cross_sections.pair_rates import (
    effective_cross_section,
    equivalent,
    mixture_mean_free_path,
    rate_coefficient,
)
from exobase.cross_sections.scattering import PairLaw, build_scattering
from exobase.cross_sections.tabulated import DIFFERENTIAL, ISOTROPIC, QUANTILES, ElasticTable, integrated
from exobase.cross_sections.vhs import mean_laws, vhs_coefficient
from exobase.errors import InputError
from exobase.species import Species, species

Array = npt.NDArray[np.float64]
MASS = 28.0 * ATOMIC_MASS
KIND = Species("A", MASS, 0, 4e-10, 0.75, 273.0, 1.0, 0.0, "test")
ANGLES = np.radians([0.0, 0.5, 2.0, 10.0, 40.0, 90.0, 140.0, 180.0])
FORWARD = np.array([4e-17, 3e-17, 5e-18, 2e-19, 1e-20, 4e-21, 3e-21, 2.5e-21])
BACKWARD = FORWARD[::-1] * 1e-2


def power_table(omega: float, energies: int = 25, **more: object) -> ElasticTable:
    """Totals of variable hard spheres of 4 angstrom, from 1e-4 to 10 eV."""
    energy = np.geomspace(1e-4, 10.0, energies) * EV
    a = vhs_coefficient(4e-10, omega, 273.0, 0.5 * MASS)
    sigma = a * (4.0 * energy / MASS) ** (0.5 - omega)
    return ElasticTable("vhs.csv", ISOTROPIC, tuple(energy), tuple(sigma), **more)  # type: ignore[arg-type]


def angular_table() -> ElasticTable:
    """Forward peaked at 1 eV, backward at 4 eV."""
    total = tuple(integrated(ANGLES, values) for values in (FORWARD, BACKWARD))
    angles = (tuple(ANGLES),) * 2
    return ElasticTable("peaks.csv", DIFFERENTIAL, (EV, 4.0 * EV), total, angles, (tuple(FORWARD), tuple(BACKWARD)))


def deflections(table: ElasticTable, energy: float, u: Array) -> Array:
    tables = build_scattering([species("O")], [species("CO2")], [PairLaw("O", "CO2", "table", table=table)])
    out = np.empty(u.size)
    fill_deflections(tables, 0, energy, u, out)
    return out


def middles(number: int) -> Array:
    return (np.arange(number) + 0.5) / number


@pytest.mark.parametrize("omega", [0.5, 0.75, 1.0])
def test_totals_of_a_power_law_are_interpolated_to_1e_4(omega: float) -> None:
    """The requirement is 0.5 %; with 5 energies to a decade, and at the ends as at the first and last energy."""
    table = power_table(omega)
    tables = build_scattering([species("O")], [species("CO2")], [PairLaw("O", "CO2", "table", table=table)])
    energy = np.geomspace(1e-4, 10.0, 997) * EV
    found = np.empty(energy.size)
    fill_totals(tables, 0, energy, found)
    a = vhs_coefficient(4e-10, omega, 273.0, 0.5 * MASS)
    assert found == pytest.approx(a * (4.0 * energy / MASS) ** (0.5 - omega), rel=1e-4, abs=0.0)
    ends = np.empty(2)
    fill_totals(tables, 0, np.array([1e-6, 1e3]) * EV, ends)
    assert ends == pytest.approx([table.total[0], table.total[-1]], rel=1e-12, abs=0.0)


def test_a_narrow_resonance_is_kept() -> None:
    """A peak of ten times the height over 1 % of the energy: within 0.5 % at every energy of the table."""
    energy = np.array([0.1, 0.995, 1.0, 1.005, 10.0]) * EV
    total = np.array([1.0, 1.0, 10.0, 1.0, 1.0]) * 1e-19
    table = ElasticTable("peak.csv", ISOTROPIC, tuple(energy), tuple(total))
    grid = table.totals
    assert np.interp(np.log(energy), grid.ln_energy, grid.sigma) == pytest.approx(total, rel=5e-3, abs=0.0)
    tables = build_scattering([species("O")], [species("CO2")], [PairLaw("O", "CO2", "table", table=table)])
    reduced = species("O").mass * species("CO2").mass / (species("O").mass + species("CO2").mass)
    energies = np.sort(np.concatenate([np.geomspace(0.01, 20.0, 20001) * EV, energy]))
    at = np.sqrt(2.0 * energies / reduced)
    sigma = np.empty(at.size)
    fill_totals(tables, 0, 0.5 * reduced * at**2, sigma)
    highest = np.maximum.accumulate(sigma * at)
    bounds = np.array([bound(tables, 0, float(g)) for g in at])
    assert np.all(bounds >= highest)
    assert np.all(bounds <= 1.05 * np.interp(at * 1.0233, at, highest))
    assert SPEEDS[-1] > at[-1]


def test_energies_that_cannot_be_resolved_are_refused() -> None:
    table = ElasticTable("steep.csv", ISOTROPIC, (EV, EV * (1 + 1e-9), 1e6 * EV), (1e-19, 1e-18, 1e-19))
    with pytest.raises(InputError, match=r"steep.csv: sigma changes too steeply near 1 eV"):
        _ = table.totals


def test_isotropic_deflections_are_uniform_in_the_cosine() -> None:
    u = middles(1000)
    assert deflections(power_table(0.75), EV, u) == pytest.approx(2.0 * (1.0 - u), rel=1e-12, abs=1e-12)


def test_an_isotropic_differential_cross_section_has_its_total_and_angles() -> None:
    """dsigma constant: sigma = 4 pi dsigma, exactly, from 3 angles."""
    angles = np.radians([0.0, 90.0, 180.0])
    assert integrated(angles, np.full(3, 1e-20)) == pytest.approx(4.0 * math.pi * 1e-20, rel=1e-12, abs=0.0)
    table = ElasticTable("d.csv", DIFFERENTIAL, (EV,), (1e-19,), (tuple(angles),), ((1e-20,) * 3,))
    u = middles(1000)
    assert deflections(table, 0.1 * EV, u) == pytest.approx(2.0 * (1.0 - u), rel=1e-9, abs=1e-12)


def test_the_integral_of_a_power_of_the_angle_is_exact() -> None:
    """dsigma = c chi^-3 from 1 to 180 deg, linear in logarithms: two angles are enough; 0.1 % by quadrature."""
    chi = np.geomspace(math.radians(1.0), math.pi, 200_001)
    exact = np.trapezoid(2.0 * math.pi * 1e-20 * chi**-3 * np.sin(chi), chi)
    ends = np.radians([1.0, 180.0])
    assert integrated(ends, 1e-20 * ends**-3) == pytest.approx(exact, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("energy", "values"), [(1.0, FORWARD), (4.0, BACKWARD)])
def test_sampled_angles_follow_the_differential_cross_section(energy: float, values: Array) -> None:
    """Chi-squared of 400 000 angles in 60 bins of equal probability, by the table's own law of interpolation."""
    n, bins = 400_000, 60
    x = deflections(angular_table(), energy * EV, np.random.default_rng(3).random(n))
    chi = np.concatenate([[0.0], np.geomspace(1e-5, math.pi, 400_001)])
    positive = ANGLES > 0.0
    density = np.exp(np.interp(np.log(np.maximum(chi, 1e-300)), np.log(ANGLES[positive]), np.log(values[positive])))
    near = chi < ANGLES[1]
    density[near] = np.interp(chi[near], ANGLES[:2], values[:2])
    per_angle = density * np.sin(chi)
    mass = np.concatenate([[0.0], np.cumsum(0.5 * (per_angle[1:] + per_angle[:-1]) * np.diff(chi))])
    edges = np.interp(np.linspace(0.0, 1.0, bins + 1), mass / mass[-1], chi)
    found = np.histogram(2.0 * np.arcsin(np.sqrt(0.5 * x)), bins=edges)[0]
    assert found.sum() == n
    statistic = float(((found - n / bins) ** 2 / (n / bins)).sum())
    assert chi2.sf(statistic, bins - 1) > 1e-3


@pytest.mark.parametrize("energy", [0.3, 1.0, 1.7, 4.0, 9.0])
def test_the_momentum_transfer_of_samples_is_that_of_the_table(energy: float) -> None:
    """At its energies, between them (linear in ln E times the total), and as at the ends outside."""
    table = angular_table()
    mean = float(deflections(table, energy * EV, middles(2_000_000)).mean())
    sigma = float(table.section(energy * EV))
    assert mean * sigma == pytest.approx(float(table.momentum_transfer(energy * EV)), rel=1e-5, abs=0.0)
    if energy == 1.0:
        chi = np.linspace(0.0, math.pi, 2_000_001)
        at = np.exp(np.interp(np.log(np.maximum(chi, 1e-9)), np.log(ANGLES[1:]), np.log(FORWARD[1:])))
        at = np.where(chi < ANGLES[1], np.interp(chi, ANGLES[:2], FORWARD[:2]), at)
        exact = np.trapezoid(2.0 * math.pi * at * (1.0 - np.cos(chi)) * np.sin(chi), chi)
        assert mean * sigma == pytest.approx(exact, rel=1e-3, abs=0.0)


def test_quantiles_of_the_angle_are_met() -> None:
    """A part u_i of all samples deflects by less than the angle chi_i; uniform in solid angle between."""
    angles, parts = (0.3, 5.0, 60.0), (0.5, 0.8, 0.95)
    radians = tuple(math.radians(a) for a in angles)
    table = ElasticTable("q.csv", QUANTILES, (EV,), (1e-19,), (radians,), (parts,))
    x = deflections(table, EV, middles(1_000_000))
    for angle, part in zip(radians, parts, strict=True):
        assert float(np.mean(x < 1.0 - math.cos(angle))) == pytest.approx(part, abs=2e-6)
    nodes = 2.0 * np.sin(0.5 * np.array([0.0, *radians, math.pi])) ** 2
    exact = float((np.diff([0.0, *parts, 1.0]) * 0.5 * (nodes[1:] + nodes[:-1])).sum())
    assert float(x.mean()) == pytest.approx(exact, rel=1e-5, abs=0.0)
    assert table.mean_deflections[0] == pytest.approx(exact, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("omega", [0.5, 0.75, 1.0])
def test_averages_over_a_gas_are_those_of_variable_hard_spheres(omega: float) -> None:
    """<sigma g>/<g>, rate and mean free path at 100 to 1000 K, 0.02 %: the table begins at 1e-4 eV."""
    table = power_table(omega)
    plain = mean_laws([_with(omega)])
    laws = plain._replace(listed=((0, 0, table),))
    t = np.array([100.0, 300.0, 1000.0])
    exact = kinetic.effective_cross_section(t, 4e-10, omega, 273.0)
    assert effective_cross_section(laws, 0, 0, t) == pytest.approx(exact, rel=5e-4, abs=0.0)
    rate = kinetic.rate_coefficient(t, MASS, MASS, 4e-10, omega, 273.0)
    assert rate_coefficient(laws, 0, 0, t, MASS, MASS) == pytest.approx(rate, rel=5e-4, abs=0.0)
    n = np.full((1, 3), 1e18)
    path = mixture_mean_free_path(plain, n, t, np.array([MASS]))
    assert mixture_mean_free_path(laws, n, t, np.array([MASS])) == pytest.approx(path, rel=5e-4, abs=0.0)


def _with(omega: float) -> Species:
    return Species("A", MASS, 0, 4e-10, omega, 273.0, 1.0, 0.0, "test")


@pytest.mark.parametrize("omega", [0.5, 0.75, 1.0])
def test_the_spheres_like_a_table_of_spheres_are_these(omega: float) -> None:
    found = equivalent(power_table(omega), MASS, MASS, 300.0, 273.0)
    assert found == pytest.approx((4e-10, omega, 1.0), rel=1e-3, abs=0.0)


def test_the_spheres_like_a_table_have_its_diffusion() -> None:
    """3 kT/(16 n m_r Omega(1,1)); forward scattering of the mean deflection 0.1 makes it ten times larger."""
    angle = math.acos(1.0 - 0.2)  # all deflections uniform in solid angle below it: mean 1 - cos = 0.1
    table = ElasticTable("f.csv", QUANTILES, (EV,), (1e-19,), ((angle,),), ((1.0,),))
    diameter, omega, alpha = equivalent(table, MASS, MASS, 300.0, 273.0)
    isotropic = float(kinetic.diffusion(1.0, 300.0, MASS, MASS, math.sqrt(1e-19 / math.pi), 0.5))
    assert float(kinetic.diffusion(1.0, 300.0, MASS, MASS, diameter, omega, alpha, 273.0)) == pytest.approx(
        10.0 * isotropic, rel=1e-3, abs=0.0
    )


def test_the_share_of_collisions_outside_of_a_table_is_that_of_a_maxwellian() -> None:
    """Hard spheres: x exp(-x) dx of the collisions, so 1 - (1 + x) exp(-x) below x and (1 + x) exp(-x) above."""
    low, high = 0.5 * K_B * 300.0, 4.0 * K_B * 300.0
    table = ElasticTable("h.csv", ISOTROPIC, (low, high), (1e-19, 1e-19))
    (below, above) = table.share_outside(300.0)
    assert float(below) == pytest.approx(1.0 - 1.5 * math.exp(-0.5), rel=1e-4, abs=0.0)
    assert float(above) == pytest.approx(5.0 * math.exp(-4.0), rel=1e-4, abs=0.0)
    assert float(table.share_outside(300.0, table.enough(300.0))[1]) < 1e-3


def test_pairs_without_a_table_keep_their_law() -> None:
    laws = mean_laws([KIND, KIND])
    assert build_listed([KIND, KIND], laws) is None
    listed = build_listed([KIND, KIND], laws._replace(listed=((0, 1, power_table(0.75)),)))
    assert listed is not None
    assert listed.row.tolist() == [-1, 0, -1]
