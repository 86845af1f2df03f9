"""Births follow their source: where they are, how fast, in which direction, and both products of a dissociation.

Theory. Radii have the density q(r) r^2. Cosines mu to the vertical: 2 mu for the flux of an isotropic distribution, 1
for a hemisphere, 1/2 for the sphere. A Maxwellian flux has the mean energy 2 kT, a Maxwellian 3/2 kT. Product i of a
dissociation of a parent of mass M at rest has the energy Q m_j/M; the parent's thermal motion adds m_i/M of 3/2 kT to
the mean, and 2 (m_i/M) E_i kT + (3/2) (m_i/M)^2 (kT)^2 to the variance. A recombining electron has the energy density
E^(1/2 - b) exp(-E/kTe). Distributions are compared by Kolmogorov-Smirnov tests; each may fail by chance once in 1e5.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from exobase.constants import EV, K_B
from exobase.particles.bank import new_bank
from exobase.sources.births import BANK_FULL, BORN, from_local, give_birth
from exobase.sources.emitters import Emitter, Split, assemble, energy_range, whole_rate
from exobase.sources.layout import NOT_FOLLOWED
from exobase.sources.velocity import (
    ANGLES,
    BEAM,
    DISSOCIATION,
    ISOTROPIC,
    ISOTROPIC_FLUX,
    MAXWELL,
    MAXWELL_FLUX,
    MONO,
    SPECTRUM,
    UNIFORM_SOLID,
)
from exobase.species import species

Events = Callable[..., tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]]
N = 100_000
RARE = 1e-5
SIGMAS = 4.5
R0 = 3.5e6
M_O, M_N2 = species("O").mass, species("N2").mass
M_C = species("C").mass
NODES = np.array([3.5e6, 3.6e6, 3.65e6, 4.5e6])
RATES = np.array([2e3, 5e4, 1e3, 3e2])
LEVEL = Emitter(MONO, np.array([R0]), np.array([1e20]), np.zeros(1), np.zeros(1), 0, M_O, 4000.0, ISOTROPIC_FLUX)


def volume(law: int, t_a: float = 0.0, t_b: float = 0.0, **more: Any) -> Emitter:
    """A source on the nodes above."""
    return Emitter(law, NODES, RATES, np.full(4, t_a), np.full(4, t_b), **{"species": 0, "mass": M_O, **more})


def split(
    q: float, t_i: float, t_e: float = 0.0, b: tuple[float, ...] = (), mass: float = M_O, followed: int = 0
) -> Emitter:
    """O + another product of the given mass, from parents at t_i [K]; b: exponent of the recombination coefficient."""
    one = Split(q * EV, 0, followed, M_O, mass, 1.0)
    return volume(DISSOCIATION, t_i, t_e, splits=(one,), piece_top=(math.inf,) * len(b), piece_b=b)


def cosines(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of the velocity to the vertical."""
    up = (x[:, :3] * x[:, 3:6]).sum(axis=1)
    return np.asarray(up / np.linalg.norm(x[:, :3], axis=1) / np.linalg.norm(x[:, 3:6], axis=1))


def speed2(x: NDArray[np.float64], first: int = 3) -> NDArray[np.float64]:
    return np.asarray((x[:, first : first + 3] ** 2).sum(axis=1))


def close(sample: NDArray[np.float64], mean: float, variance: float) -> bool:
    """Whether the mean of a sample lies within SIGMAS standard errors."""
    return bool(abs(sample.mean() - mean) < SIGMAS * math.sqrt(variance / sample.size))


