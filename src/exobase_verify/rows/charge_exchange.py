"""Charge exchange: fitted cross sections, charge states of a beam, drag between neutrals and ions in cells."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from exobase.analytic.charge_exchange_drag import Drifting, constant_cross_section
from exobase.case import make_case
from exobase.constants import EV
from exobase.cross_sections import charge_exchange
from exobase.histories.simulation import HistorySimulation
from exobase.judge.outcome import Bounds
from exobase.simulation import Simulation
from exobase.tallies.scores import Fate
from exobase_verify.row import Row, Size, judged, mean_of
from exobase_verify.trials import ratio_over, scored, trial

AT_ONE_KEV = (
    ("H+", "H", 17.22, 0.01), ("H+", "O", 8.49, 0.01), ("O+", "H", 9.80, 0.01), ("O+", "O", 16.57, 0.01),
    ("H+", "N2", 6.54, 0.01), ("H+", "O2", 11.95, 0.01), ("H+", "CO2", 18.1, 0.1),
)  # fmt: skip
"""Ion, neutral, cross section at 1 keV [1e-16 cm2] as published, and its last digit."""
DENSITY, TEMPERATURE = 1e11, 1000.0
DRIFT = np.array([3000.0, 1000.0, -2000.0])

_LINDSAY = "Lindsay & Stebbings 2005, doi:10.1029/2005JA011298"
_KUSAKABE = "Kusakabe et al. 2000 as fitted by Lewkow & Kharchenko 2014"
_BEAM = "two charge states of a beam, s10/(s10 + s01) {1 - exp[-(s10 + s01) N]}"
_PAULS = "two drifting Maxwellians, constant cross section (averages of Pauls et al. 1995, exact)"


def fit_rows(size: Size) -> list[Row]:
    """The package's fits at 1 keV against the published figures, to their last digit."""
    found = []
    for ion, neutral, expected, digit in AT_ONE_KEV:
        value = 1e20 * float(charge_exchange.sigma(ion, neutral, 1e3 * EV))
        source = _KUSAKABE if neutral == "CO2" else _LINDSAY
        name, bounds = f"charge exchange of {ion} with {neutral} at 1 keV", Bounds(absolute=0.52 * digit)
        found.append(judged(name, value, 0.0, expected, bounds, unit="1e-16 cm2", source=source))
    return found


def beam_rows(size: Size) -> list[Row]:
    """Neutral part of a proton beam below a column of hydrogen, without and with stripping."""
    return [_beam(stripping, 40 if size == "quick" else 160) for stripping in (0.0, 5e-20)]


def _beam(stripping: float, batches: int) -> Row:
    capture = 1e-19
    sim, column = _column(capture, stripping)
    fate = int(Fate.ABSORBED)
    value, error = ratio_over(
        scored(sim, batches), lambda s: float(s.weight[1, fate]), lambda s: float(s.weight[:, fate].sum())
    )
    both = capture + stripping
    exact = capture / both * -math.expm1(-both * column)
    name = "with stripping" if stripping else "without stripping"
    return judged(
        f"neutral part of a proton beam {name}, over theory", value / exact, error / exact, 1.0,
        Bounds(relative=0.02, sigma=4.0), source=_BEAM, detail=f"column times cross sections {both * column:.3g}",
    )  # fmt: skip


