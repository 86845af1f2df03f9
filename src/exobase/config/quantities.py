"""Quantities that a [[check]] may name: their SI unit, whether they belong to a species, theories to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exobase.config.messages import nearest


@dataclass(frozen=True)
class CheckQuantity:
    """unit (SI), per_species ("density.H"), pair ("fractionation.D/H"), profile (judged at radii), theories by name."""

    unit: str
    per_species: bool = True
    pair: bool = False
    profile: bool = False
    theories: tuple[str, ...] = ()


_FLOWS = ("isentropic", "knudsen_layer", "free_molecular")
_FLUXES = ("jeans", "evaporation", *_FLOWS)

QUANTITIES = {
    "escape_flux": CheckQuantity("m-2 s-1", theories=_FLUXES),
    "escape_rate": CheckQuantity("s-1", theories=_FLUXES),
    "escape_velocity": CheckQuantity("m s-1", theories=_FLUXES),
    "density": CheckQuantity("m-3", profile=True, theories=("chamberlain", "barometric", *_FLOWS)),
    "temperature": CheckQuantity("K", profile=True, theories=_FLOWS),
    "temperature_radial": CheckQuantity("K", profile=True, theories=_FLOWS),
    "temperature_transverse": CheckQuantity("K", profile=True, theories=_FLOWS),
    "temperature_rotational": CheckQuantity("K", profile=True, theories=("isentropic", "knudsen_layer")),
    "velocity": CheckQuantity("m s-1", profile=True, theories=_FLOWS),
    "mach": CheckQuantity("", profile=True),
    "u_over_U": CheckQuantity("", profile=True),
    "flux_over_jeans": CheckQuantity(""),
    "flux_over_evaporation": CheckQuantity("", theories=("jeans", *_FLOWS)),
    "flux_over_emission": CheckQuantity("", theories=("jeans", *_FLOWS)),
    "net_flux_over_evaporation": CheckQuantity("", theories=("jeans", *_FLOWS)),
    "sonic_radius_over_inner": CheckQuantity("", theories=("isentropic",)),
    "exobase_radius": CheckQuantity("m"),
    "exobase_temperature": CheckQuantity("K"),
    "exobase_radius_over_inner": CheckQuantity(""),
    "exobase_temperature_over_inner": CheckQuantity(""),
    "scale_height": CheckQuantity("m", theories=("barometric",)),
    "fractionation": CheckQuantity("", per_species=False, pair=True, theories=("jeans", "drag")),
    "fractionation_exobase": CheckQuantity("", per_species=False, pair=True, theories=("jeans",)),
    "ledger": CheckQuantity("", per_species=False),
    "clone_gain": CheckQuantity("", per_species=False),
    "energy_conservation": CheckQuantity("", per_species=False),
    "imbalance": CheckQuantity("", per_species=False),
}


HISTORY_QUANTITIES = {
    "escape_flux": CheckQuantity("m-2 s-1"),
    "escape_rate": CheckQuantity("s-1"),
    "escape_probability": CheckQuantity(""),
    "source_rate": CheckQuantity("s-1"),
    "absorbed_rate": CheckQuantity("s-1"),
    "escaped_part": CheckQuantity(""),
    "density": CheckQuantity("m-3", profile=True),
    "flux_over_jeans": CheckQuantity(""),
    "yield": CheckQuantity(""),
    "backscatter": CheckQuantity(""),
    "energy_mean": CheckQuantity("J"),
    "exobase_radius": CheckQuantity("m", per_species=False),
    "ledger": CheckQuantity("", per_species=False),
    "energy_conservation": CheckQuantity("", per_species=False),
    "splitting_gain": CheckQuantity("", per_species=False),
}
"""Of the test-particle solver. yield: particles that escape per incident one; backscatter: incident particles among
them; energy_mean: of those that escape, where they do; escape_probability: of the particles that are born;
escaped_part: of all that come, recoils and converted ones too; absorbed_rate: at the inner boundary."""


def find_quantity(
    name: str, species: tuple[str, ...], quantities: Mapping[str, CheckQuantity] = QUANTITIES
) -> CheckQuantity:
    """The quantity that a check names, as "density.H", "fractionation.D/H" or "ledger", of those of its solver.

    Raises ValueError if it is unknown or its species is not one of the case.
    """
    base, _, of = name.partition(".")
    if base not in quantities:
        known = [f"{q}.X/Y" if info.pair else f"{q}.X" if info.per_species else q for q, info in quantities.items()]
        raise ValueError(f"unknown quantity{nearest(base, quantities) or ';'} allowed: {', '.join(known)}")
    quantity = quantities[base]
    if quantity.per_species and of not in species:
        raise ValueError(f"name a species of this case, {base}.X with X one of: {', '.join(species)}")
    if quantity.pair:
        names = of.split("/")
        if len(names) != 2 or names[0] == names[1] or not set(names) <= set(species):
            raise ValueError(f"name two species of this case, {base}.X/Y with X and Y of: {', '.join(species)}")
    elif not quantity.per_species and of:
        raise ValueError(f"{base} takes no species")
    return quantity
