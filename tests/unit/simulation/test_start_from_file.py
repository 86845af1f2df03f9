"""The first particles: content, temperature and drift of the profile they come from."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exobase.case import make_case, start_notes
from exobase.constants import K_B
from exobase.errors import InputError
from exobase.io import Profile, SpeciesProfile, write_profile
from exobase.simulation import Simulation

CASE: dict[str, Any] = {
    "solver": "dsmc",
    "collisions": "hard_sphere",
    "initial": "file",
    "body": {"jeans_parameter": 6.0},
    "domain": {"inner": "1000 km", "outer_over_inner": 3.0},
    "species": [
        {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.05}
    ],
    "run": {"particles_per_cell": 400},
}


def profile(path: Path, name: str = "X") -> Path:
    """n = 1e15 (R0/r)^4 m-3, T = 150 K, u = 20 m/s."""
    r = np.linspace(0.9e6, 3.2e6, 400)
    gas = SpeciesProfile(1e15 * (1e6 / r) ** 4, np.full(r.size, 20.0), np.full(r.size, 150.0))
    write_profile(path, Profile(r, {name: gas}))
    return path


def test_a_start_from_a_file_has_its_content_temperature_and_drift(tmp_path: Path) -> None:
    """Content 4 pi int n r^2 dr = 4 pi 1e15 1e24 (1/1e6 - 1/3e6); moments within 4 standard errors."""
    sim = Simulation(make_case(CASE | {"initial_file": str(profile(tmp_path / "start.csv"))}))
    state = sim.state()
    w = state["weight"]
    content = 4.0 * math.pi * 1e15 * 1e24 * (1.0 / 1e6 - 1.0 / 3e6)
    n = w.size
    assert n > 5000
    assert w.sum() == pytest.approx(content, rel=0.01, abs=0.0)
    effective = w.sum() ** 2 / (w * w).sum()
    sigma = math.sqrt(K_B * 150.0 / sim.case.species[0].mass)
    mean = np.average(state["v_normal"], weights=w)
    assert abs(mean - 20.0) < 4.0 * sigma / math.sqrt(effective)
    for name in ("v_normal", "v_tangent_1", "v_tangent_2"):
        spread = np.average((state[name] - np.average(state[name], weights=w)) ** 2, weights=w)
        assert abs(spread / sigma**2 - 1.0) < 4.0 * math.sqrt(2.0 / effective)


def test_a_start_from_a_file_without_the_species_is_refused_by_name(tmp_path: Path) -> None:
    path = profile(tmp_path / "start.csv", "Y")
    with pytest.raises(InputError, match=r"initial_file = .*has no species X \(it has Y\)"):
        make_case(CASE | {"initial_file": str(path)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("radius [km], X [cm-3]\n900, 1\n4000, x\n", "line 3, column 'density_X': 'x' is not a number"),
        ("altitude [km], X [cm-3]\n900, 1\n4000, 2\n", "needs the body's radius"),
        ("radius [km], X [cm-3]\n5000, 1\n6000, 2\n", "the domain is 1e\\+06 m to 3e\\+06 m"),
        ("radius [km], X [cm-3]\n900, 0\n6000, 0\n", "the density of every species is 0"),
    ],
)
def test_a_broken_file_is_an_error_of_the_case_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "start.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"initial_file = .*start.csv.*{said}"):
        make_case(CASE | {"initial_file": str(tmp_path / "start.csv")})


def test_what_a_run_adds_to_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "start.csv").write_text("radius [km], X [cm-3]\n1500, 5\n2000, 2\n", encoding="utf-8")
    notes = start_notes(make_case(CASE | {"initial_file": str(tmp_path / "start.csv")}))
    assert any("has no temperature of X: species.0.temperature = 100 K is used" in note for note in notes)
    assert any("beyond its rows the values of the first or last row are used" in note for note in notes)
    assert start_notes(make_case(CASE | {"initial_file": str(profile(tmp_path / "whole.csv"))})) == []
