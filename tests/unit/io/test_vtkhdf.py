"""VTKHDF files: attributes, shapes, offsets and connectivity as the specification of the format has them."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from exobase.errors import RunError
from exobase.io.vtkhdf import Values, write_image, write_lines, write_polygons

POINTS = np.arange(15.0).reshape(5, 3)


def image(path: Path) -> Path:
    """2 x 3 x 4 cells; a[i, j, k] = 100 i + 10 j + k."""
    i, j, k = np.meshgrid(np.arange(2.0), np.arange(3.0), np.arange(4.0), indexing="ij")
    a = 100.0 * i + 10.0 * j + k
    vectors = np.stack([a, -a, 0.0 * a], axis=-1)
    data = {"a": Values(a, "m-3"), "v": Values(vectors, "m s-1")}
    return write_image(path, [-1.0, -2.0, -3.0], [0.5, 1.0, 2.0], [3, 4, 5], cell_data=data)


def test_an_image_has_its_grid_in_attributes_and_x_fastest(tmp_path: Path) -> None:
    with h5py.File(image(tmp_path / "image.vtkhdf")) as file:
        root = file["VTKHDF"]
        assert root.attrs["Version"].tolist() == [1, 0]
        assert root.attrs["Type"] == b"ImageData"
        assert h5py.check_string_dtype(root.attrs.get_id("Type").dtype).length == len("ImageData")
        assert root.attrs["WholeExtent"].tolist() == [0, 2, 0, 3, 0, 4]
        assert root.attrs["Origin"].tolist() == [-1.0, -2.0, -3.0]
        assert root.attrs["Spacing"].tolist() == [0.5, 1.0, 2.0]
        assert root.attrs["Direction"].tolist() == np.eye(3).ravel().tolist()
        assert root["CellData/a"].shape == (4, 3, 2)
        assert root["CellData/v"].shape == (4, 3, 2, 3)
        assert root["CellData/a"][3, 2, 1] == 123.0
        assert root["CellData/v"][3, 2, 1].tolist() == [123.0, -123.0, 0.0]
        assert root["CellData/a"].attrs["units"] == "m-3"
        assert list(root["PointData"]) == []


def test_lines_are_divided_by_their_offsets(tmp_path: Path) -> None:
    data = {"t": Values(np.arange(5.0), "s")}, {"species": Values(np.array([1, 0]), "1")}
    with h5py.File(write_lines(tmp_path / "lines.vtkhdf", POINTS, [0, 3, 5], *data)) as file:
        root = file["VTKHDF"]
        assert root.attrs["Version"].tolist() == [2, 0]
        assert root.attrs["Type"] == b"PolyData"
        assert root["NumberOfPoints"][...].tolist() == [5]
        assert root["Points"].shape == (5, 3)
        assert root["Lines/NumberOfCells"][...].tolist() == [2]
        assert root["Lines/NumberOfConnectivityIds"][...].tolist() == [5]
        assert root["Lines/Connectivity"][...].tolist() == [0, 1, 2, 3, 4]
        assert root["Lines/Offsets"][...].tolist() == [0, 3, 5]
        for empty in ("Vertices", "Polygons", "Strips"):
            assert root[f"{empty}/NumberOfCells"][...].tolist() == [0]
            assert root[f"{empty}/NumberOfConnectivityIds"][...].tolist() == [0]
            assert root[f"{empty}/Connectivity"].shape == (0,)
            assert root[f"{empty}/Offsets"][...].tolist() == [0]
        assert root["PointData/t"].shape == (5,)
        assert root["CellData/species"][...].tolist() == [1, 0]


def test_polygons_list_their_corners_one_after_the_other(tmp_path: Path) -> None:
    data = {"flux": Values(np.array([5.0, 6.0]), "m-2 s-1")}
    with h5py.File(write_polygons(tmp_path / "p.vtkhdf", POINTS, [[0, 1, 2], [2, 3, 4]], cell_data=data)) as file:
        polygons = file["VTKHDF/Polygons"]
        assert polygons["Connectivity"][...].tolist() == [0, 1, 2, 2, 3, 4]
        assert polygons["Offsets"][...].tolist() == [0, 3, 6]
        assert file["VTKHDF/Lines/NumberOfCells"][...].tolist() == [0]


def test_no_lines_are_a_file_without_cells(tmp_path: Path) -> None:
    with h5py.File(write_lines(tmp_path / "none.vtkhdf", np.zeros((0, 3)), [0])) as file:
        assert file["VTKHDF/NumberOfPoints"][...].tolist() == [0]
        assert file["VTKHDF/Lines/Offsets"][...].tolist() == [0]


def test_what_does_not_fit_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"CellData 'a' has the shape \(3, 3, 3\), not \(2, 2, 2\)"):
        write_image(tmp_path / "a", [0] * 3, [1] * 3, [3] * 3, cell_data={"a": Values(np.zeros((3, 3, 3)), "1")})
    with pytest.raises(ValueError, match="flat"):
        write_image(tmp_path / "a", [0] * 3, [1] * 3, [3, 3, 1])
    with pytest.raises(ValueError, match="do not divide 5 points"):
        write_lines(tmp_path / "a", POINTS, [0, 3])
    with pytest.raises(ValueError, match="CellData 's' has 1 values, not 2"):
        write_lines(tmp_path / "a", POINTS, [0, 3, 5], cell_data={"s": Values(np.zeros(1), "1")})
    with pytest.raises(ValueError, match="slash"):
        write_lines(tmp_path / "a", POINTS, [0, 5], {"a/b": Values(np.zeros(5), "1")})
    assert list(tmp_path.iterdir()) == []


def test_a_refused_write_is_an_error_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        write_lines(tmp_path / "file" / "lines.vtkhdf", POINTS, [0, 5])


def test_the_reader_of_vtk_takes_them(tmp_path: Path) -> None:
    hdf = pytest.importorskip("vtkmodules.vtkIOHDF")
    reader = hdf.vtkHDFReader()
    reader.SetFileName(str(image(tmp_path / "image.vtkhdf")))
    reader.Update()
    read = reader.GetOutput()
    assert read.GetBounds() == (-1.0, 0.0, -2.0, 1.0, -3.0, 5.0)
    assert read.GetCellData().GetArray("a").GetValue(23) == 123.0
    reader = hdf.vtkHDFReader()
    reader.SetFileName(str(write_lines(tmp_path / "lines.vtkhdf", POINTS, [0, 3, 5])))
    reader.Update()
    assert [reader.GetOutput().GetCell(k).GetNumberOfPoints() for k in range(2)] == [3, 2]
