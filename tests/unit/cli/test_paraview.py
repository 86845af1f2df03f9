"""exobase export --to paraview: profiles as shells; volume, planes, paths and body of a run with ions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

import synthetic
import synthetic_histories
import synthetic_ions as made
from exobase.cli import app
from exobase.cli.paraview import export_paraview
from exobase.errors import InputError
from exobase.io.results import Result, ResultWriter, read_result

FILES = ["profile", "volume", "plane_xy", "plane_xz", "paths", "body"]


@pytest.fixture(scope="module")
def ions(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return made.ion_result(tmp_path_factory.mktemp("ions"), model="uniform", obstacle=0.0)


@pytest.fixture(scope="module")
def folder(ions: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("paraview") / "new"
    written, notes = export_paraview(ions, target)
    assert [path.name for path in written] == [f"{name}.vtkhdf" for name in FILES]
    assert notes == []
    return target


def test_the_volume_holds_density_and_flux_of_the_ions_with_errors(ions: Result, folder: Path) -> None:
    with h5py.File(folder / "volume.vtkhdf") as file:
        root, cells = file["VTKHDF"], file["VTKHDF/CellData"]
        assert root.attrs["WholeExtent"].tolist() == [0, made.CUBE] * 3
        assert root.attrs["Origin"] == pytest.approx([-made.HALF] * 3)
        assert root.attrs["Spacing"] == pytest.approx([2.0 * made.HALF / made.CUBE] * 3)
        n = ions["cube/density"][0]
        assert cells["density_O+"][...] == pytest.approx(n.transpose(2, 1, 0))
        assert cells["density_O+_stderr"][1, 2, 3] == ions.stderr("cube/density")[0, 3, 2, 1]
        assert cells["flux_O+"][1, 2, 3].tolist() == ions["cube/flux"][0, 3, 2, 1].tolist()
        assert cells["flux_O+"].attrs["units"] == "m-2 s-1"
        assert "density_H+" not in cells


def test_the_volume_holds_the_undisturbed_field_where_it_is_uniform(ions: Result, folder: Path) -> None:
    """E = -u x B in every cell of a uniform wind."""
    setup = ions.case["field"]
    with h5py.File(folder / "volume.vtkhdf") as file:
        cells = file["VTKHDF/CellData"]
        e, b, u = (cells[name][...].reshape(-1, 3) for name in ("E", "B", "u_wind"))
        assert np.linalg.norm(b, axis=1) == pytest.approx(setup["magnetic_field"])
        assert u == pytest.approx(np.tile([-setup["speed"], 0.0, 0.0], (len(u), 1)))
        assert e == pytest.approx(-np.cross(u, b), abs=1e-12)
        assert cells["n_wind"][...] == pytest.approx(setup["density"])


def test_planes_hold_the_slices_of_the_run_at_their_points(ions: Result, folder: Path) -> None:
    with h5py.File(folder / "plane_xz.vtkhdf") as file:
        root = file["VTKHDF"]
        points, u = root["Points"][...], root["PointData/u_wind"][...]
        assert np.all(points[:, 1] == 0.0)
        axis = ions["field/axis"]
        k = int(np.flatnonzero((points[:, 0] == axis[3]) & (points[:, 2] == axis[17]))[0])
        assert u[k].tolist() == ions["field/xz_u"][3, 17].tolist()
        assert root["Polygons/NumberOfCells"][...].tolist() == [400]


def test_paths_carry_energy_time_and_species(folder: Path) -> None:
    with h5py.File(folder / "paths.vtkhdf") as file:
        root = file["VTKHDF"]
        assert root["Lines/Offsets"][...].tolist() == [0, 3, 5]
        v2 = np.array([1.0, 5.0, 25.0, 0.0, 2500.0]) * 1e8
        energy = 0.5 * np.array([2.66e-26] * 3 + [1.67e-27] * 2) * v2 / 1.602176634e-19
        assert root["PointData/energy_eV"][...] == pytest.approx(energy)
        assert root["PointData/time"][...].tolist() == [0.0, 10.0, 20.0, 0.0, 5.0]
        assert root["CellData/species"][...].tolist() == [0, 1]


def test_paths_of_a_chosen_species_are_cut_out(ions: Result, tmp_path: Path) -> None:
    export_paraview(ions, tmp_path, ["H+"])
    with h5py.File(tmp_path / "paths.vtkhdf") as file:
        root = file["VTKHDF"]
        assert root["Lines/Offsets"][...].tolist() == [0, 2]
        assert root["Points"][...].tolist() == ions["path/position"][3:].tolist()
        assert root["CellData/source"][...].tolist() == [2]


def test_what_reaches_the_body_lies_at_its_latitude_and_longitude(ions: Result, folder: Path) -> None:
    with h5py.File(folder / "body.vtkhdf") as file:
        root = file["VTKHDF"]
        points = root["Points"][...]
        assert np.linalg.norm(points, axis=1) == pytest.approx(ions.case["r_inner"])
        middle = points[root["Polygons/Connectivity"][...].reshape(-1, 4)].mean(axis=1)
        latitude = np.arcsin(middle[:, 2] / np.linalg.norm(middle, axis=1))
        longitude = np.arctan2(middle[:, 1], middle[:, 0])
        row = np.searchsorted(ions["rain/latitude_edges"], latitude) - 1
        column = np.searchsorted(ions["rain/longitude_edges"], longitude) - 1
        for quantity in ("flux", "energy_flux"):
            found = root[f"CellData/{quantity}_H+"][...]
            assert found == pytest.approx(ions[f"rain/{quantity}"][1, row, column])


def test_a_field_file_that_has_gone_leaves_the_planes_and_is_said(tmp_path: Path) -> None:
    gone = made.ion_result(tmp_path, model="file", file=str(tmp_path / "gone.h5"))
    written, notes = export_paraview(gone, tmp_path / "out")
    assert len(written) == len(FILES)
    assert len(notes) == 1
    assert "planes only" in notes[0]
    assert "gone.h5" in notes[0]
    with h5py.File(tmp_path / "out" / "volume.vtkhdf") as file:
        assert set(file["VTKHDF/CellData"]) == {f"{q}_O+{e}" for q in ("density", "flux") for e in ("", "_stderr")}


def test_the_command_writes_beside_the_result_and_refuses_what_it_cannot_do(ions: Result, tmp_path: Path) -> None:
    path = made.write(ions, tmp_path / "output" / "result.h5")
    done = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "paraview"])
    assert done.exit_code == 0, done.output
    assert [Path(line).stem for line in done.stdout.split()] == FILES
    assert {file.stem for file in (path.parent / "paraview").iterdir()} == set(FILES)
    for words, text in (
        (["--to", "vtk"], "allowed: csv, latex, netcdf, paraview"),
        (["--to", "paraview", "--table", "births"], "--table births goes with --to csv or latex"),
        (["--to", "paraview", "--species", "X"], "no species 'X'"),
    ):
        done = CliRunner().invoke(app, ["export", str(tmp_path), *words])
        assert done.exit_code == 2
        assert text in done.stderr


PARTS = 18 * 36  # hexahedra of one shell


def read_back(path: Path) -> tuple[Any, dict[str, np.ndarray]]:
    """Grid and cell data as ParaView's own reader has them, and the volumes of the cells as `volume`."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersVerdict import vtkCellSizeFilter
    from vtkmodules.vtkIOHDF import vtkHDFReader

    reader = vtkHDFReader()
    reader.SetFileName(str(path))
    sizes = vtkCellSizeFilter()
    sizes.SetInputConnection(reader.GetOutputPort())
    sizes.Update()
    data = reader.GetOutput().GetCellData()
    names = [data.GetArrayName(i) for i in range(data.GetNumberOfArrays())]
    found = {name: vtk_to_numpy(data.GetArray(name)) for name in names}
    return reader.GetOutput(), found | {"volume": vtk_to_numpy(sizes.GetOutput().GetCellData().GetArray("Volume"))}


