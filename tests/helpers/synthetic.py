"""Result files made without a simulation: exact exosphere theory plus noise, to develop and test what reads results.

`write_exosphere` is hydrogen in free flight above Earth (Chamberlain's exosphere without satellites, formulas written
out here, independent of the package); `write_mixture` is CO2, O and H at Mars, barometric below the exobase.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import gammainc

from exobase.io.results import ResultWriter
from exobase.report.free_flight import FreeFlight

K_B = 1.380649e-23
U = 1.66053907e-27
EARTH_GM, MARS_GM = 3.986004e14, 4.282837e13
MASSES = {"H": 1.008 * U, "O": 15.999 * U, "CO2": 44.009 * U}
DIAMETERS = {"H": 2.0e-10, "O": 3.0e-10, "CO2": 5.62e-10}
ENTRIES = [
    "initial",
    "emitted",
    "returned",
    "cloned",
    "removed",
    "absorbed",
    "escaped",
    "lost_beyond",
    "lost_in_flight",
    "alive",
    "in_flight",
]


def chamberlain(r: np.ndarray, n_c: float, t_c: float, mass: float, r_c: float, gm: float) -> np.ndarray:
    """Ballistic plus escaping density [m-3] above an exobase."""
    lam, lam_c = gm * mass / (K_B * t_c * r), gm * mass / (K_B * t_c * r_c)
    psi = lam**2 / (lam + lam_c)
    a = np.sqrt(np.clip(1 - lam**2 / lam_c**2, 0, None)) * np.exp(-psi)
    p, q = gammainc(1.5, lam), gammainc(1.5, lam - psi)
    return n_c * np.exp(-(lam_c - lam)) * (p - a * q + 0.5 * (1 - p - a * (1 - q)))


def jeans(n: float, t: float, mass: float, r: float, gm: float) -> float:
    """Jeans flux [m-2 s-1]."""
    lam = gm * mass / (K_B * t * r)
    return float(n * np.sqrt(2 * K_B * t / mass) / (2 * np.sqrt(np.pi)) * (1 + lam) * np.exp(-lam))


def species_dict(name: str, density: float, temperature: float) -> dict[str, Any]:
    """One species as the resolved case stores it."""
    return {
        "species": {
            "name": name,
            "mass": MASSES[name],
            "charge": 0,
            "diameter": DIAMETERS[name],
            "omega": 0.5,
            "t_ref": 273.0,
            "alpha": 1.0,
            "zeta_rot": 0.0,
            "source": "synthetic",
        },
        "density": density,
        "temperature": temperature,
        "bulk_speed": 0.0,
        "particles_factor": 1.0,
        "outer_density": 0.0,
        "outer_temperature": 0.0,
    }


def case_dict(name: str, **changes: Any) -> dict[str, Any]:
    """A resolved case dictionary with the fields that judge and report read."""
    case = {
        "name": name,
        "path": None,
        "title": "Hydrogen exosphere of Earth",
        "description": "",
        "solver": "dsmc",
        "geometry": "radial",
        "body_name": "Earth",
        "gm": EARTH_GM,
        "body_radius": 6.371e6,
        "r_inner": 6.871e6,
        "r_outer": 6.871e7,
        "gravity": 0.0,
        "species": [species_dict("H", 1e11, 1000.0)],
        "collisions": "off",
        "time_step": "local",
        "initial": "empty",
        "inner": {"type": "reservoir", "temperature": 1000.0},
        "outer": {"type": "kepler_return", "lost_beyond": None, "loss_frequency": 0.0, "temperature": 1000.0},
        "run": {"seed": 1, "particles_per_cell": 100.0, "target_error": 0.004, "target_species": "H", "min_blocks": 20},
        "tally": {
            "vdf_radii": [7.2e6, 2.06e7],
            "profile_radii": [8e6, 1.4e7, 3e7, 6e7],
            "exobase": "pressure_scale_height",
        },
        "checks": [],
    }
    return {**case, **changes}


def check(quantity: str, reference: str, **bounds: Any) -> dict[str, Any]:
    """One check as the resolved case stores it."""
    empty = {
        "reference_value": None,
        "reference_stderr": 0.0,
        "source": "",
        "tolerance_relative": None,
        "tolerance_absolute": None,
        "tolerance_sigma": None,
        "accept": None,
        "radii": [],
        "r_from": None,
        "r_to": None,
        "normalise": "reservoir",
    }
    return {"quantity": quantity, "reference": reference, **empty, **bounds}


def write_exosphere(
    path: Path, checks: list[dict[str, Any]] | None = None, error: float = 0.004, seed: int = 3
) -> Path:
    """Write a collisionless hydrogen exosphere; error: relative noise of a cell near the exobase."""
    rng = np.random.default_rng(seed)
    case = case_dict("earth_hydrogen", checks=checks or [])
    edges = np.geomspace(case["r_inner"], case["r_outer"], 61)
    r, t0 = _centres(edges), 1000.0
    n = _cell_means(edges, lambda x: chamberlain(x, 1e11, t0, MASSES["H"], case["r_inner"], EARTH_GM))
    flux = jeans(1e11, t0, MASSES["H"], case["r_inner"], EARTH_GM)
    x = case["r_inner"] / r
    flights = [FreeFlight(radius, case["r_inner"], t0, MASSES["H"], EARTH_GM) for radius in r]
    t_r, t_t = np.array([flight.temperatures() for flight in flights]).T
    u = flux * x**2 / n
    with ResultWriter(path, _root(case)) as w:
        _static(w, edges, ["H"])
        _profiles(w, rng, edges, ["H"], n[None], u[None], t_r[None], t_t[None], EARTH_GM, error)
        _exobase(w, [case["r_inner"]], [t0], [1e11], [flux], [np.nan], [np.nan])
        _escape(w, rng, case, [flux], error)
        _vdf(w, rng, case, r, n, u, t_r, t_t)
        _history(w, rng, [4.0e30], [flux * 4 * np.pi * case["r_inner"] ** 2], case["r_inner"])
        _quality(w, rng, r, 0)
        _ledger(w, rng, 1)
    return path


def write_mixture(path: Path, checks: list[dict[str, Any]] | None = None, error: float = 0.004, seed: int = 4) -> Path:
    """Write CO2, O and H at Mars above 180 km, one temperature, with collisions."""
    rng = np.random.default_rng(seed)
    names, densities, t0 = ["CO2", "O", "H"], [3.08e14, 3.86e13, 1.03e11], 270.0
    species = [species_dict(s, n, t0) for s, n in zip(names, densities, strict=True)]
    case = case_dict(
        "mars_h_in_co2_o",
        title="CO2, O and H of Mars",
        body_name="Mars",
        gm=MARS_GM,
        body_radius=3.3895e6,
        species=species,
        r_inner=3.5695e6,
        r_outer=6.0e6,
        collisions="vhs",
        checks=checks or [],
        tally={
            "vdf_radii": [3.6e6, 5.0e6],
            "profile_radii": [3.6e6, 3.7e6, 3.8e6, 4.4e6],
            "exobase": "pressure_scale_height",
        },
    )
    edges = np.concatenate([np.linspace(3.5695e6, 3.9e6, 50)[:-1], np.geomspace(3.9e6, 6.0e6, 25)])
    r, r0, exo = _centres(edges), case["r_inner"], 3.62e6
    n, u = np.empty((3, len(r))), np.empty((3, len(r)))
    flux = [0.7 * jeans(d, t0, MASSES[s], r0, MARS_GM) for s, d in zip(names, densities, strict=True)]
    for k, name in enumerate(names):
        mass = MASSES[name]
        n_exo = densities[k] * np.exp(-MARS_GM * mass / (K_B * t0) * (1 / r0 - 1 / exo))
        low = densities[k] * np.exp(-MARS_GM * mass / (K_B * t0) * (1 / r0 - 1 / r))
        n[k] = np.where(r < exo, low, chamberlain(np.maximum(r, exo), n_exo, t0, mass, exo, MARS_GM))
        u[k] = flux[k] * (r0 / r) ** 2 / n[k]
    temperature = t0 * (1 - 0.15 * np.clip((r - exo) / exo, 0, 1)) * np.ones((3, 1))
    with ResultWriter(path, _root(case)) as w:
        _static(w, edges, names)
        _profiles(w, rng, edges, names, n, u, temperature, temperature * 0.98, MARS_GM, error)
        n_at = [float(np.exp(np.interp(exo, r, np.log(n[k])))) for k in range(3)]
        nominal = [jeans(n_at[k], t0, MASSES[s], exo, MARS_GM) for k, s in enumerate(names)]
        ratio = [f * (r0 / exo) ** 2 / j for f, j in zip(flux, nominal, strict=True)]
        _exobase(w, [exo] * 3, [t0] * 3, n_at, nominal, ratio, [0.02 * v for v in ratio])
        _escape(w, rng, case, flux, error)
        _history(w, rng, [2e33, 6e32, 3e31], [f * 4 * np.pi * r0**2 for f in flux], r0)
        _quality(w, rng, r, 6)
        _ledger(w, rng, 3)
    return path


def _cell_means(edges: np.ndarray, law: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Volume means of a law over the cells, by the midpoint rule."""
    fraction = (np.arange(40) + 0.5) / 40
    r = edges[:-1, None] + np.diff(edges)[:, None] * fraction
    return (law(r) * r**2).sum(axis=1) / (r**2).sum(axis=1)


