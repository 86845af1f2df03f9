"""Ions in fields and their reactions against exact results."""

from __future__ import annotations

import math

import numpy as np
import pytest

from exobase.analytic import ionised_corona, pickup
from exobase.case.history_model import HistoryCase
from exobase.case.load import make_history_case
from exobase.constants import ELEMENTARY_CHARGE, EV
from exobase.fields.boris import boris
from exobase.fields.conics import boundary
from exobase.histories.simulation import HistorySimulation
from exobase.histories.trace import trace_ions
from exobase.jit import kernel
from exobase.tallies.scores import INTERNAL, Fate
from small_ions import MARS, WIND, mars_ions

U, B = (-4e5, 0.0, 0.0), (3e-9 * math.cos(math.radians(57)), 3e-9 * math.sin(math.radians(57)), 0.0)


@kernel
def _turn(e, b, g, q_over_m, dt, v, steps):  # type: ignore[no-untyped-def]
    """Velocity and mean velocity after a number of Boris steps in uniform fields."""
    x, y, z = v[0], v[1], v[2]
    sx = sy = sz = 0.0
    for _ in range(steps):
        a, c, d = boris(e[0], e[1], e[2], b[0], b[1], b[2], g[0], g[1], g[2], q_over_m, dt, x, y, z)
        sx, sy, sz = sx + 0.5 * (a + x), sy + 0.5 * (c + y), sz + 0.5 * (d + z)
        x, y, z = a, c, d
    return x, y, z, sx / steps, sy / steps, sz / steps


def test_a_magnetic_field_turns_an_ion_by_twice_the_arc_tangent_and_keeps_its_energy() -> None:
    zero, b, v = np.zeros(3), np.array([0.0, 0.0, 2e-9]), np.array([3e5, 0.0, 1e5])
    q_over_m, steps = 6e6, 100_000
    dt = 0.2 / (q_over_m * b[2])
    out = _turn(zero, b, zero, q_over_m, dt, v, steps)
    assert sum(x * x for x in out[:3]) == pytest.approx(float(v @ v), rel=1e-11, abs=0.0)
    one = _turn(zero, b, zero, q_over_m, dt, v, 1)
    assert math.atan2(-one[1], one[0]) == pytest.approx(2.0 * math.atan(0.1), rel=1e-12, abs=0.0)
    # Late by (omega dt)^2/12 of the angle.
    assert 1.0 - 2.0 * math.atan(0.1) / 0.2 == pytest.approx(0.2**2 / 12.0, rel=0.02, abs=0.0)


def test_drift_is_e_cross_b_with_gravity_to_a_thousandth() -> None:
    """v = E x B/B^2 + (m/q) g x B/B^2, over whole turns."""
    e, b, g = np.array([1e-3, 0.0, 0.0]), np.array([0.0, 0.0, 3e-9]), np.array([0.0, 3.0, 0.0])
    q_over_m, per_turn = 6e6, 40
    # A whole number of steps to a turn of the scheme.
    dt = 2.0 * math.tan(math.pi / per_turn) / (q_over_m * b[2])
    out = _turn(e, b, g, q_over_m, dt, np.zeros(3), 50 * per_turn)
    drift = np.cross(e, b) / (b @ b) + np.cross(g, b) / (q_over_m * (b @ b))
    assert np.allclose(out[3:], drift, rtol=0.0, atol=1e-3 * float(np.linalg.norm(drift)))


def _uniform(**tables: object) -> HistoryCase:
    return mars_ions(field={"model": "uniform", **WIND}, collision=[], source=[_PICKUP], species=[_OXYGEN], **tables)


