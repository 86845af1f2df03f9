"""exobase species: the species table, or one of its entries with units, sources and validity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.cli.listing import JsonOption, number, say, show_entry, show_json
from exobase.cli.show import console, table

if TYPE_CHECKING:
    from exobase.species import Species

NO_SOFT_SPHERES = 'none known: with collisions = "vss" give diameter, omega and alpha'
NO_VALUES = "no collision values: where it collides, give diameter and omega (and alpha for vss)"
CHAPMAN_ENSKOG = "computed from diameter and omega, first Chapman-Enskog approximation"


@app.command("species")
def list_species(
    name: Annotated[str | None, typer.Argument(help="one species in detail, e.g. Na or CO2+ (default: all)")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the species that a case can name, or one of them with its values and sources."""
    with errors_to_exit_codes():
        from exobase.species import species_groups

        if name is not None:
            entry = describe_species(name)
            show_json(entry) if as_json else show_species(entry)
            return
        groups = {group: [describe_species(one) for one in names] for group, names in species_groups().items()}
        if as_json:
            show_json([entry for entries in groups.values() for entry in entries])
        else:
            show_all(groups)


def describe_species(name: str) -> dict[str, Any]:
    """Everything the table says of a species, in SI units. Raises InputError for an unknown name."""
    from exobase.species import common_name, species, species_entry, species_groups

    kind, entry = species(name), species_entry(name)
    soft = species(name, "vss") if "d_vss" in entry else None
    valid = [float(t) for t in entry["valid"]] if "valid" in entry else None
    return {
        "name": name,
        "called": common_name(name),
        "group": entry["group"],
        "parent": entry["parent"] if entry["parent"] != name else None,
        "mass_u": float(entry["mass"]),
        "mass_kg": kind.mass,
        "mass_source": entry["mass_source"],
        "charge": kind.charge,
        "reference_temperature_K": kind.t_ref if kind.collides else None,
        "vhs": {"diameter_m": kind.diameter, "omega": kind.omega} if kind.collides else None,
        "vss": {"diameter_m": soft.diameter, "omega": soft.omega, "alpha": soft.alpha} if soft is not None else None,
        "collision_source": kind.source if kind.collides else NO_VALUES,
        "vss_source": entry.get("vss_source", kind.source) if soft is not None else None,
        "valid_K": valid,
        "viscosity_Pa_s": _viscosity(kind),
        "rotational_dof": kind.zeta_rot,
        "rotational_number": kind.z_rot if kind.zeta_rot else None,
        "parker": {"infinity": kind.z_rot_infinity, "temperature_K": kind.t_star} if kind.t_star else None,
        "rotation_source": kind.rotation_source,
        "same_values": [
            other
            for group in ("isotope", "ion")
            for other in species_groups()[group]
            if other != name and species_entry(other)["parent"] == name
        ],
    }


def show_all(groups: dict[str, list[dict[str, Any]]]) -> None:
    """Neutrals with their collision values; isotopes and ions with the neutral whose values they have."""
    neutral = table(
        "neutrals", "name", "mass u", "VHS d 1e-10 m", "omega", "VSS d 1e-10 m", "alpha", "rotation", "called"
    )
    neutral.columns[-1].justify = "left"
    for entry in sorted(groups["neutral"], key=_order):
        vhs, vss = entry["vhs"] or {}, entry["vss"] or {}
        neutral.add_row(
            entry["name"], number(entry["mass_u"]), _angstrom(vhs), number(vhs.get("omega")), _angstrom(vss),
            number(vss.get("alpha")), f"{entry['rotational_dof']:g}", entry["called"],
        )  # fmt: skip
    console().print(neutral)
    for group, title in (("isotope", "isotopes"), ("ion", "ions")):
        made = table(title, "name", "mass u", "charge", "collision values of")
        made.columns[-1].justify = "left"
        for entry in sorted(groups[group], key=_order):
            made.add_row(
                entry["name"], number(entry["mass_kg"] / _atomic_mass(), 7), str(entry["charge"]), entry["parent"]
            )
        console().print(made)
    say(
        "d at 273 K; rotation: degrees of freedom. No diameter: the mass suffices where the species meets nothing, else"
    )
    say("give diameter and omega. One species with its sources: exobase species NAME")


