"""The production of ions is the volume integral of nu n, and the shadow takes the cylinder behind the body out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import beta, kve

from exobase.analytic import ionised_corona as corona

NU, N0, R0 = 3e-7, 5e10, 3.6e6


def summed(density, outer: float, shadow: float) -> float:  # type: ignore[no-untyped-def]
    """Midpoint sum of nu n over radius and the angle from the Sun, the points in the cylinder left out."""
    t = (np.arange(4000) + 0.5) / 4000
    r = R0 * (outer / R0) ** t
    mu = -1.0 + (np.arange(4000) + 0.5) / 2000
    dark = (mu[None, :] < 0.0) & (r[:, None] * np.sqrt(1.0 - mu[None, :] ** 2) < shadow)
    lit = 1.0 - dark.mean(axis=1)
    return float(NU * np.sum(4.0 * np.pi * r**3 * density(r) * lit) * math.log(outer / R0) / 4000)


@pytest.mark.parametrize("shadow", [0.0, 3.39e6, 3.6e6])
def test_production_is_the_sum_over_the_volume(shadow: float) -> None:
    outer = 3e7
    power = corona.power_law_production(NU, N0, 4.2, R0, outer, shadow)
    assert power == pytest.approx(summed(lambda r: N0 * (R0 / r) ** 4.2, outer, shadow), rel=3e-4, abs=0.0)
    h = 4e5
    exponential = corona.exponential_production(NU, N0, h, R0, outer, shadow)
    assert exponential == pytest.approx(summed(lambda r: N0 * np.exp(-(r - R0) / h), outer, shadow), rel=3e-4, abs=0.0)


def test_unbounded_coronae_have_their_closed_forms() -> None:
    """With the shadow of the sphere r0: half, plus pi nu n0 r0^3 B((k-3)/2, 3/2) or 2 pi nu n0 r0^2 H K_2 e^(r0/H)."""
    k, h = 5.0, 3e5
    full = 4.0 * math.pi * NU * N0 * R0**3 / (k - 3.0)
    assert corona.power_law_production(NU, N0, k, R0) == pytest.approx(full, rel=1e-12)
    lit = 0.5 * full + math.pi * NU * N0 * R0**3 * beta(0.5 * (k - 3.0), 1.5)
    assert corona.power_law_production(NU, N0, k, R0, shadow_radius=R0) == pytest.approx(lit, rel=1e-12)
    full = 4.0 * math.pi * NU * N0 * h * (R0**2 + 2.0 * h * R0 + 2.0 * h * h)
    assert corona.exponential_production(NU, N0, h, R0) == pytest.approx(full, rel=1e-12)
    lit = 0.5 * full + 2.0 * math.pi * NU * N0 * R0**2 * h * kve(2, R0 / h)
    assert corona.exponential_production(NU, N0, h, R0, shadow_radius=R0) == pytest.approx(lit, rel=1e-9)


def test_a_high_corona_is_hardly_shadowed() -> None:
    open_sky = corona.power_law_production(NU, N0, 3.1, R0)
    assert 0.98 < corona.power_law_production(NU, N0, 3.1, R0, shadow_radius=R0) / open_sky < 1.0
    assert corona.lit_part(R0, R0) == 0.5


def test_arguments_outside_the_domain_are_refused() -> None:
    with pytest.raises(ValueError, match="exponent = 3 must be above 3"):
        corona.power_law_production(NU, N0, 3.0, R0)
    with pytest.raises(ValueError, match="shadow_radius"):
        corona.exponential_production(NU, N0, 1e5, R0, shadow_radius=4e6)
    with pytest.raises(ValueError, match="outer_radius"):
        corona.power_law_production(NU, N0, 4.0, R0, R0)
