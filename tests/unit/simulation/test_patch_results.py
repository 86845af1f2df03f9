"""Results by patch: they add up to those of the whole, and a divided sphere without collisions is the radial one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import make_case
from exobase.config.formula import places_on_sphere
from exobase.geometry.patches import centre_of
from exobase.io.results import Result, read_result
from exobase.report.figures import draw
from exobase.simulation import Simulation
from exobase.simulation.outcome import write_outcome
from exobase.tallies.ledger import Entry

TABLES: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "off",
    "initial": "empty",
    "time_step": "local",
    "body": {"name": "Mars"},
    "domain": {"geometry": "axisymmetric", "inner_altitude": "200 km", "outer_altitude": "3000 km"},
    "outer": {"type": "kepler_return"},
    "species": [
        {"name": "H", "temperature": "260 K + 60 K * cos(sza)", "density": "1e5 cm-3 * (T / 260 K)^-2.5"},
        {"name": "H2", "temperature": "300 K", "density": "1e5 cm-3"},
    ],
    "grid": {"zones": 8},
    "run": {"particles_per_cell": 15, "seed": 3},
}


@pytest.fixture(scope="module", params=["axisymmetric", "spherical"])
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulation, Result]:
    """A short run with sampled averages, and its result file."""
    keys = {"domain.geometry": request.param, "grid.zones": 8 if request.param == "axisymmetric" else 3}
    sim = Simulation(make_case(TABLES, keys))
    sim.step(200)
    sim.start_tally()
    sim.step(400)
    path: Path = tmp_path_factory.mktemp("patches") / "result.h5"
    attrs = {"solver": "dsmc", "case": sim.case.to_dict(), "collisions": "off", "geometry": request.param}
    write_outcome(sim, path, attrs)
    return sim, read_result(path)


def test_patches_add_up_to_the_profile(finished: tuple[Simulation, Result]) -> None:
    _, result = finished
    n = result["patch/density"]
    np.testing.assert_allclose(n.mean(axis=1), result["profile/density"], rtol=1e-12)
    flow = (n * np.nan_to_num(result["patch/u_r"])).mean(axis=1)
    np.testing.assert_allclose(flow, result["profile/particle_flux"], rtol=1e-9, atol=1e-9 * np.abs(flow).max())
    assert (result.stderr("patch/density")[:, :, :5] > 0.0).all()


def test_fluxes_add_up_to_the_ledger(finished: tuple[Simulation, Result]) -> None:
    sim, result = finished
    inner = 4.0 * np.pi * sim.case.r_inner**2
    first = sim.tally_from or 0
    for name, entry in (("emitted", Entry.EMITTED), ("returned", Entry.ABSORBED), ("escape", Entry.ESCAPED)):
        rate = np.asarray(sim.history.rates(entry, first)).mean(axis=0)
        np.testing.assert_allclose(result[f"patch/{name}_flux"].mean(axis=1) * inner, rate, rtol=1e-10)


def test_the_day_side_emits_faster_atoms_and_less_of_them(finished: tuple[Simulation, Result]) -> None:
    """Flux n U ~ T^-2 and T of H near the ground; H2 is the same everywhere."""
    _, result = finished
    noon, midnight = np.argmin(result["patch/sza"]), np.argmax(result["patch/sza"])
    assert result["patch/emitted_flux"][0, midnight] > 1.5 * result["patch/emitted_flux"][0, noon]
    assert result["patch/T"][0, noon, 0] > result["patch/T"][0, midnight, 0] + 30.0
    even = result["patch/emitted_flux"][1]
    assert np.ptp(even) < 0.05 * even.mean()


@pytest.mark.parametrize("name", ["day_night", "place_fluxes", "sun_plane"])
def test_figures(finished: tuple[Simulation, Result], name: str) -> None:
    assert draw(finished[1], name) is not None


def test_without_collisions_zones_are_as_many_columns() -> None:
    """Radii and speeds do not feel the place: the same draws, the same particles in other cells, to round-off."""
    plain = {**TABLES, "species": [TABLES["species"][1]], "grid": {}}
    found = []
    for keys in ({"domain.geometry": "radial", "run.columns": 6}, {"grid.zones": 6}):
        sim = Simulation(make_case(plain, keys))
        sim.step(150)
        state = sim.state()
        found.append([np.sort(state[name]) for name in ("position", "v_normal")])
    for radial, divided in zip(*found, strict=True):
        np.testing.assert_allclose(divided, radial, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("illumination", ["dayside", "cos_zenith"])
def test_births_in_sunlight(illumination: str) -> None:
    """As many births in all, since the rate is that of the source, but none far on the night side."""
    source = {
        "type": "mono_energetic", "species": "H2", "radius": "3700 km", "energy": "0.01 eV", "rate": "3e29 s-1",
    }  # fmt: skip
    found = {}
    for lit in ("global", illumination):
        tables = {**TABLES, "species": [TABLES["species"][1]], "source": [{**source, "illumination": lit}]}
        sim = Simulation(make_case(tables, {"domain.geometry": "spherical", "grid.zones": 4}))
        sim.step(60)
        e, mesh = sim.engine, sim.engine.tables.mesh
        born = e.state.weight[:, Entry.BORN].reshape(mesh.patches, mesh.layers).sum(axis=1)
        sza = places_on_sphere(centre_of(mesh.division, np.arange(mesh.patches)), sim.case.sun)["sza"]
        found[lit] = born.sum(), born[sza > np.radians(130.0)].sum()
    assert found[illumination][0] == pytest.approx(found["global"][0], rel=0.01)
    assert found[illumination][1] == 0.0 < found["global"][1]
