"""The critical level and the supersonic part of a wind. Units of the critical level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exobase.fluid.flow import Flow
from exobase.fluid.gas import Gas
from exobase.fluid.wind import Critical, choked, ladder

FAR = 30.0


def test_a_perfect_conductor_passes_like_parkers_wind() -> None:
    # u^2/2 - ln u = 2 ln r + 2/r - 3/2 gives u' = 1 at r = 1; T' = 0 and lambda = 2
    level = Critical.of(Flow(Gas(), 2.0, 1e9, 1.0))
    assert level.t_slope == 0.0
    assert level.u_slope == pytest.approx(1.0, rel=1e-8)


def test_slopes_at_the_critical_level_are_those_of_the_wind_around_it() -> None:
    for rung in ladder(Gas(7.0 / 5.0), FAR)[::6]:
        level = Critical.of(rung.flow)
        r, n, t, _ = rung.columns(rung.z[:1])
        u = 1.0 / (n * r * r)
        h = float(r[0]) - 1.0  # second derivatives are of order 10
        assert (float(u[0]) - 1.0) / h == pytest.approx(level.u_slope, abs=20.0 * h)
        assert (float(t[0]) - 1.0) / h == pytest.approx(level.t_slope, abs=20.0 * h)


@pytest.mark.parametrize("gamma", [5.0 / 3.0, 7.0 / 5.0])
def test_winds_of_all_conductivities_are_found(gamma: float) -> None:
    rungs = ladder(Gas(gamma), FAR)
    kappas = np.array([rung.flow.kappa for rung in rungs])
    assert np.all(np.diff(np.log(kappas)) < 0.0)
    assert kappas[-1] < 0.1
    for rung in rungs:
        r, n, t, energy = rung.columns(rung.z)
        u = 1.0 / (n * r * r)
        assert np.all(np.diff((u / np.sqrt(t))[r < 10.0]) > 0.0)  # above, the far condition warms the gas
        assert np.ptp(energy) == pytest.approx(0.0, abs=1e-10)
        assert abs(rung.flow.temperature_slope(r[-1], u[-1], t[-1], energy[-1])) < 1e-5  # the far condition


def test_a_choked_wind_without_gravity_expands_like_a_source_flow() -> None:
    # no conduction, lambda = 0: T/T0 = (u r^2/u0)^(1 - gamma), total enthalpy c_p T + u^2/2 constant
    gamma, kappas = 7.0 / 5.0, np.exp(-np.arange(0.0, 8.5, 0.5))
    wind = choked(Flow(Gas(gamma), 0.0, 10.0, np.sqrt(gamma)), FAR)
    for kappa in 10.0 * kappas:
        assert wind is not None
        wind = choked(replace(wind.flow, kappa=float(kappa)), FAR, wind)
    assert wind is not None
    r, n, t, _ = wind.columns(wind.z)
    k = int(np.searchsorted(r, 2.0))
    isentrope = (n[k] / n[0]) ** (gamma - 1.0)
    assert t[k] == pytest.approx(isentrope, rel=0.02)  # kappa/flux = 0.003, some e-folds of T