def _centres(edges: np.ndarray) -> np.ndarray:
    return 0.75 * (edges[1:] ** 4 - edges[:-1] ** 4) / (edges[1:] ** 3 - edges[:-1] ** 3)


def _root(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "exobase_version": "0.1.0",
        "case_name": case["name"],
        "title": case["title"],
        "created": "2026-01-01T12:00:00+00:00",
        "commit": "0123abc",
        "seed": 1,
        "ranks": 2,
        "columns": 1,
        "steps": 24000,
        "wall_s": 41.2,
        "compile_s": 0.9,
        "status": "converged",
        "solver": "dsmc",
        "geometry": "radial",
        "collisions": case["collisions"],
        "time_step": "local",
        "state_digest": "ab" * 32,
        "python": "3.11.9",
        "numba": "0.68.0",
        "numpy": "2.4",
        "mpi": "MPICH 5.0",
        "case_json": json.dumps(case),
        "case_toml": 'title = "synthetic"\n',
        "overrides": ["run.seed=1"],
        "warnings": ["outer boundary at 10 r0: 2 % of the ballistic orbits turn beyond it"],
    }


def _static(w: ResultWriter, edges: np.ndarray, names: list[str]) -> None:
    w.put("species/names", np.array(names), units="1", long_name="species", dims=["species"])
    w.put("species/mass", np.array([MASSES[s] for s in names]), units="kg", long_name="mass", dims=["species"])
    w.put("grid/edges", edges, units="m", long_name="cell faces", dims=["edge"])
    w.put("grid/r", _centres(edges), units="m", long_name="volume-mean radius", dims=["cell"])
    volume = 4 / 3 * np.pi * np.diff(edges**3)
    w.put("grid/volume", volume, units="m3", long_name="cell volume", dims=["cell"])
    w.put("grid/dt", 0.3 * np.diff(edges) / 4000.0, units="s", long_name="time step", dims=["cell"])


