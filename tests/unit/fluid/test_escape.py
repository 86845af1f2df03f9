"""The kinetic upper condition against the closed Jeans formulas and direct integration over velocities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import dblquad

from exobase.analytic import jeans
from exobase.constants import K_B
from exobase.fluid.escape import drift_loss, drift_moment, jeans_loss
from exobase.fluid.gas import Gas

MASS, T, RADIUS, DENSITY = 1.67e-27, 900.0, 7e6, 1e11
SPEED = math.sqrt(K_B * T / MASS)


def gm_of(depth: float) -> float:
    return depth * K_B * T * RADIUS / MASS


@pytest.mark.parametrize("depth", [0.5, 3.0, 12.0])
@pytest.mark.parametrize("drift", [1e-4, 0.02, 0.5])
def test_particle_moment_is_the_jeans_flux_with_drift(depth: float, drift: float) -> None:
    expected = jeans.jeans_velocity(T, MASS, RADIUS, gm_of(depth)) * jeans.drift_factor(depth, drift)
    moment = drift_moment(depth, drift, 0) * jeans.most_probable_speed(T, MASS)
    assert moment == pytest.approx(expected, rel=1e-10, abs=0.0)


@pytest.mark.parametrize("depth", [0.5, 3.0, 12.0])
def test_energy_moment_without_drift_is_the_jeans_energy_flux(depth: float) -> None:
    expected = jeans.jeans_energy_flux(DENSITY, T, MASS, RADIUS, gm_of(depth))
    unit = DENSITY * jeans.most_probable_speed(T, MASS) * K_B * T
    assert drift_moment(depth, 0.0, 2) * unit == pytest.approx(expected, rel=1e-10, abs=0.0)
    loss = jeans_loss(depth, Gas())
    assert loss.energy * DENSITY * SPEED * K_B * T == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert loss.speed * SPEED == pytest.approx(jeans.jeans_velocity(T, MASS, RADIUS, gm_of(depth)), rel=1e-12, abs=0.0)


@pytest.mark.parametrize(("depth", "drift"), [(1.0, 0.4), (4.0, 0.003), (4.0, 0.1)])
def test_energy_moment_with_drift_is_the_integral_over_velocities(depth: float, drift: float) -> None:
    def integrand(cosine: float, v: float) -> float:
        return 2.0 / math.sqrt(math.pi) * v**5 * cosine * math.exp(-(v**2) - drift**2 + 2.0 * v * drift * cosine)

    expected = dblquad(integrand, math.sqrt(depth), 10.0, 0.0, 1.0, epsabs=1e-14, epsrel=1e-10)[0]
    assert drift_moment(depth, drift, 2) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("depth", [0.8, 2.0, 6.0, 15.0])
def test_the_gas_drifts_as_fast_as_it_is_lost(depth: float) -> None:
    loss = drift_loss(depth, Gas())
    assert loss is not None
    flux = jeans.jeans_flux_drift(DENSITY, T, MASS, RADIUS, gm_of(depth), loss.speed * SPEED)
    assert DENSITY * loss.speed * SPEED == pytest.approx(flux, rel=1e-10, abs=0.0)
    assert loss.speed < 1.0


def test_escapers_carry_their_rotation() -> None:
    monatomic, diatomic = (drift_loss(4.0, Gas(gamma)) for gamma in (5.0 / 3.0, 7.0 / 5.0))
    assert monatomic is not None
    assert diatomic is not None
    assert diatomic.energy - monatomic.energy == pytest.approx(monatomic.speed, rel=1e-12)  # k T each


def test_a_deep_exobase_loses_like_a_gas_at_rest() -> None:
    for depth in (59.9, 60.1, 1e4):
        found, rest = drift_loss(depth, Gas(7.0 / 5.0)), jeans_loss(depth, Gas(7.0 / 5.0))
        assert found is not None
        assert found.speed == pytest.approx(rest.speed, rel=1e-11, abs=0.0)
        assert found.energy == pytest.approx(rest.energy, rel=1e-8, abs=0.0)


def test_a_shallow_exobase_is_crossed_supersonically() -> None:
    assert drift_loss(0.7, Gas()) is None
    depths = np.linspace(0.8, 12.0, 30)
    speeds = [loss.speed for loss in (drift_loss(float(depth), Gas()) for depth in depths) if loss is not None]
    assert len(speeds) == depths.size
    assert np.all(np.diff(speeds) < 0.0)
