"""The gas of the fluid equations against the kinetic theory of variable hard spheres (Bird 1994, chapters 3 and 4)."""

from __future__ import annotations

import math

import pytest

from exobase.analytic import kinetic, knudsen_layer
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.fluid.base import Base
from exobase.fluid.gas import Gas

MASS, DIAMETER, T0, DENSITY = 6.63e-26, 4.17e-10, 273.0, 1e20


@pytest.mark.parametrize("omega", [0.5, 0.81, 1.0])
def test_monatomic_conductivity_follows_from_the_mean_free_path(omega: float) -> None:
    # kappa = conductivity (l/r) n c k r, whatever r
    path = kinetic.mean_free_path(DENSITY, T0, DIAMETER, omega)
    speed = math.sqrt(K_B * T0 / MASS)
    expected = kinetic.conductivity(T0, MASS, DIAMETER, omega)
    assert Gas(omega=omega).conductivity * path * DENSITY * speed * K_B == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("gamma", [7.0 / 5.0, 4.0 / 3.0])
def test_internal_energy_conducts_as_eucken_found(gamma: float) -> None:
    # kappa = (9 gamma - 5)/4 mu c_v, c_v = (k/m)/(gamma - 1); monatomic kappa = (15/4)(k/m) mu
    eucken = 0.25 * (9.0 * gamma - 5.0) / (gamma - 1.0)
    assert Gas(gamma).conductivity / Gas().conductivity == pytest.approx(eucken / 3.75, rel=1e-12)


def test_only_gases_that_exist_are_accepted() -> None:
    for arguments in ((1.0, 0.5), (1.7, 0.5), (1.4, 0.4), (1.4, 1.2)):
        with pytest.raises(InputError):
            Gas(*arguments)
    with pytest.raises(InputError, match="inner"):
        Base("wall", Gas())


def test_nominal_values_of_a_given_base_are_its_own() -> None:
    assert Base("given", Gas()).nominal(3.0, 0.01, 0.5, 1.0) == (3.0, 0.01)


def test_a_sonic_knudsen_layer_cools_and_thins_the_gas() -> None:
    # Anisimov 1968, monatomic: T1/Ts = 0.6691, n1/ns = 0.3081; lambda0 = lambda1 T1/Ts, Kn0 = Kn1 n1/ns (hard spheres)
    gas = Gas()
    lambda0, kn0 = Base("knudsen", gas).nominal(2.0, 0.01, math.sqrt(gas.gamma), 1.0)
    assert lambda0 == pytest.approx(2.0 * 0.6691, rel=1e-3)
    assert kn0 == pytest.approx(0.01 * 0.3081, rel=1e-3, abs=0.0)


def test_the_knudsen_layer_is_that_of_theory() -> None:
    for mach in (0.0, 0.123, 0.77, 0.999):
        warmth, density = Base("knudsen", Gas(7.0 / 5.0)).jump(mach * math.sqrt(1.4), 1.0)
        assert warmth == pytest.approx(float(knudsen_layer.temperature_ratio(mach, 1.4)), rel=1e-9)
        assert density == pytest.approx(float(knudsen_layer.density_ratio(mach, 1.4)), rel=1e-8)
