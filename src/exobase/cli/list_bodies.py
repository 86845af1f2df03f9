"""exobase bodies: the table of planets, moons, dwarf planets and a comet."""

from __future__ import annotations

import math
from typing import Annotated, Any

import typer

from exobase.cli.app import app, errors_to_exit_codes
from exobase.cli.listing import JsonOption, number, say, show_entry, show_json
from exobase.cli.show import console, table


@app.command("bodies")
def list_bodies(
    name: Annotated[str | None, typer.Argument(help="one body in detail, e.g. Titan (default: all)")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the bodies that a case can name, or one of them with its numbers and sources."""
    with errors_to_exit_codes():
        from exobase.bodies import body_names

        if name is not None:
            entry = describe_body(name)
            show_json(entry) if as_json else show_body(entry)
            return
        entries = [describe_body(one) for one in body_names()]
        show_json(entries) if as_json else show_all(entries)


def describe_body(name: str) -> dict[str, Any]:
    """All numbers of a body in SI units, and those that follow. Raises InputError for an unknown name."""
    from exobase.bodies import body
    from exobase.constants import AU

    found = body(name)
    return {
        "name": name,
        "primary": found.primary,
        "gm_m3_s2": found.gm,
        "radius_m": found.radius,
        "rotation_period_s": found.rotation_period,
        "semi_major_axis_m": found.a,
        "eccentricity": found.e,
        "sun_distance_au": found.sun_distance / AU,
        "hill_radius_m": found.hill_radius(),
        "surface_gravity_m_s2": found.gm / found.radius**2,
        "escape_speed_m_s": math.sqrt(2.0 * found.gm / found.radius),
        "source": found.source,
        "rotation_source": found.rotation_source,
    }


def show_all(entries: list[dict[str, Any]]) -> None:
    """One row per body, outward from the Sun."""
    made = table(
        "bodies", "name", "round", "GM m3 s-2", "mean radius km", "escape speed m/s", "rotation h", "from the Sun au",
        "Hill radius km",
    )  # fmt: skip
    for entry in entries:
        made.add_row(
            entry["name"], entry["primary"], number(entry["gm_m3_s2"]), number(entry["radius_m"] / 1e3, 7),
            number(entry["escape_speed_m_s"], 4), number(entry["rotation_period_s"] / 3600.0, 5),
            number(entry["sun_distance_au"], 4), number(entry["hill_radius_m"] / 1e3, 4),
        )  # fmt: skip
    console().print(made)
    say("rotation: sidereal, negative where retrograde. from the Sun: semi-major axis, of moons that of their planet")
    say("one body with its sources: exobase bodies NAME")


def show_body(entry: dict[str, Any]) -> None:
    """One body: quantities with unit and source."""
    hill = "follows: a (1 - e) (GM/(3 GM_primary))^(1/3)"
    rows = [
        ("mass parameter GM", f"{entry['gm_m3_s2']:.9g} m3 s-2", "table"),
        ("mean radius", f"{entry['radius_m'] / 1e3:.8g} km", "table"),
        (f"semi-major axis round {entry['primary']}", f"{entry['semi_major_axis_m'] / 1e3:.8g} km", "table"),
        ("eccentricity", f"{entry['eccentricity']:g}", "table"),
        ("sidereal rotation", f"{entry['rotation_period_s'] / 3600.0:.7g} h", entry["rotation_source"]),
        ("semi-major axis round the Sun", f"{entry['sun_distance_au']:.5g} au", "of a moon: that of the planet"),
        ("Hill radius at periapsis", f"{entry['hill_radius_m'] / 1e3:.5g} km", hill),
        ("surface gravity", f"{entry['surface_gravity_m_s2']:.4g} m s-2", "follows: GM/R^2"),
        ("escape speed", f"{entry['escape_speed_m_s']:.5g} m s-1", "follows: sqrt(2 GM/R)"),
    ]
    show_entry(entry["name"], rows)
    say(f"table: {entry['source']}")
    say("orbits are mean elements, for Hill radii and semi-major axes; GM to the digits shown")