_OXYGEN = {"name": "O+", "threshold": "0 eV"}
_PICKUP = {"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["frequency"], "frequency": "4e-7 s-1"}


def test_ions_picked_up_follow_the_cycloid() -> None:
    """Position to 5e-3 of the gyroradius, speed at most 2 u_perp, mean drift E x B/B^2."""
    sim = HistorySimulation(_uniform(body={"gm": "1 m3 s-2", "radius": "3389.5 km"}))
    paths, _, _ = trace_ions(sim, 4, points=400)
    q_over_m = ELEMENTARY_CHARGE / sim.case.followed[0].species.mass
    radius = pickup.gyroradius(sim.case.followed[0].species.mass, 4e5, 3e-9, ELEMENTARY_CHARGE, math.radians(57))
    assert len(paths) == 4
    for path in paths:
        exact = path[0, :3] + pickup.cycloid_position(path[:, 6], U, B, q_over_m, path[0, 3:6])
        assert float(np.abs(path[:, :3] - exact).max()) < 5e-3 * float(radius)
        assert float(np.linalg.norm(path[:, 3:6], axis=1).max()) < 2.01 * 4e5 * math.sin(math.radians(57)) + 3e3


def test_the_ring_of_velocities_is_that_of_ions_born_at_rest() -> None:
    """In the frame of the solar wind u sin(cone) across the field and u cos(cone) along it."""
    tally = {**MARS["tally"], "ring_cells": 40, "ring_speed": "500 km/s"}
    sim = HistorySimulation(_uniform(tally=tally))
    sim.round(4)
    ring = sim.sums.mean().ring[0]
    step = 500.0 / 40
    i, j = (int(x) for x in np.unravel_index(int(ring.argmax()), ring.shape))
    across, along = 400.0 * math.sin(math.radians(57)), 400.0 * math.cos(math.radians(57))
    assert i == int(across / step)
    assert j in (int(along / step) + 40, 40 - 1 - int(along / step))
    near = ring[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].sum()
    assert near > 0.97 * ring.sum()


def test_energy_and_potential_add_up_in_the_draped_field() -> None:
    """E = -grad[U B z sqrt(1 - a^3/r^3)] is exact: kinetic energy plus q Phi is constant along a path, to the step.

    Paths through the sphere, where there is no field, are among them.
    """
    case = mars_ions(body={"gm": "1 m3 s-2", "radius": "3389.5 km"}, source=[_PICKUP], species=[_OXYGEN], collision=[])
    sim = HistorySimulation(case)
    paths, _, _ = trace_ions(sim, 12, points=3000)
    mass = case.followed[0].species.mass
    setup = case.field
    assert setup is not None
    for path in paths:
        r = np.linalg.norm(path[:, :3], axis=1)
        # zeta = xi x eta with xi = -x and eta along B across x, which is +y: zeta = -z.
        s = np.sqrt(1.0 - np.minimum(setup.obstacle / r, 1.0) ** 3)
        phi = -setup.speed * setup.b[1] * path[:, 2] * s
        total = 0.5 * mass * (path[:, 3:6] ** 2).sum(axis=1) + ELEMENTARY_CHARGE * phi
        scale = 2.0 * mass * setup.speed**2
        assert float(np.abs(total - total[0]).max()) < 0.01 * scale


def test_ionisation_of_a_corona_is_the_integral_over_its_volume_without_the_shadow() -> None:
    gas = {"name": "O", "law": "power_law", "density": "1e4 cm-3", "temperature": "300 K", "exponent": 3.5}
    case = mars_ions(
        background={"gas": [gas]}, species=[_OXYGEN], collision=[],
        source=[{**_PICKUP, "shadow": True}], run={**MARS["run"], "histories_per_batch": 4000},
    )  # fmt: skip
    sim = HistorySimulation(case)
    sim.round(8)
    value, error = float(sim.sums.mean().emitted[0]), float(sim.sums.stderr().emitted[0])
    exact = ionised_corona.power_law_production(
        4e-7, 1e10, 3.5, case.r_inner, case.r_outer, shadow_radius=case.body_radius
    )
    whole = ionised_corona.power_law_production(4e-7, 1e10, 3.5, case.r_inner, case.r_outer)
    assert exact < 0.95 * whole
    assert error < 0.005 * exact
    assert abs(value - exact) < 4.0 * error + 1e-3 * exact


def test_electrons_ionise_more_within_a_boundary_by_its_factor() -> None:
    """The share of births weighs as the corona's volume integral outside and, with the factor, within the bow shock."""
    gas = {"name": "O", "law": "power_law", "density": "1e4 cm-3", "temperature": "300 K", "exponent": 3.5}
    source = {
        "type": "pickup", "species": "O+", "parent": "O", "ionisation": ["electron_impact"], "frequency": "1e-8 s-1",
        "enhancement": 8.0, "enhanced_within": "mars.bow_shock.vignes2000",
    }  # fmt: skip
    case = mars_ions(
        background={"gas": [gas]}, species=[_OXYGEN], collision=[], source=[source],
        run={**MARS["run"], "histories_per_batch": 4000},
    )  # fmt: skip
    sim = HistorySimulation(case)
    sim.round(8)
    value, error = float(sim.sums.mean().emitted[0]), float(sim.sums.stderr().emitted[0])
    shock, body = boundary("mars.bow_shock.vignes2000"), case.body_radius
    r = np.geomspace(case.r_inner, case.r_outer, 2001)
    r = 0.5 * (r[1:] + r[:-1])
    mu = np.linspace(-1.0, 1.0, 4001)
    mu = 0.5 * (mu[1:] + mu[:-1])
    x, rho = r[:, None] * mu / body, r[:, None] * np.sqrt(1.0 - mu**2) / body
    _, _, _, x0, e, parameter = shock.parts[0]
    inside = np.hypot(x - x0, rho) + e * (x - x0) < parameter
    share = inside.mean(axis=1)
    weight = 1e10 * (case.r_inner / r) ** 3.5 * 4.0 * math.pi * r**2 * np.gradient(r)
    exact = 1e-8 * float(weight @ (1.0 + 7.0 * share))
    assert 0.1 < float(weight @ share) / float(weight.sum()) < 0.9
    assert error < 0.01 * exact
    assert abs(value - exact) < 4.0 * error + 1e-3 * exact


def test_nothing_is_picked_up_within_a_magnetosphere() -> None:
    """Births are those of the corona outside a paraboloid whose focus is halfway to its nose."""
    gas = {"name": "O", "law": "power_law", "density": "1e4 cm-3", "temperature": "300 K", "exponent": 3.5}
    source = {"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["frequency"], "frequency": "1e-8 s-1"}
    nose = 6e6
    case = mars_ions(
        background={"gas": [gas]}, species=[_OXYGEN], collision=[], source=[{**source, "shadow": False}],
        field={**MARS["field"], "magnetosphere": True, "standoff": f"{nose} m"},
        run={**MARS["run"], "histories_per_batch": 4000},
    )  # fmt: skip
    sim = HistorySimulation(case)
    sim.round(8)
    value, error = float(sim.sums.mean().emitted[0]), float(sim.sums.stderr().emitted[0])
    r = np.geomspace(case.r_inner, case.r_outer, 2001)
    r = 0.5 * (r[1:] + r[:-1])
    mu = np.linspace(-1.0, 1.0, 4001)
    mu = 0.5 * (mu[1:] + mu[:-1])
    # x = nose - rho^2/(2 nose)
    within = r[:, None] * mu < nose - r[:, None] ** 2 * (1.0 - mu**2) / (2.0 * nose)
    weight = 1e10 * (case.r_inner / r) ** 3.5 * 4.0 * math.pi * r**2 * np.gradient(r)
    outside = float(weight @ (1.0 - within.mean(axis=1)))
    assert outside < 0.4 * float(weight.sum())
    assert error < 0.02 * 1e-8 * outside
    assert abs(value - 1e-8 * outside) < 4.0 * error + 2e-3 * 1e-8 * outside


def _beam(strip: bool) -> tuple[HistoryCase, float, float]:
    """Protons straight down through hydrogen of constant scale height; the column times both cross sections."""
    column_height, density = 2e5, 4e13
    reactions = [{"pair": ["H+", "H"], "law": "charge_exchange", "cross_section": "1e-19 m2"}]
    if strip:
        reactions.append({"pair": ["H", "H"], "law": "stripping", "cross_section": "5e-20 m2"})
    elastic = [{"pair": ["H", "H"], "law": "isotropic", "cross_section": "1e-40 m2"}]
    gas = {"name": "H", "density": f"{density} m-3", "temperature": "1e-3 K", "scale_height": f"{column_height} m"}
    case = make_history_case(
        {
            "solver": "test_particle", "body": {"gm": "1 m3 s-2", "radius": "3000 km"},
            "domain": {"inner_altitude": "100 km", "outer": "10000 km", "collision_depth": 1e-9},
            "background": {"gas": [gas]}, "field": {"model": "none"},
            "species": [{"name": "H+", "threshold": "1 eV"}, {"name": "H", "threshold": "1 eV"}],
            "collision": [*elastic, *reactions],
            "source": [{"type": "solar_wind", "species": "H+", "density": "1 cm-3", "speed": "400 km/s",
                        "beam_radius": "1 km"}],
            "run": {"histories_per_batch": 10_000, "target_species": "H"},
            "tally": {"energy_bins": 40, "energy_max": "2 keV", "shells": 4, "birth_cells": 2},
        }
    )  # fmt: skip
    column = density * column_height * (1.0 - math.exp(-(case.r_outer - case.r_inner) / column_height))
    return case, 1e-19 * column, 5e-20 * column if strip else 0.0


@pytest.mark.parametrize("strip", [False, True])
def test_charge_states_of_a_beam_follow_its_column(strip: bool) -> None:
    """f0 = s10/(s10 + s01) [1 - exp(-(s10 + s01) N)], and every neutral has the velocity of its proton."""
    case, capture, stripping = _beam(strip)
    sim = HistorySimulation(case)
    sim.round(16)
    mean, error = sim.sums.mean(), sim.sums.stderr()
    gone = mean.weight[:, int(Fate.ABSORBED)]
    neutral = float(gone[1] / gone.sum())
    exact = capture / (capture + stripping) * -math.expm1(-(capture + stripping))
    spread = float(error.weight[1, int(Fate.ABSORBED)]) / float(gone.sum())
    assert spread < 0.005 * exact
    assert abs(neutral - exact) < 4.0 * spread
    energy = 0.5 * case.followed[0].species.mass * 4e5**2
    cell = int(np.searchsorted(case.tally.energy_edges, energy)) - 1
    assert mean.rain[1].sum(axis=1)[cell] == pytest.approx(gone[1], rel=1e-12, abs=0.0)


def test_reactions_close_the_ledger_and_book_the_energy_they_set_free() -> None:
    """Counts exactly, weights and energy to round-off; H+ + O leaves the difference of the ionisation energies."""
    sim = HistorySimulation(mars_ions(run={**MARS["run"], "histories_per_batch": 2000}))
    sim.round(4)
    mean = sim.sums.mean()
    signs = np.array(
        [1.0 if f in (Fate.BORN, Fate.RECOIL, Fate.SPLIT, Fate.FORMED, Fate.FIELD) else -1.0 for f in Fate]
    )
    assert (mean.counts @ signs == 0.0).all()
    assert np.abs(mean.weight @ signs).max() < 1e-12 * mean.weight.max()
    recoils, thermal, heat = mean.exchange[:3]
    gap = float((mean.energy @ signs).sum()) - recoils - heat + thermal
    assert abs(gap) < 1e-9 * float(np.abs(mean.energy).sum())
    converted = mean.weight[:, int(Fate.CONVERTED)]
    assert converted[1] > 0.0
    # H+ on H releases nothing, H+ on O takes .0197 eV.
    assert -0.02 * EV * converted[1] <= mean.exchange[INTERNAL] + 0.02 * EV * converted[0] + 1e-30
