"""Histories: the ledger, exact flights and first collisions, splitting, maps, surfaces, loss, stopping, failures.

A beam straight down into a gas reaches the bottom without a collision with probability exp(-sigma N). A particle of
speed v loses its weight to exp(-nu s/v) along a path s. Electronic stopping dE = -C sqrt(E) dN leaves
sqrt(E) - C N/2. What flows up through a surface above all births and ends, less what flows down, escapes.
Deviations are given in standard errors from the batches, for fixed seeds.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from exobase.constants import EV
from exobase.cross_sections.scattering import electronic
from exobase.errors import RunError
from exobase.fields.acceleration import potential
from exobase.histories.simulation import HistorySimulation
from exobase.particles.bank import new_bank
from exobase.rng import cell_key, slot_key
from exobase.sources.births import give_birth
from exobase.tallies.scores import CANDIDATES, COLLISIONS, DOWN, HEAT, OF_THERMALISED, TO_RECOILS, UP, Fate
from small_histories import EVERYTHING, RADIUS, SCALE_HEIGHT, beam, mars

GAINS, ENDS = [Fate.BORN, Fate.RECOIL, Fate.SPLIT], list(Fate)[3:]
TAU = 2.0
INTO_GAS: dict[str, Any] = {
    "density": TAU / (1e-18 * SCALE_HEIGHT), "sigma": 1e-18, "altitude": 2e5, "angle": 180.0, "threshold": 0.9999,
}  # fmt: skip


@pytest.fixture(scope="module")
def full() -> HistorySimulation:
    """Mars with splitting, loss and maps, 40 batches of 200 histories."""
    sim = HistorySimulation(mars(**EVERYTHING))
    sim.round(40)
    return sim


@pytest.fixture(scope="module")
def plain() -> HistorySimulation:
    """The same without splitting, other histories."""
    tables = {key: value for key, value in EVERYTHING.items() if key != "splitting"}
    sim = HistorySimulation(mars(**tables).with_run(seed=4))
    sim.round(40)
    return sim


def run(case: Any, batches: int, histories: int = 0) -> HistorySimulation:
    sim = HistorySimulation(case.with_run(histories_per_batch=histories) if histories else case)
    sim.round(batches)
    return sim


def last_state(sim: HistorySimulation, batch: int) -> np.ndarray:
    """Position and velocity at the end of the only history of a batch."""
    sim.batch(batch)
    return sim._scratch.q.copy()


def test_every_particle_that_comes_ends(full: HistorySimulation) -> None:
    counts = full.sums.total[slice(*_place(full, "counts"))].reshape(2, len(Fate))
    assert counts[:, GAINS].sum() > 10_000
    assert (counts[:, GAINS].sum(axis=1) == counts[:, ENDS].sum(axis=1)).all()


def test_weights_and_energies_close(full: HistorySimulation) -> None:
    mean = full.sums.mean()
    came, went = mean.weight[:, GAINS].sum(axis=1), mean.weight[:, ENDS].sum(axis=1)
    assert went == pytest.approx(came, rel=1e-12)
    given, thermal, heat = (mean.exchange[k] for k in (TO_RECOILS, OF_THERMALISED, HEAT))
    gap = mean.energy[:, GAINS].sum() - mean.energy[:, ENDS].sum() - given - (heat - thermal)
    assert abs(gap) < 1e-12 * np.abs(mean.energy).sum()
    assert given > 0.01 * heat > 0.0
    # All heat is left below the outermost shell here.
    assert mean.heating.sum() == pytest.approx(heat, rel=1e-9)


def test_splitting_changes_no_mean_and_gains_no_weight(full: HistorySimulation, plain: HistorySimulation) -> None:
    a, b, ea, eb = full.sums.mean(), plain.sums.mean(), full.sums.stderr(), plain.sums.stderr()
    assert a.counts[0, Fate.SPLIT] > 20.0 < a.counts[0, Fate.ROULETTE] * 4
    for name in ("escaped", "presence", "crossings", "heating"):
        x, y, error = getattr(a, name), getattr(b, name), np.hypot(getattr(ea, name), getattr(eb, name))
        sigma = (x - y)[error > 0.0] / error[error > 0.0]
        assert np.abs(sigma).max() < 4.5, name
        assert np.sqrt(np.mean(sigma**2)) < 2.5, name
    gain = a.weight[0, Fate.SPLIT] - a.weight[0, Fate.ROULETTE]
    error = math.hypot(ea.weight[0, Fate.SPLIT], ea.weight[0, Fate.ROULETTE])
    assert abs(gain) < 4.0 * error
    # Splitting pays where it is meant to: on what escapes.
    assert ea.escaped.sum(axis=1)[0] < 1.2 * eb.escaped.sum(axis=1)[0]


def test_copies_made_on_the_way_uphill_are_not_thermalised() -> None:
    """A beam that rises to 300 km altitude against gravity and is split at 150 km, below its threshold: all of it falls
    back to the inner boundary, as without splitting.
    """
    energy = 1.0
    v2 = 2.0 * energy * EV / mars().followed[0].species.mass
    gm = 0.5 * v2 / (1.0 / (RADIUS + 1e4) - 1.0 / (RADIUS + 3e5))
    case = beam(altitude=1e4, energy=energy, threshold=0.9, gm=gm, outer=1e6, splitting={"altitudes": ["150 km"]})
    mean = run(dataclasses.replace(case, tide=1e-30), 5, 4).sums.mean()
    assert mean.counts[0, Fate.SPLIT] == 4.0
    assert mean.weight[0, Fate.THERMALISED] == 0.0
    assert mean.weight[0, Fate.ABSORBED] + mean.weight[0, Fate.ROULETTE] == pytest.approx(
        1.0 + mean.weight[0, Fate.SPLIT], rel=1e-12
    )


@pytest.mark.parametrize("start", ["above all collisions", "within"])
def test_a_beam_reaches_the_bottom_without_collision_with_exp_of_minus_tau(start: str) -> None:
    """Particles that come back from beyond the top see the whole column (an isotropic collision with an equal at rest
    leaves less than .9999 of the energy with probability .9999). 20000 histories, 3.5 sigma.
    """
    sim = run(beam(**(INTO_GAS | ({} if start.startswith("above") else {"altitude": 5e4}))), 20, 1000)
    assert 5.1e4 < sim.air.top - RADIUS < 1.9e5
    mean, n = sim.sums.mean(), 20_000
    expected = math.exp(-TAU if start.startswith("above") else -TAU * (1.0 - math.exp(-5e4 / SCALE_HEIGHT)))
    assert abs(mean.weight[0, Fate.ABSORBED] - expected) < 3.5 * math.sqrt(expected * (1.0 - expected) / n) + 2e-4
    assert mean.weight[0, Fate.ABSORBED] + mean.weight[0, Fate.THERMALISED] + mean.weight[0, Fate.ESCAPED] == (
        pytest.approx(1.0, rel=1e-12)
    )
    assert mean.work[CANDIDATES] >= mean.work[COLLISIONS] > 0.0


@pytest.mark.parametrize("stepped", [False, True])
@pytest.mark.parametrize("altitude", [2.1e5, 1e3])
def test_loss_in_flight_leaves_exp_of_minus_nu_t(stepped: bool, altitude: float) -> None:
    """Straight up in a vacuum, on arcs and in steps: what escapes, passes the surfaces and stays in the shells."""
    nu, outer = 2e-3, 3e5
    case = beam(altitude=altitude, loss=nu, outer=outer)
    if stepped:
        case = dataclasses.replace(case, tide=1e-30)
    sim = run(case, 2, 100)
    v = math.sqrt(2.0 * EV / case.followed[0].species.mass)
    mean = sim.sums.mean()
    tolerance = 1e-9 if not stepped else 5e-3
    assert mean.escaped[0, 0] == pytest.approx(math.exp(-nu * (outer - altitude) / v), rel=tolerance * 20)
    passed = math.exp(-nu * max(2e5 - altitude, 0.0) / v)
    assert mean.crossings[0, 1, UP] == pytest.approx(passed if altitude < 2e5 else 0.0, rel=20 * tolerance)
    stay = (1.0 - mean.escaped[0, 0]) / nu
    assert mean.presence.sum() == pytest.approx(stay, rel=20 * tolerance)
    assert mean.weight[0, Fate.LOST] == pytest.approx(1.0 - mean.escaped[0, 0], rel=1e-12)
    counts = mean.counts[0]
    assert counts[GAINS].sum() == counts[ENDS].sum()


def test_arcs_and_steps_give_the_same_residence_and_crossings() -> None:
    """Bound flights beyond the top, analytic and in steps (a tide of nothing); 4 sigma, and 1 % overall."""
    case = beam(altitude=5e4, angle=40.0, energy=0.4, gm=2e13, outer=2e6)
    arcs = run(case, 10, 50).sums
    steps = run(dataclasses.replace(case, tide=1e-30), 10, 50).sums
    a, b = arcs.mean(), steps.mean()
    assert a.work[3] > 0 == b.work[3]
    assert b.presence.sum() == pytest.approx(a.presence.sum(), rel=3e-3)
    error = np.hypot(arcs.stderr().presence, steps.stderr().presence)
    assert (np.abs(a.presence - b.presence) <= 4.5 * error + 3e-3 * a.presence).all()
    assert b.crossings == pytest.approx(a.crossings, rel=1e-12)
    assert b.power == pytest.approx(a.power, rel=2e-3)
    assert np.argmax(a.angle, axis=3).tolist() == np.argmax(b.angle, axis=3).tolist()


@pytest.mark.parametrize("field", ["tide", "pressure"])
def test_stepped_flights_conserve_kinetic_and_potential_energy(field: str) -> None:
    """Tide or radiation pressure as strong as a tenth of gravity at the outer boundary; 1e-3 of the kinetic energy."""
    gm, outer = 2e13, 2e7
    strength = 0.1 * gm / (RADIUS + outer) ** 2
    case = dataclasses.replace(
        beam(altitude=1e5, angle=50.0, energy=0.4, gm=gm, outer=outer),
        tide=strength / (2.0 * (RADIUS + outer)) if field == "tide" else 1e-30,
    )
    sim = HistorySimulation(case)
    push = 0.0
    if field == "pressure":
        push = strength
        sim.world = sim.world._replace(push=np.array([push]))
    for h in range(40):
        bank = new_bank(4)
        give_birth(sim.births, 0, 1.0, np.uint64(slot_key(np.uint64(cell_key(sim._base, h)), 0)), bank)
        q = last_state(sim, h)
        energies = [
            0.5 * float(x[3:6] @ x[3:6]) + potential(x[0], x[1], x[2], gm, case.tide, push) for x in (bank.x[0], q)
        ]
        assert energies[1] == pytest.approx(energies[0], abs=1e-3 * 0.4 * EV / case.followed[0].species.mass)


def test_maps_add_up_to_the_shells(full: HistorySimulation) -> None:
    """Exactly in the gas; on arcs both are unbiased."""
    mean, error = full.sums.mean(), full.sums.stderr()
    for name in ("zenith", "sphere"):
        total = getattr(mean, name).reshape(2, 12, -1).sum(axis=2)
        inside = full.world.grids.edges[1:] <= full.air.top
        assert inside.sum() >= 2
        assert total[:, inside] == pytest.approx(mean.presence[:, inside], rel=1e-9)
        there = mean.presence > 0.0
        assert (np.abs(total - mean.presence)[there] < 3.0 * error.presence[there]).all()
    assert mean.presence == pytest.approx(mean.residence.sum(axis=1), rel=1e-12)


def test_net_flux_above_all_collisions_is_what_escapes() -> None:
    sim = run(mars(), 4)
    mean = sim.sums.mean()
    above = sim.world.grids.surfaces > sim.air.top
    assert above.sum() == 2
    net = mean.crossings[:, above, UP] - mean.crossings[:, above, DOWN]
    assert mean.crossings[0, above, DOWN].min() > 0.0
    for k in range(2):
        assert net[:, k] == pytest.approx(mean.escaped.sum(axis=1), rel=1e-9)
    for name in ("spectrum", "angle"):
        assert getattr(mean, name).sum(axis=3) == pytest.approx(mean.crossings, rel=1e-12)


def test_the_table_of_births_holds_what_was_born_and_what_of_it_escapes(full: HistorySimulation) -> None:
    mean = full.sums.mean()
    assert mean.births.sum(axis=(1, 2)) == pytest.approx(mean.weight[:, Fate.BORN], rel=1e-12)
    assert mean.first.sum(axis=(1, 2)) == pytest.approx(mean.escaped[:, ::2].sum(axis=1), rel=1e-12)
    # Atoms of carbon are born in cascades of oxygen, and their escape is booked there.
    assert mean.all.sum() == pytest.approx(mean.escaped.sum(), rel=1e-12)
    assert (mean.all >= mean.first).all()
    assert mean.all[0].sum() > mean.first[0].sum()


def test_electronic_stopping_takes_energy_along_the_column() -> None:
    """1 keV straight down through 8e20 m-2, a few collisions in a hundred: the rest keep their way, to 1e-3."""
    column = 8e20
    case = beam(
        density=column / SCALE_HEIGHT, sigma=3e-23, altitude=1.5e5, angle=180.0, energy=1000.0, threshold=1.0,
        domain={"inner_altitude": "0 km", "outer_altitude": "300 km", "collision_depth": 1e-7},
        collision=[
            {"pair": ["O", "O"], "law": "isotropic", "cross_section": "3e-23 m2", "stopping": "lss"}
        ],
    )  # fmt: skip
    sim = HistorySimulation(case)
    mass = case.followed[0].species.mass
    found = np.array([0.5 * mass * float(q[3:6] @ q[3:6]) for q in (last_state(sim, h) for h in range(40))])
    c = electronic(sim.scattering, 0, 1000.0 * EV) / math.sqrt(1000.0 * EV)
    expected = (math.sqrt(1000.0 * EV) - 0.5 * c * column) ** 2
    assert expected < 0.8e3 * EV
    close = np.abs(found / expected - 1.0) < 1e-3
    assert close.sum() >= 35


def test_a_history_does_not_depend_on_those_before_it() -> None:
    """Every history and every recoil in it has a stream of its own: batches of 1 add up to a batch of 30."""
    case = mars()
    one = HistorySimulation(dataclasses.replace(case, sources=case.sources[1:]).with_run(histories_per_batch=1))
    many = HistorySimulation(one.case.with_run(histories_per_batch=30))
    singly = sum(one.batch(number) for number in reversed(range(30)))
    together = many.batch(0)
    assert singly / 30.0 == pytest.approx(together - _work(many, together) * 29.0 / 30.0, rel=1e-9, abs=0.0)


def _work(sim: HistorySimulation, flat: np.ndarray) -> np.ndarray:
    """Only what counts, not weighs: ``counts`` and ``work``."""
    out = np.zeros_like(flat)
    for name in ("counts", "work"):
        place = slice(*_place(sim, name))
        out[place] = flat[place]
    return out


def _place(sim: HistorySimulation, name: str) -> tuple[int, int]:
    sizes = {key: int(np.prod(shape)) for key, shape in sim.shapes.items()}
    begin = sum(sizes[key] for key in list(sizes)[: list(sizes).index(name)])
    return begin, begin + sizes[name]


def test_a_bound_that_is_too_low_is_an_error() -> None:
    sim = HistorySimulation(mars())
    sim.air.n_max[:] *= 0.5
    with pytest.raises(RunError, match="exceeds its bound"):
        sim.round(2)


def test_a_full_bank_is_an_error_with_history_place_and_remedy() -> None:
    sim = HistorySimulation(mars())
    sim._bank = new_bank(2)
    with pytest.raises(RunError, match=r"history \d+ \(source \w+\): O at altitude .* raise species.threshold"):
        sim.round(2)


def test_an_energy_beyond_a_law_is_an_error() -> None:
    sim = HistorySimulation(mars())
    sim.scattering.real[:, 1] = 1e-3 * EV
    with pytest.raises(RunError, match="outside the range of the pair's law"):
        sim.round(2)