def _profiles(
    w: ResultWriter,
    rng: np.random.Generator,
    edges: np.ndarray,
    names: list[str],
    n: np.ndarray,
    u: np.ndarray,
    t_r: np.ndarray,
    t_t: np.ndarray,
    gm: float,
    error: float,
) -> None:
    r, both = _centres(edges), ["species", "cell"]
    mass = np.array([MASSES[s] for s in names])[:, None]

    def put(name: str, values: np.ndarray, sigma: np.ndarray, units: str, text: str) -> np.ndarray:
        noisy = values + sigma * rng.standard_normal(values.shape)
        w.put(f"profile/{name}", noisy, units=units, long_name=text, dims=both)
        w.put(f"profile/{name}_stderr", sigma, units=units, long_name=f"standard error of {text}", dims=both)
        return noisy

    n = np.where(n < 1.0, 0.0, n)
    t = (t_r + 2 * t_t) / 3
    speed = np.sqrt(2 * K_B * t / mass)
    n = put("density", n, error * n, "m-3", "number density")
    u = put("u_r", u, error * speed, "m s-1", "radial velocity")
    put("T_r", t_r, 1.5 * error * t_r, "K", "radial temperature")
    put("T_t", t_t, error * t_t, "K", "tangential temperature")
    put("T", t, error * t, "K", "temperature")
    put("particle_flux", n * u, error * n * speed, "m-2 s-1", "particle flux")
    put("energy_flux", n * u * 2.5 * K_B * t, error * n * speed * 2.5 * K_B * t, "W m-2", "energy flux")
    put("mach", u / np.sqrt(5 / 3 * K_B * t / mass), error * np.ones_like(u), "1", "Mach number")
    sigma = np.array([[np.pi * ((DIAMETERS[a] + DIAMETERS[b]) / 2) ** 2 for b in names] for a in names])
    ratio = np.sqrt(1 + mass / mass.T)
    path = 1 / np.maximum(np.einsum("ab,bc->ac", sigma * ratio, n), 1e-30)
    pressure = np.sum(n * K_B * t, axis=0)
    height = -1 / np.gradient(np.log(pressure), r)
    kn = path / height
    w.put("profile/knudsen", kn, units="1", long_name="Knudsen number", dims=both)
    w.put("profile/mean_free_path", path, units="m", long_name="mean free path", dims=both)
    w.put("profile/jeans_parameter", gm * mass / (K_B * t * r), units="1", long_name="Jeans parameter", dims=both)
    w.put(
        "profile/particles",
        100 + 3 * rng.standard_normal(n.shape),
        units="1",
        long_name="simulated particles",
        dims=both,
    )
    w.put("profile/samples", np.full(n.shape, 5000), units="1", long_name="samples", dims=both)
    gas = {
        "density": n.sum(0),
        "mass_density": (n * mass).sum(0),
        "T": (n * t).sum(0) / n.sum(0),
        "pressure": pressure,
        "scale_height": height,
        "knudsen": np.sum(n * kn, 0) / n.sum(0),
    }
    units = {
        "density": "m-3",
        "mass_density": "kg m-3",
        "T": "K",
        "pressure": "Pa",
        "scale_height": "m",
        "knudsen": "1",
    }
    for name, values in gas.items():
        w.put(f"gas/{name}", values, units=units[name], long_name=f"{name} of the gas", dims=["cell"])


