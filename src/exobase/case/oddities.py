"""Values that no atmosphere has: refused where the equations of motion do not hold, questioned where they are odd."""

from __future__ import annotations

import math
from collections.abc import Iterable

from exobase.case.history_model import HistoryCase
from exobase.case.model import Case
from exobase.case.resolve_checks import Report
from exobase.config.values import FASTEST
from exobase.constants import ATOMIC_MASS, ELECTRON_MASS, EV, K_B, G
from exobase.errors import InputError
from exobase.geometry.spheres import shell_volume
from exobase.species import Species, species_names
from exobase.species import species as find_species

COLDEST, HOTTEST = 1.0, 1e6  # K
LIGHTEST, HEAVIEST = 0.5 * ATOMIC_MASS, 1e3 * ATOMIC_MASS
SMALLEST, LARGEST = 0.5e-10, 2e-9  # m, collision diameters
OWN_MASS = 0.1  # relative difference from the package's table
DILUTE = 0.01  # n d^3, part of the volume that the particles fill
RAREST, DENSEST = 30.0, 3e4  # kg m-3, mean density of a body
NEAREST, FARTHEST = 1e9, 1.5e14  # m from the Sun
DEEPER = 1e-3  # of the radius of the body


def refuse_species(key: str, kind: Species, report: Report, **temperatures: float | None) -> None:
    """Reports what Newton's mechanics of neutral particles cannot hold; temperatures [K] by key."""
    if kind.mass < ELECTRON_MASS:
        report(f"{key}.mass", f"is below the mass of an electron, {ELECTRON_MASS:.3g} kg", f"{kind.mass:g} kg")
        return
    for name, temperature in temperatures.items():
        speed = math.sqrt(2.0 * K_B * (temperature or 0.0) / kind.mass)
        if speed > FASTEST:
            text = f"thermal speed of {kind.name} {speed:.3g} m/s; allowed: up to {FASTEST:g} m/s (no relativity)"
            report(f"{key}.{name}", text, f"{temperature:g} K")


def refuse_gravity(gm: float, radius: float, report: Report) -> None:
    """Reports a body from whose inner boundary (radius [m]) escape would need relativity."""
    speed = math.sqrt(2.0 * gm / radius) if radius > 0.0 else 0.0
    if speed > FASTEST:
        text = f"escape speed {speed:.3g} m/s at the inner boundary, r = {radius:g} m; allowed: up to {FASTEST:g} m/s"
        report("body", f"{text} (no relativity): check the units of GM and radius")


def refuse_rotation(period: float | None, gm: float, radius: float, report: Report) -> None:
    """Reports an atmosphere that turns faster than a satellite at the inner boundary (radius [m]): none stays there."""
    if period is None or gm <= 0.0:
        return
    speed, orbital = 2.0 * math.pi * radius / period, math.sqrt(gm / radius)
    if speed > orbital:
        text = (
            f"turns the gas at the inner boundary with {speed:.3g} m/s, faster than a satellite there, "
            f"{orbital:.3g} m/s; the shortest period is {2.0 * math.pi * radius / orbital:.4g} s"
        )
        report("background.rotation_period", text, f"{period:g} s")


def refuse_energies(case: HistoryCase, highest: float) -> None:
    """Raises InputError where a particle born with the energy ``highest`` [J] would need relativity."""
    limits = {f.species.name: 0.5 * f.species.mass * FASTEST**2 for f in case.followed}
    for name, limit in limits.items():
        if highest > limit and any(source.species == name for source in case.sources):
            raise InputError(
                f"source: energies up to {highest / EV:.4g} eV: {name} may have at most "
                f"{limit / EV:.4g} eV ({FASTEST:g} m/s; no relativity); check the unit of energies"
            )


def odd_gas(case: Case) -> list[str]:
    """What a reader of a dsmc case should look at: one line each, with the key."""
    found = _odd_body(case.body_radius, case.gm, case.r_inner)
    for i, s in enumerate(case.species):
        key = f"species.{i}"
        found += _odd_species(key, s.species, case.collisions != "off")
        found += _odd_temperatures(s.name, {f"{key}.temperature": s.temperature})
        if s.outer_density > 0.0:
            found += _odd_temperatures(s.name, {f"{key}.outer_temperature": s.outer_temperature})
        found += _supersonic(case, i)
        filled = s.density * s.species.diameter**3
        if case.collisions != "off" and filled > DILUTE:
            found.append(
                f"{key}.density = {s.density:.3g} m-3: the particles fill {100.0 * filled:.3g} % of the volume: "
                "collisions of pairs describe dilute gases only; check the unit of the density"
            )
    for name in ("inner", "outer"):
        wall = getattr(case, name)
        if wall.type == "diffuse":
            found += _odd_temperatures("the wall", {f"{name}.temperature": wall.temperature})
    return found


