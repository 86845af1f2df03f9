"""A synthetic result of a run with ions: known numbers in the cube, the ring, the rain, the fields and two paths."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

import synthetic_histories
from exobase.io.results import Result, ResultWriter, Variable, read_result
from small_ions import mars_ions

CUBE, RING, BANDS, PARTS = 6, 4, 4, 6
HALF = 2e7
B, U = np.array([1e-9, 2e-9, 0.0]), np.array([-4e5, 0.0, 0.0])


def ion_result(folder: Path, **field: Any) -> Result:
    """The result of a Mars with O+ and H+; field: replaces keys of the resolved field of its case."""
    base = read_result(synthetic_histories.write_histories(folder / "result.h5"))
    case = mars_ions().to_dict()
    case["field"] |= field
    data, variables = dict(base.data), dict(base.variables)
    data |= {"species/names": np.array(["O+", "H+"]), "species/mass": np.array([2.66e-26, 1.67e-27])}
    for name, (array, units) in _arrays().items():
        data[name] = np.asarray(array)
        variables[name] = Variable(units, name, tuple(f"{name}_{k}" for k in range(data[name].ndim)))
    attrs = {**base.attrs, "case_json": json.dumps(case), "title": "Ions"}
    groups = {**base.group_attrs, "field": {"model": "uniform", "electric": list(-np.cross(U, B))}}
    return dataclasses.replace(base, data=data, variables=variables, attrs=attrs, group_attrs=groups)


def write(result: Result, path: Path) -> Path:
    """The result as a file."""
    with ResultWriter(path, {k: v for k, v in result.attrs.items() if k != "schema_version"}) as w:
        for name, array in result.data.items():
            kind = result.variables[name]
            w.put(name, array, units=kind.units, long_name=kind.long_name, dims=kind.dims)
        for name, values in result.group_attrs.items():
            w.attrs(name, values)
    return path


def _arrays() -> dict[str, tuple[Any, str]]:
    n = 1e6 + np.arange(2 * CUBE**3, dtype=float).reshape(2, CUBE, CUBE, CUBE)
    n[1] = 0.0
    flux = n[..., None] * U
    error = np.where(np.arange(CUBE) < 2, 0.8, 0.1)[:, None, None] * n  # poorly known at x < -HALF/3
    number = np.arange(2 * RING * 2 * RING, dtype=float).reshape(2, RING, 2 * RING)
    rain = 1e10 * (1.0 + np.arange(2 * BANDS * PARTS).reshape(2, BANDS, PARTS))
    rate = np.ones((2, 40, 20)) * 1e20
    arrays: dict[str, tuple[Any, str]] = {
        "cube/edges": (np.linspace(-HALF, HALF, CUBE + 1), "m"),
        "cube/density": (n, "m-3"), "cube/density_stderr": (error, "m-3"),
        "cube/flux": (flux, "m-2 s-1"), "cube/flux_stderr": (0.1 * np.abs(flux), "m-2 s-1"),
        "ring/across_edges": (np.linspace(0.0, 8e5, RING + 1), "m s-1"),
        "ring/along_edges": (np.linspace(-8e5, 8e5, 2 * RING + 1), "m s-1"),
        "ring/number": (number, "1"), "ring/number_stderr": (0.1 * number, "1"),
        "rain/rate": (rate, "s-1"), "rain/rate_stderr": (0.1 * rate, "s-1"),
        "rain/latitude_edges": (np.linspace(-0.5, 0.5, BANDS + 1) * np.pi, "rad"),
        "rain/longitude_edges": (np.linspace(-1.0, 1.0, PARTS + 1) * np.pi, "rad"),
        "rain/flux": (rain, "m-2 s-1"), "rain/flux_stderr": (0.1 * rain, "m-2 s-1"),
        "rain/energy_flux": (1e-16 * rain, "W m-2"), "rain/energy_flux_stderr": (1e-17 * rain, "W m-2"),
        "field/axis": (np.linspace(-HALF, HALF, 21), "m"),
        "path/begin": (np.array([0, 3, 5]), "1"), "path/species": (np.array([0, 1]), "1"),
        "path/source": (np.array([0, 2]), "1"),
        "path/position": (np.array([[4, 0, 0], [5, 1, 2], [6, 2, 4], [0, 5, 0], [-8, 6, 1]]) * 1e6, "m"),
        "path/velocity": (np.array([[1, 0, 0], [2, 1, 0], [3, 0, 4], [0, 0, 0], [-30, 40, 0]]) * 1e4, "m s-1"),
        "path/time": (np.array([0.0, 10.0, 20.0, 0.0, 5.0]), "s"),
    }  # fmt: skip
    axis = np.linspace(-HALF, HALF, 21)
    outside = np.hypot(*np.meshgrid(axis, axis, indexing="ij")) > 4.2e6
    for plane in ("xy", "xz"):
        arrays[f"field/{plane}_n"] = (2.5e6 * outside, "m-3")
        for key, vector, units in (("E", -np.cross(U, B), "V m-1"), ("B", B, "T"), ("u", U, "m s-1")):
            arrays[f"field/{plane}_{key}"] = (outside[..., None] * vector, units)
    return arrays
