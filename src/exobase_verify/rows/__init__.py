"""What is validated: the subjects of the verification table, and the functions that compute their rows.

To add rows: write ``rows/your_subject.py`` with a function ``your_rows(size) -> list[Row]`` (size "quick" or "full",
production kernels, every number with its standard error, a seed that is fixed) and append one line to ``PROVIDERS``.
A subject that no provider and no shipped case computes is printed as "not available" and fails.
Files of this folder do not import each other, so that a stored row is repeated only where its own file changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exobase_verify.row import Row, Size
from exobase_verify.rows import (
    charge_exchange,
    collision_rates,
    discretisation,
    energy_levels,
    false_alarms,
    histories,
    hot_gas,
    ions,
    larsen_borgnakke,
    laws,
    light_gas,
    orbits,
    planar,
    relaxation,
    seeds,
    sphere,
    sputtering,
    table_collisions,
    transport,
    vss,
    walls,
)


class Provider(NamedTuple):
    """One function of rows: its name, the subjects it covers, the function, and in which sizes it runs."""

    name: str
    subjects: tuple[str, ...]
    rows: Callable[[Size], list[Row]]
    quick: bool = True
    full: bool = True

    def runs_in(self, size: Size) -> bool:
        """Whether it belongs to a validation of this size."""
        return self.quick if size == "quick" else self.full


class Summary(NamedTuple):
    """Rows that follow from those of several providers (parts): its name, which stands for all of them, and how."""

    name: str
    parts: tuple[str, ...]
    rows: Callable[[Sequence[Sequence[Row]]], list[Row]]


class Subject(NamedTuple):
    """A line of the verification table: key, title, and the shipped cases whose checks cover it, if any."""

    key: str
    title: str
    cases: tuple[str, ...] = ()


SUBJECTS = (
    Subject("laws", "collision laws: VHS cross section, mean d and omega of unlike pairs"),
    Subject("laws_vss", "collision laws: VSS deflection"),
    Subject("collision_rate", "collision rate of a VHS or VSS gas and of a mixture"),
    Subject("table_collisions", "collision rate by a table of cross sections"),
    Subject("mean_free_path", "mean free path"),
    Subject("two_temperatures", "two temperatures of Maxwell molecules"),
    Subject("bkw", "BKW relaxation"),
    Subject("larsen_borgnakke_equilibrium", "Larsen-Borgnakke exchange: equilibrium"),
    Subject("larsen_borgnakke_relaxation", "Larsen-Borgnakke exchange: relaxation"),
    Subject("viscosity", "viscosity of argon"),
    Subject("conductivity", "thermal conductivity of argon"),
    Subject("self_diffusion", "self-diffusion of argon"),
    Subject("mixture_viscosity", "viscosity of a mixture"),
    Subject("fourier_free_molecular", "free-molecular heat flux between walls"),
    Subject("couette_free_molecular", "free-molecular shear stress between walls"),
    Subject("planar_expansion", "planar free expansion into vacuum"),
    Subject("closed_column", "barometric closed column", ("barometric",)),
    Subject("evaporation", "half-space evaporation at M = 1", ("evaporation",)),
    Subject("energy_levels", "splitting by energy: the same escape flux"),
    Subject("false_alarms", "checks and errors of every run: an unweighted gas, seeds of five cases"),
    Subject("kepler_hop", "Kepler hop"),
    Subject("orbit_energy", "energy of bound orbits"),
    Subject("history_slab", "test particles: slab, exponential atmosphere, beams"),
    Subject("history_exosphere", "test particles: Liouville densities, Chamberlain's exosphere"),
    Subject("history_hop", "test particles: Kepler hops on arcs and in steps"),
    Subject("history_gas", "test particles: equilibrium, relaxation, drag, slowing down"),
    Subject("light_gas", "flux over Jeans flux of a light gas in a heavy one", ("earth_h_in_o",)),
    Subject("sputter_yield", "sputter yield of O on O"),
    Subject("cascade", "recoils, collisions and energy of a collision cascade"),
    Subject("ion_push", "ions: gyration, drifts"),
    Subject("ion_fields", "ions: draped field, magnetosheath"),
    Subject("pickup", "ions: pickup, ionisation of a corona", ("venus_oxygen_pickup",)),
    Subject("exchange_fits", "charge exchange: fitted cross sections"),
    Subject("exchange_beam", "charge exchange: charge states of a beam"),
    Subject("exchange_drag", "charge exchange: drag between neutrals and ions"),
    Subject("uneven_zones", "an exobase that depends on the zenith angle, zones"),
    Subject("uneven_sectors", "an exobase that depends on the zenith angle, sectors"),
    Subject("uniform_sphere", "a divided sphere with a uniform boundary"),
    Subject("identity", "the same bits on 1, 2 and 3 ranks", ("identity",)),
)

PROVIDERS: tuple[Provider, ...] = (
    Provider("laws", ("laws",), laws.rows),
    Provider("collision_rates", ("collision_rate",), collision_rates.rates),
    Provider("table_collisions", ("table_collisions",), table_collisions.rows),
    Provider("free_paths", ("mean_free_path",), collision_rates.paths),
    Provider("two_temperatures", ("two_temperatures",), relaxation.temperatures),
    Provider("bkw", ("bkw",), relaxation.bkw),
    Provider("planar_expansion", ("planar_expansion",), planar.expansion_rows),
    Provider("fourier", ("fourier_free_molecular",), planar.fourier_rows),
    Provider("vss", ("laws_vss", "collision_rate"), vss.rows),
    Provider("larsen_borgnakke_equilibrium", ("larsen_borgnakke_equilibrium",), larsen_borgnakke.equilibrium_rows),
    Provider("larsen_borgnakke_relaxation", ("larsen_borgnakke_relaxation",), larsen_borgnakke.relaxation_rows),
    Provider("viscosity", ("viscosity",), transport.viscosity_rows),
    Provider("conductivity", ("conductivity",), transport.conductivity_rows),
    Provider("self_diffusion", ("self_diffusion",), transport.diffusion_rows),
    Provider("mixture_viscosity", ("mixture_viscosity",), transport.mixture_rows),
    Provider("discretisation", ("viscosity", "conductivity"), discretisation.rows, quick=False),
    Provider("couette", ("couette_free_molecular",), walls.couette_rows),
    Provider("energy_levels", ("energy_levels",), energy_levels.rows),
    Provider("false_alarms", ("false_alarms",), false_alarms.rows),
    Provider("seeds_jeans_6", ("false_alarms",), seeds.jeans_6, quick=False),
    Provider("seeds_jeans_10", ("false_alarms",), seeds.jeans_10, quick=False),
    Provider("seeds_jeans_6_dense", ("false_alarms",), seeds.jeans_6_dense, quick=False),
    Provider("seeds_mars", ("false_alarms",), seeds.mars, quick=False),
    Provider("seeds_pluto", ("false_alarms",), seeds.pluto, quick=False),
    Provider("kepler_hops", ("kepler_hop",), orbits.hop_rows),
    Provider("orbit_energy", ("orbit_energy",), orbits.energy_rows),
    Provider("history_slab", ("history_slab",), histories.slab_rows),
    Provider("history_exosphere", ("history_exosphere",), histories.exosphere_rows),
    Provider("history_hop", ("history_hop",), histories.hop_rows),
    Provider("history_gas", ("history_gas",), hot_gas.rows),
    Provider("light_gas", ("light_gas",), light_gas.rows, quick=False),
    Provider("ion_push", ("ion_push",), ions.push_rows),
    Provider("ion_fields", ("ion_fields",), ions.field_rows),
    Provider("pickup", ("pickup",), ions.pickup_rows),
    Provider("exchange_fits", ("exchange_fits",), charge_exchange.fit_rows),
    Provider("exchange_beam", ("exchange_beam",), charge_exchange.beam_rows),
    Provider("exchange_drag", ("exchange_drag",), charge_exchange.drag_rows),
    Provider("sputtering", ("sputter_yield", "cascade"), sputtering.rows),
    Provider("uneven_zones", ("uneven_zones",), sphere.zones_rows),
    Provider("uneven_sectors", ("uneven_sectors",), sphere.sectors_rows),
    Provider("uniform_sphere", ("uniform_sphere",), sphere.uniform_rows),
)

SUMMARIES: tuple[Summary, ...] = (
    Summary(
        "seeds",
        ("seeds_jeans_6", "seeds_jeans_10", "seeds_jeans_6_dense", "seeds_mars", "seeds_pluto"),
        seeds.together,
    ),
)


def provider(name: str) -> Provider:
    """The provider of that name. Raises KeyError if there is none."""
    return {p.name: p for p in PROVIDERS}[name]


def missing(size: Size, cases: frozenset[str]) -> tuple[Subject, ...]:
    """Subjects that nothing computes in a validation of this size with these cases (names), in order."""
    covered = {key for p in PROVIDERS if p.runs_in(size) for key in p.subjects}
    return tuple(s for s in SUBJECTS if s.key not in covered and not cases.intersection(s.cases))