def _exobase(
    w: ResultWriter,
    radius: list[float],
    temperature: list[float],
    density: list[float],
    flux: list[float],
    ratio: list[float],
    ratio_stderr: list[float],
) -> None:
    values = {
        "radius": (radius, "m"),
        "temperature": (temperature, "K"),
        "density": (density, "m-3"),
        "jeans_parameter": ([7.03] * len(radius), "1"),
        "jeans_flux": (flux, "m-2 s-1"),
        "flux_over_jeans": (ratio, "1"),
        "flux_over_jeans_stderr": (ratio_stderr, "1"),
    }
    for name, (data, unit) in values.items():
        w.put(f"exobase/{name}", np.array(data), units=unit, long_name=f"{name} of the exobase", dims=["species"])
    w.attrs("exobase", {"definition": "pressure_scale_height"})


def _escape(w: ResultWriter, rng: np.random.Generator, case: dict[str, Any], flux: list[float], error: float) -> None:
    r0, gm, one = case["r_inner"], case["gm"], ["species"]
    exact = np.array(flux)
    sampled = exact * (1 + error * rng.standard_normal(len(flux)))
    area = 4 * np.pi * r0**2
    t0 = np.array([s["temperature"] for s in case["species"]])
    mass = np.array([s["species"]["mass"] for s in case["species"]])
    n0 = np.array([s["density"] for s in case["species"]])
    lam = gm * mass / (K_B * t0 * r0)
    table = {
        "rate": (sampled * area, "s-1"),
        "rate_stderr": (error * exact * area, "s-1"),
        "flux": (sampled, "m-2 s-1"),
        "flux_stderr": (error * exact, "m-2 s-1"),
        "at_radius": (np.full(len(flux), r0), "m"),
        "energy_rate": (sampled * area * K_B * t0 * (lam + 2) / (lam + 1), "W"),
        "energy_rate_stderr": (error * exact * area * K_B * t0, "W"),
        "count": (np.full(len(flux), 81234), "1"),
        "lost_beyond_rate": (np.zeros(len(flux)), "s-1"),
        "lost_beyond_rate_stderr": (np.zeros(len(flux)), "s-1"),
        "evaporation": (n0 * np.sqrt(8 * K_B * t0 / (np.pi * mass)) / 4, "m-2 s-1"),
        "autocorrelation_steps": (np.full(len(flux), 120.0), "1"),
        "effective_samples": (np.full(len(flux), 62000.0), "1"),
        "blocks": (np.full(len(flux), 32), "1"),
    }
    for name, (data, unit) in table.items():
        w.put(f"escape/{name}", np.asarray(data), units=unit, long_name=f"escape {name}", dims=one)
    edges = np.linspace(0, 20, 41) * K_B * t0[0]
    x, width = 0.5 * (edges[1:] + edges[:-1])[None] / (K_B * t0[:, None]), np.diff(edges)[None]
    shape = (x + lam[:, None]) * np.exp(-x) / (K_B * t0[:, None]) / (1 + lam[:, None])
    spectrum = (exact * area)[:, None] * shape
    sigma = spectrum * np.sqrt(1 / np.maximum(81234 * shape * width, 1))
    noisy = np.maximum(spectrum + sigma * rng.standard_normal(spectrum.shape), 0)
    w.put("escape/spectrum_energy_edges", edges, units="J", long_name="energy at infinity", dims=["energy_edge"])
    for name, data in (("spectrum", noisy), ("spectrum_stderr", sigma)):
        w.put(f"escape/{name}", data, units="s-1 J-1", long_name=name, dims=["species", "energy_bin"])


