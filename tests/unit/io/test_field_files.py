"""Files of fields: what is written is read again, in three formats; every fault is named before anything runs."""

from __future__ import annotations

import builtins
import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from exobase.errors import InputError
from exobase.fields.plasma import draped, kobel_flueckiger, on_nodes, sample, wind
from exobase.io import FieldFile, read_field_file, write_field_file

R = 3.3895e6
MODEL = draped(wind(2.5e6, 4e5, 3e-9, math.radians(57.0)), 1.1 * R)
AXES = tuple(R * np.linspace(-3.0, 3.0, n) for n in (7, 9, 8))
ROUND = (R * np.geomspace(1.05, 4.0, 9), np.linspace(0.0, math.pi, 7), np.linspace(0.0, 2.0 * math.pi, 13))


def made(geometry: str = "cartesian", axes: Any = AXES, model: Any = MODEL) -> FieldFile:
    """A small sample field."""
    at = on_nodes(model, geometry, axes)
    return FieldFile(geometry, axes, at.b, at.u, at.e, at.density, "a model")


def columns(field: FieldFile) -> tuple[Any, ...]:
    return (*field.axes, field.b, field.u, field.e, field.n)


def write_vtk(path: Path, field: FieldFile, texts: dict[str, str], names: tuple[str, ...] = tuple("BuEn")) -> Path:
    """The field as a VTK image, by the library: lengths in km, B in nT, u in km/s, E in mV/m, n in cm-3."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkStringArray
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkIOLegacy import vtkStructuredPointsWriter
    from vtkmodules.vtkIOXML import vtkXMLImageDataWriter

    image = vtkImageData()
    image.SetDimensions(*(axis.size for axis in field.axes))
    image.SetOrigin(*(axis[0] / 1e3 for axis in field.axes))
    image.SetSpacing(*((axis[1] - axis[0]) / 1e3 for axis in field.axes))
    values_of = {"B": field.b * 1e9, "u": field.u / 1e3, "E": field.e * 1e3, "n": field.n[..., None] / 1e6}  # type: ignore[operator,index]
    for name, values in zip(names, values_of.values(), strict=True):
        flat = np.ascontiguousarray(values.transpose(2, 1, 0, 3).reshape(-1, values.shape[3]))
        array = numpy_to_vtk(flat, deep=True)
        array.SetName(name)
        image.GetPointData().AddArray(array)
    for name, text in texts.items():
        entry = vtkStringArray()
        entry.SetName(name)
        entry.InsertNextValue(text)
        image.GetFieldData().AddArray(entry)
    writer = vtkStructuredPointsWriter() if path.suffix == ".vtk" else vtkXMLImageDataWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(image)
    assert writer.Write() == 1
    return path


TEXTS = {"frame": "MSO", "length_units": "km", "B_units": "nT", "u_units": "km/s", "E_units": "mV/m", "n_units": "cm-3"}


def change(path: Path, *, attrs: dict[str, Any] | None = None, drop: str = "", **units: str | None) -> Path:
    """A written file changed: attributes of the root, a dataset dropped, units set (None: deleted)."""
    with h5py.File(path, "r+") as file:
        for key, value in (attrs or {}).items():
            if value is None:
                del file.attrs[key]
            else:
                file.attrs[key] = value
        if drop:
            del file[drop]
        for name, unit in units.items():
            del file[name].attrs["units"]
            if unit is not None:
                file[name].attrs["units"] = unit
    return path


@pytest.mark.parametrize(("geometry", "axes"), [("cartesian", AXES), ("spherical", ROUND)])
def test_the_hdf5_format_returns_what_was_written(tmp_path: Path, geometry: str, axes: Any) -> None:
    field = made(geometry, axes)
    write_field_file(tmp_path / "f.h5", field)
    back = read_field_file(tmp_path / "f.h5")
    assert back.geometry == geometry
    assert back.source == "a model"
    for a, b in zip(columns(back), columns(field), strict=True):
        np.testing.assert_array_equal(a, b)
    with h5py.File(tmp_path / "f.h5") as file:
        assert all("units" in node.attrs for node in file.values())


@pytest.mark.parametrize("name", ["f.vtk", "f.vti"])
def test_vtk_images_return_what_was_written(tmp_path: Path, name: str) -> None:
    field = made()
    back = read_field_file(write_vtk(tmp_path / name, field, TEXTS))
    for a, b in zip(columns(back), columns(field), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())  # legacy files hold six digits


def test_units_frame_and_names_may_come_from_the_case(tmp_path: Path) -> None:
    field = made()
    path = write_vtk(tmp_path / "f.vti", field, {}, ("mag", "vel", "elec", "rho"))
    units = {"length": "km", "B": "nT", "u": "km/s", "n": "cm-3"}
    back = read_field_file(path, units, "MSO", {"B": "mag", "u": "vel", "n": "rho"})
    np.testing.assert_allclose(back.b, field.b, rtol=1e-12)
    assert back.e is None
    with pytest.raises(InputError) as caught:
        read_field_file(path, {"B": "nT"}, None, {"B": "mag", "u": "vel"})
    text = str(caught.value)
    assert "does not say its frame" in text
    assert "'x' has no units" in text
    assert "field.units.length" in text
    assert "'u' has no units" in text
    with pytest.raises(InputError, match="has no array 'magnetic' for B"):
        read_field_file(path, names={"B": "magnetic"})


def test_units_of_a_file_are_converted_and_radii_belong_to_the_body(tmp_path: Path) -> None:
    field = made()
    write_field_file(tmp_path / "f.h5", field)
    change(tmp_path / "f.h5", B="nT", x="radius", y="km", n="cm-3")
    back = read_field_file(tmp_path / "f.h5", radius=R)
    np.testing.assert_allclose(back.b, 1e-9 * field.b, rtol=1e-15)
    np.testing.assert_allclose(back.axes[0], R * AXES[0], rtol=1e-15)
    np.testing.assert_allclose(back.axes[1], 1e3 * AXES[1], rtol=1e-15)
    assert back.n is not None
    assert back.n.max() == pytest.approx(2.5e12)
    with pytest.raises(InputError, match="in radii of the body, which is not known"):
        read_field_file(tmp_path / "f.h5")


def test_spherical_components_become_cartesian(tmp_path: Path) -> None:
    field = made("spherical", ROUND)
    r, colatitude, longitude = np.meshgrid(*ROUND, indexing="ij")
    radial = np.stack([2.0 + 0.0 * r, np.sin(colatitude), 0.5 * np.ones_like(r)], axis=-1)
    write_field_file(tmp_path / "f.h5", FieldFile("spherical", ROUND, radial, e=field.e))
    back = read_field_file(change(tmp_path / "f.h5", attrs={"components": "spherical"}))
    outward = np.stack(
        [np.sin(colatitude) * np.cos(longitude), np.sin(colatitude) * np.sin(longitude), np.cos(colatitude)], axis=-1
    )
    east = np.stack([-np.sin(longitude), np.cos(longitude), 0.0 * r], axis=-1)
    np.testing.assert_allclose((back.b * outward).sum(-1), 2.0, rtol=1e-12)
    np.testing.assert_allclose((back.b * east).sum(-1), 0.5, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(back.b, axis=-1), np.linalg.norm(radial, axis=-1), rtol=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attrs": {"frame": None}}, "does not say its frame"),
        ({"attrs": {"frame": "GSM"}}, "frame = 'GSM': allowed are 'solar-orbital', .* rotate"),
        ({"attrs": {"geometry": "polar"}}, "geometry = 'polar': allowed are cartesian and spherical"),
        ({"attrs": {"components": "spherical"}}, "components = 'spherical': allowed with this geometry: cartesian"),
        ({"B": None}, "'B' has no units"),
        ({"B": "V/m"}, "'B': unit 'V/m' is not a unit of"),
        ({"x": "s"}, "'x': unit 's' is not a unit of"),
        ({"drop": "B"}, "has no dataset B"),
        ({"drop": "z"}, "has no dataset z"),
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    write_field_file(tmp_path / "f.h5", made())
    with pytest.raises(InputError, match=message) as caught:
        read_field_file(change(tmp_path / "f.h5", **changes))
    assert str(tmp_path / "f.h5") in str(caught.value)


def test_a_frame_of_the_case_must_not_contradict_the_file(tmp_path: Path) -> None:
    write_field_file(tmp_path / "f.h5", made())
    assert read_field_file(tmp_path / "f.h5", frame="MSO").geometry == "cartesian"
    with pytest.raises(InputError, match=r"the file says frame = 'solar-orbital', field\.frame is 'GSM'"):
        read_field_file(tmp_path / "f.h5", frame="GSM")


def test_values_that_are_not_finite_are_counted_and_placed(tmp_path: Path) -> None:
    field = made()
    b = field.b.copy()
    b[2, 3, 4, 1] = math.nan
    b[5, 0, 0, 0] = math.inf
    write_field_file(tmp_path / "f.h5", FieldFile("cartesian", AXES, b, field.u))
    with pytest.raises(InputError, match=r"'B' has 2 values that are not finite, the first at x = -3.38\d+e\+06 m"):
        read_field_file(tmp_path / "f.h5")


def test_wrong_shapes_are_refused(tmp_path: Path) -> None:
    field = made()
    write_field_file(tmp_path / "f.h5", FieldFile("cartesian", AXES, field.b[:-1], field.u[..., 0]))  # type: ignore[index]
    with pytest.raises(InputError) as caught:
        read_field_file(tmp_path / "f.h5")
    assert "'B' has the shape (6, 9, 8, 3), not (7, 9, 8, 3)" in str(caught.value)
    assert "'u' has the shape (7, 9, 8), not (7, 9, 8, 3)" in str(caught.value)
    write_field_file(tmp_path / "g.h5", FieldFile("cartesian", (AXES[0][::-1], *AXES[1:]), field.b, field.u))
    with pytest.raises(InputError, match="'x' must be a row of at least two finite numbers that increase"):
        read_field_file(tmp_path / "g.h5")
    write_field_file(tmp_path / "h.h5", FieldFile("cartesian", AXES, field.b))
    with pytest.raises(InputError, match="has neither u nor E"):
        read_field_file(tmp_path / "h.h5")


def test_a_domain_that_is_not_covered_is_named_with_both_ranges(tmp_path: Path) -> None:
    write_field_file(tmp_path / "f.h5", made())
    write_field_file(tmp_path / "g.h5", made("spherical", ROUND))
    box, ball = read_field_file(tmp_path / "f.h5"), read_field_file(tmp_path / "g.h5")
    box.check_covers(1.0 * R, 3.0 * R)
    ball.check_covers(1.05 * R, 4.0 * R)
    text = r"x = -10168\.5 to 10168\.5 km does not cover the domain, -11863\.2 to 11863\.2 km"
    with pytest.raises(InputError, match=text):
        box.check_covers(1.0 * R, 3.5 * R)
    with pytest.raises(InputError, match=r"r = 3558.97 to 13558 km does not cover the domain, 3389.5 to 13558 km"):
        ball.check_covers(R, 4.0 * R)
    open_ = FieldFile("spherical", (ROUND[0], ROUND[1][1:], ROUND[2]), ball.b[:, 1:], ball.u, path="g")
    with pytest.raises(InputError, match=r"colatitude = 30 to 180 deg .* add nodes at the poles"):
        open_.check_covers(1.05 * R, 4.0 * R)


def test_files_that_are_no_fields_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_field_file(tmp_path / "none.h5")
    with pytest.raises(InputError, match=r"fields are read from .h5, .hdf5, .vtk, .vti"):
        read_field_file(tmp_path / "field.csv")
    for name in ("f.h5", "f.vtk", "f.vti"):
        (tmp_path / name).write_text("nothing of the kind", encoding="utf-8")
        with pytest.raises(InputError, match="cannot be read as"):
            read_field_file(tmp_path / name)


def test_a_missing_vtk_library_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("vtkmodules"):
            raise ImportError("No module named 'vtkmodules'")
        return real(name, *args, **kwargs)

    (tmp_path / "f.vti").write_text("x", encoding="utf-8")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"need the library vtk .*pip install exobase\[vtk\]"):
        read_field_file(tmp_path / "f.vti")


def test_a_file_of_a_model_gives_the_field_of_the_model_at_its_nodes(tmp_path: Path) -> None:
    from exobase.fields.grid import make_grid
    from exobase.fields.plasma import on_grid

    model = kobel_flueckiger(wind(1e6, 4e5, 3e-9, 1.0), 1.25 * R, 1.64 * R)
    write_field_file(tmp_path / "f.h5", made(model=model))
    f = read_field_file(tmp_path / "f.h5")
    plasma = on_grid(make_grid(f.geometry, f.axes, f.b, f.u, f.e, f.n))  # type: ignore[arg-type]
    points = np.stack(np.meshgrid(*AXES, indexing="ij"), axis=-1).reshape(-1, 3)
    here, there = sample(plasma, points), sample(model, points)
    np.testing.assert_allclose(here.e, there.e, atol=1e-12 * np.abs(there.e).max())
    np.testing.assert_allclose(here.density, there.density, rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize("binary", [True, False])
def test_a_truncated_legacy_file_is_refused(tmp_path: Path, binary: bool) -> None:
    """Cut anywhere, it is refused or gives what was written: never other numbers."""
    pytest.importorskip("vtkmodules")
    path = write_vtk(tmp_path / "f.vtk", made(), TEXTS)
    if not binary:
        from vtkmodules.vtkIOLegacy import vtkStructuredPointsReader, vtkStructuredPointsWriter

        reader, writer = vtkStructuredPointsReader(), vtkStructuredPointsWriter()
        reader.SetFileName(str(path))
        for kind in ("Scalars", "Vectors", "Fields"):
            getattr(reader, f"ReadAll{kind}On")()
        reader.Update()
        writer.SetInputData(reader.GetOutput())
        writer.SetFileName(str(tmp_path / "ascii.vtk"))
        writer.SetFileTypeToASCII()
        writer.Write()
        path = tmp_path / "ascii.vtk"
    whole, data = read_field_file(path), path.read_bytes()
    cut = tmp_path / "cut.vtk"
    refused = 0
    for length in np.linspace(20, len(data) - 1, 60).astype(int):
        cut.write_bytes(data[:length])
        try:
            back = read_field_file(cut)
        except InputError:
            refused += 1
            continue
        assert back.b is not None
        assert whole.b is not None
        np.testing.assert_array_equal(back.b, whole.b)
    assert refused >= 55
