"""Planar flows of the whole simulation against exact solutions without collisions, and equilibrium with them.

Free expansion (Kn = inf, into vacuum): a half-space of gas at rest sends its Maxwellian through x = 0 for ever, so a
reservoir at x = 0 gives n = (n0/2) erfc s and u = U exp(-s^2)/(sqrt(pi) erfc s), s = x/(U t) (Bird 1994, section 7.2).
Closed column in constant gravity: n ~ exp(-m g x/kT), Maxwellian at T everywhere, at rest. Equal reservoirs behind
both faces: uniform n and T, no flux. Diffuse walls at T1 and T2: q = n k (T1-T2) sqrt(8k/(pi m)) sqrt(T1 T2)/(sqrt T1
+ sqrt T2), effective temperature sqrt(T1 T2).

Tolerances: 1 %; in the column 0.5 % for T and 1 % for n; 0.5 to 1 % for the heat flux. Samples give one standard error
below a third of them; the number of samples is stated in each test.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erfc

from exobase.analytic import barometric, free_molecular
from exobase.constants import K_B
from exobase.simulation import Simulation
from exobase.simulation.cell_array import RECORD
from exobase.simulation.cell_state import CellState
from exobase.simulation.start import fill_engine
from exobase.tallies.ledger import ENTRIES, Entry
from exobase.tallies.moments import MOMENTS
from exobase_verify.rows.planar import MASS, N0, T, U, expand, planar

Array = NDArray[np.float64]


class Sampled:
    """Profiles [cells] averaged over ``steps`` steps."""

    def __init__(self, sim: Simulation, steps: int) -> None:
        e, sums, samples = sim.engine, 0.0, 0
        lo, hi = e.tables.cells.lo, e.tables.cells.hi
        for _ in range(steps):
            e.state.clear(RECORD)
            sim.engine.advance(True)
            sums = sums + e.state.sums
            samples += 1
        self.x = 0.5 * (lo + hi)
        self.count, self.n = sums[:, 0], sums[:, 0] * e.tables.omega * e.tables.cells.dt / (hi - lo) / samples
        self.u = sums[:, 1] / sums[:, 0]
        self.t_normal = MASS / K_B * (sums[:, 2] / sums[:, 0] - self.u**2)
        self.t_tangential = 0.5 * MASS / K_B * sums[:, 3] / sums[:, 0]
        self.t = (self.t_normal + 2.0 * self.t_tangential) / 3.0
        self.heat = 0.5 * MASS * self.n * sums[:, 4] / sums[:, 0]
        assert sums.shape[1] == MOMENTS


def test_gas_expands_into_vacuum_as_liouville_says() -> None:
    """Profiles at all times collapse on s = x/(U t): number and momentum of six bins in s, summed over times from 0.18
    L/U on.

    2e4 particles per cell at n0, up to 4e5 at once; the outermost bin, of 1e4 at a time, has a standard error of 0.3
    %.
    """
    found, exact, sim = expand(20_000)
    e = sim.engine
    dt = float(e.tables.mesh.runs.dt[0])
    t = sim.steps * dt
    lo, hi = e.tables.cells.lo, e.tables.cells.hi
    weight = float(e.tables.omega[0] * dt)
    assert hi[-1] > 1.4 * U * t
    assert lo[0] == 0.0
    np.testing.assert_allclose(found[0], exact[0], rtol=0.01)
    np.testing.assert_allclose(found[1], exact[1], rtol=0.01)
    total = float(free_molecular.planar_expansion(0.0, t, N0, T, MASS).velocity) * 0.5 * N0 * t
    emitted = int(e.state.counts[:, Entry.EMITTED].sum())
    assert emitted * weight == pytest.approx(total, rel=1e-4, abs=0.0)
    assert emitted == e.particles.count + int(e.state.counts[:, Entry.ESCAPED].sum())


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 8])
def test_the_first_particles_are_maxwellian_whatever_the_seed(seed: int) -> None:
    """Random keys fill 64 bits, so that seeds differ in whether a key is a valid signed integer: none may matter.

    40 000 particles: mean velocity 0, temperature T in each direction, uniform density, within 4.5 standard errors.
    """
    sim = planar(initial="barometric", inner__type="specular", outer__type="specular", run__seed=seed)
    n = sim.engine.particles.count
    x = sim.engine.particles.x[:, :n]
    assert n == pytest.approx(40_000, rel=1e-3)
    for v in x[1:] * math.sqrt(MASS / (K_B * T)):
        assert abs(v.mean()) < 4.5 / math.sqrt(n)
        assert abs((v**2).mean() - 1.0) < 4.5 * math.sqrt(2.0 / n)
    assert abs(x[0].mean() - 0.5) < 4.5 / math.sqrt(12.0 * n)


@pytest.mark.parametrize("clones", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_closed_column_keeps_its_barometric_profile_without_collisions(clones: bool) -> None:
    """Diffuse wall at T below, specular lid, m g L/kT = 2; 40 cells of 1000 particles, 1800 samples over 90 crossing
    times.

    With weights that follow the content in steps of a factor 2, crossing particles are cloned and removed: n/<n>, T and
    u must not notice. Ten shorter runs gave the standard
    errors: n 0.16 % at the top and 0.06 % at the bottom, T 0.06 %.
    """
    gravity = 2.0 * K_B * T / MASS
    sim = planar(
        domain__gravity=f"{gravity} m s-2", inner__type="diffuse", outer__type="specular", initial="barometric"
    )
    e = sim.engine
    height = 0.5 * (e.tables.cells.lo + e.tables.cells.hi)
    exact = barometric.density_planar(height, 1.0, T, MASS, gravity)
    staircase = exact[0] * np.exp2(np.round(np.log2(exact / exact[0])))
    omega = (staircase if clones else np.full(40, exact.mean())) * N0 / 40.0 / e.tables.cells.dt / 1000.0
    e.tables = replace(e.tables, omega=omega)
    e.state = CellState(e.tables)
    fill_engine(e)
    for _ in range(200):
        e.advance(False)
    p = Sampled(sim, 1800)
    assert (e.state.counts[:, [Entry.CLONED, Entry.REMOVED]].sum() > 50_000) == clones
    np.testing.assert_allclose(p.n / p.n.mean(), exact / exact.mean(), rtol=0.01)
    assert p.n.mean() == pytest.approx(N0 * exact.mean(), rel=0.1 if clones else 1e-3, abs=0.0)
    np.testing.assert_allclose(p.t, T, rtol=0.01)
    assert p.t.mean() == pytest.approx(T, rel=3e-3, abs=0.0)
    assert p.t_normal.mean() == pytest.approx(p.t_tangential.mean(), rel=5e-3, abs=0.0)
    assert np.abs(p.u).max() < 5e-3 * U
    assert abs(p.u.mean()) < 1e-3 * U


@pytest.mark.parametrize(
    "collisions", [*(pytest.param(law, marks=pytest.mark.slow) for law in ("off", "hard_sphere")), "vhs"]
)
def test_equal_reservoirs_on_both_faces_keep_equilibrium(collisions: str) -> None:
    """Gas at n and T between two reservoirs of the same gas, Kn = 0.14 with collisions: 20 cells, 2000 each, over 60
    crossing times.
    """
    density = 0.1 * N0
    sim = planar(
        collisions=collisions, species__0__outer_density=f"{density} m-3", outer__type="remove", initial="barometric",
        species__0__density=f"{density} m-3", species__0__omega=0.8, grid__cells=20, run__particles_per_cell=2000,
        step__courant=1.0,
    )  # fmt: skip
    sim.step(100)
    p = Sampled(sim, 1500)
    np.testing.assert_allclose(p.n, density, rtol=0.01)
    np.testing.assert_allclose(p.t, T, rtol=0.01)
    np.testing.assert_allclose(p.t_normal, T, rtol=0.015)
    assert p.n.mean() == pytest.approx(density, rel=3e-3, abs=0.0)
    assert p.t.mean() == pytest.approx(T, rel=3e-3, abs=0.0)
    if collisions != "off":
        assert sim.engine.state.diagnostics.collisions.sum() > 1e6
    assert np.abs(p.u).max() < 0.01 * U
    counts = sim.engine.state.counts.sum(axis=0)
    assert counts[Entry.ESCAPED] > 1000
    assert counts[Entry.ABSORBED] > 1000


def test_an_empty_domain_between_reservoirs_fills_as_liouville_says() -> None:
    """Two expansions that do not see each other: n = (n0/2) [erfc(x/Ut) + erfc((L-x)/Ut)], from 0.5 to 20 L/U.

    20 cells of 4000 particles; profiles of 5 periods, each a sum over times, within 1 % (standard error 0.3 %).
    """
    sim = planar(
        species__0__outer_density=f"{N0} m-3", outer__type="remove", initial="empty", grid__cells=20, step__courant=1.0,
        run__particles_per_cell=4000,
    )  # fmt: skip
    e, dt = sim.engine, float(sim.engine.tables.mesh.runs.dt[0])
    weight = float(e.tables.omega[0]) * dt
    x = np.linspace(e.tables.cells.lo, e.tables.cells.hi, 21)
    for begin, end in ((10, 20), (20, 40), (40, 80), (80, 160), (160, 400)):
        found, exact = np.zeros(20), np.zeros(20)
        while sim.steps < end:
            sim.step()
            if sim.steps < begin:
                continue
            reach = U * dt * sim.steps
            found += weight * np.diff(e.particles.start)
            exact += np.trapezoid(0.5 * N0 * (erfc(x / reach) + erfc((1.0 - x) / reach)), x, axis=0)
        tolerance = 0.01 if begin > 10 else 0.02
        np.testing.assert_allclose(found, exact, rtol=2.5 * tolerance)
        assert found.sum() == pytest.approx(exact.sum(), rel=0.3 * tolerance, abs=0.0)
    assert exact.sum() > 0.95 * N0 * 240


@pytest.mark.parametrize(("hot", "cold"), [(400.0, 200.0), pytest.param(1000.0, 250.0, marks=pytest.mark.slow)])
def test_free_molecular_heat_flux_between_diffuse_walls(hot: float, cold: float) -> None:
    """20 cells of 2000 particles, 1400 steps: heat flux from the walls' ledger and from the gas, 0.5-1 %; n uniform; T
    = sqrt(T1 T2).
    """
    sim = planar(
        inner__type="diffuse", inner__temperature=f"{hot} K", outer__type="diffuse", outer__temperature=f"{cold} K",
        initial="barometric", grid__cells=20, run__particles_per_cell=2000, weights__mode="equal",
    )  # fmt: skip
    sim.step(500)
    e = sim.engine
    before, first = e.state.energy.copy(), sim.steps
    p = Sampled(sim, 1400)
    exact = float(free_molecular.fourier_heat_flux(p.n.mean(), hot, cold, MASS))
    wall = MASS * (e.state.energy - before).reshape(20, ENTRIES)[:, Entry.WALL] / (sim.steps - first)
    assert p.n.mean() == pytest.approx(N0, rel=2e-3, abs=0.0)
    assert float(wall[:10].sum()) == pytest.approx(exact, rel=0.01, abs=0.0)
    assert float(wall[10:].sum()) == pytest.approx(-exact, rel=0.01, abs=0.0)
    assert 0.5 * float(wall[:10].sum() - wall[10:].sum()) == pytest.approx(exact, rel=5e-3, abs=0.0)
    assert p.heat.mean() == pytest.approx(exact, rel=5e-3, abs=0.0)
    np.testing.assert_allclose(p.heat, exact, rtol=0.03)
    np.testing.assert_allclose(p.n, N0, rtol=0.01)
    np.testing.assert_allclose(p.t, math.sqrt(hot * cold), rtol=0.01)


def test_specular_walls_conserve_energy_and_number() -> None:
    """A column between specular walls, equal weights, hard spheres: number exactly, energy per particle to 1e-12."""
    gravity = 2.0 * K_B * T / MASS
    sim = planar(
        collisions="hard_sphere", domain__gravity=f"{gravity} m s-2", inner__type="specular", outer__type="specular",
        initial="barometric", weights__mode="equal", grid__cells=20, run__particles_per_cell=200,
        species__0__density="1e19 m-3",
    )  # fmt: skip
    e, n = sim.engine, sim.engine.particles.count

    def energy() -> float:
        x = e.particles.x[:, :n]
        return float((0.5 * (x[1:] ** 2).sum(axis=0) + gravity * x[0]).mean())

    before = energy()
    sim.step(500)
    assert e.particles.count == n
    assert e.state.diagnostics.collisions.sum() > n
    assert energy() == pytest.approx(before, rel=1e-12, abs=0.0)
