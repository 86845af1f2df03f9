"""Wind above a Knudsen layer: both parts must fit together, and its limits are known.

Reference: Anisimov 1968; Knight 1979; Parker 1963.
"""

from __future__ import annotations

import numpy as np
import pytest

from exobase.analytic import evaporating_wind, knudsen_layer, polytropic


@pytest.mark.parametrize("gamma", [1.1, 9.0 / 7.0, 1.4, 1.49])
def test_wind_above_the_layer_is_the_transonic_one(gamma: float) -> None:
    """The gas above the layer has lambda1 = lambda0 T_s/T1 and the M of the transonic start there."""
    low, high = float(evaporating_wind.choked_below(gamma)), float(evaporating_wind.bound_above(gamma))
    depth = low + (high - low) * np.array([0.01, 0.3, 0.7, 0.99])
    wind = evaporating_wind.evaporating_wind(depth, gamma)
    start = polytropic.base(depth / wind.temperature, gamma)
    np.testing.assert_allclose(wind.mach, start.mach, rtol=1e-9)
    np.testing.assert_allclose(wind.sonic_radius, 1.0 / start.radius_ratio, rtol=1e-9)
    np.testing.assert_allclose(wind.temperature, knudsen_layer.temperature_ratio(wind.mach, gamma), rtol=1e-14)
    np.testing.assert_allclose(wind.flux, knudsen_layer.flux_ratio(wind.mach, gamma), rtol=1e-14)
    np.testing.assert_allclose(wind.density, knudsen_layer.density_ratio(wind.mach, gamma), rtol=1e-14)


@pytest.mark.parametrize(("gamma", "flux"), [(5.0 / 3.0, 0.8157), (1.4, 0.788)])
def test_weak_gravity_leaves_the_flow_choked_at_the_surface(gamma: float, flux: float) -> None:
    depth = np.array([0.0, 1.0, float(evaporating_wind.choked_below(gamma))])
    wind = evaporating_wind.evaporating_wind(depth, gamma)
    np.testing.assert_array_equal(wind.mach, 1.0)
    np.testing.assert_array_equal(wind.sonic_radius, 1.0)
    np.testing.assert_allclose(wind.flux, flux, atol=5.1e-4)


def test_choked_flow_accelerates_beyond_the_surface() -> None:
    """Just above the layer lambda1 = lambda0 T_s/T1 < 2 gamma: the area grows faster than gravity decelerates."""
    for gamma in (5.0 / 3.0, 1.4):
        limit = evaporating_wind.choked_below(gamma)
        assert limit / knudsen_layer.temperature_ratio(1.0, gamma) == pytest.approx(2.0 * gamma, rel=1e-14, abs=0.0)


def test_flux_is_continuous_where_choking_ends_and_vanishes_where_the_gas_is_bound() -> None:
    limit = float(evaporating_wind.choked_below(1.4))
    before, after = evaporating_wind.evaporating_wind([limit, limit + 1e-6], 1.4).flux
    assert after == pytest.approx(before, rel=1e-6, abs=0.0)
    assert evaporating_wind.evaporating_wind(3.4999999, 1.4).flux < 1e-6
    fluxes = evaporating_wind.evaporating_wind(np.linspace(limit + 0.15, 3.49, 30), 1.4).flux
    assert np.all(np.diff(fluxes) < 0.0)


def test_still_reservoir_gives_less_than_one_that_drifts_with_the_wind() -> None:
    """lambda0 = 3.2, gamma = 1.4: the layer cools the gas, so less than half the drifting reservoir's 1.0933."""
    wind = evaporating_wind.evaporating_wind(3.2, 1.4)
    assert wind.mach < polytropic.base(3.2, 1.4).mach
    assert wind.flux < 0.5 * polytropic.flux_over_evaporation(3.2, 1.4)


def test_scalars_and_arrays_mix() -> None:
    wind = evaporating_wind.evaporating_wind([[1.0], [2.2]], [1.4, 5.0 / 3.0])
    assert wind.mach.shape == wind.flux.shape == (2, 2)
    assert wind.mach[1, 0] < 1.0 == wind.mach[1, 1]
    assert isinstance(evaporating_wind.evaporating_wind(1.0).flux, float)


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Jeans parameter of the surface = 3\.5"):
        evaporating_wind.evaporating_wind([3.0, 3.5], 1.4)
    with pytest.raises(ValueError, match="Jeans parameter of the surface = 3 "):
        evaporating_wind.evaporating_wind(3.0)
    with pytest.raises(ValueError, match=r"Jeans parameter of the surface = 100\.99"):  # Mach number below 1e-304
        evaporating_wind.evaporating_wind(100.99, 1.01)
    with pytest.raises(ValueError, match="Jeans parameter = -1"):
        evaporating_wind.evaporating_wind(-1.0, 1.4)
    with pytest.raises(ValueError, match=r"gamma = 1\.8"):
        evaporating_wind.bound_above(1.8)
