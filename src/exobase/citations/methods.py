"""Methods that a resolved case uses, as keys of references: one rule for each method, on the plain dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exobase.cross_sections.atoms import is_atom
from exobase.solvers import solver_of

Data = Mapping[str, Any]
Method = tuple[str, tuple[str, ...]]
"""What is used, and the keys of its references."""

_CLOSED = ("specular", "diffuse")
_SPHERES = {"hard_sphere": "hard spheres", "vhs": "variable hard spheres (VHS)", "vss": "variable soft spheres (VSS)"}
_VSS = ("koura1991", "bird1994")


def methods(case: Data) -> list[Method]:
    """The methods of a case of either solver, in the order of a run."""
    return [*solver_of(case).methods(case), ("random numbers keyed by SplitMix64", ("steele2014",))]


def breaks(collision: Data) -> bool:
    """Whether a collision law meets molecules atom by atom."""
    return bool(collision["target_as"] == "atoms" and not is_atom(collision["target"]))


def methods_of_gas(case: Data) -> Iterator[Method]:
    """Of a gas that collides with itself."""
    collides = case["collisions"] != "off"
    if collides:
        yield "direct simulation Monte Carlo, no-time-counter collisions (NTC)", ("bird1994",)
        law = case["collisions"]
        yield f"collisions of {_SPHERES[law]}", _VSS if law == "vss" else ("bird1994",)
    spins = [s for s in case["species"] if s["species"]["zeta_rot"] > 0.0]
    if collides and case.get("rotation", "on") == "on" and spins:
        yield "exchange of rotational energy (Borgnakke-Larsen)", ("borgnakke1975", "haas1994", "zhang2013")
        if any(s["rotation"]["t_star"] > 0.0 for s in spins):
            yield "rotational relaxation by Parker's Z(T)", ("parker1959",)
    if any(s["density"] > 0.0 or s["outer_density"] > 0.0 for s in case["species"]):
        yield "emission of a drifting Maxwellian from a reservoir", ("bird1994",)
    if case["outer"]["type"] == "kepler_return" and case["gm"] > 0.0:
        yield "Kepler orbits beyond the outer boundary", ("battin1999",)


def methods_of_histories(case: Data) -> Iterator[Method]:
    """Of energetic particles in a given background."""
    collisions, field = case.get("collisions") or (), case.get("field")
    if collisions or case.get("reactions"):
        yield "test particles with null collisions", ("skullerud1968",)
    else:
        yield "test particles", ()
    laws = {collision["law"] for collision in collisions}
    for law in _SPHERES:
        if law in laws:
            yield f"collisions of {_SPHERES[law]}", _VSS if law == "vss" else ("bird1994",)
    if any(breaks(collision) for collision in collisions):
        yield "molecules met atom by atom (binary encounters)", ("johnson1998",)
    if any(collision["stopping"] == "lss" for collision in collisions):
        yield "electronic stopping (LSS)", ("lindhard1961",)
    if case["background"]["above"] == "chamberlain":
        yield "exosphere of the background (Chamberlain)", ("chamberlain1963",)
    pushed = case["tide"] > 0.0 or any(followed["beta"] > 0.0 for followed in case["followed"])
    if case["gm"] > 0.0 and not pushed and any(followed["species"]["charge"] == 0 for followed in case["followed"]):
        yield "Kepler orbits above the collisional gas", ("battin1999",)
    if case["tide"] > 0.0:
        yield "tide of the Sun (Hill)", ("hill1878", "murray1999")
    if any(followed["beta"] > 0.0 for followed in case["followed"]):
        yield "radiation pressure of resonantly scattered sunlight", ("chamberlain1987",)
    if field:
        yield from _of_field(field)
    yield "limits of rates from a few escapers", ("fay1997",)


def _of_field(field: Data) -> Iterator[Method]:
    yield "motion of ions (Boris push)", ("boris1970", "birdsall1985")
    if field["model"] == "kobel_flueckiger":
        yield "magnetosheath field of Kobel & Flueckiger", ("kobel1994",)
    if field["model"] == "draped_sphere":
        yield "field draped round a sphere", ("alfven1957", "darwin1953")
    if field["standoff"] > 0.0:
        yield "magnetopause from pressure balance", ("kivelson1995", "mead1964")
