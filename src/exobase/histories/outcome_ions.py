"""What a run with fields writes besides: sources, density and flux in three dimensions, ring, rain, fields, paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exobase.fields.plasma import Plasma, field_at, flow_at
from exobase.histories.trace import trace_ions
from exobase.io import ResultWriter
from exobase.jit import borrowed, kernel

if TYPE_CHECKING:
    from exobase.histories.outcome import Outcome

Array = NDArray[np.float64]
SLICE_POINTS = 81
_COLUMNS = 10


def write_ions(w: ResultWriter, o: Outcome) -> None:
    """All of it; nothing for a case without fields."""
    if o.mean.rain.size:
        _write_rain(w, o)
    if o.sim.ions is None:
        return
    _write_sources(w, o)
    if o.mean.cube.size:
        _write_cube(w, o)
    if o.mean.ring.size:
        _write_ring(w, o)
    _write_field(w, o, o.sim.ions.plasma)
    if o.case.tally.trajectories:
        _write_paths(w, o)


def _put(w: ResultWriter, name: str, value: Array, error: Array, units: str, text: str, dims: list[str]) -> None:
    w.put(name, value, units=units, long_name=text, dims=dims)
    w.put(f"{name}_stderr", error, units=units, long_name=f"standard error of {text}", dims=dims)


def _write_sources(w: ResultWriter, o: Outcome) -> None:
    """Measured events of every source: those of ions follow local frequencies."""
    factor = np.asarray(o.sim.births.report_factor)
    _put(w, "source/events", o.mean.emitted * factor, o.error.emitted * factor, "s-1", "events counted", ["source"])


def _write_cube(w: ResultWriter, o: Outcome) -> None:
    n, half = o.case.tally.cube_cells, o.case.tally.cube_half
    volume = (2.0 * half / n) ** 3
    w.put("cube/edges", np.linspace(-half, half, n + 1), units="m", long_name="cells along x, y, z", dims=["cube_edge"])
    dims = ["species", "x", "y", "z"]
    mean, error = o.mean.cube / volume, o.error.cube / volume
    _put(w, "cube/density", mean[..., 0], error[..., 0], "m-3", "density of ions", dims)
    flux = [*dims, "component"]
    _put(w, "cube/flux", mean[..., 1:], error[..., 1:], "m-2 s-1", "flux of ions along x, y, z", flux)


def _write_ring(w: ResultWriter, o: Outcome) -> None:
    n, top = o.case.tally.ring_cells, o.case.tally.ring_speed
    across, along = np.linspace(0.0, top, n + 1), np.linspace(-top, top, 2 * n + 1)
    w.put("ring/across_edges", across, units="m s-1", long_name="velocity across the field", dims=["across_edge"])
    w.put("ring/along_edges", along, units="m s-1", long_name="velocity along the field", dims=["along_edge"])
    text = "ions by their velocity relative to the solar wind"
    _put(w, "ring/number", o.mean.ring, o.error.ring, "1", text, ["species", "across", "along"])


def _write_rain(w: ResultWriter, o: Outcome) -> None:
    text = "particles that reach the inner boundary, by energy and cosine to the vertical"
    dims = ["species", "energy", "cosine"]
    _put(w, "rain/rate", o.mean.rain[:, :-1], o.error.rain[:, :-1], "s-1", text, dims)
    bands, parts = o.mean.rain_map.shape[1:3]
    if not bands:
        return
    latitude = np.linspace(-0.5 * math.pi, 0.5 * math.pi, bands + 1)
    longitude = np.linspace(-math.pi, math.pi, parts + 1)
    area = 2.0 * math.pi / parts * o.case.r_inner**2 * np.diff(np.sin(latitude))[:, None]
    w.put("rain/latitude_edges", latitude, units="rad", long_name="latitude", dims=["rain_latitude_edge"])
    w.put("rain/longitude_edges", longitude, units="rad", long_name="longitude from noon", dims=["rain_longitude_edge"])
    dims = ["species", "rain_latitude", "rain_longitude"]
    mean, error = o.mean.rain_map, o.error.rain_map
    _put(w, "rain/flux", mean[..., 0] / area, error[..., 0] / area, "m-2 s-1", "flux that reaches the body", dims)
    _put(w, "rain/energy_flux", mean[..., 1] / area, error[..., 1] / area, "W m-2", "energy flux to the body", dims)


def _write_field(w: ResultWriter, o: Outcome, plasma: Plasma) -> None:
    """The field and the flow on the planes z = 0 and y = 0."""
    half = o.case.tally.cube_half or o.case.r_outer
    axis = np.linspace(-half, half, SLICE_POINTS)
    w.put("field/axis", axis, units="m", long_name="coordinates of the slices", dims=["slice_1"])
    for name, plane in (("xy", 0), ("xz", 1)):
        values = np.zeros((axis.size, axis.size, _COLUMNS))
        fill_slice(plasma, axis, plane, values)
        dims = ["slice_1", "slice_2", "component"]
        for key, part, units in (("E", slice(0, 3), "V m-1"), ("B", slice(3, 6), "T"), ("u", slice(7, 10), "m s-1")):
            text = f"{key} on the plane {name}"
            w.put(f"field/{name}_{key}", values[..., part], units=units, long_name=text, dims=dims)
        text = f"density of the solar wind on the plane {name}"
        w.put(f"field/{name}_n", values[..., 6], units="m-3", long_name=text, dims=dims[:2])
    setup = o.case.field
    assert setup is not None
    w.attrs(
        "field",
        {
            "model": setup.model,
            "source": "; ".join(setup.sources),
            "boundaries": ", ".join(setup.boundaries),
            "obstacle": setup.obstacle,
            "shock": setup.bow_shock,
            "standoff": setup.standoff,
            "electric": setup.electric,
        },
    )


@kernel
def fill_slice(plasma, axis, plane, out):
    """E, B, n, u at the points of a plane: plane 0: z = 0, 1: y = 0; out [n, n, 10], zero where a file has nothing."""
    plasma = borrowed(plasma)
    for i in range(axis.size):
        for j in range(axis.size):
            y, z = (axis[j], 0.0) if plane == 0 else (0.0, axis[j])
            status, e1, e2, e3, b1, b2, b3 = field_at(plasma, axis[i], y, z)
            if status == 0:
                n, u1, u2, u3 = flow_at(plasma, axis[i], y, z)
                row = out[i, j]
                row[0], row[1], row[2], row[3], row[4], row[5] = e1, e2, e3, b1, b2, b3
                row[6], row[7], row[8], row[9] = n, u1, u2, u3


def _write_paths(w: ResultWriter, o: Outcome) -> None:
    paths, kinds, sources = trace_ions(o.sim, o.case.tally.trajectories)
    if not paths:
        return
    begin = np.concatenate([[0], np.cumsum([len(p) for p in paths])])
    points = np.concatenate(paths)
    w.put("path/begin", begin, units="1", long_name="first point of every path", dims=["path_edge"])
    w.put("path/species", np.array(kinds), units="1", long_name="index of the species", dims=["path"])
    w.put("path/source", np.array(sources), units="1", long_name="index of the source", dims=["path"])
    w.put("path/position", points[:, :3], units="m", long_name="position of an ion", dims=["path_point", "component"])
    w.put("path/velocity", points[:, 3:6], units="m s-1", long_name="velocity", dims=["path_point", "component"])
    w.put("path/time", points[:, 6], units="s", long_name="time since birth", dims=["path_point"])
