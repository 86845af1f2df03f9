"""From the [field] table of a case to a FieldSetup."""

from __future__ import annotations

import math
from typing import Any

from exobase.case.field_model import FieldSetup
from exobase.case.resolve_background import Frame
from exobase.case.resolve_checks import Report
from exobase.constants import PROTON_MASS
from exobase.errors import InputError
from exobase.fields.conics import boundary
from exobase.fields.kobel_flueckiger import kf_compression
from exobase.fields.magnetopause import dipole_moment, standoff

WIND = ("density", "speed", "magnetic_field", "cone_angle")
KEYS = {
    "none": (),
    "uniform": (*WIND, "clock_angle", "magnetopause", "standoff", "flare", "dipole_moment", "surface_field"),
    "draped_sphere": (
        *WIND, "clock_angle", "obstacle_radius", "obstacle", "magnetopause", "standoff", "flare", "dipole_moment",
        "surface_field",
    ),
    "kobel_flueckiger": (
        *WIND, "clock_angle", "obstacle_radius", "obstacle", "shock_distance", "bow_shock", "compression",
        "magnetopause", "standoff", "dipole_moment", "surface_field",
    ),
}  # fmt: skip
"""Keys of each model, beside ``model`` and ``steps_per_gyration``."""


class _Faulty(Exception):
    """The field cannot be resolved; the reason has been reported."""


def resolve_field(table: Any, frame: Frame, report: Report) -> FieldSetup | None:
    """The field of a case, or None after its errors were reported. table: the [field] table."""
    good = True
    allowed = KEYS[table.model]
    for name in type(table).model_fields:
        given = getattr(table, name) != type(table).model_fields[name].default
        if name not in ("model", "steps_per_gyration", *allowed) and given:
            report(f"field.{name}", f'does not go with model = "{table.model}"; its keys: {", ".join(allowed)}')
            good = False
    for name in WIND if "magnetic_field" in allowed else ():
        if getattr(table, name) is None:
            report(f"field.{name}", f'missing; model = "{table.model}" needs {", ".join(WIND)}')
            good = False
    if not good:
        return None
    try:
        return _setup(table, frame, report)
    except _Faulty:
        return None


def _setup(table: Any, frame: Frame, report: Report) -> FieldSetup:
    model = table.model
    parts: dict[str, Any] = {"model": model, "steps_per_gyration": table.steps_per_gyration}
    if model == "none":
        return FieldSetup(**parts, source="no field")
    parts |= {"density": table.density or 0.0, "speed": table.speed or 0.0}
    source = [model]
    cone, clock = table.cone_angle, table.clock_angle
    across = table.magnetic_field * math.sin(cone)
    parts["b"] = (table.magnetic_field * math.cos(cone), across * math.cos(clock), across * math.sin(clock))
    if table.magnetopause != "none":
        parts["magnetopause"] = _standoff(table, frame, report)
        parts["flare"] = table.flare or parts["magnetopause"]
        source.append(f"magnetopause: {table.magnetopause}")
    if model in ("draped_sphere", "kobel_flueckiger"):
        if model == "kobel_flueckiger" and table.magnetopause != "none":
            parts["obstacle"] = parts["magnetopause"]
        else:
            parts["obstacle"] = _distance(table, "obstacle_radius", "obstacle", frame, report)
        source += [table.obstacle] if table.obstacle else []
    if model == "kobel_flueckiger":
        parts["shock"] = _distance(table, "shock_distance", "bow_shock", frame, report)
        source += [table.bow_shock] if table.bow_shock else []
        if parts["shock"] <= parts["obstacle"]:
            text = f"must exceed that of the obstacle, {parts['obstacle'] / 1e3:.6g} km"
            report("field.shock_distance", text, f"{parts['shock'] / 1e3:.6g} km")
            raise _Faulty
        natural = float(kf_compression(parts["obstacle"], parts["shock"]))
        parts["compression"] = table.compression if table.compression is not None else natural
    return FieldSetup(**parts, source=", ".join(source))


def _distance(table: Any, own: str, named: str, frame: Frame, report: Report) -> float:
    """A distance from the centre [m], given by itself or by the name of a published boundary."""
    length, name = getattr(table, own), getattr(table, named)
    if (length is None) == (name is None):
        report(f"field.{own}", f"give exactly one of {own}, {named}")
        raise _Faulty
    if length is not None:
        return float(length)
    try:
        return boundary(name).standoff * frame.body_radius
    except InputError as error:
        report(f"field.{named}", str(error), name)
        raise _Faulty from None


def _standoff(table: Any, frame: Frame, report: Report) -> float:
    """Distance of the magnetopause's nose [m]: given, or from the balance of pressures."""
    if table.magnetopause == "paraboloid":
        if table.standoff is None:
            report("field.standoff", 'missing; magnetopause = "paraboloid" needs it')
            raise _Faulty
        return float(table.standoff)
    ways = [name for name in ("dipole_moment", "surface_field") if getattr(table, name) is not None]
    if len(ways) != 1 or table.standoff is not None:
        report("field.magnetopause", 'with "pressure_balance" give exactly one of dipole_moment, surface_field')
        raise _Faulty
    moment = table.dipole_moment
    if moment is None:
        moment = dipole_moment(table.surface_field, frame.body_radius)
    if not table.density or not table.speed:
        report("field.density", "missing; the balance of pressures needs density and speed of the solar wind")
        raise _Faulty
    return float(standoff(moment, table.density * PROTON_MASS, table.speed))
