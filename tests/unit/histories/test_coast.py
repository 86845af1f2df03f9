"""Flights beyond all collisions: exact crossings, speeds and ends of single beams.

Energy and angular momentum are conserved: at a surface of radius s, v^2 = v0^2 + 2 GM (1/s - 1/r0) and
sin(angle) = r0 v0 sin(angle0)/(s v). Lengths and speeds are those of oxygen atoms of 1 eV near a body of 10000 km.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from exobase.constants import EV
from exobase.histories.simulation import HistorySimulation
from exobase.tallies.scores import DOWN, UP, Fate, Scores
from small_histories import RADIUS, beam

GM = 2e13
SURFACES = {"shells": 10, "surfaces": ["100 km", "4000 km", "9000 km"], "energy_bins": 10}


def flown(case: Any, histories: int = 10) -> Scores:
    sim = HistorySimulation(case.with_run(histories_per_batch=histories))
    sim.round(1)
    return sim.sums.mean()


def crossings(mean: Scores) -> list[list[int]]:
    return np.rint(mean.crossings[0]).astype(int).tolist()


def test_an_unbound_atom_that_misses_the_gas_passes_surfaces_on_the_way_in_and_out() -> None:
    """Inward at 130 degrees from 6000 km: its periapsis lies between the first two surfaces."""
    case = beam(altitude=6e6, angle=130.0, energy=1.0, gm=GM, outer=1e7, tally=SURFACES)
    mean = flown(case)
    assert crossings(mean) == [[0, 0], [1, 1], [1, 0]]
    assert mean.escaped[0, 0] == pytest.approx(1.0, rel=1e-12)
    v2 = 2.0 * EV / case.followed[0].species.mass + 2.0 * GM * (1.0 / (RADIUS + 4e6) - 1.0 / (RADIUS + 6e6))
    expected = 0.5 * case.followed[0].species.mass * v2
    for way in (UP, DOWN):
        assert mean.power[0, 1, way] == pytest.approx(expected, rel=1e-12, abs=0.0)
    sine = (RADIUS + 6e6) / (RADIUS + 4e6) * math.sin(math.radians(130.0))
    sine *= math.sqrt(2.0 * EV / case.followed[0].species.mass / v2)
    cell = int(math.sqrt(1.0 - sine * sine) * mean.angle.shape[3])
    assert mean.angle[0, 1, :, cell] == pytest.approx([1.0, 1.0], rel=1e-12)
    # The shells hold the time from birth to the outer boundary: twice the way from periapsis, less what lies outside.
    assert mean.presence.sum() > 0.0


def test_loss_on_the_way_in_and_out_of_a_passage() -> None:
    """With gm = 0 a straight line: exp(-nu s/v) at every surface."""
    nu, v = 1e-4, math.sqrt(2.0 * EV / beam().followed[0].species.mass)
    mean = flown(beam(altitude=6e6, angle=130.0, loss=nu, outer=1e7, tally=SURFACES))
    r, cosine = RADIUS + 6e6, math.cos(math.radians(130.0))
    nearest = -r * cosine
    for k, surface in ((1, 4e6), (2, 9e6)):
        half = math.sqrt((RADIUS + surface) ** 2 - (r * math.sin(math.radians(130.0))) ** 2)
        assert mean.crossings[0, k, UP] == pytest.approx(math.exp(-nu * (nearest + half) / v), rel=1e-9)
        if k == 1:
            assert mean.crossings[0, k, DOWN] == pytest.approx(math.exp(-nu * (nearest - half) / v), rel=1e-9)
    end = math.sqrt((RADIUS + 1e7) ** 2 - (r * math.sin(math.radians(130.0))) ** 2)
    assert mean.escaped[0, 0] == pytest.approx(math.exp(-nu * (nearest + end) / v), rel=1e-9)
    assert mean.presence.sum() == pytest.approx((1.0 - mean.escaped[0, 0]) / nu, rel=1e-9)


def test_a_bound_hop_with_loss_passes_up_and_down() -> None:
    """Straight up in nearly uniform motion and back: what comes down has lost more than what went up."""
    nu = 1e-4
    mean = flown(beam(altitude=2e5, angle=10.0, energy=0.2, gm=GM, loss=nu, outer=1e7, tally=SURFACES))
    up, down = mean.crossings[0, 0]
    assert up == 0.0 < down < 1.0
    assert mean.escaped.sum() == 0.0
    assert mean.weight[0, Fate.ABSORBED] + mean.weight[0, Fate.LOST] == pytest.approx(1.0, rel=1e-12)
    # Below the surface lies a short steep way more.
    assert mean.weight[0, Fate.ABSORBED] == pytest.approx(down, rel=0.03)
    assert mean.weight[0, Fate.ABSORBED] < down


@pytest.mark.parametrize(("angle", "passed"), [(5.0, [[0, 0], [1, 0], [0, 0]]), (115.0, [[0, 0], [1, 1], [0, 0]])])
def test_a_bound_orbit_that_reaches_beyond_the_limit_escapes_on_its_next_way_out(
    angle: float, passed: list[list[int]]
) -> None:
    """Limit at 8000 km; the second one comes in first and misses the gas."""
    start = 1e6 if angle < 90.0 else 6e6
    energy = 0.3 if angle < 90.0 else 0.14
    case = beam(altitude=start, angle=angle, energy=energy, gm=GM, outer=1e7, tally=SURFACES)
    case = dataclasses.replace(case, lost_beyond=RADIUS + 8e6)
    mass = case.followed[0].species.mass
    v2 = 2.0 * energy * EV / mass
    assert 0.5 * v2 - GM / (RADIUS + start) < 0.0
    mean = flown(case)
    assert mean.escaped[0, 0] == pytest.approx(1.0, rel=1e-12)
    assert crossings(mean) == passed


def test_a_bound_orbit_that_meets_no_gas_is_trapped() -> None:
    mean = flown(beam(altitude=1e7, angle=90.0, energy=0.08, gm=GM, outer=2e7, tally=SURFACES))
    assert mean.weight[0, Fate.TRAPPED] == pytest.approx(1.0, rel=1e-12)


def test_an_atom_born_beyond_the_limit_has_escaped() -> None:
    case = dataclasses.replace(beam(altitude=9.5e6, angle=170.0, outer=1e7, gm=GM), lost_beyond=RADIUS + 9e6)
    mean = flown(case)
    assert mean.escaped[0, 0] == pytest.approx(1.0, rel=1e-12)
    assert mean.presence.sum() == 0.0