def free_gas(case: Case, paths: Iterable[float]) -> list[str]:
    """Collisions that cannot happen. paths [m]: mean free path of every species at the inner boundary."""
    if case.collisions == "off" or case.sources:
        return []
    shortest, depth = min(paths), case.r_outer - case.r_inner
    if not depth < shortest < math.inf:
        return []
    return [
        f'collisions = "{case.collisions}": the mean free path at the inner boundary, {shortest:.3g} m, exceeds the '
        f'depth of the domain, {depth:.3g} m: hardly any particle collides; collisions = "off" gives the same faster'
    ]


def odd_histories(case: HistoryCase) -> list[str]:
    """What a reader of a test-particle case should look at: one line each, with the key."""
    found = _odd_body(case.body_radius, case.gm, case.r_inner) + _odd_distance(case.sun_distance)
    for i, f in enumerate(case.followed):
        found += _odd_species(f"species.{i}", f.species, collides=False)
    for kind, column in zip(case.background.species, case.background.temperature, strict=True):
        worst = min(column) if min(column) < COLDEST else max(column)
        found += _odd_temperatures("in places", {f"background: temperature of {kind.name}": worst})
    for i, source in enumerate(case.sources):
        warm = source.settings.get("temperature")
        if isinstance(warm, float) and source.type == "thermal":
            found += _odd_temperatures(source.name, {f"source.{i}.temperature": warm})
    return found


def _odd_species(key: str, kind: Species, collides: bool) -> list[str]:
    found = []
    if not LIGHTEST <= kind.mass <= HEAVIEST and kind.name != "e":
        found.append(
            f"{key}.mass = {kind.mass / ATOMIC_MASS:.4g} u ({kind.name}): atoms and molecules have 1 u to some 100 u; "
            "check its unit"
        )
    elif kind.name in species_names():
        table = find_species(kind.name).mass
        if abs(kind.mass / table - 1.0) > OWN_MASS:
            found.append(
                f"{key}.mass = {kind.mass / ATOMIC_MASS:.4g} u: {kind.name} has {table / ATOMIC_MASS:.4g} u; leave "
                "mass out, or give the species another name"
            )
    if collides and kind.diameter > 0.0 and not SMALLEST <= kind.diameter <= LARGEST:
        found.append(
            f"{key}.diameter = {kind.diameter:.3g} m ({kind.name}): those of atoms and molecules are 1 to 10 angstrom; "
            "check its unit"
        )
    return found


def _odd_temperatures(name: str, given: dict[str, float]) -> list[str]:
    return [f"{key} = {t:g} K ({name}): {_doubt(t)}" for key, t in given.items() if not COLDEST <= t <= HOTTEST]


def _doubt(temperature: float) -> str:
    if temperature < COLDEST:
        return f"below {COLDEST:g} K; check its unit"
    return f"above {HOTTEST:g} K atoms are ionised; check its unit"


def _odd_body(body_radius: float | None, gm: float, r_inner: float) -> list[str]:
    """A domain that begins inside the body, and a body that no planet is."""
    found: list[str] = []
    if body_radius is None:
        return found
    if r_inner < (1.0 - DEEPER) * body_radius:
        found.append(
            f"domain.inner = {r_inner:.6g} m lies {(body_radius - r_inner) / 1e3:.4g} km below the radius of the body, "
            f"{body_radius:.6g} m; domain.inner counts from the centre, domain.inner_altitude from that radius"
        )
    density = gm / (G * float(shell_volume(0.0, body_radius)))
    if gm > 0.0 and not RAREST <= density <= DENSEST:
        found.append(
            f"body: GM and radius give a mean density of {density:.3g} kg m-3; bodies have {RAREST:g} to {DENSEST:g}: "
            "check the units of gm (or mass) and radius"
        )
    return found


def _odd_distance(distance: float) -> list[str]:
    if distance == 0.0 or NEAREST <= distance <= FARTHEST:
        return []
    return [f"body.sun_distance = {distance:.3g} m: check its unit (1 au is 1.496e11 m)"]


def _supersonic(case: Case, i: int) -> list[str]:
    """A reservoir whose gas moves faster than sound: no gas at rest below makes it."""
    s = case.species[i]
    if case.inner.type != "reservoir" or s.density <= 0.0 or s.bulk_speed == 0.0:
        return []
    freedoms = 3.0 + s.species.zeta_rot * (case.rotation == "on")
    mach = s.bulk_speed / math.sqrt((1.0 + 2.0 / freedoms) * K_B * s.temperature / s.mass)
    if abs(mach) <= 1.0:
        return []
    what = f"species.{i}.bulk_speed = {s.bulk_speed:g} m/s is Mach {abs(mach):.3g} of {s.name} at {s.temperature:g} K"
    if mach < 0.0:
        return [f"{what}, away from the domain: hardly anything enters; positive speeds are directed outward"]
    return [
        f"{what}: a gas or a surface at rest below the boundary emits no supersonic flow; give less than Mach 1, "
        "unless the flow has passed its sonic point below"
    ]
