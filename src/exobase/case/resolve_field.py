"""From the [field] table of a test-particle case to a FieldSetup."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from exobase.case.field_model import FieldSetup
from exobase.case.frame import Frame
from exobase.case.identity import digest_of
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.constants import PROTON_MASS
from exobase.errors import InputError
from exobase.fields.conics import boundary
from exobase.fields.grid import FieldGrid, fastest_flow, make_grid
from exobase.fields.magnetopause import dipole_moment, standoff_distance
from exobase.io import read_field_file
from exobase.io.files import is_there
from exobase.tables import load_table

ALPHA_MASS = 3.9726 * PROTON_MASS
_WIND = ("density", "speed", "magnetic_field", "cone_angle")
_SI = {"density": 1e6, "speed": 1e3, "magnetic_field": 1e-9, "cone_angle": math.pi / 180.0, "alpha_fraction": 1.0}
_OBSTACLE = ("obstacle", "obstacle_radius", "obstacle_radii")
_SHOCK = ("bow_shock", "bow_shock_radius", "bow_shock_radii")
_CAVITY = ("standoff", "standoff_radii", "dipole_moment", "surface_field")
_FILE = ("file", "frame", "units", "names")
_ALL_WIND = ("wind", *_WIND, "clock_angle", "aberration_angle", "alpha_fraction")
# Keys that only some models take; the others are for all.
_TAKES = {
    "none": (),
    "uniform": (*_ALL_WIND, *_OBSTACLE),
    "draped_sphere": (*_ALL_WIND, *_OBSTACLE),
    "kobel_flueckiger": (*_ALL_WIND, *_OBSTACLE, *_SHOCK, "compression"),
    "file": ("wind", "density", "speed", "alpha_fraction", *_FILE),
}
_PARTIAL = {*_ALL_WIND, *_OBSTACLE, *_SHOCK, *_FILE, "compression"}


def resolve_field(table: Any, frame: Frame, body: str, report: Report) -> FieldSetup | None:
    """The field of a case, or None after its errors were reported. body: its name, "" where it has none."""
    return _Resolver(table, frame, body, report).setup()


def read_grid(setup: FieldSetup) -> FieldGrid:
    """The grid of a setup with a file, for the kernels. Raises InputError, also where the file has changed since."""
    path = Path(setup.file)
    if not is_there(path):
        raise InputError(f"{path}: there is no such file; the field of this case was read from it")
    if digest_of(path) != setup.digest:
        raise InputError(f"{path}: has changed since the case was resolved; put the file back, or start the case anew")
    return _grid(setup)


def _grid(setup: FieldSetup, reach: tuple[float, float] | None = None) -> FieldGrid:
    """The grid of a file; reach: radii [m] between which it must cover all."""
    read = read_field_file(setup.file, dict(setup.units), setup.frame, dict(setup.names), setup.radius or None)
    if reach is not None:
        read.check_covers(*reach)
    try:
        return make_grid(read.geometry, read.axes, read.b, read.u, read.e, setup.density if read.n is None else read.n)
    except ValueError as error:
        raise InputError(f"{setup.file}: {error}") from error


class _Resolver:
    """Resolves key by key; faults are reported, and `good` tells whether there were any."""

    def __init__(self, table: Any, frame: Frame, body: str, report: Report) -> None:
        self.t, self.frame, self.body, self.report = table, frame, body, report
        self.given = {key for key in table.model_fields_set if getattr(table, key) is not None}
        self.good = True
        self.sources: list[str] = []
        self.boundaries: list[str] = []

    def setup(self) -> FieldSetup | None:
        """The setup, or None."""
        model = self.t.model
        for key in sorted(self.given & _PARTIAL - set(_TAKES[model])):
            takers = [name for name, keys in _TAKES.items() if key in keys]
            self._fault(f"field.{key}", f"belongs to field.model {', '.join(takers)}, not to {model!r}")
        parts: dict[str, Any] = {"scale_fraction": self.t.scale_fraction, "gyration_angle": self.t.gyration_angle}
        if model != "none":
            parts |= self._wind(needed=model != "file")
        parts |= self._surfaces(parts)
        if model == "file":
            parts |= self._file(parts)
        if not self.good:
            return None
        return FieldSetup(model, **parts, sources=tuple(self.sources), boundaries=tuple(self.boundaries))

    def _fault(self, key: str, text: str, given: object = None) -> None:
        self.good = False
        self.report(key, text, given)

    def _wind(self, needed: bool) -> dict[str, Any]:
        """The undisturbed wind: as given, else typical of the body where the case asks for it."""
        values = {key: getattr(self.t, key) for key in (*_WIND, "alpha_fraction")}
        if self.t.wind == "typical":
            known = load_table("solar_wind.toml")
            if self.body not in known:
                text = f"there is a typical wind of {', '.join(known)} only; give its keys{nearest(self.body, known)}"
                self._fault("field.wind", text, "typical")
                return {}
            entry = known[self.body]
            taken = [key for key, value in values.items() if value is None]
            values |= {key: float(f"{entry[key] * _SI[key]:.15g}") for key in taken}
            if taken:
                self.sources.append(f"typical {', '.join(taken)} of {self.body}: {entry['source']}")
        lacking = [f"field.{key}" for key in _WIND if values[key] is None]
        if lacking and needed:
            self._fault("field", f'give {", ".join(lacking)}, or field.wind = "typical"')
        return {
            "density": values["density"] or 0.0,
            "speed": values["speed"] or 0.0,
            "magnetic_field": values["magnetic_field"] or 0.0,
            "cone": values["cone_angle"] or 0.0,
            "clock": 0.5 * math.pi if self.t.clock_angle is None else self.t.clock_angle,
            "aberration": self.t.aberration_angle,
            "alpha_fraction": values["alpha_fraction"] or 0.0,
        }

    def _distance(self, keys: tuple[str, ...], needed: bool) -> float:
        """Distance [m] of the one key that gives it: a length, radii of the body, or a boundary's name."""
        given = [key for key in keys if key in self.given]
        if len(given) > 1 or (needed and not given):
            self._fault("field", f"give exactly one of {', '.join(keys)} (given: {', '.join(given) or 'none'})")
        if not given:
            return 0.0
        key, value = given[0], getattr(self.t, given[0])
        if key.endswith("_radii"):
            return float(value) * self.frame.body_radius
        if not isinstance(value, str):
            return float(value)
        try:
            found = boundary(value)
        except InputError as error:
            self._fault(f"field.{key}", str(error), value)
            return 0.0
        if self.body and found.body != self.body:
            self._fault(f"field.{key}", f"is a boundary of {found.body}, the body is {self.body}", value)
        self.sources.append(f"{key} {found.name}: {found.source}")
        self.boundaries.append(found.name)
        return found.standoff * self.frame.body_radius

    def _surfaces(self, wind: dict[str, Any]) -> dict[str, Any]:
        """Obstacle, shock and magnetopause."""
        model = self.t.model
        cavity = self._magnetosphere(wind)
        standoff = cavity.get("standoff", 0.0)
        sheath = model == "kobel_flueckiger"
        obstacle = self._distance(_OBSTACLE, needed=model == "draped_sphere" or (sheath and not standoff))
        shock = self._distance(_SHOCK, needed=sheath)
        if sheath and standoff:
            # The magnetopause is the obstacle; a shock given for another obstacle keeps its proportion to it.
            shock *= standoff / obstacle if obstacle else 1.0
            obstacle = standoff
        if sheath and self.good and not 0.0 < obstacle < shock:
            text = f"the shock at {shock / 1e3:g} km must lie beyond the obstacle at {obstacle / 1e3:g} km"
            self._fault("field.bow_shock", text)
        compression = self.t.compression or 0.0
        return {"obstacle": obstacle, "bow_shock": shock, "compression": compression, **cavity}

    def _magnetosphere(self, wind: dict[str, Any]) -> dict[str, Any]:
        if not self.t.magnetosphere:
            return {}
        if self.t.model == "none":
            self._fault("field.magnetosphere", "needs a wind; choose another field.model", True)
            return {}
        given = [key for key in ("dipole_moment", "surface_field") if key in self.given]
        if len(given) == 2:
            self._fault("field", "give one of field.dipole_moment, field.surface_field")
        moment = self.t.dipole_moment or 0.0
        if self.t.surface_field is not None:
            moment = dipole_moment(self.t.surface_field, self.frame.body_radius)
        standoff = self._distance(("standoff", "standoff_radii"), needed=not given)
        if not standoff and moment and self.good:
            rho = wind["density"] * (PROTON_MASS + wind["alpha_fraction"] * ALPHA_MASS)
            if not rho * wind["speed"] > 0.0:
                self._fault("field", "give field.density and field.speed for the standoff distance, or field.standoff")
                return {}
            standoff = standoff_distance(moment, rho, wind["speed"])
        axis = self.t.dipole_axis or [0.0, 0.0, -1.0]
        length = math.sqrt(sum(a * a for a in axis))
        if not (0.0 < length < math.inf):
            self._fault("field.dipole_axis", "must be a direction, three numbers that are not all 0", axis)
            return {}
        if self.t.dipole_inside and not moment:
            self._fault("field.dipole_inside", "needs field.dipole_moment or field.surface_field", True)
        if not self.t.dipole_inside:
            return {"standoff": standoff}
        return {"standoff": standoff, "moment": tuple(moment * a / length for a in axis)}

    def _file(self, parts: dict[str, Any]) -> dict[str, Any]:
        """The file, read once to see that it can be used."""
        if self.t.file is None:
            self._fault("field.file", "missing; field.model = 'file' needs it")
            return {}
        path = (self.frame.path / self.t.file).resolve()
        if not is_there(path):
            self._fault("field.file", f"there is no file {path}", self.t.file)
            return {}
        found = {
            "file": str(path),
            "digest": digest_of(path),
            "frame": self.t.frame,
            "units": tuple(sorted(self.t.units.items())),
            "names": tuple(sorted(self.t.names.items())),
            "radius": self.frame.body_radius,
        }
        setup = FieldSetup("file", density=parts.get("density", 0.0), **found)
        try:
            grid = _grid(setup, (self.frame.r_inner, self.frame.r_outer))
        except InputError as error:
            for message in error.messages:
                self._fault("field.file", message, self.t.file)
            return found
        if not parts.get("speed"):
            found["speed"] = fastest_flow(grid)
            self.sources.append("speed: the highest in the file")
        if not parts.get("density"):
            found["density"] = float(grid.flow[0::4].max())
            self.sources.append("density: the highest in the file")
        return found
