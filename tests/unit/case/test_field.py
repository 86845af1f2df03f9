"""What the [field] table of a test-particle case means: the field the kernels see, and what is refused."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.bodies import body
from exobase.case import HistoryCase, case_from_dict, make_history_case
from exobase.errors import InputError
from exobase.fields.conics import boundary
from exobase.fields.plasma import NONE, draped, on_nodes, sample, wind
from exobase.histories.plasma import build_plasma
from exobase.io import FieldFile, write_field_file

MARS, EARTH = body("Mars").radius, body("Earth").radius
GOOD: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "150 km", "outer": "10000 km"},
    "background": {"gas": [{"name": "O", "density": "1e9 cm-3", "temperature": "200 K"}]},
    "species": [{"name": "O", "threshold": "1 eV"}],
    "collision": [{"pair": ["O", "O"], "law": "kharchenko"}],
    "source": [{"type": "mono_energetic", "species": "O", "energy": "5 eV", "altitude": "200 km", "rate": "1 s-1"}],
}
WIND = {"density": "2.5 cm-3", "speed": "400 km/s", "magnetic_field": "3 nT", "cone_angle": "57 deg"}


def make(field: dict[str, Any] | None, folder: Path | None = None, name: str = "Mars") -> HistoryCase:
    tables = copy.deepcopy(GOOD)
    tables["body"]["name"] = name
    if name == "Earth":
        tables["domain"] = {"inner_altitude": "150 km", "outer": "120000 km"}
    if field is not None:
        tables["field"] = field
    return make_history_case(tables, path=folder)


def errors_of(field: dict[str, Any], folder: Path | None = None, name: str = "Mars") -> list[str]:
    with pytest.raises(InputError) as caught:
        make(field, folder, name)
    return list(caught.value.messages)


def test_a_case_without_a_field_has_no_plasma() -> None:
    assert make(None).field is None
    assert build_plasma(make(None)).model == NONE
    assert build_plasma(make({"model": "none"})).model == NONE


def test_a_uniform_wind_is_that_of_the_keys() -> None:
    at = sample(build_plasma(make({"model": "uniform", **WIND, "clock_angle": "0 deg"})), [[1e7, 2e7, 3e7]])
    assert at.b[0] == pytest.approx(3e-9 * np.array([math.cos(0.99484), 0.0, math.sin(0.99484)]), rel=1e-4, abs=1e-16)
    assert at.u[0] == pytest.approx([-4e5, 0.0, 0.0])
    assert at.density[0] == pytest.approx(2.5e6)
    assert np.linalg.norm(at.e[0]) == pytest.approx(1.006e-3, rel=1e-3)


def test_the_typical_wind_fills_what_is_missing_and_says_where_from() -> None:
    setup = make({"model": "uniform", "wind": "typical", "speed": "500 km/s"}).field
    assert setup is not None
    assert (setup.density, setup.speed, setup.magnetic_field) == (2.5e6, 5e5, 3e-9)
    assert setup.cone == pytest.approx(math.radians(57.0), rel=1e-14)
    assert setup.alpha_fraction == 0.04
    assert "typical density, magnetic_field, cone_angle, alpha_fraction of Mars: " in setup.sources[0]


def test_obstacle_and_shock_may_be_named_boundaries() -> None:
    names = {"obstacle": "mars mpb trotignon2006", "bow_shock": "mars bow_shock trotignon2006"}
    setup = make({"model": "kobel_flueckiger", **WIND, **names}).field
    assert setup is not None
    assert setup.obstacle == pytest.approx(MARS * boundary(names["obstacle"]).standoff)
    assert setup.bow_shock == pytest.approx(MARS * (0.6 + 2.081 / 2.026))
    assert any("Trotignon" in text for text in setup.sources)
    lengths = {"obstacle_radii": 1.25, "bow_shock_radius": "5558.78 km"}
    plasma = build_plasma(make({"model": "kobel_flueckiger", **WIND, **lengths, "compression": 4.0}))
    at = sample(plasma, [[1.249 * MARS, 0, 0], [1.251 * MARS, 0, 0], [1.639 * MARS, 0, 0], [1.641 * MARS, 0, 0]])
    assert at.density == pytest.approx([0.0, 1e7, 1e7, 2.5e6])


def test_a_draped_field_has_the_obstacle_asked_for() -> None:
    plasma = build_plasma(make({"model": "draped_sphere", **WIND, "obstacle_radius": "3700 km"}))
    at = sample(plasma, [[3.69e6, 0.0, 0.0], [0.0, 4.2e6, 1e6]])
    assert at.density == pytest.approx([0.0, 2.5e6])
    flow = wind(2.5e6, 4e5, 3e-9, math.radians(57.0))
    assert at.b[1] == pytest.approx(sample(draped(flow, 3.7e6), [0.0, 4.2e6, 1e6]).b[0], rel=1e-9)


def test_a_magnetosphere_is_a_switch_on_top_of_a_model() -> None:
    field = {"model": "uniform", "wind": "typical", "surface_field": "29.8 uT", "dipole_inside": True}
    without = build_plasma(make(field, name="Earth"))
    case = make({**field, "magnetosphere": True}, name="Earth")
    assert case.field is not None
    assert case.field.standoff / EARTH == pytest.approx(10.0, abs=0.4)
    point = [[5.0 * EARTH, 0.0, 0.0]]
    assert sample(without, point).density[0] == pytest.approx(6.6e6)
    at = sample(build_plasma(case), point)
    assert at.density[0] == 0.0
    assert at.b[0] == pytest.approx([0.0, 0.0, 29.8e-6 / 125.0], rel=1e-6)
    given = make({**field, "magnetosphere": True, "standoff_radii": 8.0, "dipole_inside": False}, name="Earth").field
    assert given is not None
    assert (given.standoff, given.moment) == (8.0 * EARTH, (0.0, 0.0, 0.0))


def test_a_magnetopause_is_the_obstacle_of_the_sheath() -> None:
    field = {"model": "kobel_flueckiger", **WIND, "magnetosphere": True, "standoff_radii": 2.0}
    alone = make({**field, "bow_shock_radii": 2.6}).field
    scaled = make({**field, "obstacle_radii": 1.25, "bow_shock_radii": 1.64}).field
    assert alone is not None
    assert scaled is not None
    assert (alone.obstacle, alone.bow_shock) == pytest.approx((2.0 * MARS, 2.6 * MARS))
    assert (scaled.obstacle, scaled.bow_shock) == pytest.approx((2.0 * MARS, 2.0 * 1.64 / 1.25 * MARS))


def test_the_setup_survives_json() -> None:
    field = {"model": "uniform", "wind": "typical", "dipole_moment": "7.7e22 A m2", "magnetosphere": True}
    case = make({**field, "dipole_inside": True, "dipole_axis": [0.0, 0.3, -0.9]})
    again = case_from_dict(json.loads(json.dumps(case.to_dict())))
    assert isinstance(again, HistoryCase)
    assert again.field == case.field
    assert again == case


def sample_file(path: Path, edge: float = 1.01e7, nodes: int = 9) -> None:
    axes = tuple(np.linspace(-edge, edge, nodes) for _ in range(3))
    at = on_nodes(draped(wind(2e6, 4e5, 3e-9, 1.0), 3.6e6), "cartesian", axes)  # type: ignore[arg-type]
    write_field_file(path, FieldFile("cartesian", axes, at.b, at.u, n=at.density))  # type: ignore[arg-type]


def test_a_file_is_checked_with_the_case_and_must_stay_as_it_was(tmp_path: Path) -> None:
    sample_file(tmp_path / "f.h5")
    case = make({"model": "file", "file": "f.h5"}, tmp_path)
    assert case.field is not None
    assert len(case.field.digest) == 64
    at = sample(build_plasma(case), [[9e6, 1e6, -2e6], [1.1e7, 0.0, 0.0]])
    assert list(at.status) == [0, 1]
    assert at.e[0] == pytest.approx(-np.cross(at.u[0], at.b[0]))
    sample_file(tmp_path / "f.h5", nodes=11)
    with pytest.raises(InputError, match="has changed since the case was resolved"):
        build_plasma(case)
    (tmp_path / "f.h5").unlink()
    with pytest.raises(InputError, match="there is no such file"):
        build_plasma(case)


def test_a_file_that_cannot_be_used_is_refused_with_the_case(tmp_path: Path) -> None:
    assert any("there is no file" in text for text in errors_of({"model": "file", "file": "no.h5"}, tmp_path))
    sample_file(tmp_path / "small.h5", edge=8e6)
    messages = errors_of({"model": "file", "file": "small.h5"}, tmp_path)
    assert len(messages) == 3
    assert all("field.file" in text and "does not cover the domain, -10000 to 10000 km" in text for text in messages)
    assert any("field.file: missing" in text for text in errors_of({"model": "file"}, tmp_path))


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"model": "unifrom"}, "field.model = \"unifrom\": allowed: 'none' | 'uniform'"),
        ({"model": "uniform"}, "give field.density, field.speed, field.magnetic_field, field.cone_angle, or "),
        ({"model": "uniform", **WIND, "speed": 4e5}, "field.speed = 400000.0: a bare number where a unit is needed"),
        ({"model": "uniform", **WIND, "magnetic_field": "3 V"}, "the unit 'V' has the wrong dimension; give a magn"),
        ({"model": "uniform", **WIND, "bow_shock_radii": 2.0}, "field.bow_shock_radii: belongs to field.model kobel"),
        ({"model": "draped_sphere", **WIND}, "give exactly one of obstacle, obstacle_radius, obstacle_radii"),
        ({"model": "draped_sphere", **WIND, "obstacle": "mars mpb vignes"}, "did you mean 'mars mpb vignes"),
        ({"model": "draped_sphere", **WIND, "obstacle": "venus imb martinecz2008"}, "is a boundary of Venus, the body"),
        (
            {"model": "kobel_flueckiger", **WIND, "obstacle_radii": 1.7, "bow_shock_radii": 1.6},
            "the shock at 5423.2 km must lie beyond the obstacle at 5762.15 km",
        ),
        ({"model": "uniform", **WIND, "magnetosphere": True}, "give exactly one of standoff, standoff_radii"),
        ({"model": "uniform", **WIND, "magnetosphere": True, "standoff_radii": 2.0, "dipole_inside": True},
         "field.dipole_inside = true: needs field.dipole_moment"),
        ({"model": "none", "magnetosphere": True}, "field.magnetosphere = true: needs a wind"),
        ({"model": "uniform", **WIND, "magnetosphere": True, "standoff_radii": 2.0, "dipole_axis": [0.0, 0.0, 0.0]},
         "must be a direction"),
        ({"model": "uniform", **WIND, "file": "f.h5"}, "field.file: belongs to field.model file, not to 'uniform'"),
        ({"model": "uniform", **WIND, "konus": 3}, "unknown key"),
    ],
)  # fmt: skip
def test_faults_are_named(field: dict[str, Any], message: str) -> None:
    messages = errors_of(field)
    assert any(message in text for text in messages), messages


def test_only_bodies_of_the_table_have_a_typical_wind() -> None:
    messages = errors_of({"model": "uniform", "wind": "typical"}, name="Titan")
    assert any("there is a typical wind of Venus, Earth, Mars only" in text for text in messages)