def _vdf(
    w: ResultWriter,
    rng: np.random.Generator,
    case: dict[str, Any],
    r: np.ndarray,
    n: np.ndarray,
    u: np.ndarray,
    t_r: np.ndarray,
    t_t: np.ndarray,
) -> None:
    radii, mass = np.array(case["tally"]["vdf_radii"]), MASSES["H"]
    thermal = np.sqrt(2 * K_B * 1000.0 / mass)
    edges = np.linspace(-4, 4, 81) * thermal
    v, width = 0.5 * (edges[1:] + edges[:-1]), edges[1] - edges[0]
    f_r, f_t = np.empty((2, 1, 80)), np.empty((2, 1, 80))
    for k, radius in enumerate(radii):
        flight = FreeFlight(radius, case["r_inner"], 1000.0, mass, case["gm"])
        f_r[k, 0], f_t[k, 0] = flight.radial(v), flight.tangential(v)
    w.put("vdf/radius", radii, units="m", long_name="radius", dims=["vdf_radius"])
    w.put("vdf/v_edges", edges[None], units="m s-1", long_name="velocity bins", dims=["species", "v_edge"])
    dims = ["vdf_radius", "species", "v_bin"]
    for name, f in (("f_vr", f_r), ("f_vt", f_t)):
        f /= f.sum(axis=2, keepdims=True) * width
        sigma = np.sqrt(f / (4e5 * width))
        noisy = np.maximum(f + sigma * rng.standard_normal(f.shape), 0)
        w.put(f"vdf/{name}", noisy, units="s m-1", long_name=name, dims=dims)
        w.put(f"vdf/{name}_stderr", sigma, units="s m-1", long_name=name, dims=dims)
    for name, values, unit in (("density", n, "m-3"), ("u_r", u, "m s-1"), ("T", (t_r + 2 * t_t) / 3, "K")):
        w.put(
            f"vdf/{name}",
            np.interp(radii, r, values)[:, None],
            units=unit,
            long_name=name,
            dims=["vdf_radius", "species"],
        )


