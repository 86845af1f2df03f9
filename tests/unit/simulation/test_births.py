"""Sources in a gas of cells: numbers, places and free flight of births, and what the run makes of them.

Numbers are rounded stochastically, so their sum over N steps and M cells, sources and species has a variance of at
most N M/4. Without gravity and collisions particles fly straight: of those sent out isotropically at r, the part
(1 - sqrt(1 - (r0/r)^2))/2 hits the inner sphere r0, and their density between there and the outer sphere follows.
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exobase.case import Case, make_case
from exobase.case.model import Source
from exobase.constants import EV
from exobase.simulation import Simulation, restore
from exobase.simulation.births import birth_rates, birth_speeds, births_of, fed_only
from exobase.simulation.history import History, count_ledger
from exobase.simulation.layout import lay_mesh
from exobase.simulation.profile import expected_profile, mean_free_paths
from exobase.simulation.steady import is_steady
from exobase.species import species
from exobase.tallies.ledger import ENTRIES, Entry

SIGMAS = 4.5
R0, LEVEL = 1e6, 1.5e6
M_O = species("O").mass
GAS: dict[str, Any] = {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K"}
VOLUME = {"profile_r": (1.1e6, 1.3e6, 1.8e6), "profile_density": (1.0, 4.0, 0.2), "rate": 3e20, "temperature": 500.0}
SOURCES = (
    Source("mono_energetic", "level", "O", "global", settings={"radius": LEVEL, "energy": EV, "launch": "isotropic"}),
    Source("thermal", "volume", "O", "global", settings=VOLUME),
)


def case(sources: tuple[Source, ...] = SOURCES, **changes: Any) -> Case:
    """Oxygen that only sources bring into a gas, without collisions and gravity unless changed."""
    tables = {
        "solver": "dsmc",
        "collisions": "off",
        "body": {"gm": "0 m3 s-2"},
        "domain": {"inner": "1000 km", "outer": "2000 km"},
        "species": [
            {**GAS, "density": "1e10 m-3"},
            {"name": "O", "temperature": "100 K", "density": "0 m-3"},
        ],
        "grid": {"spacing": "uniform", "cells": 20},
        "run": {"seed": 3, "particles_per_cell": 50},
        "tally": {"sample_every": 2, "record_every": 20},
    }
    return dataclasses.replace(
        make_case(tables, {k.replace("__", "."): v for k, v in changes.items()}), sources=sources
    )


def collisional(sources: tuple[Source, ...] = SOURCES, **changes: Any) -> Case:
    """The same in a collisional, bound gas."""
    base = {
        "collisions": "hard_sphere", "body": {"jeans_parameter": 10.0}, "species.0.density": "1e15 m-3",
        "grid": {"spacing": "log", "cells": 20}, "weights.energy_levels": 1,
    }  # fmt: skip
    return case(sources, **{**base, **changes})


def books(sim: Simulation) -> NDArray[np.int64]:
    """Counts of the ledger of oxygen, which must close."""
    counts: NDArray[np.int64] = count_ledger(sim.engine)[0][sim.case.index("O")]
    return counts


def test_as_many_are_born_as_the_sources_send_out() -> None:
    sim, steps = Simulation(case()), 400
    births = sim.engine.entries.births
    assert births is not None
    omega = sim.engine.tables.omega.reshape(-1, 1, 2)
    assert births.rate.sum(axis=(0, 2)) == pytest.approx(birth_rates(sim.case).sum(axis=1), rel=1e-11, abs=0.0)
    assert births.rate.sum(axis=(0, 2)) == pytest.approx([1.0, 3e20], rel=1e-11, abs=0.0)
    sim.step(steps)
    expected = (births.rate / omega)[:, :, 1].sum() * steps
    rounded = np.count_nonzero(births.rate)
    assert abs(books(sim)[Entry.BORN] - expected) < SIGMAS * 0.5 * math.sqrt(rounded * steps)
    assert books(sim)[Entry.EMITTED] == 0
    assert sim.engine.state.counts.reshape(-1, 2, ENTRIES)[:, 0, Entry.BORN].sum() == 0


def test_columns_share_the_births() -> None:
    """Births of each column lie between what enters through its faces and those of the next: the ledger would break."""
    sim = Simulation(case(run__columns=4))
    sim.step(40)
    assert min(books(sim)[Entry.BORN], sim.engine.state.counts[:, Entry.EMITTED].sum()) > 20
    births = sim.engine.entries.births
    assert births is not None
    assert births.rate.shape[0] == 80
    assert births.rate[20:40].sum() == pytest.approx(0.25 * birth_rates(case()).sum(), rel=1e-11, abs=0.0)


def test_a_level_on_either_boundary_belongs_to_a_cell() -> None:
    ends = tuple(
        Source("sputtering", f"at {r:g}", "O", "global", settings={"radius": r, "energy": EV}) for r in (1e6, 2e6)
    )
    births = Simulation(case(ends)).engine.entries.births
    assert births is not None
    assert np.flatnonzero(births.rate[:, 0, 1]).tolist() == [0]
    assert np.flatnonzero(births.rate[:, 1, 1]).tolist() == [19]


def test_births_fly_straight_to_both_boundaries() -> None:
    """Escaped and absorbed parts; density at r > level: Phi/(v 4 pi r^2) times the mean of 1/|mu| over rays."""
    sim = Simulation(case(SOURCES[:1], run__particles_per_cell=200))
    sim.step(200)
    sim.start_tally()
    before = books(sim)
    sim.step(2000)
    after = books(sim) - before
    hits = 0.5 * (1.0 - math.sqrt(1.0 - (R0 / LEVEL) ** 2))
    lost = after[Entry.ABSORBED] + after[Entry.ESCAPED]
    sigma = math.sqrt(lost * hits * (1.0 - hits))
    assert lost > 5000
    assert abs(after[Entry.ABSORBED] - hits * lost) < SIGMAS * sigma
    moments = sim.engine.state.blocks["moments"].data.sum(axis=2).reshape(20, 2, -1)[:, 1, 0]
    content = moments * sim.engine.tables.omega.reshape(20, 2)[:, 1] * sim.engine.tables.cells.dt
    content /= sim.engine.state.blocks["moments"].samples.sum()
    v = math.sqrt(2.0 * EV / M_O)
    edges = np.linspace(1e6, 2e6, 21)
    expected = np.diff([_time_below(r, v) for r in edges])
    assert content[1:].sum() == pytest.approx(expected[1:].sum(), rel=SIGMAS / math.sqrt(lost), abs=0.0)
    assert content == pytest.approx(expected, rel=0.1, abs=0.0)


def _time_below(r: float, v: float) -> float:
    """Mean time that a particle sent out isotropically at LEVEL spends between the spheres R0 and r."""
    total, n = 0.0, 20_000
    for mu in -1.0 + 2.0 * (np.arange(n) + 0.5) / n:
        b2 = LEVEL * LEVEL * (1.0 - mu * mu)
        half = math.sqrt(max(r * r - b2, 0.0))
        start = LEVEL * mu
        end = math.sqrt(4e12 - b2) if mu > 0.0 or b2 >= R0 * R0 else -math.sqrt(R0 * R0 - b2)
        total += max(min(half, end) - max(-half, start), 0.0)
    return total / n / v


def test_species_that_only_sources_bring_in_start_empty() -> None:
    free = collisional()
    assert fed_only(free).tolist() == [False, True]
    sim = Simulation(free)
    assert (sim.state()["species"] == 0.0).all()
    assert np.isfinite(sim.engine.tables.omega).all()
    both = collisional(SOURCES[:1], species__1__density="1e12 m-3")
    assert fed_only(both).tolist() == [False, False]
    assert (Simulation(both).state()["species"] == 1.0).any()


def test_steps_and_majorants_heed_fast_births() -> None:
    """A particle born with v meets the gas at most v/(sqrt2 l) dt = 0.3 times in a step."""
    slow, fast = (collisional(sources) for sources in (SOURCES[1:], SOURCES[:1]))
    v = float(birth_speeds(fast)[1])
    assert v == pytest.approx(math.sqrt(2.0 * EV / M_O), rel=1e-12, abs=0.0)
    profile = expected_profile(fast)
    path = mean_free_paths(fast, profile.density, profile.temperature)[1]
    mesh = lay_mesh(fast, profile)
    dt, middle = mesh.runs.dt[0], mesh.edge(np.array([0, 1])).mean()
    assert dt <= 0.3 * math.sqrt(2.0) * np.interp(middle, profile.position, path) / v
    assert lay_mesh(slow, expected_profile(slow)).runs.dt[0] > 2.0 * dt
    sim = Simulation(collisional(SOURCES[:1], species__1__particles_factor=400.0))
    sim.start_tally()
    sim.step(60)
    assert books(sim)[Entry.BORN] > 10
    assert sim.engine.state.diagnostics.excess[:, 1].sum() <= 2


def test_the_fastest_births_of_every_kind_are_known() -> None:
    """Dissociation: the lighter product of the richest channel takes the larger share of its energy and kT of Te."""
    r = (1.1e6, 1.3e6)
    ions = {"ion": "CO+", "r": r, "n_ion": (1e9, 1e9), "n_e": (1e9, 1e9), "T_i": (200.0, 200.0), "T_e": (300.0, 900.0)}
    found = birth_speeds(case((Source("dissociative_recombination", "ions", "O", "global", settings=ions),)))
    births = births_of(case((Source("dissociative_recombination", "ions", "O", "global", settings=ions),)))
    assert found[0] == 0.0
    m_c = species("C").mass
    energy = births.channels[:, 1].max() + 900.0 * 1.380649e-23
    assert found[1] == pytest.approx(math.sqrt(2.0 * energy * m_c / (M_O * (M_O + m_c))), rel=1e-5, abs=0.0)
    spectrum = {"radius": LEVEL, "energy": (EV, 4.0 * EV), "spectrum": (1.0, 1.0)}
    assert birth_speeds(case((Source("table", "t", "O", "global", settings=spectrum),)))[1] == pytest.approx(
        math.sqrt(8.0 * EV / M_O), rel=1e-12, abs=0.0
    )


def test_births_count_as_inflow_of_a_steady_gas() -> None:
    """Born less escaped must vanish as emitted less escaped must."""

    def history(born: float, escaped: float, entry: Entry) -> History:
        rng, h = np.random.default_rng(1), History()
        book = np.zeros((1, ENTRIES))
        for k in range(128):
            book[0, entry] += born * (1.0 + 0.05 * rng.normal())
            book[0, Entry.ESCAPED] += escaped * (1.0 + 0.05 * rng.normal())
            h.step.append(k + 1)
            h.content.append(1.0 + 0.01 * rng.normal(size=1))
            h.energy.append(1.0 + 0.01 * rng.normal(size=1))
            h.zone_flux.append(rng.normal(size=(1, 3)))
            h.weight.append(book.copy())
            h.scored_weight.append(book.copy())
        return h

    for entry in (Entry.BORN, Entry.EMITTED):
        assert is_steady(history(1.0, 1.0, entry), 0)
        assert not is_steady(history(1.0, 0.7, entry), 0)


def test_births_are_no_flux_through_a_face() -> None:
    sim = Simulation(case())
    sim.step(60)
    assert sim.boundary_flux()["inner", "O"]["number"][0] <= 0.0
    assert sim.history.rates(Entry.BORN)[:, 1].mean() > 1e20


def test_a_resumed_run_gives_the_same_births(tmp_path: Path) -> None:
    whole = Simulation(collisional())
    whole.step(40)
    cut = Simulation(collisional())
    cut.step(20)
    cut.checkpoint(tmp_path)
    resumed, _, _ = restore(tmp_path)
    assert resumed.case == cut.case
    assert resumed.start == cut.start != ""
    resumed.step(20)
    assert resumed.digest() == whole.digest()


def test_cells_are_adapted_to_what_was_born() -> None:
    """Weights of new cells follow the sampled density of a trace; its ledger goes on and closes."""
    sim = Simulation(collisional(run__particles_per_cell=20))
    sim.start_tally()
    sim.step(200)
    born = books(sim)[Entry.BORN]
    sim.adapt()
    sim.step(40)
    assert books(sim)[Entry.BORN] > born
    assert np.isfinite(sim.engine.tables.omega).all()
