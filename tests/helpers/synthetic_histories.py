"""A test-particle result made without a simulation: smooth profiles with noise, and books that close exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from exobase.io.results import ResultWriter

K_B, EV = 1.380649e-23, 1.602176634e-19
GM, RADIUS = 4.282837e13, 3.3895e6
MASS = {"O": 15.999 * 1.66053907e-27, "C": 12.011 * 1.66053907e-27}
FATES = ["born", "recoil", "split", "roulette", "escaped", "absorbed", "thermalised", "lost", "trapped"]
EXOBASE = RADIUS + 2.0e5
EVENTS = np.array([2.0e27, 5.0e25])
BATCHES = 40


def case_dict(**changes: Any) -> dict[str, Any]:
    """A resolved case of the test-particle solver with the fields that judge and report read."""
    case: dict[str, Any] = {
        "name": "hot",
        "title": "Hot oxygen & carbon",
        "solver": "test_particle",
        "body_name": "Mars",
        "gm": GM,
        "body_radius": RADIUS,
        "r_inner": RADIUS + 8e4,
        "r_outer": RADIUS + 1e7,
        "followed": [{"species": {"name": n, "mass": MASS[n]}, "threshold": EV, "beta": 0.0} for n in MASS],
        "sources": [
            {"type": "dissociative_recombination", "name": "O2+ + e", "species": "O", "illumination": "dayside"},
            {"type": "sputtering", "name": "pickup O+", "species": "O", "illumination": "cos_zenith"},
        ],
        "run": {"target_error": 0.02},
        "tide": 0.0,
        "sun_distance": 0.0,
        "checks": [],
    }
    return {**case, **changes}


def books(splitting: bool, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Counts, weights, energies [species, fates] and exchange [3] that obey their balances."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((2, 9), dtype=np.int64)
    counts[:, [0, 1, 4, 6, 8]] = [[40_000, 90_000, 3000, 110_000, 7], [0, 5000, 200, 4500, 0]]
    if splitting:
        counts[:, [2, 3]] = [[6000, 5000], [300, 310]]
    counts[:, 5] = counts[:, :3].sum(axis=1) - counts[:, [3, 4, 6, 7, 8]].sum(axis=1)
    weight = counts * 1e23
    weight[:, 7] = 2e24
    weight[:, 2] = weight[:, 3] * (1.0 + 0.01 * rng.normal(size=2))
    weight[:, 5] = weight[:, :3].sum(axis=1) - weight[:, [3, 4, 6, 7, 8]].sum(axis=1)
    potential = np.array([GM * m / EXOBASE for m in MASS.values()])
    kinetic = weight * np.array([3.0, 1.5, 2.0, 2.0, 3.2, 1.2, 0.3, 2.0, 1.0]) * EV
    energy = kinetic - weight * potential[:, None]
    energy[:, 4] = weight[:, 4] * 0.9 * EV
    recoils, thermalised = float(kinetic[:, 1].sum()), float(kinetic[:, 6].sum())
    heat = float((energy[:, :3].sum() - energy[:, 3:].sum()) - recoils + thermalised)
    return counts, weight, energy, np.array([recoils, thermalised, heat])


def write_histories(
    path: Path, *, mapped: bool = False, splitting: bool = False, case: dict[str, Any] | None = None, seed: int = 5
) -> Path:
    """Write the result; mapped: with maps by zenith angle and on the sphere; splitting: with roulette gains."""
    rng = np.random.default_rng(seed)
    resolved = case or case_dict()
    attrs = {
        "case_name": resolved["name"], "title": resolved["title"], "solver": "test_particle", "geometry": "radial",
        "status": "converged", "batches": BATCHES, "histories": 40_000, "ranks": 2, "wall_s": 12.0, "seed": 1,
        "state_digest": "ab" * 32, "warnings": ["a warning"], "case_json": json.dumps(resolved), "case_toml": "x = 1",
    }  # fmt: skip
    with ResultWriter(path, attrs) as w:
        edges = RADIUS + np.geomspace(8e4, 1e7, 61)
        _axes(w, edges)
        _profiles(w, rng, edges, mapped)
        _surfaces(w, rng)
        _escape(w, rng, mapped)
        _births(w, rng)
        _ledger(w, splitting)
        _background(w)
    return path


def _pair(w: ResultWriter, rng: np.random.Generator, name: str, value: Any, units: str, error: float = 0.05) -> None:
    value = np.asarray(value, dtype=float)
    dims = [f"{name}_{k}" for k in range(value.ndim)]
    noisy = value * (1.0 + error * rng.normal(size=value.shape).clip(-3, 3))
    w.put(name, noisy, units=units, long_name=name, dims=dims)
    w.put(f"{name}_stderr", error * np.abs(value), units=units, long_name=f"error of {name}", dims=dims)


def _put(w: ResultWriter, name: str, value: Any, units: str = "1") -> None:
    array = np.asarray(value)
    w.put(name, array, units=units, long_name=name, dims=[f"{name}_{k}" for k in range(array.ndim)])


def _axes(w: ResultWriter, edges: np.ndarray) -> None:
    _put(w, "species/names", list(MASS))
    _put(w, "species/mass", list(MASS.values()), "kg")
    names = ["O2+ + e", "O2+ + e, recoils", "pickup O+", "pickup O+, recoils"]
    _put(w, "process/names", names)
    _put(w, "source/names", names[::2])
    _put(w, "source/area_factor", [0.5, 0.25])
    _put(w, "source/rate", EVENTS * [0.5, 0.25], "s-1")
    _put(w, "grid/edges", edges, "m")
    _put(w, "grid/r", 0.5 * (edges[1:] + edges[:-1]), "m")
    w.attrs("grid", {"body_radius": RADIUS})
    _put(w, "energy/edges", np.linspace(0.0, 8.0, 41) * EV, "J")
    _put(w, "surface/radius", RADIUS + np.array([2e5, 1e6, 1e7]), "m")


def _profiles(w: ResultWriter, rng: np.random.Generator, edges: np.ndarray, mapped: bool) -> None:
    z = 0.5 * (edges[1:] + edges[:-1]) - RADIUS
    share = np.array([[0.7, 0.2, 0.07, 0.03], [0.0, 0.01, 0.0, 0.02]])
    part = share[:, :, None] * 1e10 / (1.0 + (z / 3e5) ** 2)
    _pair(w, rng, "profile/density_by_process", part, "m-3")
    _pair(w, rng, "profile/density", part.sum(axis=1), "m-3", 0.01)
    _pair(w, rng, "profile/heating", 1e-10 * np.exp(-(((z - 1.5e5) / 4e4) ** 2)), "W m-3")
    if mapped:
        angles = np.linspace(0.0, np.pi, 10)
        _put(w, "map/zenith_edges", angles, "rad")
        lit = 1.1 + np.cos(0.5 * (angles[1:] + angles[:-1]))
        _pair(w, rng, "map/zenith_density", part.sum(axis=1)[:, :, None] * lit, "m-3")
        _put(w, "map/latitude_edges", np.linspace(-0.5, 0.5, 7) * np.pi, "rad")
        _put(w, "map/longitude_edges", np.linspace(-1.0, 1.0, 9) * np.pi, "rad")
        _pair(w, rng, "map/density", part.sum(axis=1)[:, :, None, None] * np.ones((6, 8)), "m-3")


def _surfaces(w: ResultWriter, rng: np.random.Generator) -> None:
    energy = (np.arange(40) + 0.5) * 0.2
    scale = np.array([1.0, 0.01])[:, None, None] * np.array([1.0, 0.3, 0.1])[None, :, None]
    for way, factor in (("up", 1.0), ("down", 0.6)):
        _pair(w, rng, f"surface/spectrum_{way}", factor * scale * 1e30 * np.exp(-energy), "m-2 s-1 J-1", 0.1)
        _pair(w, rng, f"surface/angle_{way}", factor * scale * 1e11 * (np.arange(20) + 0.5) / 10.0, "m-2 s-1")
        _pair(w, rng, f"surface/flux_{way}", factor * scale[..., 0] * 1e11, "m-2 s-1")
        _pair(w, rng, f"surface/energy_flux_{way}", factor * scale[..., 0] * 1e-8, "W m-2")


def _escape(w: ResultWriter, rng: np.random.Generator, mapped: bool) -> None:
    """What escapes as reported; ledger (whole sphere): 3e26 s-1 of O and 2e25 s-1 of C."""
    factor = np.ones(4) if mapped else np.array([0.5, 0.5, 0.25, 0.25])
    by = np.array([[2.0e26, 6e25, 3e25, 1e25], [0.0, 5e24, 0.0, 1.5e25]]) * factor
    error = np.array([[2e24, 1e24, 1e24, 3e23], [0.0, 2e23, 0.0, 5e23]]) * factor
    rate = by.sum(axis=1)
    series = rate * (1.0 + 0.05 * rng.normal(size=(BATCHES, 2)))
    _put(w, "escape/rate", series.mean(axis=0), "s-1")
    stderr = series.std(axis=0, ddof=1) / np.sqrt(BATCHES)
    _put(w, "escape/rate_stderr", stderr, "s-1")
    area = 2.0 * np.pi * EXOBASE**2
    _put(w, "escape/flux", series.mean(axis=0) / area, "m-2 s-1")
    _put(w, "escape/flux_stderr", stderr / area, "m-2 s-1")
    _put(w, "escape/at_radius", np.full(2, EXOBASE), "m")
    _put(w, "escape/by_process", by, "s-1")
    _put(w, "escape/by_process_stderr", error, "s-1")
    spectrum = by[:, :, None] / EV * np.exp(-(np.arange(40) + 0.5) * 0.2)
    _pair(w, rng, "escape/spectrum", spectrum, "s-1 J-1")
    _pair(w, rng, "escape/zenith", rate[:, None] / 20.0 * np.ones(20), "s-1")
    _put(w, "series/escape_rate", series, "s-1")


def _births(w: ResultWriter, rng: np.random.Generator) -> None:
    edges = RADIUS + np.linspace(8e4, 4e5, 17)
    z, energy = 0.5 * (edges[1:] + edges[:-1]) - RADIUS, (np.arange(40) + 0.5) * 0.2
    shape = np.exp(-(((z[:, None] - 1.7e5) / 6e4) ** 2)) * np.exp(-(((energy - 3.0) / 0.8) ** 2))
    rate = np.stack([np.where(shape > 1e-3, 1e25 * shape, 0.0), np.zeros_like(shape)])
    p = np.where(rate > 0.0, 0.5 / (1.0 + np.exp(-(z[:, None] - 2e5) / 3e4)) * (energy > 1.98), np.nan)
    _put(w, "births/edges", edges, "m")
    _put(w, "births/rate", rate, "s-1")
    _put(w, "births/rate_stderr", 0.02 * rate, "s-1")
    for name in ("escape_probability", "escape_yield"):
        _put(w, f"births/{name}", p)
        _put(w, f"births/{name}_stderr", 0.05 * p)


def _ledger(w: ResultWriter, splitting: bool) -> None:
    counts, weight, energy, exchange = books(splitting)
    _put(w, "ledger/fates", FATES)
    _put(w, "ledger/counts", counts)
    _put(w, "ledger/weight", weight, "s-1")
    _put(w, "ledger/weight_stderr", 0.01 * weight, "s-1")
    _put(w, "ledger/energy", energy, "W")
    _put(w, "ledger/energy_stderr", 0.01 * np.abs(energy), "W")
    _put(w, "ledger/heating", [exchange[2]], "W")
    _put(w, "ledger/exchange", exchange, "W")
    _put(w, "ledger/work", np.array([9_000_000, 800_000, 500_000, 20_000, 40_000]))
    w.attrs("ledger", {"histories": 40_000})


def _background(w: ResultWriter) -> None:
    r = RADIUS + np.linspace(8e4, 6e5, 50)
    z = r - RADIUS
    _put(w, "background/species", ["CO2", "O"])
    _put(w, "background/r", r, "m")
    n = np.array([1e17 * np.exp(-(z - 8e4) / 9e3), 1e15 * np.exp(-(z - 8e4) / 2.4e4)])
    _put(w, "background/density", n, "m-3")
    _put(w, "background/temperature", np.array([np.full(50, 200.0), np.full(50, 260.0)]), "K")
    w.attrs("background", {"top": RADIUS + 5e5, "exobase_radius": EXOBASE, "cross_section": 2e-19})
