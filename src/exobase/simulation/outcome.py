"""The result file of a simulation, as documented in docs/results.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exobase.constants import K_B
from exobase.cross_sections.pair_rates import rate_coefficient
from exobase.geometry.columns import SPIN, VN, VT1, VT2, R
from exobase.io import ResultWriter
from exobase.parallel import reproducible_sum
from exobase.simulation.collect import Chunk, chunks
from exobase.simulation.column import write_column
from exobase.simulation.distributions import VelocityDistributions
from exobase.simulation.exobase_level import ExobaseFinder, exobase_table
from exobase.simulation.history import count_escapers, count_ledger
from exobase.simulation.limits import escape_limits, escaper_weights, known_error
from exobase.simulation.patch_results import write_patches
from exobase.simulation.production import Production
from exobase.simulation.rank_tables import SPECTRUM_UNIT, spectrum_width
from exobase.simulation.steady import escape_estimate, known_slow
from exobase.tallies.ledger import BALANCE, Entry
from exobase.tallies.moments import total_energy
from exobase.tallies.statistics import BlockEstimate, block_estimate

if TYPE_CHECKING:
    from exobase.simulation.core import Simulation

_OUTSIDE = {
    "table_share_below": "share of collisions below the table of cross sections",
    "table_share_above": "share of collisions above the table of cross sections",
}
Array = NDArray[np.float64]
_SPECIES = {
    "density": ("m-3", "number density"),
    "u_r": ("m s-1", "mean normal velocity"),
    "T_r": ("K", "temperature of the normal motion"),
    "T_t": ("K", "temperature of the tangential motion"),
    "T": ("K", "translational temperature"),
    "particle_flux": ("m-2 s-1", "particle flux"),
    "energy_flux": ("W m-2", "energy flux"),
    "mach": ("1", "Mach number"),
    "knudsen": ("1", "mean free path over the scale height of the pressure"),
    "jeans_parameter": ("1", "Jeans parameter"),
    "mean_free_path": ("m", "mean free path in the mixture"),
    "particles": ("1", "mean simulated particles"),
    "weight": ("1", "real particles per simulated particle"),
    "samples": ("1", "number of samples"),
}
_WITH_ERROR = ("density", "u_r", "T_r", "T_t", "T", "particle_flux", "energy_flux", "mach")
_ROTATION = {"T_rot": ("K", "rotational temperature")}
_SHEAR = {"u_t": ("m s-1", "mean tangential velocity"), "shear_stress": ("Pa", "m n <v v_t>, the shear stress")}
_GAS = {
    "density": "m-3",
    "mass_density": "kg m-3",
    "u_r": "m s-1",
    "T": "K",
    "pressure": "Pa",
    "scale_height": "m",
    "knudsen": "1",
    "mach": "1",
}
LEDGER_ENTRIES = (
    "initial", "emitted", "born", "returned", "cloned", "removed", "absorbed", "escaped", "lost_beyond",
    "lost_in_flight", "converted", "alive", "in_flight",
)  # fmt: skip
_GAINS = [Entry.WALL, Entry.COLLISION, Entry.COLLISION_WEIGHT, Entry.EXCHANGED]
# Of the entries in the balance: all that came less all that left less what is there.
_SIGNS = [*(int(BALANCE[Entry[name.upper()]]) for name in LEDGER_ENTRIES[:-2]), -1, -1]


@dataclass(frozen=True)
class Escape:
    """Escape of each species: rate, bound orbits lost beyond, energy rate, as blocked estimates.

    direct: rate of the particles of the gas themselves, where tracers score the escape; else the same as rate.
    """

    rate: list[BlockEstimate]
    lost: list[BlockEstimate]
    energy: list[BlockEstimate]
    direct: list[BlockEstimate]


def escape_estimates(sim: Simulation) -> Escape:
    """Blocked estimates over the records since ``start_tally`` (whole history without one)."""
    first = sim.tally_from or 0
    minimum = sim.case.run.min_blocks
    parts: dict[str, list[BlockEstimate]] = {"rate": [], "lost": [], "energy": [], "direct": []}
    lost = sim.history.scored(Entry.LOST_BEYOND, first)
    energy = sim.history.scored_energies(Entry.ESCAPED, first)
    direct = sim.history.rates(Entry.ESCAPED, first)
    for s, species in enumerate(sim.case.species):
        slow = known_slow(sim.engine, sim.history, first, s)
        parts["rate"].append(escape_estimate(sim.engine, sim.history, first, s, slow))
        parts["lost"].append(block_estimate(lost[:, s], minimum, slow))
        parts["energy"].append(block_estimate(energy[:, s] * species.mass, minimum, slow))
        parts["direct"].append(block_estimate(direct[:, s], minimum))
    return Escape(**parts)


def write_outcome(sim: Simulation, path: Path, attrs: dict[str, Any]) -> None:
    """Write ``result.h5``. Collective; rank 0 writes, cells arrive block by block."""
    ledger = _ledger(sim)
    spectrum = _spectrum(sim)
    histogram = sim.comm.sum(sim.engine.state.blocks["histogram"].data)
    weights = escaper_weights(sim)
    if sim.comm.rank > 0:
        for _ in chunks(sim):
            pass
        write_patches(sim, None)
        return
    with ResultWriter(path, attrs) as w:
        finder = ExobaseFinder(sim.case)
        vdf = VelocityDistributions(sim)
        production = Production(sim)
        _create(sim, w)
        production.create(w, sim.engine.tables.mesh.layers)
        for chunk in chunks(sim):
            _write_chunk(sim, w, chunk)
            finder.feed(chunk)
            vdf.feed(chunk)
            production.feed(w, chunk)
        escape = escape_estimates(sim)
        rate = np.array([b.mean for b in escape.rate])
        stderr = np.array([b.stderr for b in escape.rate])
        units = {"radius": "m", "temperature": "K", "density": "m-3", "jeans_flux": "m-2 s-1"}
        for name, values in exobase_table(sim.case, finder.finish(), rate, stderr).items():
            w.put(f"exobase/{name}", values, units=units.get(name, "1"), long_name=f"exobase {name}", dims=["species"])
        w.attrs("exobase", {"definition": sim.case.tally.exobase})
        _write_escape(sim, w, escape, spectrum, weights)
        _write_history(sim, w)
        vdf.write(w, histogram)
        production.write(w)
        _write_ledger(sim, w, ledger)
        write_patches(sim, w)


def species_quantities(sim: Simulation) -> dict[str, tuple[str, str]]:
    """Profiles of each species by name: (unit, meaning); those beyond ``_SPECIES`` have errors too."""
    rotation = _ROTATION if sim.case.rotates else {}
    return {**_SPECIES, **rotation, **(_SHEAR if sim.case.shear else {})}


def _create(sim: Simulation, w: ResultWriter) -> None:
    t = sim.engine.tables
    ns, nc, np_ = t.ns, t.mesh.layers, t.pairs.a.size
    names = np.array(sim.case.names)
    w.put("species/names", names, units="1", long_name="species", dims=["species"])
    w.put("species/mass", t.pairs.mass, units="kg", long_name="mass", dims=["species"])
    for name, unit, size, dim in (
        ("edges", "m", nc + 1, "edge"),
        ("r", "m", nc, "cell"),
        ("volume", "m3", nc, "cell"),
        ("dt", "s", nc, "cell"),
    ):
        w.create(f"grid/{name}", (size,), units=unit, long_name=f"cell {name}", dims=[dim])
    for name, (unit, text) in species_quantities(sim).items():
        w.create(f"profile/{name}", (ns, nc), units=unit, long_name=text, dims=["species", "cell"])
        if name in _WITH_ERROR or name not in _SPECIES:
            w.create(
                f"profile/{name}_stderr",
                (ns, nc),
                units=unit,
                long_name=f"standard error of {text}",
                dims=["species", "cell"],
            )
    for name, unit in _GAS.items():
        w.create(f"gas/{name}", (nc,), units=unit, long_name=f"{name} of the gas", dims=["cell"])
    for name in (
        "separation_over_mfp",
        "dt_nu",
        "courant",
        "particles",
        "majorant_excess",
        "clone_fraction",
        "repeated_pairs",
    ):
        w.create(f"quality/{name}", (nc,), units="1", long_name=name.replace("_", " "), dims=["cell"])
    for name in (
        "collision_rate",
        "collision_rate_theory",
        "collision_rate_ratio",
        "collision_rate_ratio_stderr",
        "weight_ratio",
    ):
        unit = "s-1 m-3" if name in ("collision_rate", "collision_rate_theory") else "1"
        w.create(f"quality/{name}", (np_, nc), units=unit, long_name=name.replace("_", " "), dims=["pair", "cell"])
    if t.pairs.tables is not None:
        for name, text in _OUTSIDE.items():
            w.create(f"quality/{name}", (np_, nc), units="1", long_name=text, dims=["pair", "cell"])
    pairs = [f"{names[a]}-{names[b]}" for a, b in zip(t.pairs.a, t.pairs.b, strict=True)]
    w.attrs("quality", {"pairs": pairs})


def _write_chunk(sim: Simulation, w: ResultWriter, chunk: Chunk) -> None:
    cells = slice(chunk.begin, chunk.end)
    w.write("grid/edges", (slice(chunk.begin, chunk.end + 1),), chunk.edges)
    for name in ("r", "volume", "dt"):
        w.write(f"grid/{name}", (cells,), getattr(chunk, name))
    for name in species_quantities(sim):
        w.write(f"profile/{name}", (slice(None), cells), chunk.species[name])
        if name in _WITH_ERROR or name not in _SPECIES:
            w.write(f"profile/{name}_stderr", (slice(None), cells), chunk.species[f"{name}_stderr"])
    for name in _GAS:
        w.write(f"gas/{name}", (cells,), chunk.gas[name])
    for name, values in _quality(sim, chunk).items():
        w.write(f"quality/{name}", (slice(None), cells) if values.ndim == 2 else (cells,), values)


def _quality(sim: Simulation, chunk: Chunk) -> dict[str, Array]:
    """Diagnostics of cells: see docs/results.md."""
    case, pairs = sim.case, sim.engine.tables.pairs
    steps = max(sim.steps - sim.diagnosed_step, 1)
    d, v = chunk.diagnostics, chunk.species
    width = np.diff(chunk.edges)
    t = np.nan_to_num(v["T"])
    speed = np.sqrt(2.0 * K_B * t / pairs.mass[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        frequency = np.where(v["particles"] > 0.0, 2.0 / math.sqrt(math.pi) * speed / v["mean_free_path"], 0.0).max(
            axis=0
        )
        checked = d["checked"].sum(axis=1)
        free = np.min(np.where(v["particles"] > 0.0, v["mean_free_path"], np.inf), axis=0)
        alive = v["particles"].sum(axis=0) * sim.engine.tables.mesh.patches
        out = {
            "separation_over_mfp": d["separation"].sum(axis=1) / checked / free,
            "dt_nu": chunk.dt * frequency,
            "courant": speed.max(axis=0) * chunk.dt / width,
            "particles": v["particles"].sum(axis=0),
            "majorant_excess": d["excess"].sum(axis=1),
            "clone_fraction": d["cloned"] / (alive * max(sim.steps, 1)),
            "repeated_pairs": d["repeats"].sum(axis=1) / checked,
        }
        rows: dict[str, list[Array]] = {
            k: [] for k in ("collision_rate", "collision_rate_theory", "weight_ratio", "expected_events")
        }
        for p, (a, b) in enumerate(zip(pairs.a, pairs.b, strict=True)):
            w_a, w_b = v["weight"][a], v["weight"][b]
            rows["collision_rate"].append(
                d["collisions"][:, p] * np.minimum(w_a, w_b) / (chunk.volume * chunk.dt * steps)
            )
            theory = _pair_rate(case, int(a), int(b), v["density"], t)
            rows["collision_rate_theory"].append(theory)
            rows["expected_events"].append(theory * chunk.volume * chunk.dt * steps / np.minimum(w_a, w_b))
            rows["weight_ratio"].append(np.maximum(w_a, w_b) / np.minimum(w_a, w_b))
        if pairs.tables is not None:
            shares = [_outside(case, int(a), int(b), t) for a, b in zip(pairs.a, pairs.b, strict=True)]
            rows |= {name: [pair[k] for pair in shares] for k, name in enumerate(_OUTSIDE)}
        for name, values in rows.items():
            out[name] = np.array(values).reshape(pairs.a.size, width.size)
        out["collision_rate_ratio"] = out["collision_rate"] / out["collision_rate_theory"]
        out["collision_rate_ratio_stderr"] = 1.0 / np.sqrt(out.pop("expected_events"))
    return out


def _pair_temperature(case: Any, a: int, b: int, t: Array) -> Array:
    """Temperature [K] of the relative motion of two species with the temperatures t [ns, cells]."""
    left, right = case.species[a].mass, case.species[b].mass
    return np.asarray(np.maximum((right * t[a] + left * t[b]) / (left + right), 1e-6))


def _outside(case: Any, a: int, b: int, t: Array) -> tuple[Array, Array]:
    """Shares of the collisions of a pair below and above its table, in equilibrium; NaN where it has none."""
    table = case.laws.table(a, b)
    if table is None:
        return np.full_like(t[a], np.nan), np.full_like(t[a], np.nan)
    below, above = table.share_outside(_pair_temperature(case, a, b, t))
    sampled = (t[a] > 0.0) & (t[b] > 0.0)
    return np.where(sampled, below, np.nan), np.where(sampled, above, np.nan)


def _pair_rate(case: Any, a: int, b: int, n: Array, t: Array) -> Array:
    """Collisions per volume and time of a pair in equilibrium at the local densities and temperatures.

    NaN for species that sources alone bring in: far from equilibrium, they have no such rate.
    """
    if case.fed_only(case.names[a]) or case.fed_only(case.names[b]):
        return np.full_like(n[a], np.nan)
    left, right = case.species[a].mass, case.species[b].mass
    rate = rate_coefficient(case.laws, a, b, _pair_temperature(case, a, b, t), left, right)
    return np.asarray(n[a] * n[b] * rate * (0.5 if a == b else 1.0))


def _spectrum(sim: Simulation) -> tuple[Array, Array]:
    """Escape rate per energy bin [ns, bins] s-1 and its error from blocks."""
    blocks = sim.engine.state.blocks["spectrum"]
    data = sim.comm.sum(blocks.data) * (sim.engine.tables.spectrum_weight / SPECTRUM_UNIT)[:, None, None]
    steps = np.maximum(blocks.samples, 1)
    mean = data.sum(axis=2) / max(int(blocks.samples.sum()), 1)
    filled = blocks.filled
    if filled < 2:
        return mean, np.full_like(mean, np.nan)
    return mean, (data[..., :filled] / steps[:filled]).std(axis=2, ddof=1) / math.sqrt(filled)


def _write_escape(
    sim: Simulation, w: ResultWriter, escape: Escape, spectrum: tuple[Array, Array], weights: Array
) -> None:
    case, ns = sim.case, sim.engine.tables.ns
    area = float(case.space.area(case.r_inner))
    rate, stderr = (np.array([getattr(b, k) for b in escape.rate]) for k in ("mean", "stderr"))
    limit = escape_limits(weights, sim.steps - sim.tally_step, rate, stderr)
    stderr = known_error(rate, stderr, limit)
    table = {
        "rate": (rate, "s-1"),
        "rate_stderr": (stderr, "s-1"),
        "flux": (rate / area, "m-2 s-1"),
        "flux_stderr": (stderr / area, "m-2 s-1"),
        "rate_upper_limit_95": (limit, "s-1"),
        "flux_upper_limit_95": (limit / area, "m-2 s-1"),
        "at_radius": (np.full(ns, case.r_inner), "m"),
        "energy_rate": (np.array([b.mean for b in escape.energy]), "W"),
        "energy_rate_stderr": (np.array([b.stderr for b in escape.energy]), "W"),
        "count": (sim.escapers, "1"),
        "direct_rate": (np.array([b.mean for b in escape.direct]), "s-1"),
        "direct_rate_stderr": (np.array([b.stderr for b in escape.direct]), "s-1"),
        "lost_beyond_rate": (np.array([b.mean for b in escape.lost]), "s-1"),
        "lost_beyond_rate_stderr": (np.array([b.stderr for b in escape.lost]), "s-1"),
        "evaporation": (np.array([s.evaporation_flux() for s in case.species]), "m-2 s-1"),
        "emission": (np.array([s.emission_flux() for s in case.species]), "m-2 s-1"),
        "autocorrelation_steps": (np.array([b.correlation for b in escape.rate]) * case.tally.record_every, "1"),
        "effective_samples": (np.array([b.effective for b in escape.rate]), "1"),
        "blocks": (np.array([b.blocks for b in escape.rate]), "1"),
    }
    for name, (data, unit) in table.items():
        w.put(
            f"escape/{name}",
            np.asarray(data),
            units=unit,
            long_name=f"escape {name.replace('_', ' ')}",
            dims=["species"],
        )
    width = spectrum_width(case)
    edges = np.arange(case.tally.energy_bins + 1) * width
    w.put(
        "escape/spectrum_energy_edges", edges, units="J", long_name="kinetic energy at infinity", dims=["energy_edge"]
    )
    for name, values in (("spectrum", spectrum[0]), ("spectrum_stderr", spectrum[1])):
        w.put(
            f"escape/{name}", values / width, units="s-1 J-1", long_name=f"escape {name.replace('_', ' ')}",
            dims=["species", "energy_bin"],
        )  # fmt: skip


def _write_history(sim: Simulation, w: ResultWriter) -> None:
    h = sim.history
    both = ["record", "species"]
    w.put("history/step", np.array(h.step), units="1", long_name="step", dims=["record"])
    w.put("history/particles", np.array(h.particles), units="1", long_name="simulated particles", dims=["record"])
    w.put("history/content", np.array(h.content), units="1", long_name="real particles in the domain", dims=both)
    text = "kinetic and potential energy in the domain"
    w.put("history/energy", np.array(h.energy), units="J", long_name=text, dims=both)
    text = "net flow through three shells"
    w.put("history/zone_flux", np.array(h.zone_flux), units="s-1", long_name=text, dims=[*both, "zone"])
    w.put("history/escape_rate", h.scored(Entry.ESCAPED), units="s-1", long_name="escape rate", dims=both)
    for name, entry in (
        ("direct_escape_rate", Entry.ESCAPED),
        ("inflow_rate", Entry.EMITTED),
        ("absorbed_rate", Entry.ABSORBED),
        ("clone_rate", Entry.CLONED),
        *((("birth_rate", Entry.BORN),) if sim.case.sources else ()),
    ):
        w.put(f"history/{name}", h.rates(entry), units="s-1", long_name=name.replace("_", " "), dims=both)
    write_column(w, sim.case, sim.engine.tables.profile, np.array(h.column))
    about = {"burn_in": sim.tally_step, "first_record": sim.tally_from or 0}
    w.attrs("history", about | {"dropped_steps": sim.tally_step - sim.sampled_step})


def _ledger(sim: Simulation) -> dict[str, NDArray[Any]]:
    """Counts, flux weights and energies [ns, LEDGER_ENTRIES] (collective)."""
    e, t = sim.engine, sim.engine.tables
    counts, alive, flying = count_ledger(e)
    sim.escapers = count_escapers(e)
    weight, energy, _ = e.state.books_total(sim.comm)[..., 0, :]
    specific = np.zeros(t.rows)
    total_energy(t.motion, e.particles.x, e.particles.start, t.sampled, specific)
    number = np.diff(e.particles.start).reshape(t.ncell, t.ns, t.levels.number)[:, :, 0].ravel()
    here = np.stack([number * t.omega, specific * t.omega], axis=1).reshape(t.ncell, t.ns * 2)
    now = reproducible_sum(sim.comm, here).reshape(t.ns, 2)
    flights = e.flights.data[:, e.flights.data[-2] < t.ns]
    sky = np.zeros((flights.shape[1], t.ns, 2))
    if flights.shape[1]:
        specific_energy = 0.5 * (flights[VN] ** 2 + flights[VT1] ** 2 + flights[VT2] ** 2)
        specific_energy += sim.case.space.potential(flights[R])
        species = flights[-2].astype(np.int64)
        rows = np.arange(flights.shape[1])
        if t.columns > SPIN:
            specific_energy += flights[SPIN]
        sky[rows, species, 0] = flights[t.columns]
        sky[rows, species, 1] = flights[t.columns] * specific_energy
    aloft = reproducible_sum(sim.comm, sky.reshape(flights.shape[1], t.ns * 2)).reshape(t.ns, 2)
    names = [name.upper() for name in LEDGER_ENTRIES[:-2]]
    out: dict[str, NDArray[Any]] = {}
    out["counts"] = np.column_stack([*(counts[:, Entry[k]] for k in names), alive, flying])
    out["flux_weight"] = np.column_stack([*(weight[:, Entry[k]] for k in names), now[:, 0], aloft[:, 0]])
    values = np.column_stack([*(energy[:, Entry[k]] for k in names), now[:, 1], aloft[:, 1]])
    out["energy"] = values * t.pairs.mass[:, None]
    out["collision_energy"] = energy[:, _GAINS] * t.pairs.mass[:, None]
    return out


def _write_ledger(sim: Simulation, w: ResultWriter, ledger: dict[str, NDArray[Any]]) -> None:
    units = {"counts": "1", "flux_weight": "s-1", "energy": "W"}
    for name, unit in units.items():
        w.put(f"ledger/{name}", ledger[name], units=unit, long_name=f"ledger {name}", dims=["species", "entry"])
    w.put(
        "ledger/collision_energy",
        ledger["collision_energy"],
        units="W",
        long_name="energy gained at walls, in collisions, in collisions of unequal weights, in charge exchange",
        dims=["species", "energy_source"],
    )
    first = sim.tally_from or 0
    gains = [block_estimate(sim.history.rates(Entry.CLONED, first)[:, s]) for s in range(sim.engine.tables.ns)]
    for name, key in (("clone_gain", "mean"), ("clone_gain_stderr", "stderr")):
        values = np.array([getattr(g, key) for g in gains])
        w.put(f"ledger/{name}", values, units="s-1", long_name=name.replace("_", " "), dims=["species"])
    w.attrs("ledger", {"entries": list(LEDGER_ENTRIES), "signs": _SIGNS, "closes": True})