def _history(w: ResultWriter, rng: np.random.Generator, content: list[float], rate: list[float], r0: float) -> None:
    step = np.arange(1, 601) * 40
    rise = 1 - np.exp(-step / 900.0)
    noise = lambda scale: 1 + scale * rng.standard_normal((len(step), len(content)))  # noqa: E731
    both = ["record", "species"]
    steady = np.array(content) * rise[:, None] * noise(0.004)
    w.put("history/step", step, units="1", long_name="step", dims=["record"])
    w.put("history/content", steady, units="1", long_name="particles in the domain", dims=both)
    w.put("history/energy", -steady * 3e-20, units="J", long_name="energy in the domain", dims=both)
    out = np.array(rate) * np.clip(rise - 0.02, 0, None)[:, None] * noise(0.12)
    zones = np.stack([out * f for f in (1.0, 1.02, 1.0)], axis=2) * (
        1 + 0.2 * rng.standard_normal((len(step), len(rate), 3))
    )
    w.put("history/zone_flux", zones, units="s-1", long_name="net flux", dims=[*both, "zone"])
    w.put("history/escape_rate", out, units="s-1", long_name="escape rate", dims=both)
    w.put("history/inflow_rate", np.array(rate) * 30 * noise(0.02), units="s-1", long_name="emitted", dims=both)
    w.put(
        "history/absorbed_rate",
        np.array(rate) * 29 * noise(0.02) * rise[:, None],
        units="s-1",
        long_name="absorbed",
        dims=both,
    )
    w.put(
        "history/particles",
        6000 * rise * noise(0.01)[:, 0],
        units="1",
        long_name="simulated particles",
        dims=["record"],
    )
    w.attrs("history", {"burn_in": 6400})


def _quality(w: ResultWriter, rng: np.random.Generator, r: np.ndarray, pairs: int) -> None:
    cell, nc = ["cell"], len(r)
    base = {
        "courant": 0.25,
        "dt_nu": 0.15,
        "separation_over_mfp": 0.3,
        "particles": 100.0,
        "clone_fraction": 0.02,
        "repeated_pairs": 0.01,
        "majorant_excess": 0.0,
    }
    decay = np.exp(-3 * (r - r[0]) / r[0])
    for name, value in base.items():
        shape = decay if name in ("dt_nu", "separation_over_mfp") else np.ones(nc)
        values = value * shape * (1 + 0.03 * rng.standard_normal(nc))
        w.put(f"quality/{name}", values, units="1", long_name=name, dims=cell)
    if pairs:
        w.attrs("quality", {"pairs": ["CO2-CO2", "CO2-O", "CO2-H", "O-O", "O-H", "H-H"][:pairs]})
        theory = 1e10 * decay[None] ** 8 * np.ones((pairs, 1))
        ratio = 1 + 0.01 * rng.standard_normal((pairs, nc))
        w.put("quality/collision_rate", ratio * theory, units="s-1 m-3", long_name="rate", dims=["pair", "cell"])
        w.put("quality/collision_rate_theory", theory, units="s-1 m-3", long_name="rate", dims=["pair", "cell"])
        w.put("quality/collision_rate_ratio", ratio, units="1", long_name="ratio", dims=["pair", "cell"])
        w.put(
            "quality/collision_rate_ratio_stderr",
            np.full((pairs, nc), 0.01),
            units="1",
            long_name="ratio",
            dims=["pair", "cell"],
        )


def _ledger(w: ResultWriter, rng: np.random.Generator, ns: int) -> None:
    counts = np.tile(np.array([0, 900000, 0, 70000, 69000, 814766, 80000, 0, 0, 6234, 0], dtype=np.int64), (ns, 1))
    dims = ["species", "entry"]
    w.put("ledger/counts", counts, units="1", long_name="simulated particles", dims=dims)
    w.put("ledger/flux_weight", counts * 1e22, units="1", long_name="real particles", dims=dims)
    w.put("ledger/energy", counts * 1e22 * 3e-20, units="J", long_name="energy", dims=dims)
    gain = rng.standard_normal(ns) * 1e24
    w.put("ledger/clone_gain", gain, units="1", long_name="net gain of clone and remove", dims=["species"])
    w.put("ledger/clone_gain_stderr", np.full(ns, 1e24), units="1", long_name="its standard error", dims=["species"])
    w.attrs("ledger", {"entries": ENTRIES, "closes": True})