def rate_at(r: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(np.exp(np.interp(r, NODES, np.log(RATES))))


def test_the_rate_of_a_volume_is_its_integral() -> None:
    """4 pi r^2 q dr, against quadrature piece by piece; also pieces of steep change."""
    exact = sum(
        integrate.quad(lambda r: 4.0 * math.pi * r**2 * float(rate_at(r)), a, b, epsrel=1e-12)[0]
        for a, b in itertools.pairwise(NODES)
    )
    assert whole_rate(NODES, RATES) == pytest.approx(exact, rel=1e-11, abs=0.0)
    h, r = 1e3, np.array([R0, R0 + 2e5])
    steep = 4.0 * math.pi * (h * R0**2 + 2.0 * h**2 * R0 + 2.0 * h**3)
    assert whole_rate(r, np.exp(-(r - R0) / h)) == pytest.approx(steep, rel=1e-11, abs=0.0)


def test_radii_follow_the_rate_per_volume(events: Events) -> None:
    x, _, count = events(assemble([volume(MAXWELL, 300.0)], ["global"], False), 0, N)
    assert (count == 1).all()
    r = np.linalg.norm(x[:, :3], axis=1)
    fine = np.linspace(NODES[0], NODES[-1], 200_001)
    cdf = integrate.cumulative_simpson(fine**2 * rate_at(fine), x=fine, initial=0.0)
    assert stats.kstest(r, lambda v: np.interp(v, fine, cdf / cdf[-1])).pvalue > RARE
    assert r.min() >= NODES[0]
    assert r.max() <= NODES[-1]


def test_pieces_next_to_a_zero_emit_nothing(events: Events) -> None:
    source = replace(volume(MAXWELL, 300.0), q=np.array([0.0, 5e4, 1e3, 0.0]))
    x, _, _ = events(assemble([source], ["global"], False), 0, 2000)
    r = np.linalg.norm(x[:, :3], axis=1)
    assert r.min() >= NODES[1] * (1 - 1e-12)
    assert r.max() <= NODES[2] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("illumination", "truly", "power", "factor"),
    [
        ("global", True, None, 1.0),
        ("dayside", False, None, 0.5),
        ("dayside", True, 1, 0.5),
        ("cos_zenith", True, 2, 0.25),
    ],
)
def test_births_lie_where_the_sun_shines(
    illumination: str, truly: bool, power: int | None, factor: float, events: Events
) -> None:
    """The cosine of the zenith angle is uniform in (-1, 1) or (0, 1), or has the density 2 mu; y and z are alike.

    Rates: those of the whole sphere where births are on all of it, else the lit part; the reported one is the same.
    """
    births = assemble([LEVEL], [illumination], truly)
    x, _, _ = events(births, 0, N)
    mu = x[:, 0] / R0
    uniform = 0.5 * (1.0 + mu) if power is None else mu**power
    assert stats.kstest(uniform, "uniform").pvalue > RARE
    azimuth = np.arctan2(x[:, 2], x[:, 1]) / (2.0 * math.pi) + 0.5
    assert stats.kstest(azimuth, "uniform").pvalue > RARE
    assert np.linalg.norm(x[:, :3], axis=1) == pytest.approx(R0, rel=1e-14)
    assert births.rate[0] == pytest.approx(1e20 * (1.0 if power is None else factor), rel=1e-14, abs=0.0)
    assert births.rate[0] * births.report_factor[0] == pytest.approx(1e20 * factor, rel=1e-14, abs=0.0)
    assert births.flux_area[0] == pytest.approx(4.0 * math.pi * R0**2 * factor, rel=1e-14, abs=0.0)