def _column(capture: float, stripping: float) -> tuple[HistorySimulation, float]:
    """Protons straight down through hydrogen of one scale height; the column [m-2]."""
    height, density = 2e5, 4e13
    reactions = [{"pair": ["H+", "H"], "law": "charge_exchange", "cross_section": f"{capture} m2"}]
    if stripping:
        reactions.append({"pair": ["H", "H"], "law": "stripping", "cross_section": f"{stripping} m2"})
    gas = {"name": "H", "density": f"{density} m-3", "temperature": "1e-3 K", "scale_height": f"{height} m"}
    sim = trial(
        {
            "body": {"gm": "1 m3 s-2", "radius": "3000 km"},
            "domain": {"inner_altitude": "100 km", "outer": "10000 km", "collision_depth": 1e-9},
            "background": {"gas": [gas]}, "field": {"model": "none"},
            "species": [{"name": "H+", "threshold": "1 eV"}, {"name": "H", "threshold": "1 eV"}],
            "collision": [{"pair": ["H", "H"], "law": "isotropic", "cross_section": "1e-40 m2"}, *reactions],
            "source": [{"type": "solar_wind", "species": "H+", "density": "1 cm-3", "speed": "400 km/s",
                        "beam_radius": "1 km"}],
            "run": {"histories_per_batch": 2000, "target_species": "H"},
            "tally": {"energy_bins": 40, "energy_max": "2 keV", "shells": 4, "birth_cells": 2},
        }
    )  # fmt: skip
    return sim, density * height * (1.0 - math.exp(-(sim.case.r_outer - sim.case.r_inner) / height))


def drag_rows(size: Size) -> list[Row]:
    """Events, momentum and energy that a drifting gas in cells gives to like and unlike ions."""
    return [row for ion in ("H+", "O+") for row in _drag(ion, 200 if size == "quick" else 800)]


def _drag(ion: str, steps: int) -> list[Row]:
    """The same gas meets the ions for a step that is a thousandth of its life, again and again."""
    cells = 50
    sim = Simulation(
        make_case(
            {
                "solver": "dsmc", "collisions": "off", "initial": "barometric", "time_step": "global",
                "domain": {"geometry": "planar", "inner": "0 m", "outer": "1000 km"},
                "inner": {"type": "specular"}, "outer": {"type": "specular"},
                "species": [{"name": "H", "density": f"{DENSITY:g} m-3", "temperature": f"{TEMPERATURE:g} K"}],
                "loss": [{"species": "H", "process": "charge_exchange", "ion": ion, "ion_density": "1e4 cm-3",
                          "ion_temperature": "4000 K", "ion_velocity": "-2 km/s", "cross_section": "5e-15 cm2"}],
                "grid": {"spacing": "uniform", "cells": cells}, "run": {"particles_per_cell": 2000},
                "tally": {"sample_every": 1, "record_every": 1},
            }
        )
    )  # fmt: skip
    e, loss, mass = sim.engine, sim.case.losses[0], sim.case.species[0].mass
    exact = constant_cross_section(
        Drifting(loss.ion_mass, loss.ion_temperature, (loss.ion_velocity, 0.0, 0.0)),
        Drifting(mass, TEMPERATURE, DRIFT), loss.cross_section,
    )  # fmt: skip
    factor = 1e-3 / (loss.ion_density * exact.rate) / float(e.tables.cells.dt[0])
    t = e.tables
    e.tables = replace(t, cells=t.cells._replace(dt=t.cells.dt * factor), omega=t.omega / factor)
    p = e.particles
    p.x[1:4, : p.count] += DRIFT[:, None]
    before, start = p.x[:, : p.count].copy(), p.start.copy()
    for _ in range(steps):
        e.conversions.act(e)
        e.step += 1
        p.start[:] = start
        p.x[:, : before.shape[1]] = before
    rates = e.state.converted[:, 0, :] / (e.tables.cells.volume[0] * steps * loss.ion_density * DENSITY)
    back = 1.0 if loss.resonant else 0.0
    theory = (
        exact.rate,
        float(exact.neutral_momentum[0]) - back * float(exact.ion_momentum[0]),
        exact.neutral_energy - back * exact.ion_energy,
    )
    # Within a step the gas changes by half a thousandth.
    bounds = Bounds(relative=0.02, sigma=4.0)
    found = []
    for k, what in enumerate(("events", "momentum", "energy")):
        value, error = mean_of(rates[:, k] / theory[k])
        name = f"drifting H in {ion}: {what} over theory"
        found.append(judged(name, value, error, 1.0, bounds, source=_PAULS, detail=f"{cells} cells"))
    return found
