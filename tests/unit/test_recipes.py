"""The recipes of docs/architecture.md: what they name is all that a new species and a new check need."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from exobase import species as table
from exobase.case import make_case
from exobase.config.quantities import QUANTITIES, CheckQuantity
from exobase.constants import EV
from exobase.cross_sections.catalogue import EVERYWHERE, Law, laws
from exobase.cross_sections.entries import MAKERS, Asked, PairEntry
from exobase.cross_sections.lookup import POWER
from exobase.cross_sections.scattering import total
from exobase.histories.simulation import HistorySimulation
from exobase.io.results import Result, read_result
from exobase.judge import gas, judge
from exobase.parallel import SerialComm
from exobase.simulation import Simulation
from exobase.sources.emitters import Emitter
from exobase.sources.kinds import Place
from exobase.sources.reading import KINDS
from exobase.sources.settings import Settings
from exobase.sources.velocity import MONO, UNIFORM_SOLID
from exobase.tallies.scores import Fate, tables
from small_histories import MARS, mars

GAS = {
    "solver": "dsmc",
    "collisions": "vhs",
    "body": {"jeans_parameter": 4.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 1.5},
    "species": [{"name": "XeF2", "density": "1e13 m-3", "temperature": "300 K"}],
    "run": {"particles_per_cell": 10},
}


def test_a_species_is_one_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"mass": 169.29, "d_vhs": 6.1, "omega": 0.85, "t_ref": 273.0, "zeta_rot": 2, "source": "this test"}
    monkeypatch.setitem(table._table()["neutral"], "XeF2", entry)
    table._names.cache_clear()
    try:
        sim = Simulation(make_case(GAS))
        sim.step(20)
    finally:
        table._names.cache_clear()
    kind = sim.case.species[0].species
    assert (kind.diameter, kind.omega, kind.source) == (pytest.approx(6.1e-10), 0.85, "this test")
    assert sim.engine.state.diagnostics.collisions.sum() > 0
    assert sim.engine.tables.columns == 5  # it rotates


def test_a_check_is_an_entry_with_its_unit_and_a_function_of_the_result(
    monkeypatch: pytest.MonkeyPatch, exosphere: Path
) -> None:
    def cells(result: Result) -> tuple[float, float, str]:
        return float(len(result["grid/r"])), 0.0, "cells of the grid"

    monkeypatch.setitem(QUANTITIES, "cells", CheckQuantity("", per_species=False))
    monkeypatch.setitem(gas._GLOBAL, "cells", cells)
    asked = {"quantity": "cells", "reference": 30, "source": "this test", "tolerance": {"absolute": 1e6}}
    made = make_case({**GAS, "species": [{**GAS["species"][0], "name": "N2"}], "check": [asked]})
    result = read_result(exosphere)
    outcome = judge(result, {**result.case, "checks": made.to_dict()["checks"]})[0]
    assert (outcome.name, outcome.passed, outcome.value) == ("cells", True, len(result["grid/r"]))
    assert "cells of the grid" in outcome.detail


def test_a_scattering_law_is_an_entry_of_the_catalogue_and_what_makes_its_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def soft(asked: Asked) -> PairEntry:  # sigma = sigma0 (1 eV/E)^(1/4)
        return PairEntry(POWER, asked.law.reach, a=asked.options["cross_section"] * EV**0.25, b=0.25)

    law = Law("soft", "any pair", "this test", EVERYWHERE, EVERYWHERE, "a formula", options=("cross_section",))
    monkeypatch.setitem(laws(), "soft", law)
    monkeypatch.setitem(MAKERS, "soft", soft)
    collision = {"pair": ["O", "*"], "law": "soft", "cross_section": "1e-15 cm2"}
    oxygen = {"species": [{"name": "O", "threshold": "0.5 eV"}], "source": [MARS["source"][0]]}
    sim = HistorySimulation(mars(collision=[collision], **oxygen), SerialComm())
    for energy in (0.3, 5.0):
        wanted = 1e-19 * energy**-0.25
        assert total(sim.scattering, 0, energy * EV) == pytest.approx(wanted, rel=1e-12, abs=0.0)
    assert sim.batch(0).any()


def test_a_source_is_a_function_that_reads_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def lamp(keys: Settings, species: str, place: Place) -> Emitter:
        index, power = place.index(keys, species), keys.number("power", low=0.0, strict=True)
        keys.finish()
        r, speed = np.array([place.r_inner]), 5e3
        rate = power / (0.5 * place.masses[index] * speed**2)
        return Emitter(
            MONO, r, np.array([rate]), np.zeros(1), np.zeros(1), index, place.masses[index], speed,
            launch=UNIFORM_SOLID,
        )  # fmt: skip

    monkeypatch.setitem(KINDS, "lamp", lamp)
    case = mars()
    source = dataclasses.replace(case.sources[0], type="lamp", name="lamp", settings={"power": 1e6})
    sim = HistorySimulation(dataclasses.replace(case, sources=(source,)), SerialComm())
    scores = tables(sim.batch(0), sim.shapes)
    weight, energy = scores.weight[0, Fate.BORN], scores.energy[0, Fate.BORN]
    kinetic = energy + case.gm * case.followed[0].species.mass / case.r_inner * weight
    assert kinetic == pytest.approx(1e6 * sim.births.area_factor[0], rel=1e-9, abs=0.0)