@pytest.mark.parametrize(
    ("launch", "cdf"),
    [
        (ISOTROPIC_FLUX, lambda mu: mu**2),
        (UNIFORM_SOLID, lambda mu: mu),
        (ISOTROPIC, lambda mu: 0.5 * (1.0 + mu)),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_launch_laws_have_their_cosines(launch: int, sign: int, cdf: Any, events: Events) -> None:
    x, _, _ = events(assemble([replace(LEVEL, launch=launch, sign=sign)], ["global"], False), 0, N)
    assert stats.kstest(sign * cosines(x), cdf).pvalue > RARE
    assert np.sqrt(speed2(x)) == pytest.approx(4000.0, rel=1e-13)
    # The horizontal direction is uniform: about the x axis as seen from the vertical.
    up = x[:, :3] / R0
    east = np.cross([1.0, 0.0, 0.0], up)
    north = np.cross(up, east)
    azimuth = np.arctan2((x[:, 3:6] * east).sum(axis=1), (x[:, 3:6] * north).sum(axis=1))
    assert stats.kstest(azimuth / (2.0 * math.pi) + 0.5, "uniform").pvalue > RARE


def test_a_beam_keeps_its_angle(events: Events) -> None:
    angle = math.radians(55.0)
    source = replace(LEVEL, launch=BEAM, cosine=math.cos(angle), sign=-1)
    x, _, _ = events(assemble([source], ["global"], False), 0, 1000)
    assert cosines(x) == pytest.approx(-math.cos(angle), rel=1e-9)


def test_angles_of_a_table_are_linear_between_its_cosines(events: Events) -> None:
    mu, pdf = np.array([0.0, 0.4, 1.0]), np.array([0.0, 3.0, 1.0])
    x, _, _ = events(assemble([replace(LEVEL, launch=ANGLES, cosines=mu, mu_pdf=pdf)], ["global"], False), 0, N)
    fine = np.linspace(0.0, 1.0, 10_001)
    cdf = integrate.cumulative_trapezoid(np.interp(fine, mu, pdf), fine, initial=0.0)
    assert stats.kstest(cosines(x), lambda v: np.interp(v, fine, cdf / cdf[-1])).pvalue > RARE


def test_energies_of_a_spectrum_are_linear_between_its_points(events: Events) -> None:
    energy, pdf = np.array([1.0, 2.0, 5.0, 6.0]) * EV, np.array([0.0, 4.0, 1.0, 1.0])
    source = replace(LEVEL, law=SPECTRUM, energies=energy, spectrum=pdf)
    x, _, _ = events(assemble([source], ["global"], False), 0, N)
    fine = np.linspace(energy[0], energy[-1], 10_001)
    cdf = integrate.cumulative_trapezoid(np.interp(fine, energy, pdf), fine, initial=0.0)
    assert stats.kstest(0.5 * M_O * speed2(x), lambda v: np.interp(v, fine, cdf / cdf[-1])).pvalue > RARE


def test_thermal_births_are_maxwellian(events: Events) -> None:
    """In a volume each component is normal; through a level the mean energy is 2 kT, its variance 2 (kT)^2."""
    t = 500.0
    x, _, _ = events(assemble([volume(MAXWELL, t)], ["global"], False), 0, N)
    for q in (3, 4, 5):
        assert stats.kstest(x[:, q] / math.sqrt(K_B * t / M_O), "norm").pvalue > RARE
    level = replace(LEVEL, law=MAXWELL_FLUX, t_a=np.array([t]), speed=0.0)
    x, _, _ = events(assemble([level], ["global"], False), 0, N)
    energy = 0.5 * M_O * speed2(x) / (K_B * t)
    assert close(energy, 2.0, 2.0)
    vertical = cosines(x) * np.sqrt(speed2(x))
    assert vertical.min() > 0.0
    assert stats.kstest(1.0 - np.exp(-0.5 * M_O * vertical**2 / (K_B * t)), "uniform").pvalue > RARE


@pytest.mark.parametrize(("q", "v"), [(6.99, 6.493e3), (5.02, 5.502e3), (3.06, 4.296e3), (0.83, 2.237e3)])
def test_cold_oxygen_ions_give_the_known_speeds(q: float, v: float, events: Events) -> None:
    x, _, count = events(assemble([split(q, 1e-9)], ["dayside"], False), 0, 200)
    assert (count == 2).all()
    assert np.sqrt(speed2(x)) == pytest.approx(v, rel=1.5e-4)
    assert x[:, 3:6] == pytest.approx(-x[:, 10:13], rel=1e-3)
    assert (x[:, :3] == x[:, 7:10]).all()


def test_thermal_ions_spread_the_energy_as_theory_says(events: Events) -> None:
    """O2+ at 300 K, Q = 6.99 eV: sigma 0.30 eV at 3.5 eV, from 2 (m_i/M) E_i kT + (3/2) (m_i/M)^2 (kT)^2."""
    kt = K_B * 300.0 / EV
    x, _, _ = events(assemble([split(6.99, 300.0)], ["dayside"], False), 0, N)
    energy = 0.5 * M_O * speed2(x) / EV
    variance = 3.495 * kt + 0.375 * kt**2
    assert math.sqrt(variance) == pytest.approx(0.30, abs=0.005)
    assert close(energy, 3.495 + 0.75 * kt, variance)
    # The distribution is nearly normal: the sample's variance has the relative standard error sqrt(2/n).
    assert energy.var() == pytest.approx(variance, rel=SIGMAS * math.sqrt(2.1 / N))


@pytest.mark.parametrize("b", [0.55, 0.70, 0.39])
def test_electrons_bring_the_energies_that_recombine(b: float, events: Events) -> None:
    """In the ion's frame the products share Q + E_e, with E_e/kTe of a gamma distribution of shape 3/2 - b."""
    t_e = 2000.0
    x, _, _ = events(assemble([split(5.02, 400.0, t_e, (b,))], ["dayside"], False), 0, N)
    relative = x[:, 3:6] - x[:, 10:13]
    extra = 0.25 * M_O * (relative**2).sum(axis=1) - 5.02 * EV
    assert stats.kstest(extra / (K_B * t_e), stats.gamma(1.5 - b).cdf).pvalue > RARE


def test_the_exponent_is_that_of_the_electron_temperature(events: Events) -> None:
    """Two pieces, 0.7 up to 1200 K and 0.56 above: the mean energy of the electrons is (3/2 - b) kTe."""
    for t_e, b in ((1100.0, 0.70), (1300.0, 0.56)):
        source = replace(split(5.02, 1e-9, t_e), piece_top=(1200.0, math.inf), piece_b=(0.70, 0.56))
        x, _, _ = events(assemble([source], ["dayside"], False), 0, N)
        extra = (M_O * speed2(x) - 5.02 * EV) / (K_B * t_e)
        assert close(extra, 1.5 - b, 1.5 - b)


def test_unlike_products_share_energy_by_mass_and_conserve_momentum(events: Events) -> None:
    """O and C of CO+: back to back in the frame of a thermal parent, energies as the inverse masses."""
    t = 800.0
    x, kind, _ = events(assemble([split(2.90, t, mass=M_C, followed=1)], ["dayside"], False), 0, N)
    assert (kind == [0, 1]).all()
    total = M_O + M_C
    parent = (M_O * x[:, 3:6] + M_C * x[:, 10:13]) / total
    for q in range(3):
        assert stats.kstest(parent[:, q] / math.sqrt(K_B * t / total), "norm").pvalue > RARE
    in_frame = 0.5 * M_O * ((x[:, 3:6] - parent) ** 2).sum(axis=1) / EV
    assert in_frame == pytest.approx(2.90 * M_C / total, rel=1e-9)
    direction = (x[:, 3:6] - parent) / np.linalg.norm(x[:, 3:6] - parent, axis=1)[:, None]
    for q in range(3):
        assert stats.kstest(0.5 * (1.0 + direction[:, q]), "uniform").pvalue > RARE


def test_channels_come_with_their_fractions_and_products_that_are_not_followed_are_not_born(events: Events) -> None:
    splits = (
        Split(1.0 * EV, 0, NOT_FOLLOWED, M_O, M_N2, 0.2),
        Split(2.0 * EV, NOT_FOLLOWED, 1, M_O, M_C, 0.5),
        Split(3.0 * EV, 0, 0, M_O, M_O, 0.3),
    )
    _, kind, count = events(assemble([volume(DISSOCIATION, 300.0, splits=splits)], ["dayside"], False), 0, N)
    seen = [(kind == k).all(axis=1).mean() for k in ([0, -1], [1, -1], [0, 0])]
    for part, chance in zip(seen, (0.2, 0.5, 0.3), strict=True):
        assert abs(part - chance) < SIGMAS * math.sqrt(chance * (1 - chance) / N)
    assert sum(seen) == pytest.approx(1.0, rel=1e-12)
    assert (count[(kind == [0, 0]).all(axis=1)] == 2).all()


def test_temperatures_are_linear_in_height(events: Events) -> None:
    """The energy of thermal births over the local kT is 3/2 on average at every height."""
    source = replace(volume(MAXWELL), t_a=np.array([200.0, 300.0, 1000.0, 4000.0]))
    x, _, _ = events(assemble([source], ["global"], False), 0, N)
    r = np.linalg.norm(x[:, :3], axis=1)
    scaled = 0.5 * M_O * speed2(x) / (K_B * np.interp(r, NODES, source.t_a))
    for k in range(3):
        assert close(scaled[(r > NODES[k]) & (r < NODES[k + 1])], 1.5, 1.5)


def test_sources_do_not_mix(events: Events) -> None:
    """Each of several sources keeps its own tables."""
    sources = [volume(MAXWELL, 300.0), split(5.02, 1e-9), LEVEL, replace(LEVEL, speed=100.0), split(3.06, 1e-9)]
    births = assemble(sources, ["global"] * 5, False)
    for j, v in ((1, 5.502e3), (2, 4000.0), (3, 100.0), (4, 4.296e3)):
        x, _, _ = events(births, j, 100)
        assert np.sqrt(speed2(x)) == pytest.approx(v, rel=2e-4)


def test_a_full_bank_is_reported() -> None:
    births = assemble([split(6.99, 300.0)], ["dayside"], False)
    bank = new_bank(3)
    state, status = give_birth(births, 0, 2.5, np.uint64(1), bank)
    assert (status, bank.waiting[0], bank.x[0, 6]) == (BORN, 2, 2.5)
    assert give_birth(births, 0, 2.5, np.uint64(state), bank)[1] == BANK_FULL


@pytest.mark.parametrize("place", [(1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.6, -0.48, 0.64)])
def test_the_local_frame_is_orthonormal(place: tuple[float, float, float]) -> None:
    axes = np.array([from_local(*place, *v) for v in np.eye(3)])
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-14)
    assert axes[0] == pytest.approx(place, abs=1e-15)


@pytest.mark.parametrize(
    "source",
    [
        LEVEL,
        volume(MAXWELL, 3000.0),
        split(0.83, 300.0, 1500.0, (0.7,)),
        split(7.31, 300.0, mass=M_N2, followed=NOT_FOLLOWED),
        replace(LEVEL, law=SPECTRUM, energies=np.array([1.0, 2.0, 3.0]) * EV, spectrum=np.array([0.0, 1.0, 0.0])),
    ],
)
def test_energies_stay_in_the_stated_range(source: Emitter, events: Events) -> None:
    x, _, count = events(assemble([source], ["global"], False), 0, 20_000)
    low, high = energy_range(source)
    energy = 0.5 * M_O * np.concatenate([speed2(x), speed2(x[count == 2], 10)])
    assert low * (1 - 1e-9) <= energy.min()
    assert energy.max() <= high * (1 + 1e-9)
    assert high < 40.0 * EV
