"""Chamberlain's exosphere against tabulated exact values and direct integration over velocity space.

Reference: Chamberlain 1963, doi:10.1016/0032-0633(63)90122-3.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from exobase.analytic import barometric, chamberlain, jeans
from exobase.constants import ATOMIC_MASS, K_B

MASS, TEMPERATURE, EXOBASE = 1.008 * ATOMIC_MASS, 1000.0, 6.871e6

TABLE = [  # lambda_c, r/r_c, zeta_bal, zeta_sat, zeta_esc, n/n_c without satellites
    (10.0, 1.25, 0.982255, 0.016611, 3.0300e-4, 0.132975),
    (10.0, 2.0, 0.831491, 0.149943, 2.4690e-3, 5.61918e-3),
    (10.0, 10.0, 0.074165, 0.353428, 8.6555e-3, 1.02209e-5),
    (5.0, 5.0 / 3.0, 0.703924, 0.184466, 0.018177, 0.0977257),
    (3.0, 6.0, 0.047965, 0.150783, 0.016997, 5.33245e-3),
]


def gm_of(depth: float) -> float:
    return depth * K_B * TEMPERATURE * EXOBASE / MASS


@pytest.mark.parametrize(("depth_c", "ratio", "bal", "sat", "esc", "density"), TABLE)
def test_partition_functions_have_the_exact_values(
    depth_c: float, ratio: float, bal: float, sat: float, esc: float, density: float
) -> None:
    """The table gives five or six decimals."""
    depth = depth_c / ratio
    assert chamberlain.zeta_bal(depth, depth_c) == pytest.approx(bal, abs=6e-7)
    assert chamberlain.zeta_sat(depth, depth_c) == pytest.approx(sat, abs=6e-7)
    assert chamberlain.zeta_esc(depth, depth_c) == pytest.approx(esc, rel=4e-5, abs=0.0)
    got = chamberlain.density(ratio * EXOBASE, 1.0, EXOBASE, TEMPERATURE, MASS, gm_of(depth_c))
    assert got == pytest.approx(density, rel=5e-6, abs=0.0)


@pytest.mark.parametrize(("depth_c", "ratio"), [(10.0, 1.25), (10.0, 10.0), (3.0, 6.0), (1.0, 2.0)])
def test_partition_functions_count_the_orbits_of_liouville_s_theorem(depth_c: float, ratio: float) -> None:
    """Integrate exp(-v^2) over speed and the cone of directions that reach the exobase, v in units of U.

    Angular momentum: sin^2 <= (r_c/r)^2 (1 + (lambda_c - lambda)/v^2); bound where v^2 < lambda.
    """
    depth = depth_c / ratio

    def mu_min(v: float) -> float:
        sine2 = (1.0 + (depth_c - depth) / v**2) / ratio**2
        return float(np.sqrt(max(0.0, 1.0 - sine2)))

    def reaching(v: float) -> float:
        return float(4.0 / np.sqrt(np.pi) * v**2 * np.exp(-(v**2)) * (1.0 - mu_min(v)))

    def missing(v: float) -> float:
        return float(4.0 / np.sqrt(np.pi) * v**2 * np.exp(-(v**2)) * mu_min(v))

    escape = np.sqrt(depth)
    kink = np.sqrt((depth_c - depth) / (ratio**2 - 1.0))  # below it every direction reaches the exobase
    bal = quad(reaching, 1e-12, kink, epsabs=1e-13)[0] + quad(reaching, kink, escape, epsabs=1e-13)[0]
    sat = quad(missing, kink, escape, epsabs=1e-13)[0]
    esc = 0.5 * quad(reaching, escape, escape + 8.0, epsabs=1e-14)[0]
    assert kink < escape
    assert chamberlain.zeta_bal(depth, depth_c) == pytest.approx(bal, rel=1e-8, abs=0.0)
    assert chamberlain.zeta_sat(depth, depth_c) == pytest.approx(sat, rel=1e-8, abs=0.0)
    assert chamberlain.zeta_esc(depth, depth_c) == pytest.approx(esc, rel=1e-8, abs=0.0)


def test_the_exobase_itself_lacks_only_the_falling_escapers() -> None:
    gm = gm_of(5.0)
    density = chamberlain.density(EXOBASE, 1e11, EXOBASE, TEMPERATURE, MASS, gm)
    assert chamberlain.zeta_sat(5.0, 5.0) == 0.0
    assert density == pytest.approx(1e11 * (1.0 - chamberlain.zeta_esc(5.0, 5.0)), rel=1e-14, abs=0.0)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 8.0])
def test_with_full_satellites_the_bound_part_of_the_maxwellian_is_complete(ratio: float) -> None:
    """All bound orbits filled: n - n_esc is the barometric density times the share of v^2 < lambda."""
    depth, gm = 12.0 / ratio, gm_of(12.0)
    full = chamberlain.density(ratio * EXOBASE, 1.0, EXOBASE, TEMPERATURE, MASS, gm, satellites="full")
    hydrostatic = barometric.density(ratio * EXOBASE, 1.0, EXOBASE, TEMPERATURE, MASS, gm)
    bound = quad(lambda v: 4.0 / np.sqrt(np.pi) * v**2 * np.exp(-(v**2)), 0.0, np.sqrt(depth), epsabs=1e-14)[0]
    assert full / hydrostatic - chamberlain.zeta_esc(depth, 12.0) == pytest.approx(bound, rel=1e-11, abs=0.0)


def test_escape_flux_is_conserved_with_radius() -> None:
    radii, gm = EXOBASE * np.array([1.0, 1.7, 5.0]), gm_of(7.0)
    density = chamberlain.density(radii, 1e11, EXOBASE, TEMPERATURE, MASS, gm)
    velocity = chamberlain.mean_radial_velocity(radii, EXOBASE, TEMPERATURE, MASS, gm)
    flux = jeans.jeans_flux(1e11, TEMPERATURE, MASS, EXOBASE, gm)
    np.testing.assert_allclose(density * velocity * (radii / EXOBASE) ** 2, flux, rtol=1e-13)


def test_radii_below_the_exobase_and_unknown_satellite_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be less than exobase_radius"):
        chamberlain.density([1.1 * EXOBASE, 0.9 * EXOBASE], 1.0, EXOBASE, TEMPERATURE, MASS, gm_of(5.0))
    with pytest.raises(ValueError, match="must not be less than Jeans parameter"):
        chamberlain.zeta_bal(5.1, 5.0)
    with pytest.raises(ValueError, match="'none' or 'full'"):
        chamberlain.density(EXOBASE, 1.0, EXOBASE, TEMPERATURE, MASS, gm_of(5.0), satellites="half")  # type: ignore[arg-type]
