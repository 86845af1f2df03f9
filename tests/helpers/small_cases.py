"""Small cases that between them use every feature whose bits could depend on the division among ranks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from exobase.case import Case, make_case
from exobase.case.losses import Loss
from exobase.case.model import Pair, Source
from exobase.cross_sections.pair_rates import equivalent
from exobase.cross_sections.tabulated import QUANTILES, ElasticTable

HARD_SPHERE = {"name": "HS", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05}
GAS: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "barometric",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 4.0},
    "species": [HARD_SPHERE],
    "grid": {"spacing": "log", "cells": 24},
    "run": {"seed": 5, "particles_per_cell": 60},
    "tally": {"sample_every": 3, "record_every": 9, "vdf_radii": ["1100 km", "2450 km"]},
}
SLAB: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "time_step": "global",
    "initial": "barometric",
    "domain": {"geometry": "planar", "inner": "0 m", "outer": "1 m"},
    "species": [{"name": "X", "mass": "40 u", "diameter": "4 angstrom", "temperature": "273 K", "density": "1e19 m-3"}],
    "grid": {"spacing": "uniform", "cells": 20},
    "run": {"seed": 5, "particles_per_cell": 60},
    "tally": {"sample_every": 3, "record_every": 9},
}


ROTATING = {**HARD_SPHERE, "rotational_dof": 3, "rotational_number": 2.4}


def _gas(**changes: Any) -> Case:
    return _changed(GAS, changes)


def _slab(**changes: Any) -> Case:
    return _changed(SLAB, changes)


def _changed(tables: dict[str, Any], changes: dict[str, Any]) -> Case:
    tables = deepcopy(tables)
    if "species" in changes:
        tables["species"] = changes.pop("species")
    return make_case(tables, {key.replace("__", "."): value for key, value in changes.items()})


def _mixture() -> list[dict[str, Any]]:
    """Carbon dioxide, oxygen and hydrogen of Mars, each with a weight of its own."""
    return [
        {"name": "CO2", "density": "3.08e8 cm-3", "temperature": "270 K"},
        {"name": "O", "density": "3.86e7 cm-3", "temperature": "270 K", "particles_factor": 0.5},
        {"name": "H", "density": "1.03e5 cm-3", "temperature": "270 K", "particles_factor": 2.0},
    ]


def _molecules() -> list[dict[str, Any]]:
    """Rotating molecules, one of them with a collision number that follows the temperature of the cell, and an atom."""
    return [
        {"name": "CO2", "density": "3.08e8 cm-3", "temperature": "270 K", "rotational_number": "parker"},
        {"name": "N2", "density": "3.86e7 cm-3", "temperature": "270 K"},
        {"name": "O", "density": "3.86e7 cm-3", "temperature": "270 K"},
    ]


TRACE = {"name": "Y", "mass": "16 u", "diameter": "3 angstrom", "temperature": "100 K", "density": "0 m-3"}


def _births(case: Case) -> Case:
    """With births in a volume, on a level within and on the outer boundary, of a trace and of the gas itself."""
    volume = {"profile_r": (1.05e6, 1.2e6, 1.5e6), "profile_density": (1.0, 5.0, 0.1), "temperature": 3000.0}
    level = {"radius": 1.1e6, "speed": 2000.0, "launch": "isotropic"}
    fall = {"radius": case.r_outer, "energy": 1e-20}
    sources = (
        # Per second as many as make a few simulated particles per step; the weight of the trace follows its sources.
        Source("thermal", "warm", "HS", "global", settings={**volume, "rate": 6e28}),
        Source("mono_energetic", "fast", "Y", "global", settings={**level, "rate": 1e20}),
        Source("sputtering", "incident", "Y", "global", settings={**fall, "rate": 2e20}),
    )
    return replace(case, sources=sources)


def _in_light(case: Case) -> Case:
    """With its sources on the day side, the last one by the height of the Sun."""
    lit = ("dayside", "dayside", "cos_zenith")
    return replace(case, sources=tuple(replace(s, illumination=i) for s, i in zip(case.sources, lit, strict=True)))


def _losses(case: Case, pace: float = 1.0) -> Case:
    """With a loss of constant frequency, and charge exchange with like and with unlike ions; pace: of all of them."""
    mass = case.species[0].mass
    ions = {"ion_temperature": 300.0, "ion_velocity": 100.0, "cross_section": 2e-18}
    losses = (
        Loss("HS", "frequency", "loss", frequency=1e-4 * pace),
        Loss("HS", "charge_exchange", "like", ion="HS+", ion_density=1e12 * pace, ion_mass=mass, resonant=True, **ions),
        Loss("HS", "charge_exchange", "unlike", ion="O+", ion_density=1e11 * pace, ion_mass=0.6 * mass, **ions),
    )
    return replace(case, losses=losses)


def _tabulated(case: Case, a: str, b: str) -> Case:
    """With cross sections of one pair from a table: a peak above thermal energies, angles that change with energy."""
    energy = tuple(x * 1.380649e-23 * case.species[0].temperature for x in (0.01, 2.0, 2.5, 4.0, 60.0))
    total, parts = (9e-19, 5e-19, 8e-19, 4e-19, 3e-19), ((0.3, 0.9),) * 5
    angle = tuple((0.1 / (k + 1.0), 1.0 + 0.3 * k) for k in range(5))
    table = ElasticTable("made.csv", QUANTILES, energy, total, angle, parts, "constant")
    one, other = case.species[case.index(a)], case.species[case.index(b)]
    spheres = equivalent(table, one.mass, other.mass, one.temperature, one.species.t_ref)
    return replace(case, pairs=(Pair((a, b), *spheres, table),))


def cases() -> dict[str, Case]:
    """Every case by name."""
    mars = {"solver": "dsmc", "collisions": "vhs", "body": {"name": "Mars"}, "outer": {"type": "kepler_return"}}
    mars["domain"] = {"inner_altitude": "180 km", "outer_altitude": "500 km"}
    mixture: dict[str, Any] = {**deepcopy(GAS), **mars, "species": _mixture()}
    mixture["tally"]["vdf_radii"] = ["3600 km"]
    aloft = {
        "time_step": "global", "outer__type": "kepler_return", "outer__loss_frequency": "2e-5 s-1",
        "outer__lost_beyond": "8000 km", "domain__outer_over_inner": 1.6, "body__jeans_parameter": 3.0,
        "grid__cells": 8, "step__courant": 1.5, "tally__vdf_radii": ["1100 km"],
    }  # fmt: skip
    return {
        "collisionless": _gas(collisions="off", initial="empty"),
        "hard_sphere": _gas(),
        "fluid_start": _gas(initial="fluid"),
        "wind_start": _gas(initial="fluid", body__jeans_parameter=2.0),
        "vhs_mixture": make_case(mixture),
        "fluid_start_mixture": make_case({**deepcopy(mixture), "initial": "fluid"}),
        "clones": _gas(
            body__jeans_parameter=14.0, domain__outer_over_inner=2.5, weights__power=1.0, weights__energy_levels=1
        ),
        "equal_weights": _gas(weights__mode="equal", time_step="global"),
        "delayed_flights": _gas(**aloft),
        "planar_reservoirs": _slab(
            species=[
                SLAB["species"][0]
                | {"bulk_speed": "100 m/s", "outer_density": "5e18 m-3", "outer_temperature": "400 K"}
            ]
        ),
        "closed": _slab(inner__type="specular", outer__type="specular", rotation="on"),
        "columns": _gas(run__columns=3),
        "columns_delayed": _gas(**aloft, run__columns=3),
        "adapted": make_case({**deepcopy(GAS), "grid": {"per_mean_free_path": 1.0}}),
        "energy_levels": _gas(body__jeans_parameter=13.0, run__particles_per_cell=20),
        "energy_levels_mixture": _gas(
            body__jeans_parameter=13.0, run__particles_per_cell=20,
            species=[HARD_SPHERE, HARD_SPHERE | {"name": "Z", "mass": "29 u", "knudsen_number": 5.0}],
        ),
        "energy_levels_adapted": make_case(
            {**deepcopy(GAS), "grid": {"per_mean_free_path": 1.0}, "body": {"jeans_parameter": 13.0}}
        ),
        "losses_adapted": _losses(_gas(**aloft, weights__energy_levels=5, species=[ROTATING], run__columns=2)),
        "energy_levels_delayed": _gas(**aloft, weights__energy_levels=5, species=[ROTATING], run__columns=2),
        "rotation": make_case({**deepcopy(mixture), "collisions": "vhs", "species": _molecules()}),
        "soft_sphere_shear": _slab(
            collisions="vss", species=[{"name": "N2", "temperature": "273 K", "density": "1e19 m-3"}],
            inner__type="diffuse", outer__type="diffuse", outer__velocity="200 m/s",
        ),
        "births": _births(_gas(**aloft, run__columns=2, species=[HARD_SPHERE, TRACE])),
        "losses": _losses(_gas(**aloft, weights__energy_levels=5, species=[ROTATING], run__columns=2)),
        "losses_planar": _losses(_slab(species=[SLAB["species"][0] | {"name": "HS"}], inner__type="diffuse"), 1e6),
        "large_step": _gas(step__courant=5.0, step__collision_fraction=5.0, grid__cells=30),
        "entries_meet_wall": _slab(
            collisions="off", outer__type="diffuse", outer__temperature="300 K", grid__cells=2, run__columns=3,
            step__courant=3.0,
        ),
        "tables": _tabulated(
            make_case({**deepcopy(mixture), "collisions": "vhs", "species": _molecules()}), "O", "CO2"
        ),
        "tables_energy_levels": _tabulated(
            _gas(body__jeans_parameter=13.0, run__particles_per_cell=20, species=[ROTATING]), "HS", "HS"
        ),
        "rings": _gas(domain__geometry="axisymmetric", grid__zones=3, run__particles_per_cell=20),
        "rings_mixture": make_case(
            {**deepcopy(mixture), "collisions": "vhs", "species": _molecules()},
            {"domain.geometry": "axisymmetric", "grid.zones": 2, "run.particles_per_cell": 20},
        ),
        "sectors": _gas(domain__geometry="spherical", grid__zones=3, run__particles_per_cell=8),
        "sectors_delayed": _losses(
            _gas(
                **aloft, domain__geometry="spherical", grid__zones=2, species=[ROTATING], run__particles_per_cell=10,
            )
        ),
        "sectors_births": _in_light(
            _births(_gas(**aloft, domain__geometry="spherical", grid__zones=2, species=[HARD_SPHERE, TRACE]))
        ),
        "sectors_adapted": make_case(
            {**deepcopy(GAS), "grid": {"per_mean_free_path": 1.0, "zones": 2}},
            {"domain.geometry": "spherical", "run.particles_per_cell": 10},
        ),
    }  # fmt: skip
