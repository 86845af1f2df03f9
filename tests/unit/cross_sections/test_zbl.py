"""Scattering by the screened potential against quadrature of the scattering integral, and stopping against its fits.

chi = pi - 2 B int_r0^inf dr/(r^2 sqrt(1 - V/eps - B^2/r^2)) in reduced units, with r = r0/(1 - x^2).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from exobase.constants import ATOMIC_MASS, EV
from exobase.cross_sections import zbl

O = 15.999 * ATOMIC_MASS  # noqa: E741


def exact_angle(eps: float, b: float) -> float:
    """Deflection [deg] by quadrature."""

    def f(r: float) -> float:
        return 1.0 - zbl.potential(r)[0] / eps - (b / r) ** 2

    r0 = brentq(f, 1e-5, 500.0, xtol=1e-14)

    def integrand(x: float) -> float:
        return 2.0 * x * b / r0 / math.sqrt(max(f(r0 / (1.0 - x * x)), 1e-300))

    return math.degrees(math.pi - 2.0 * quad(integrand, 0.0, 1.0, epsabs=1e-9, limit=400)[0])


def angle(eps: float, b: float) -> float:
    return math.degrees(2.0 * math.asin(math.sqrt(0.5 * zbl.one_minus_cosine(eps, b))))


@pytest.mark.parametrize("eps", [1e-3, 1e-2, 0.1, 1.0, 10.0, 60.0])
def test_angles_agree_with_the_scattering_integral_to_2_degrees(eps: float) -> None:
    for b in (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0):
        exact = exact_angle(eps, b)
        assert angle(eps, b) == pytest.approx(exact, rel=0.0, abs=2.0)
        assert angle(eps, b) == pytest.approx(exact, rel=0.13, abs=0.01)


@pytest.mark.parametrize(
    ("eps", "b", "degrees"),
    [
        (0.001, 10.0, 47.53),
        (0.01, 2.0, 118.92),
        (0.1, 0.5, 137.92),
        (1.0, 0.1, 145.09),
        (1.0, 5.0, 1.1999),
        (10, 1, 3.3728),
    ],
)
def test_the_formula_has_its_published_values(eps: float, b: float, degrees: float) -> None:
    assert angle(eps, b) == pytest.approx(degrees, rel=2e-4, abs=0.0)


def test_the_closest_approach_is_the_outermost_root() -> None:
    rng = np.random.default_rng(3)
    for _ in range(400):
        eps, b = 10.0 ** rng.uniform(-5.0, 3.0), 10.0 ** rng.uniform(-3.0, 1.7)
        r = zbl.closest_approach(eps, b)
        assert abs(1.0 - zbl.potential(r)[0] / eps - (b / r) ** 2) < 1e-8 * max(1.0, (b / r) ** 2)
        beyond = 1.0 - zbl.potential(r * 1.0001)[0] / eps - (b / (r * 1.0001)) ** 2
        assert beyond > 0.0


@pytest.mark.parametrize("smallest", [0.01, 0.1, 2.0])
def test_the_total_is_the_disc_of_transfers_above_the_smallest(smallest: float) -> None:
    for lab in (5.0, 100.0, 3000.0):
        for m2 in (1.0, 16.0, 44.0):
            energy = np.array([lab * EV * m2 / (m2 + 16.0)])
            m = 16.0 * ATOMIC_MASS, m2 * ATOMIC_MASS
            sigma = float(zbl.totals(energy, 8, 8, *m, smallest * EV)[0])
            largest = 4.0 * 16.0 * m2 / (16.0 + m2) ** 2 * lab
            if largest <= smallest:
                assert sigma == 0.0
                continue
            b = math.sqrt(sigma / math.pi) / zbl.screening_length(8, 8)
            x = zbl.one_minus_cosine(zbl.reduced_energy(8, 8) * energy[0], b)
            assert 0.5 * largest * x == pytest.approx(smallest, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("lab", "published"), [(100.0, 12.49e-15), (1000.0, 25.47e-15), (10000.0, 27.57e-15)])
def test_nuclear_stopping_of_oxygen_in_oxygen(lab: float, published: float) -> None:
    """The fit has its published values [eV cm2]; the integral of the transfers agrees with the fit to 4 %."""
    fit = zbl.nuclear_stopping(lab * EV, 8, 8, O, O) / EV * 1e4
    assert fit == pytest.approx(published, rel=2e-3, abs=0.0)
    energy = 0.5 * lab * EV
    sigma = float(zbl.totals(np.array([energy]), 8, 8, O, O, 1e-4 * EV)[0])
    # b = b_max s^2 resolves the head-on collisions.
    s = (np.arange(4000) + 0.5) / 4000.0
    b = math.sqrt(sigma / math.pi) / zbl.screening_length(8, 8)
    x = np.array([zbl.one_minus_cosine(zbl.reduced_energy(8, 8) * energy, b * v * v) for v in s])
    mean = float(np.mean(x * 4.0 * s**3))
    assert sigma * mean * lab / 2.0 * 1e4 == pytest.approx(published, rel=0.04, abs=0.0)


def test_electronic_stopping_of_oxygen_in_oxygen() -> None:
    """1.216e-16 sqrt(E/eV) eV cm2; atoms of a molecule add."""
    one = zbl.electronic_coefficient(8, [8], O) * math.sqrt(1000.0 * EV) / EV * 1e4
    assert one == pytest.approx(1.216e-16 * math.sqrt(1000.0), rel=1e-3, abs=0.0)
    carbon = zbl.electronic_coefficient(8, [6], O)
    both = zbl.electronic_coefficient(8, [8, 8, 6], O)
    assert both == pytest.approx(2.0 * zbl.electronic_coefficient(8, [8], O) + carbon, rel=1e-12, abs=0.0)
