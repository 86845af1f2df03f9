"""The result file of a test-particle run: means over batches with their standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exobase.case.atmosphere import Atmosphere
from exobase.geometry.spheres import layer_volumes, sphere_area
from exobase.histories.limits import escape_limits
from exobase.histories.outcome_ions import write_ions
from exobase.histories.simulation import HistorySimulation, process_names
from exobase.histories.sums import Sums
from exobase.io import ResultWriter
from exobase.tallies.scores import DOWN, HISTORIES, UP, Fate

Array = NDArray[np.float64]
FATE_NAMES = [fate.name.lower() for fate in Fate]


class Outcome:
    """Means and errors of a finished run, as physical quantities. To be made on rank 0.

    sums: those of all ranks (``sim.totals()``; default, on a single rank: ``sim.sums``).

    Rates are the reported ones: those of a radial run are multiplied by the area factor of their source's illumination
    (docs/results.md). Densities and fluxes of a radial run are those of a body lit all round.
    """

    def __init__(self, sim: HistorySimulation, sums: Sums | None = None) -> None:
        self.sim = sim
        self.case = sim.case
        self.sums = sim.sums if sums is None else sums
        self.mean = self.sums.mean()
        self.error = self.sums.stderr()
        self.edges = np.array(self.case.tally.edges)
        self.volume = layer_volumes(self.edges)
        self.surfaces = np.array(self.case.tally.surfaces)
        self.energies = np.array(self.case.tally.energy_edges)
        births = sim.births
        self.report = np.repeat(np.asarray(births.report_factor, dtype=float), 2)
        self.area_factor = np.repeat(np.asarray(births.area_factor, dtype=float), 2)
        self.exobase = Atmosphere(self.case.background, self.case.gm).exobase_radius()
        given = self.case.tally.reference_radius
        self.reference_radius = given if given is not None else (self.exobase or self.case.r_inner)

    @property
    def reference_area(self) -> float:
        """Area of the sphere to which fluxes are referred [m2]."""
        return float(sphere_area(self.reference_radius))

    def escape_rate(self) -> tuple[Array, Array]:
        """Reported escape rate of every followed species [s-1] and its error (NaN where nothing escaped)."""
        series = self.sums.series
        n = len(series)
        rate = series.mean(axis=0)
        error = series.std(axis=0, ddof=1) / math.sqrt(n) if n > 1 else np.full(series.shape[1], math.inf)
        return rate, np.where(rate > 0.0, error, np.nan)

    def escape_limit(self) -> tuple[Array, Array]:
        """Upper limits, at 95 %, of escape rate [s-1] and flux [m-2 s-1] of every followed species."""
        factor = self.report[::2]
        share = factor / self.area_factor[::2] / self.reference_area
        n = self.sums.number
        return (
            escape_limits(self.sim, factor, *self.escape_rate(), n),
            escape_limits(self.sim, share, *self.escape_flux(), n),
        )

    def process_rate(self) -> tuple[Array, Array]:
        """Reported escape rate of every followed species and process [s-1] and its error."""
        return self.mean.escaped * self.report, self.error.escaped * self.report

    def escape_flux(self) -> tuple[Array, Array]:
        """Escape flux of every followed species through the illuminated part of the reference sphere [m-2 s-1]."""
        share = self.report / self.area_factor / self.reference_area
        rate, error = self.escape_rate()
        flux = self.mean.escaped @ share
        with np.errstate(invalid="ignore", divide="ignore"):
            return flux, np.where(rate > 0.0, error * flux / rate, np.nan)

    def density(self) -> tuple[Array, Array]:
        """Density of every followed species in every shell [m-3]."""
        return self.mean.presence / self.volume, self.error.presence / self.volume

    def probability(self) -> dict[str, Array]:
        """Escape probability of what is born in a cell of altitude and energy, alone and with its recoils, with errors.

        The error of the ratio takes the births in the cell as exact.
        """
        out: dict[str, Array] = {}
        with np.errstate(invalid="ignore", divide="ignore"):
            for name in ("first", "all"):
                out[name] = getattr(self.mean, name) / self.mean.births
                out[f"{name}_stderr"] = getattr(self.error, name) / self.mean.births
        return out


def write_outcome(sim: HistorySimulation, path: Path, attrs: Mapping[str, Any], sums: Sums | None = None) -> None:
    """Write result.h5 (rank 0); sums: as of :class:`Outcome`."""
    outcome = Outcome(sim, sums)
    with ResultWriter(path, attrs) as w:
        _write_axes(w, outcome)
        _write_profiles(w, outcome)
        _write_surfaces(w, outcome)
        _write_escape(w, outcome)
        _write_births(w, outcome)
        _write_ledger(w, outcome)
        _write_background(w, outcome)
        write_ions(w, outcome)


def _pair(w: ResultWriter, name: str, value: Array, error: Array, units: str, long_name: str, dims: list[str]) -> None:
    w.put(name, value, units=units, long_name=long_name, dims=dims)
    w.put(f"{name}_stderr", error, units=units, long_name=f"standard error of {long_name}", dims=dims)


def _write_axes(w: ResultWriter, o: Outcome) -> None:
    followed = [f.species for f in o.case.followed]
    w.put("species/names", np.array([s.name for s in followed]), units="1", long_name="species", dims=["species"])
    w.put("species/mass", np.array([s.mass for s in followed]), units="kg", long_name="mass", dims=["species"])
    names = np.array(process_names(o.case))
    w.put("process/names", names, units="1", long_name="source, and the recoils it sets free", dims=["process"])
    births = o.sim.births
    sources = np.array([s.name for s in o.case.sources])
    w.put("source/names", sources, units="1", long_name="source", dims=["source"])
    rate = np.asarray(births.rate) * np.asarray(births.report_factor)
    w.put("source/rate", rate, units="s-1", long_name="events over the illuminated area", dims=["source"])
    factor = np.asarray(births.area_factor, dtype=float)
    w.put("source/area_factor", factor, units="1", long_name="illuminated part of the sphere", dims=["source"])
    w.put("grid/edges", o.edges, units="m", long_name="shell edges", dims=["edge"])
    middle = 0.5 * (o.edges[1:] + o.edges[:-1])
    w.put("grid/r", middle, units="m", long_name="middle of the shell", dims=["shell"])
    w.put("energy/edges", o.energies, units="J", long_name="energy cells", dims=["energy_edge"])
    w.put("surface/radius", o.surfaces, units="m", long_name="surfaces of fluxes", dims=["surface"])
    w.attrs("grid", {"body_radius": o.case.body_radius})


def _write_profiles(w: ResultWriter, o: Outcome) -> None:
    density, error = o.density()
    _pair(w, "profile/density", density, error, "m-3", "number density", ["species", "shell"])
    _pair(
        w, "profile/density_by_process", o.mean.residence / o.volume, o.error.residence / o.volume, "m-3",
        "number density by process", ["species", "process", "shell"],
    )  # fmt: skip
    _pair(
        w, "profile/heating", o.mean.heating / o.volume, o.error.heating / o.volume, "W m-3",
        "power left in the background", ["shell"],
    )  # fmt: skip
    cells = o.mean.zenith.shape[2]
    if cells:
        angles = np.linspace(0.0, math.pi, cells + 1)
        volume = o.volume[:, None] * 0.5 * -np.diff(np.cos(angles))
        w.put("map/zenith_edges", angles, units="rad", long_name="solar zenith angle", dims=["zenith_edge"])
        _pair(
            w, "map/zenith_density", o.mean.zenith / volume, o.error.zenith / volume, "m-3",
            "number density by solar zenith angle", ["species", "shell", "zenith"],
        )  # fmt: skip
    bands, parts = o.mean.sphere.shape[2:]
    if bands:
        latitude = np.linspace(-0.5 * math.pi, 0.5 * math.pi, bands + 1)
        volume = o.volume[:, None, None] * (0.5 * np.diff(np.sin(latitude)))[:, None] / parts
        w.put("map/latitude_edges", latitude, units="rad", long_name="latitude", dims=["latitude_edge"])
        longitude = np.linspace(-math.pi, math.pi, parts + 1)
        w.put("map/longitude_edges", longitude, units="rad", long_name="longitude from noon", dims=["longitude_edge"])
        _pair(
            w, "map/density", o.mean.sphere / volume, o.error.sphere / volume, "m-3", "number density on the sphere",
            ["species", "shell", "latitude", "longitude"],
        )  # fmt: skip


def _write_surfaces(w: ResultWriter, o: Outcome) -> None:
    area = sphere_area(o.surfaces[:, None])
    width = np.append(np.diff(o.energies), np.nan)
    for way, name in ((UP, "up"), (DOWN, "down")):
        for text, quantity, unit in (("flux", "crossings", "m-2 s-1"), ("energy_flux", "power", "W m-2")):
            value, error = getattr(o.mean, quantity)[:, :, way], getattr(o.error, quantity)[:, :, way]
            dims = ["species", "surface"]
            _pair(
                w, f"surface/{text}_{name}", value / area[:, 0], error / area[:, 0], unit, f"{text} {name}wards", dims
            )
        value, error = o.mean.spectrum[:, :, way], o.error.spectrum[:, :, way]
        shown = area * width
        _pair(
            w, f"surface/spectrum_{name}", (value / shown)[..., :-1], (error / shown)[..., :-1], "m-2 s-1 J-1",
            f"differential flux {name}wards", ["species", "surface", "energy"],
        )  # fmt: skip
        angles = o.mean.angle.shape[3]
        _pair(
            w, f"surface/angle_{name}", o.mean.angle[:, :, way] * angles / area,
            o.error.angle[:, :, way] * angles / area, "m-2 s-1", f"flux {name}wards per cosine to the vertical",
            ["species", "surface", "cosine"],
        )  # fmt: skip


def _write_escape(w: ResultWriter, o: Outcome) -> None:
    rate, error = o.escape_rate()
    flux, flux_error = o.escape_flux()
    _pair(w, "escape/rate", rate, error, "s-1", "escape rate", ["species"])
    _pair(w, "escape/flux", flux, flux_error, "m-2 s-1", "escape flux", ["species"])
    for name, limit, units in zip(("rate", "flux"), o.escape_limit(), ("s-1", "m-2 s-1"), strict=True):
        text = f"upper limit of the escape {name}, 95 %"
        w.put(f"escape/{name}_upper_limit_95", limit, units=units, long_name=text, dims=["species"])
    radius = np.full(rate.size, o.reference_radius)
    w.put("escape/at_radius", radius, units="m", long_name="radius of the flux", dims=["species"])
    by, by_error = o.process_rate()
    _pair(w, "escape/by_process", by, by_error, "s-1", "escape rate by process", ["species", "process"])
    width = np.diff(o.energies)
    spectrum = o.mean.escaped_energy * o.report[:, None]
    spread = o.error.escaped_energy * o.report[:, None]
    _pair(
        w, "escape/spectrum", spectrum[..., :-1] / width, spread[..., :-1] / width, "s-1 J-1",
        "escape rate by kinetic energy at infinity", ["species", "process", "energy"],
    )  # fmt: skip
    _pair(
        w, "escape/zenith", o.mean.escaped_zenith, o.error.escaped_zenith, "s-1",
        "simulated escape rate by the cosine of the solar zenith angle", ["species", "zenith_cosine"],
    )  # fmt: skip
    w.put(
        "series/escape_rate", o.sums.series, units="s-1", long_name="escape rate of a batch", dims=["batch", "species"]
    )


def _write_births(w: ResultWriter, o: Outcome) -> None:
    edges = np.array(o.case.tally.birth_edges)
    w.put("births/edges", edges, units="m", long_name="shells of births", dims=["birth_edge"])
    dims = ["species", "birth_shell", "energy"]
    rate, error = o.mean.births[..., :-1], o.error.births[..., :-1]
    _pair(w, "births/rate", rate, error, "s-1", "simulated births", dims)
    p = o.probability()
    for name, text in (("first", "escape probability"), ("all", "escapes per birth, recoils counted")):
        label = "escape_probability" if name == "first" else "escape_yield"
        _pair(w, f"births/{label}", p[name][..., :-1], p[f"{name}_stderr"][..., :-1], "1", text, dims)


def _write_ledger(w: ResultWriter, o: Outcome) -> None:
    number = o.sums.number
    counts = np.rint(o.mean.counts * number).astype(np.int64)
    dims = ["species", "fate"]
    w.put("ledger/fates", np.array(FATE_NAMES), units="1", long_name="how particles come and end", dims=["fate"])
    w.put("ledger/counts", counts, units="1", long_name="simulated particles", dims=dims)
    _pair(w, "ledger/weight", o.mean.weight, o.error.weight, "s-1", "particles per second", dims)
    _pair(w, "ledger/energy", o.mean.energy, o.error.energy, "W", "kinetic and potential energy per second", dims)
    w.put("ledger/heating", np.array([o.mean.heating.sum()]), units="W", long_name="power left", dims=["one"])
    w.put(
        "ledger/exchange", o.mean.exchange, units="W",
        long_name="kinetic energy given to recoils, of thermalised particles, all heat; internal energy set free",
        dims=["exchange"],
    )  # fmt: skip
    work = np.rint(o.mean.work * number).astype(np.int64)
    w.put(
        "ledger/work",
        work,
        units="1",
        long_name="steps, candidates, collisions, arcs, histories, exchanges",
        dims=["kind"],
    )
    w.attrs("ledger", {"histories": int(work[HISTORIES])})


def _write_background(w: ResultWriter, o: Outcome) -> None:
    air = o.sim.air
    names = np.array([s.name for s in o.case.background.species])
    w.put("background/species", names, units="1", long_name="targets", dims=["target"])
    w.put("background/r", air.r, units="m", long_name="radius", dims=["node"])
    w.put("background/density", np.exp(air.ln_n), units="m-3", long_name="density", dims=["target", "node"])
    w.put("background/temperature", air.temperature, units="K", long_name="temperature", dims=["target", "node"])
    section = o.case.background.exobase_cross_section
    exobase = math.nan if o.exobase is None else o.exobase
    w.attrs("background", {"top": air.top, "exobase_radius": exobase, "cross_section": section})