def test_profiles_of_a_gas_are_shells_that_fill_the_domain(tmp_path: Path) -> None:
    """Volumes of a sphere of 10 degrees: (sin 10 / 10) (mean of chords) less than exact, 1.3 % in all."""
    pytest.importorskip("vtkmodules")
    result = read_result(synthetic.write_mixture(tmp_path / "result.h5"))
    (path,), notes = export_paraview(result)
    assert path == tmp_path / "paraview" / "profile.vtkhdf"
    assert notes == []
    grid, data = read_back(path)
    cells = len(result["grid/r"])
    assert grid.GetClassName() == "vtkUnstructuredGrid"
    assert grid.GetNumberOfCells() == cells * PARTS
    for k, name in enumerate(result.species):
        for quantity in ("density", "u_r", "T", "T_r", "T_t", "particle_flux"):
            for key in (quantity, f"{quantity}_stderr"):
                shells = data[f"{key}_{name}"].reshape(cells, PARTS)
                np.testing.assert_array_equal(shells, np.repeat(result[f"profile/{key}"][k][:, None], PARTS, axis=1))
    assert data["gas_pressure"].reshape(cells, PARTS)[5, 7] == result["gas/pressure"][5]
    shells = data["volume"].reshape(cells, PARTS)
    assert (shells > 0.0).all()
    exact = 4.0 / 3.0 * np.pi * np.diff(result["grid/edges"] ** 3)
    assert shells.sum(axis=1) / exact == pytest.approx(0.987, abs=2e-3)
    velocity = data["velocity_H"].reshape(cells, PARTS, 3)
    speed = np.abs(result["profile/u_r"][2])
    assert np.linalg.norm(velocity, axis=2) == pytest.approx(np.repeat(speed[:, None], PARTS, axis=1))
    assert np.abs(velocity.sum(axis=1)).max() < 1e-9 * speed.max() * PARTS


