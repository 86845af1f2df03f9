"""What weights and few particles do to a column: escape, temperature, and the noise of its content.

An ideal gas open to a reservoir has Poisson numbers: the variance of the content sum w is the sum of squared weights.
Each row is one run of fixed length: escape over the one-sided flux of the reservoir, by what scores it (tracers where
there are some) and by the particles of the gas; temperature of the quarters of the collisional column over that of the
reservoir; variance of the content over its Poisson value, with the number of independent values it rests on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exobase.case import Case, make_case
from exobase.constants import K_B
from exobase.simulation import Simulation
from exobase.simulation.planning import plan
from exobase.tallies.ledger import Entry
from exobase.tallies.statistics import BlockEstimate, block_estimate
from exobase_verify.bench.gas import jeans_gas
from exobase_verify.bench.tables import grid
from exobase_verify.bench.workers import Figures

if TYPE_CHECKING:
    from rich.table import Table

PER_CELL = (30.0, 100.0, 400.0)
PARTICLE_STEPS, QUICK_PARTICLE_STEPS = 2e9, 4e7
NITROGEN: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "vss",
    "body": {"name": "Pluto", "radius": "1188 km"},
    "domain": {"inner": "2300 km", "outer": "15000 km"},
    "outer": {"type": "kepler_return"},
    "species": [{"name": "N2", "density": "7.3e14 m-3", "temperature": "70 K"}],
}
METHANE: dict[str, Any] = {"name": "CH4", "density": "7.3e12 m-3", "temperature": "70 K"}


def cases(per_cell: float, seed: int) -> dict[str, Case]:
    """The columns by name: three Jeans parameters, and Pluto (nitrogen; with methane; without tracers)."""
    run = {"seed": seed, "particles_per_cell": per_cell}
    deep = {**NITROGEN, "run": run}
    out = {
        f"lambda0 = {depth:g}": jeans_gas(depth, outer, run=run)
        for depth, outer in ((6.0, 10.0), (10.0, 6.0), (15.0, 6.0))
    }
    out["Pluto N2"] = make_case(deep, name="pluto_n2")
    out["Pluto N2, no tracers"] = make_case({**deep, "weights": {"energy_levels": 1}}, name="pluto_plain")
    out["Pluto N2 + CH4"] = make_case({**deep, "species": [*deep["species"], METHANE]}, name="pluto")
    return out


def measure(quick: bool = False) -> Figures:
    """Every column with 30, 100 and 400 particles per cell (quick: the first one with 30)."""
    rows = []
    for per_cell in PER_CELL[:1] if quick else PER_CELL:
        chosen = list(cases(per_cell, 1).items())
        for name, case in chosen[:1] if quick else chosen:
            rows += run_column(name, case, QUICK_PARTICLE_STEPS if quick else PARTICLE_STEPS)
    return {"benchmark": "weights", "rows": rows}


def run_column(name: str, case: Case, particle_steps: float) -> list[Figures]:
    """One run: a quarter of the steps (at least the planned burn-in) before averages, an adaptation in between."""
    sim = Simulation(case)
    steps = int(particle_steps / max(sim.engine.particles.count, 1))
    burn_in = min(max(plan(case).burn_in, steps // 4), 4 * steps)
    sim.step(burn_in // 2)
    sim.start_tally()
    sim.step(max(burn_in // 4, 8 * case.tally.record_every))
    sim.adapt()
    sim.step(burn_in // 2)
    sim.start_tally()
    sim.step(steps)
    poisson = poisson_variance(sim)
    return [_row(name, sim, s, float(poisson[s])) for s in range(len(case.species))]


def poisson_variance(sim: Simulation) -> NDArray[np.float64]:
    """Sum of squared weights of the gas [ns], from the mean numbers of particles since ``start_tally``."""
    e = sim.engine
    blocks = e.state.blocks["moments"]
    sums = blocks.data.sum(axis=2).reshape(e.tables.ncell, e.tables.ns, e.tables.moments)
    weight = e.tables.omega.reshape(e.tables.ncell, e.tables.ns) * e.tables.cells.dt[:, None]
    return np.asarray((weight**2 * sums[:, :, 0] / blocks.samples.sum()).sum(axis=0))


def _row(name: str, sim: Simulation, s: int, poisson: float) -> Figures:
    case, h, first = sim.case, sim.history, sim.tally_from or 0
    gas = case.species[s]
    emitted = 4.0 * math.pi * case.r_inner**2 * gas.evaporation_flux()
    scored = block_estimate(h.scored(Entry.ESCAPED, first)[:, s] / emitted, case.run.min_blocks)
    direct = block_estimate(h.rates(Entry.ESCAPED, first)[:, s] / emitted, case.run.min_blocks)
    quarters = [_temperature(np.array(h.column[first:])[:, s, q], gas.mass) for q in range(4)]
    content = np.array(h.content[first:])[:, s]
    independent = max(block_estimate(content, case.run.min_blocks).effective, 2.0)
    ratio = float(content.var()) / poisson / (1.0 - 1.0 / independent)
    return {
        "column": name,
        "species": gas.name,
        "per_cell": case.run.particles_per_cell,
        "particles": sim.engine.particles.count,
        "steps": sim.steps - sim.tally_step,
        "flux": scored.mean,
        "flux_stderr": scored.stderr,
        "direct": direct.mean,
        "direct_stderr": direct.stderr,
        "temperature": [t.mean / gas.temperature for t in quarters],
        "temperature_stderr": [t.stderr / gas.temperature for t in quarters],
        "variance": ratio,
        "variance_stderr": ratio * math.sqrt(2.0 / independent),
        "independent": independent,
    }


def _temperature(moments: NDArray[np.float64], mass: float) -> BlockEstimate:
    """Temperature [K] from the records [n, 4] of number, sum v, sum v^2 and sum v_t^2; its error by linearisation."""
    n, v, v2, t2 = moments.mean(axis=0)
    if not n > 0.0:
        return BlockEstimate(math.nan, math.nan, 0, 1, False, math.nan, 0.0)
    u, energy = v / n, (v2 + t2) / n
    change = (moments[:, 2] + moments[:, 3] - energy * moments[:, 0]) - 2.0 * u * (moments[:, 1] - u * moments[:, 0])
    series = mass / (3.0 * K_B) * (energy - u * u + change / n)
    return block_estimate(series)


def show(figures: Figures) -> list[Table]:
    """Figures as a table."""
    columns = ("column", "species", "per cell", "steps", "flux/evaporation", "by the gas", "T/T0 of the quarters",
               "variance/Poisson")  # fmt: skip
    rows = []
    for row in figures["rows"]:
        temperature = ", ".join(
            f"{t:.4f}({10000 * e:.0f})" for t, e in zip(row["temperature"], row["temperature_stderr"], strict=True)
        )
        rows.append(
            [
                row["column"], row["species"], f"{row['per_cell']:g}", f"{row['steps']:d}",
                f"{row['flux']:.4g} +- {row['flux_stderr']:.2g}", f"{row['direct']:.4g} +- {row['direct_stderr']:.2g}",
                temperature, f"{row['variance']:.2f} +- {row['variance_stderr']:.2f}",
            ]
        )  # fmt: skip
    caption = (
        "one seed each; T: error in the last digits; the variance rests on twice its relative error to the -2 values"
    )
    return [grid("weights: what they do to a column", columns, rows, caption)]
