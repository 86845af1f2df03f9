"""Images of the Visualization Toolkit: legacy structured points (.vtk) and XML image data (.vti), as arrays.

Needs the optional library `vtk`. Units and frame, for which the formats have no place, may stand in the file as field
data (string arrays `frame`, `length_units`, and `X_units` of the array X), else they come from the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.errors import InputError
from exobase.io.vtk_legacy import lacking

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Image:
    """axes x, y, z as the file numbers them; arrays of the points by name, [nx, ny, nz] or [nx, ny, nz, components];
    texts: field data that are strings.
    """

    axes: tuple[FloatArray, FloatArray, FloatArray]
    arrays: dict[str, FloatArray]
    texts: dict[str, str]


def read_image(path: Path) -> Image:
    """Read a .vtk or .vti file. Raises InputError where vtk is not installed or the file is no such image."""
    reader = _reader(path)
    faults: list[str] = []
    reader.AddObserver("ErrorEvent", lambda *_: faults.append("the library reports an error"))
    reader.AddObserver("WarningEvent", lambda *_: None)  # else they are printed; what matters is checked below
    reader.SetFileName(str(path))
    if path.suffix == ".vtk":
        for kind in ("Scalars", "Vectors", "Fields"):
            getattr(reader, f"ReadAll{kind}On")()
    reader.Update()
    image = reader.GetOutput()
    if faults or image is None or not image.IsA("vtkImageData") or image.GetNumberOfPoints() == 0:
        kind = "DATASET STRUCTURED_POINTS" if path.suffix == ".vtk" else "ImageData"
        raise InputError([f"{path}: cannot be read as VTK {kind}; other grids must be resampled to an image first"])
    cut = lacking(path) if path.suffix == ".vtk" else ""
    if cut:
        raise InputError([f"{path}: is truncated: {cut}; copy or write it again"])
    return _arrays(path, image)


def _reader(path: Path) -> Any:
    try:
        if path.suffix == ".vtk":
            from vtkmodules.vtkIOLegacy import vtkStructuredPointsReader

            return vtkStructuredPointsReader()
        from vtkmodules.vtkIOXML import vtkXMLImageDataReader

        return vtkXMLImageDataReader()
    except ImportError as error:
        raise InputError(
            [f"{path}: VTK files need the library vtk ({error}); install it, `pip install exobase[vtk]`, or convert "
             "the file to the HDF5 field format"]
        ) from error  # fmt: skip


def _arrays(path: Path, image: Any) -> Image:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    shape = image.GetDimensions()
    low = image.GetExtent()[::2]
    axes = [
        np.asarray(origin + spacing * (first + np.arange(n)), dtype=np.float64)
        for origin, spacing, first, n in zip(image.GetOrigin(), image.GetSpacing(), low, shape, strict=True)
    ]
    points = image.GetPointData()
    arrays: dict[str, FloatArray] = {}
    for i in range(points.GetNumberOfArrays()):
        found = points.GetArray(i)
        if found is None or not found.GetName():
            continue
        values = np.asarray(vtk_to_numpy(found), dtype=np.float64)
        # The first axis runs fastest in the file.
        values = values.reshape(*shape[::-1], -1).transpose(2, 1, 0, 3)
        arrays[found.GetName()] = values[..., 0] if values.shape[3] == 1 else values
    if not arrays and image.GetCellData().GetNumberOfArrays():
        raise InputError([f"{path}: has values in cells only; convert them to points (vtkCellDataToPointData)"])
    texts: dict[str, str] = {}
    field = image.GetFieldData()
    for i in range(field.GetNumberOfArrays()):
        entry = field.GetAbstractArray(i)
        if entry.IsA("vtkStringArray") and entry.GetNumberOfValues() and entry.GetName():
            texts[entry.GetName()] = str(entry.GetValue(0)).strip()
    return Image((axes[0], axes[1], axes[2]), arrays, texts)