def test_profiles_of_one_species_and_of_test_particles_are_written_too(tmp_path: Path) -> None:
    pytest.importorskip("vtkmodules")
    hot = read_result(synthetic_histories.write_histories(tmp_path / "result.h5"))
    (path,), _ = export_paraview(hot, tmp_path / "out", ["C"])
    _, data = read_back(path)
    assert "density_O" not in data
    assert data["density_C"][::PARTS].tolist() == hot["profile/density"][1].tolist()
    assert data["gas_heating"][::PARTS].tolist() == hot["profile/heating"].tolist()


def test_a_planar_result_is_a_column(tmp_path: Path) -> None:
    pytest.importorskip("vtkmodules")
    edges = np.array([0.0, 1.0, 3.0, 10.0])
    with ResultWriter(tmp_path / "result.h5", {"geometry": "planar"}) as w:
        w.put("species/names", ["He"], units="1", long_name="species", dims=["species"])
        w.put("grid/edges", edges, units="m", long_name="edges", dims=["edge"])
        w.put("grid/r", [0.5, 2.0, 6.5], units="m", long_name="r", dims=["cell"])
        w.put("profile/density", [[3.0, 2.0, 1.0]], units="m-3", long_name="n", dims=["species", "cell"])
        w.put("profile/u_r", [[1.0, 2.0, 4.0]], units="m s-1", long_name="u", dims=["species", "cell"])
    (path,), _ = export_paraview(read_result(tmp_path))
    grid, data = read_back(path)
    assert grid.GetBounds()[4:] == (0.0, 10.0)
    assert data["volume"] == pytest.approx(4.0 * np.diff(edges))
    assert data["density_He"].tolist() == [3.0, 2.0, 1.0]
    assert data["velocity_He"].tolist() == [[0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.0, 4.0]]


def test_a_result_without_profiles_and_ions_has_nothing_for_paraview(tmp_path: Path) -> None:
    with ResultWriter(tmp_path / "result.h5", {}) as w:
        w.put("species/names", ["He"], units="1", long_name="species", dims=["species"])
    with pytest.raises(InputError, match="holds neither profiles, fields nor ions"):
        export_paraview(read_result(tmp_path))
