"""Losses and charge exchange in cells: decay, production, drag by ions against exact rates, relaxation to the ions.

Most tests let the conversions of a step act on a homogeneous gas that stays in its cells (no motion, no collisions), so
that closed forms hold exactly; cells are independent, and their scatter is the error.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.analytic.charge_exchange_drag import Drifting, constant_cross_section
from exobase.case import make_case
from exobase.constants import AU, K_B
from exobase.cross_sections.charge_exchange import sigma
from exobase.cross_sections.ionisation import photo_frequency, photo_ions
from exobase.errors import RunError
from exobase.io.results import read_result
from exobase.judge.always import always_on
from exobase.simulation import Simulation, write_outcome
from exobase.simulation.history import count_ledger
from exobase.simulation.outcome import LEDGER_ENTRIES
from exobase.summary.dsmc import summarise
from exobase.tallies.ledger import Entry

SIGMAS = 3.5
CELLS = 50
DENSITY, TEMPERATURE = 1e11, 1000.0
DRIFT = np.array([3000.0, 1000.0, -2000.0])
IONS: dict[str, Any] = {
    "process": "charge_exchange", "ion_density": "1e4 cm-3", "ion_temperature": "4000 K", "ion_velocity": "-2 km/s",
    "cross_section": "5e-15 cm2",
}  # fmt: skip
BOX: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "initial": "barometric",
    "time_step": "global",
    "body": {"sun_distance": "1.5 au"},
    "domain": {"geometry": "planar", "inner": "0 m", "outer": "1000 km"},
    "inner": {"type": "specular"},
    "outer": {"type": "specular"},
    "grid": {"spacing": "uniform", "cells": CELLS},
    "run": {"particles_per_cell": 2000},
    "tally": {"sample_every": 1, "record_every": 1},
}


def box(*losses: dict[str, Any], species: str = "H", changes: dict[str, Any] | None = None) -> Simulation:
    """A box of one species with losses."""
    gas = {"name": species, "density": f"{DENSITY:g} m-3", "temperature": f"{TEMPERATURE:g} K"}
    tables = [{"species": species, **loss} for loss in losses]
    return Simulation(make_case({**BOX, "species": [gas], "loss": tables}, changes))


def stretched(sim: Simulation, depth: float, frequency: float) -> None:
    """Sets the step such that ``frequency`` times it is ``depth``; flux weights follow."""
    e, t = sim.engine, sim.engine.tables
    factor = depth / frequency / float(t.cells.dt[0])
    e.tables = replace(t, cells=t.cells._replace(dt=t.cells.dt * factor), omega=t.omega / factor)


def act(sim: Simulation, times: int = 1) -> None:
    """Only the conversions of some steps."""
    for _ in range(times):
        sim.engine.conversions.act(sim.engine)
        sim.engine.step += 1


def per_cell(sim: Simulation, column: np.ndarray) -> np.ndarray:
    """Mean of a column of particles in each cell."""
    start = sim.engine.particles.start
    return np.add.reduceat(column, start[:-1]) / np.diff(start)


def assert_mean(values: np.ndarray, theory: float, largest_error: float = np.inf) -> None:
    """The mean over independent cells is the theory within its error, which is a small part of it."""
    error = values.std(ddof=1) / np.sqrt(values.size)
    assert abs(values.mean() - theory) < SIGMAS * error, (values.mean(), theory, error)
    assert error < largest_error * abs(theory)


@pytest.mark.parametrize(("ion", "resonant"), [("H+", True), ("O+", False)])
def test_drifting_neutrals_hand_momentum_and_energy_to_drifting_ions_at_the_exact_rates(
    ion: str, resonant: bool
) -> None:
    sim = box({**IONS, "ion": ion})
    e, loss, mass = sim.engine, sim.case.losses[0], sim.case.species[0].mass
    assert loss.resonant is resonant
    u_ion = [loss.ion_velocity, 0.0, 0.0]
    exact = constant_cross_section(
        Drifting(loss.ion_mass, loss.ion_temperature, u_ion), Drifting(mass, TEMPERATURE, DRIFT), loss.cross_section
    )
    steps, depth = 600, 1e-3
    stretched(sim, depth, loss.ion_density * exact.rate)
    p = e.particles
    p.x[1:4, : p.count] += DRIFT[:, None]
    before, start = p.x[:, : p.count].copy(), p.start.copy()
    for _ in range(steps):
        act(sim)
        # The same gas again: rates at the start.
        p.start[:] = start
        p.x[:, : p.count] = before
    volume = e.tables.cells.volume[0] * steps
    rates = e.state.converted[:, 0, :] / volume
    both = loss.ion_density * DENSITY
    back = float(resonant)
    momentum = exact.neutral_momentum[0] - back * exact.ion_momentum[0]
    energy = exact.neutral_energy - back * exact.ion_energy
    # Within a step the gas changes by half its depth, far below the error.
    assert_mean(rates[:, 0], both * exact.rate, 0.005)
    assert_mean(rates[:, 1], both * momentum, 0.01)
    assert_mean(rates[:, 2], both * energy, 0.01)
    # What is drawn has the mean of what is scored.
    entry = Entry.EXCHANGED if resonant else Entry.CONVERTED
    drawn = e.state.weight[:, entry] / volume
    assert_mean(drawn, both * exact.rate, 0.01)
    if resonant:
        assert_mean(-mass * e.state.momentum[:, entry] / volume, both * momentum, 0.01)
        assert_mean(-mass * e.state.energy[:, entry] / volume, both * energy, 0.02)


def test_a_fitted_cross_section_gives_the_rates_of_its_average_over_both_gases() -> None:
    # Cold neutrals at one velocity: averages over the ions alone, by quadrature of the fit.
    sim = box({**IONS, "ion": "H+", "cross_section": "fit", "ion_temperature": "20000 K"})
    e, loss, mass = sim.engine, sim.case.losses[0], sim.case.species[0].mass
    steps, depth = 200, 1e-3
    stretched(sim, depth, loss.typical_frequency(TEMPERATURE, mass))
    p = e.particles
    p.x[1:4, : p.count] = DRIFT[:, None]
    before = p.x[:, : p.count].copy()
    for _ in range(steps):
        act(sim)
        p.x[:, : p.count] = before
    rng = np.random.default_rng(1)
    u = np.array([loss.ion_velocity, 0.0, 0.0])
    w = u + np.sqrt(K_B * loss.ion_temperature / loss.ion_mass) * rng.standard_normal((1_000_000, 3))
    g = np.linalg.norm(DRIFT - w, axis=1)
    each = sigma(loss.ion, "H", 0.5 * loss.ion_mass * g**2) * g * loss.ion_density * DENSITY
    exact = [each, mass * each * (DRIFT[0] - w[:, 0]), 0.5 * mass * each * (DRIFT @ DRIFT - (w**2).sum(axis=1))]
    constant = mass * loss.cross_section * loss.ion_density * DENSITY * g * (DRIFT[0] - w[:, 0])
    volume = e.tables.cells.volume[0] * steps
    for k, values in enumerate(exact):
        theory, error = values.mean(), values.std() / np.sqrt(values.size)
        scored = e.state.converted[:, 0, k].mean() / volume
        assert error < 0.004 * abs(theory)
        assert abs(scored - theory) < SIGMAS * error + 2e-4 * abs(theory), k
    # The fit differs from a constant.
    assert abs(constant.mean() / exact[1].mean() - 1.0) > 0.02
    drawn = e.state.weight[:, Entry.EXCHANGED] / volume
    assert_mean(drawn, exact[0].mean(), 0.01)
    assert_mean(-mass * e.state.momentum[:, Entry.EXCHANGED] / volume, exact[1].mean(), 0.03)


def test_a_meeting_beyond_the_fit_ends_the_run_with_its_name() -> None:
    sim = box({**IONS, "ion": "H+", "cross_section": "fit", "ion_velocity": "-400 km/s"}, species="CO2")
    sim.engine.particles.x[1, : sim.engine.particles.count] = -4e5
    stretched(sim, 0.5, sim.case.losses[0].typical_frequency(TEMPERATURE, sim.case.species[0].mass))
    with pytest.raises(RunError, match=r"loss CO2.charge_exchange: a particle of CO2 met H\+ at an energy"):
        act(sim, 200)


def test_neutrals_relax_to_the_distribution_of_the_ions_whatever_the_step() -> None:
    mean = {}
    for steps in (1, 10, 100):
        sim = box({**IONS, "ion": "H+"})
        e, loss, mass = sim.engine, sim.case.losses[0], sim.case.species[0].mass
        p = e.particles
        p.x[1:4, : p.count] += DRIFT[:, None]
        nu = loss.typical_frequency(TEMPERATURE, mass)
        stretched(sim, 1.0 / steps, nu)
        act(sim, steps)
        mean[steps] = per_cell(sim, p.x[1, : p.count])
        stretched(sim, 0.2, nu)
        act(sim, 100)
        thermal = K_B * loss.ion_temperature / loss.ion_mass
        for k, u in ((1, loss.ion_velocity), (2, 0.0), (3, 0.0)):
            c = p.x[k, : p.count] - u
            assert abs(per_cell(sim, c).mean()) < SIGMAS * np.sqrt(thermal / p.count)
            assert_mean(per_cell(sim, c**2), thermal)
            assert_mean(per_cell(sim, c**4), 3.0 * thermal**2)
    assert abs(mean[10].mean()) < 0.75 * DRIFT[0]
    for steps in (1, 100):
        error = np.hypot(mean[steps].std(ddof=1), mean[10].std(ddof=1)) / np.sqrt(CELLS)
        assert abs(mean[steps].mean() - mean[10].mean()) < SIGMAS * error


def test_photoionised_gas_decays_exponentially_and_the_ledger_closes(tmp_path: Path) -> None:
    sim = box({"process": "photoionisation", "activity": "active"}, changes={"body.sun_distance": "0.003 au"})
    loss = sim.case.losses[0]
    expected = sum(photo_frequency("H", ion, 0.003 * AU, "active") for ion in photo_ions("H"))
    assert loss.frequency == pytest.approx(expected, rel=1e-12)
    first = sim.engine.particles.count
    sim.start_tally()
    for _ in range(4):
        sim.step(100)
        part = np.exp(-loss.frequency * sim.time)
        assert abs(sim.engine.particles.count - first * part) < SIGMAS * np.sqrt(first * part * (1.0 - part))
    assert part < 0.8
    counts, alive, _ = count_ledger(sim.engine)
    assert counts[0, Entry.CONVERTED] == first - alive[0] > 0
    write_outcome(sim, tmp_path / "result.h5", {"ledger_entries": list(LEDGER_ENTRIES)})
    result = read_result(tmp_path / "result.h5")
    assert next(o for o in always_on(result, sim.case.to_dict()) if o.name == "ledger").passed
    column = dict(zip(LEDGER_ENTRIES, result["ledger/flux_weight"][0], strict=True))
    assert column["initial"] == pytest.approx(column["converted"] + column["alive"], rel=1e-9)
    # Mean production over the run: what is scored agrees with what was removed, cells add up to the domain.
    number, total = result["production/number"][0], result["production/total_number"][0]
    assert (number * result["grid/volume"]).sum() == pytest.approx(total, rel=1e-9)
    drawn = column["converted"] / sim.steps
    assert abs(total - drawn) < SIGMAS * drawn / np.sqrt(counts[0, Entry.CONVERTED])
    assert result["production/number_stderr"].shape == (1, CELLS)


def test_a_drifting_gas_produces_ions_with_its_momentum_and_energy() -> None:
    nu = 2e-5
    sim = box({"process": "frequency", "frequency": f"{nu} s-1", "sunlit_fraction": 0.5})
    e, mass = sim.engine, sim.case.species[0].mass
    p = e.particles
    p.x[1:4, : p.count] += DRIFT[:, None]
    act(sim)
    score = e.state.converted[:, 0, :] / e.tables.cells.volume[:, None]
    rate = -np.expm1(-0.5 * nu * e.tables.cells.dt[0]) / e.tables.cells.dt[0]
    assert rate == pytest.approx(0.5 * nu, rel=1e-2)
    energy = 0.5 * mass * (DRIFT @ DRIFT) + 1.5 * K_B * TEMPERATURE
    assert score[:, 0].mean() == pytest.approx(DENSITY * rate, rel=1e-9)
    assert_mean(score[:, 1], mass * DENSITY * DRIFT[0] * rate, 0.01)
    assert_mean(score[:, 2], DENSITY * energy * rate, 0.01)


@pytest.mark.parametrize("time_step", ["global", "local"])
def test_a_stream_through_a_layer_is_weakened_as_exp_of_minus_its_time_in_it(time_step: str) -> None:
    # Particles enter and leave within a step: losses at the ends of steps still count the right time, on average.
    nu, length, speed, thermal = 2e-3, 1e6, 5000.0, 20.0
    gas = {"name": "H", "density": "1e11 m-3", "temperature": f"{thermal} K", "bulk_speed": f"{speed} m/s"}
    case = make_case(
        {
            **BOX, "time_step": time_step, "initial": "empty", "species": [gas], "inner": {"type": "reservoir"},
            "outer": {"type": "remove"}, "grid": {"spacing": "uniform", "cells": 20},
            "run": {"particles_per_cell": 500}, "step": {"courant": 0.05},
            "loss": [{"species": "H", "process": "frequency", "frequency": f"{nu} s-1"}],
        }
    )  # fmt: skip
    sim = Simulation(case)
    step = float(sim.engine.tables.mesh.runs.dt.max())
    sim.step(int(3.0 * length / speed / step) + 1)
    before = sim.engine.state.weight.sum(axis=0)
    counts = sim.engine.state.counts.sum(axis=0)
    sim.step(max(int(3.0 * length / speed / step), 2000))
    weight = sim.engine.state.weight.sum(axis=0) - before
    number = (sim.engine.state.counts.sum(axis=0) - counts)[Entry.ESCAPED]
    v = np.linspace(speed - 3000.0, speed + 3000.0, 4001)
    flux = v * np.exp(-((v - speed) ** 2) * case.species[0].mass / (2.0 * K_B * thermal))
    exact = (flux * np.exp(-nu * length / v)).sum() / flux.sum()
    assert number > 20_000
    passed = weight[Entry.ESCAPED] / weight[Entry.EMITTED]
    assert abs(passed / exact - 1.0) < SIGMAS / np.sqrt(number)


def test_losses_work_with_levels_rotation_and_radial_cells_and_the_summary_states_them(tmp_path: Path) -> None:
    molecule = {
        "name": "M", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05,
        "rotational_dof": 2, "rotational_number": 3.0,
    }  # fmt: skip
    case = make_case(
        {
            "solver": "dsmc", "collisions": "vhs", "body": {"jeans_parameter": 13.0},
            "domain": {"inner": "1000 km", "outer_over_inner": 3.0}, "species": [molecule],
            "grid": {"spacing": "log", "cells": 20, "adapt": False}, "weights": {"energy_levels": 4},
            "run": {"particles_per_cell": 100}, "tally": {"sample_every": 2, "record_every": 10},
            "loss": [
                {"species": "M", "process": "frequency", "frequency": "2e-5 s-1"},
                {**IONS, "species": "M", "ion": "M+", "ion_density": "1e4 cm-3"},
                {**IONS, "species": "M", "ion": "O+", "ion_density": "1e3 cm-3", "name": "with oxygen"},
            ],
        }
    )  # fmt: skip
    sim = Simulation(case)
    sim.step(100)
    sim.start_tally()
    sim.step(400)
    counts, _, _ = count_ledger(sim.engine)
    assert min(counts[0, Entry.CONVERTED], counts[0, Entry.EXCHANGED]) > 100
    assert (sim.state()["level"] > 0).sum() > 100
    write_outcome(sim, tmp_path / "result.h5", {"ledger_entries": list(LEDGER_ENTRIES)})
    result = read_result(tmp_path / "result.h5")
    # The production follows the profile: number n nu, momentum m n u nu, from other samples of the same run.
    number, density = result["production/number"][0], result["profile/density"][0]
    assert number == pytest.approx(2e-5 * density, rel=0.05)
    signs, energy = result.attributes("ledger")["signs"], result["ledger/energy"][0]
    gained = result["ledger/collision_energy"].sum()
    assert abs(energy @ np.array(signs) + gained) < 1e-9 * np.abs(energy).max()
    produced = summarise(result, case, [])["production"]
    assert list(produced) == ["M.frequency", "M.charge_exchange", "with oxygen"]
    assert produced["M.frequency"]["rate_per_s"] == pytest.approx((number * result["grid/volume"]).sum(), rel=1e-9)
    assert 0.0 < produced["M.frequency"]["rate_stderr"] < 0.1 * produced["M.frequency"]["rate_per_s"]
