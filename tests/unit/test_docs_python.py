"""The Python example of docs/python.md runs as it stands.

It finds the cases by relative paths: here a result of earth_hydrogen, and jeans_6 with a tenth of its particles.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from exobase.analytic.jeans import jeans_flux
from synthetic import write_exosphere

ROOT = Path(__file__).resolve().parents[2]


def example() -> str:
    """The indented block after "In Python:"."""
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    found = re.search(r"^In Python:\n\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    assert found
    return textwrap.dedent(found[1])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mpl.use("Agg")
    write_exosphere(_made(tmp_path / "cases" / "earth_hydrogen" / "output") / "result.h5")
    text = (ROOT / "cases" / "jeans_6" / "case.toml").read_text(encoding="utf-8")
    fewer = text.replace("particles_per_cell = 200", "particles_per_cell = 20")
    assert fewer != text
    (_made(tmp_path / "cases" / "jeans_6") / "case.toml").write_text(fewer)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@pytest.mark.usefixtures("folder")
def test_the_example_runs_and_the_flux_is_that_of_the_changed_boundary() -> None:
    """0.5 to 0.9 times the Jeans flux of the changed reservoir (0.755 at lambda0 = 6), within 3 errors."""
    names: dict[str, Any] = {}
    *lines, last = example().strip().splitlines()
    exec("\n".join(lines), names)
    mean, stderr = eval(last, names)
    sim, gas = names["sim"], names["sim"].case.species[0]
    assert sim.steps == 10_000
    reservoir = sim.reservoirs["inner", "HS"]
    assert 0.5 < reservoir.density / gas.density < 2.0, "weights stay: the cost follows the density"
    flux = jeans_flux(reservoir.density, reservoir.temperature, gas.mass, sim.case.r_inner, sim.case.gm)
    jeans = float(flux) * 12.566370614 * sim.case.r_inner**2
    assert 0.0 < stderr < 0.2 * abs(mean)
    assert 0.5 * jeans - 3.0 * stderr < -mean < 0.9 * jeans + 3.0 * stderr
