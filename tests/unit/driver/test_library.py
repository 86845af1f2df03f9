"""exobase.run: a case runs from Python as the command runs it, and its result is returned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exobase
from exobase.case import make_case
from exobase.errors import InputError
from exobase.io.own import holds_a_run

CASE = """
solver = "dsmc"
collisions = "off"
initial = "empty"
[body]
gm = "1.2e12 m3 s-2"
radius = "1000 km"
[domain]
inner = "1000 km"
outer = "3000 km"
[outer]
type = "kepler_return"
[[species]]
name = "He"
temperature = "300 K"
density = "1e6 cm-3"
[grid]
cells = 12
[tally]
record_every = 8
[run]
particles_per_cell = 60
max_steps = 4000
target_error = "20 %"
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path


@pytest.mark.filterwarnings("ignore:.*failed checks:UserWarning")
def test_a_case_runs_by_its_path_or_resolved_and_gives_the_same_result(case: Path) -> None:
    first = exobase.run(case)
    assert first.attrs["status"] == "converged"
    assert first.density.dims == ("species", "cell")
    assert holds_a_run(case / "output")
    assert exobase.open(case).identical(first)
    resolved = exobase.run(exobase.load_case(case), output=case / "second")
    assert resolved.attrs["state_digest"] == first.attrs["state_digest"]
    with pytest.raises(InputError, match="holds an earlier run"):
        exobase.run(case / "case.toml")
    other = exobase.run(case / "case.toml", overrides={"run.seed": 5}, overwrite=True)
    assert other.attrs["seed"] == 5
    assert other.attrs["state_digest"] != first.attrs["state_digest"]
    more = exobase.run(case, overrides={"run.seed": 5, "run.target_error": "10 %"}, resume=True)
    assert more.attrs["steps"] > other.attrs["steps"]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_failed_checks_are_named_in_a_warning(case: Path) -> None:
    check = 'quantity = "escape_flux.He"\nreference = "1.0 m-2 s-1"\nsource = "none"\ntolerance = { relative = 0.1 }\n'
    (case / "case.toml").write_text(f"{CASE}\n[[check]]\n{check}")
    with pytest.warns(UserWarning, match=r"failed checks: escape_flux\.He"):
        exobase.run(case)


def test_what_cannot_be_run_is_refused_with_the_remedy(case: Path) -> None:
    tables: dict[str, Any] = {
        "solver": "dsmc", "body": {"gm": "1.2e12 m3 s-2", "radius": "1000 km"},
        "domain": {"inner": "1000 km", "outer": "3000 km"},
        "species": [{"name": "He", "temperature": "300 K", "density": "1e6 cm-3"}],
    }  # fmt: skip
    with pytest.raises(InputError, match="give output=FOLDER"):
        exobase.run(make_case(tables))
    with pytest.raises(InputError, match=r"load_case\(path, overrides\)"):
        exobase.run(make_case(tables), overrides={"run.seed": 2}, output=case / "x")
    with pytest.raises(InputError, match=r"run\.sead"):
        exobase.run(case, overrides={"run.sead": 2})
    assert not (case / "output").exists()


def test_profiles_of_a_running_simulation_are_those_of_its_result_file(case: Path, tmp_path: Path) -> None:
    from exobase.provenance import attributes
    from exobase.simulation import Simulation, write_outcome

    resolved = exobase.load_case(case)
    assert isinstance(resolved, exobase.Case)
    sim = Simulation(resolved)
    with pytest.raises(InputError, match="call start_tally"):
        sim.profile()
    sim.step(80)
    sim.start_tally()
    with pytest.raises(InputError, match="record_every = 8 steps"):
        sim.profile()
    sim.step(400)
    digest, found = sim.digest(), sim.profile()
    assert sim.digest() == digest
    assert found.attrs == {"case_name": resolved.name, "steps": 480, "averaged_from_step": 80}
    assert found.density.attrs == {"units": "m-3", "long_name": "number density"}
    assert found.u_r.sel(species="He").dims == ("cell",)
    write_outcome(sim, tmp_path / "result.h5", attributes(sim))
    stored = exobase.open(tmp_path / "result.h5")
    for name in ("density", "u_r", "T", "T_r", "T_t", "particle_flux"):
        for key in (name, f"{name}_stderr"):
            np.testing.assert_array_equal(found[key], stored[key], err_msg=key)
    assert np.isfinite(found.density_stderr).all()
    np.testing.assert_array_equal(found.r, stored.r)
    np.testing.assert_array_equal(found.r_edge, stored.r_edge)
    before = found.density.copy()
    sim.step(400)
    assert not np.array_equal(sim.profile().density, before)
