"""Chapman-Enskog expansion to any order against exact and converged values of the literature, and its symmetries.

Reference: Chapman & Cowling 1970, chapters 9-10; converged values for hard spheres: Pekeris & Alterman 1957,
Proc. Natl. Acad. Sci. 43, 998 (viscosity, conductivity); Pekeris 1955, same journal 41, 661 (self-diffusion).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import chapman_enskog, kinetic, transport
from exobase.analytic.transport import Law
from exobase.constants import ATOMIC_MASS

MASS, T, N, D = 40.0 * ATOMIC_MASS, 300.0, 1e25, 4e-10
HARD, MAXWELL = Law(D), Law(D, 1.0)

# order, viscosity, conductivity, self-diffusion of hard spheres over the first approximation
HARD_SPHERES = [
    (1, 1.0, 1.0, 1.0, 1e-12),
    (2, 1.0 + 3.0 / 202.0, 1.0 + 1.0 / 44.0, 1.0 + 1.0 / 58.0, 1e-12),
    (6, 1.016034, 1.025218, 1.018954, 1e-5),
]


@pytest.mark.parametrize(("order", "viscosity", "conductivity", "diffusion", "relative"), HARD_SPHERES)
def test_hard_spheres_have_the_values_of_the_literature(
    order: int, viscosity: float, conductivity: float, diffusion: float, relative: float
) -> None:
    mu = chapman_enskog.mixture_viscosity(T, [1.0], [MASS], HARD, order)
    assert mu / kinetic.viscosity(T, MASS, D) == pytest.approx(viscosity, rel=relative, abs=0.0)
    kappa = chapman_enskog.mixture_conductivity(T, [1.0], [MASS], HARD, order)
    assert kappa / kinetic.conductivity(T, MASS, D) == pytest.approx(conductivity, rel=relative, abs=0.0)
    d11 = chapman_enskog.diffusion(N, T, [0.4, 0.6], [MASS, MASS], HARD, order).coefficient
    assert d11 / kinetic.self_diffusion(N, T, MASS, D) == pytest.approx(diffusion, rel=relative, abs=0.0)


def test_first_approximation_is_exact_for_maxwell_molecules() -> None:
    """The polynomials are eigenfunctions of their collision operator, mixtures and VSS included: nothing changes with
    order, and there is no thermal diffusion."""
    x, m = [0.3, 0.7], [MASS / 10.0, MASS]
    law = Law(D, 1.0, 1.5)
    for order in (2, 4):
        for mixture in (chapman_enskog.mixture_viscosity, chapman_enskog.mixture_conductivity):
            assert mixture(T, x, m, law, order) == pytest.approx(mixture(T, x, m, law, 1), rel=1e-10, abs=0.0)
        got = chapman_enskog.diffusion(N, T, x, m, law, order)
        first = chapman_enskog.diffusion(N, T, x, m, law, 1)
        assert got.coefficient == pytest.approx(first.coefficient, rel=1e-10, abs=0.0)
        assert got.thermal_factor == pytest.approx(0.0, abs=1e-10)


def test_trace_of_light_hard_spheres_tends_to_the_lorentz_gas() -> None:
    """Lorentz gas of hard spheres: D = 32/(9 pi) = 1.1318 of the first approximation, orders 1, 2: 1 and 13/12."""
    m = [MASS * 1e-6, MASS]
    first = float(transport.binary_diffusion(N, T, m[0], m[1], HARD))
    ratios = [
        chapman_enskog.diffusion(N, T, [1e-6, 1.0 - 1e-6], m, HARD, order).coefficient / first for order in (1, 2, 4, 8)
    ]
    assert ratios[0] == pytest.approx(1.0, rel=1e-10, abs=0.0)
    assert ratios[1] == pytest.approx(13.0 / 12.0, rel=1e-5, abs=0.0)
    assert 0.0 < 32.0 / (9.0 * math.pi) - ratios[3] < 0.5 * (32.0 / (9.0 * math.pi) - ratios[2])
    assert ratios[3] == pytest.approx(32.0 / (9.0 * math.pi), rel=5e-3, abs=0.0)


def test_trace_of_heavy_hard_spheres_obeys_the_first_approximation() -> None:
    """A Brownian particle: the light gas is hardly disturbed, and D12 of the first order is exact."""
    m = [MASS * 1e6, MASS]
    got = chapman_enskog.diffusion(N, T, [1e-9, 1.0 - 1e-9], m, HARD, 4).coefficient
    assert got == pytest.approx(float(transport.binary_diffusion(N, T, m[0], m[1], HARD)), rel=1e-5, abs=0.0)


def test_thermal_diffusion_of_isotopes_has_the_hard_sphere_value() -> None:
    """alpha_T = (105/118)(m1 - m2)/(m1 + m2) in the lowest order that has it; the heavy one goes to the cold side."""
    step = 1e-4
    m = [MASS * (1.0 + step), MASS * (1.0 - step)]
    factor = chapman_enskog.diffusion(N, T, [0.5, 0.5], m, HARD, 2).thermal_factor
    assert factor / step == pytest.approx(105.0 / 118.0, rel=1e-6, abs=0.0)


def test_gas_split_into_several_names_is_the_same_gas() -> None:
    law = Law(D, 0.81, 1.4)
    for mixture in (chapman_enskog.mixture_viscosity, chapman_enskog.mixture_conductivity):
        split = mixture(T, [0.2, 0.3, 0.5], [MASS] * 3, law, 3)
        assert split == pytest.approx(mixture(T, [1.0], [MASS], law, 3), rel=1e-11, abs=0.0)


def test_exchange_of_names_changes_nothing_but_the_sign_of_thermal_diffusion() -> None:
    laws = [Law(*(np.array([[a, c], [c, b]]) for a, b, c in rows)) for rows in (
        [(2e-10, 4e-10, 3e-10), (0.66, 0.81, 0.7), (1.2, 1.4, 1.3), (273.0,) * 3],
        [(4e-10, 2e-10, 3e-10), (0.81, 0.66, 0.7), (1.4, 1.2, 1.3), (273.0,) * 3],
    )]  # fmt: skip
    forward = chapman_enskog.diffusion(N, T, [0.2, 0.8], [MASS / 10.0, MASS], laws[0], 3)
    backward = chapman_enskog.diffusion(N, T, [0.8, 0.2], [MASS, MASS / 10.0], laws[1], 3)
    assert forward.coefficient == pytest.approx(backward.coefficient, rel=1e-11, abs=0.0)
    assert forward.thermal_factor == pytest.approx(-backward.thermal_factor, rel=1e-9, abs=0.0)
    assert forward.thermal_factor < 0.0


def test_collision_operator_is_symmetric_and_conserves_momentum() -> None:
    """Its kernel is a common drift, coefficients sqrt(m) of the lowest polynomials; other eigenvalues are positive."""
    x, m = np.array([0.2, 0.8]), np.array([MASS / 7.0, MASS])
    matrix = chapman_enskog._matrix(T, x, m, Law(D, 0.75, 1.3), 3, tensor=False)
    scale = np.abs(matrix).max()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-13 * scale)
    drift = np.zeros((2, 3))
    drift[:, 0] = np.sqrt(m / MASS)
    np.testing.assert_allclose(matrix @ drift.ravel(), 0.0, atol=1e-13 * scale)
    eigenvalues = np.linalg.eigvalsh(matrix)
    assert eigenvalues[0] == pytest.approx(0.0, abs=1e-13 * scale)
    assert eigenvalues[1] > 1e-3 * scale * x.min() ** 2


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"fractions sum to 0\.9"):
        chapman_enskog.mixture_viscosity(T, [0.4, 0.5], [MASS, MASS], HARD)
    with pytest.raises(ValueError, match="order = 0"):
        chapman_enskog.mixture_viscosity(T, [1.0], [MASS], HARD, 0)
    with pytest.raises(ValueError, match="order = 9"):
        chapman_enskog.mixture_conductivity(T, [1.0], [MASS], HARD, 9)
    with pytest.raises(ValueError, match="two species, not 3"):
        chapman_enskog.diffusion(N, T, [0.2, 0.3, 0.5], [MASS] * 3, HARD)
    with pytest.raises(ValueError, match="symmetric"):
        chapman_enskog.mixture_viscosity(T, [0.5, 0.5], [MASS] * 2, Law(np.array([[1.0, 2.0], [3.0, 1.0]]) * D))
    with pytest.raises(ValueError, match="omega"):
        chapman_enskog.mixture_viscosity(T, [1.0], [MASS], Law(D, 0.3))