def show_species(entry: dict[str, Any]) -> None:
    """One species: quantities with unit, source and validity."""
    called = entry["called"] or f"{entry['group']}, with the collision values of {entry['parent']}"
    show_entry(f"{entry['name']}: {called}", [*_mass_rows(entry), *_collision_rows(entry), *_rotation_rows(entry)])
    if entry["same_values"]:
        say(f"with the same collision values: {', '.join(entry['same_values'])}")


Rows = list[tuple[str, str, str]]


def _mass_rows(entry: dict[str, Any]) -> Rows:
    source = entry["mass_source"] + (", less the electrons" if entry["charge"] else "")
    mass = f"{entry['mass_kg'] / _atomic_mass():.9g} u = {entry['mass_kg']:.9g} kg"
    return [("mass", mass, source), ("charge", f"{entry['charge']} e", "")]


def _collision_rows(entry: dict[str, Any]) -> Rows:
    vhs, vss, source = entry["vhs"], entry["vss"], entry["collision_source"]
    if not vhs:
        return [("collisions", "none", source)]
    valid = "not stated" if entry["valid_K"] is None else "{:g} to {:g} K".format(*entry["valid_K"])
    t_ref = f"at {entry['reference_temperature_K']:g} K"
    rows = [
        ("VHS diameter", f"{_angstrom(vhs)}e-10 m {t_ref}", source),
        ("viscosity exponent omega", f"{vhs['omega']:g}", source),
        ("validity", valid, "the power law of T continues at every temperature"),
        ("VSS diameter", f"{_angstrom(vss)}e-10 m {t_ref}" if vss else "none", entry["vss_source"] or NO_SOFT_SPHERES),
    ]
    if vss:
        rows.append(("VSS deflection exponent alpha", f"{vss['alpha']:g}", entry["vss_source"]))
    viscosities = entry["viscosity_Pa_s"] or {}
    return rows + [(f"viscosity at {t}", f"{mu:.4g} Pa s", CHAPMAN_ENSKOG) for t, mu in viscosities.items()]


def _rotation_rows(entry: dict[str, Any]) -> Rows:
    freedoms, source = entry["rotational_dof"], entry["rotation_source"]
    if not freedoms:
        return []
    rows = [
        ("rotational degrees of freedom", f"{freedoms:g}", "linear" if freedoms == 2 else "nonlinear"),
        ("rotational collision number Z", number(entry["rotational_number"]), source),
    ]
    parker = entry["parker"]
    if parker:
        rows.append(("Parker's Z(T)", f"Z_inf {parker['infinity']:g}, T* {parker['temperature_K']:g} K", source))
    return rows


def _order(entry: dict[str, Any]) -> tuple[bool, float]:
    """Atoms before molecules, each by mass."""
    return entry["rotational_dof"] > 0.0, entry["mass_kg"]


def _viscosity(kind: Species) -> dict[str, float] | None:
    """Viscosity [Pa s] at two temperatures; none of ions, whose forces are others, and of species without values."""
    from exobase.analytic.kinetic import viscosity

    if not kind.collides or kind.charge != 0:
        return None
    return {
        f"{t:g} K": float(viscosity(t, kind.mass, kind.diameter, kind.omega, kind.alpha, kind.t_ref))
        for t in (kind.t_ref, 500.0)
    }


def _angstrom(law: dict[str, float]) -> str:
    return f"{law['diameter_m'] * 1e10:.4g}" if law else ""


def _atomic_mass() -> float:
    from exobase.constants import ATOMIC_MASS

    return ATOMIC_MASS
