"""What falls on the inner boundary, as the spectrum of another case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exobase.constants import EV
from exobase.errors import InputError
from exobase.io.rain import read_rain
from exobase.io.results import ResultWriter

EDGES = np.array([0.0, 10.0, 100.0, 1000.0]) * EV
RATE = np.array([[50.0, 50.0], [1.0, 3.0], [2.0, 2.0]])  # energies, cosines


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "result.h5"
    with ResultWriter(path, {"case_json": '{"r_inner": 3.6e6}'}) as w:
        w.put("species/names", ["O", "O+"], units="1", long_name="names", dims=["species"])
        w.put("energy/edges", EDGES, units="J", long_name="edges", dims=["edge"])
        w.put(
            "rain/rate",
            np.stack([0.0 * RATE, RATE]),
            units="s-1",
            long_name="rain",
            dims=["species", "energy", "angle"],
        )
        w.put("rain/rate_stderr", 0.1 * np.stack([RATE, RATE]), units="s-1", long_name="error",
              dims=["species", "energy", "angle"])  # fmt: skip
    return path


def integral(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(x)))


def test_a_spectrum_keeps_the_rate_of_every_bin(result: Path) -> None:
    rain = read_rain(result, "O+", 10.0 * EV)
    assert rain.total == 8.0
    assert rain.radius == 3.6e6
    assert rain.stderr == pytest.approx(0.1 * np.sqrt((RATE[1:] ** 2).sum()))
    assert integral(rain.energy, rain.rate) == pytest.approx(8.0, rel=1e-6)
    low = rain.energy < 100.0 * EV
    assert integral(rain.energy[low], rain.rate[low]) == pytest.approx(4.0, rel=1e-6)


def test_angles_are_per_solid_angle(result: Path) -> None:
    rain = read_rain(result, "O+", 10.0 * EV)
    assert np.all(np.diff(rain.angle) > 0.0)
    # 5 of 8 with cosines above a half: particles per solid angle are even in each half.
    steep = rain.angle < np.arccos(0.5) - 1e-6
    assert rain.weight[steep] == pytest.approx(np.full(steep.sum(), 10.0), rel=1e-6)
    assert rain.weight[~steep][-1] == pytest.approx(6.0, rel=1e-6)


def test_what_cannot_be_read_is_named(result: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no species N \(it has O, O\+\)"):
        read_rain(result, "N")
    with pytest.raises(InputError, match="no O reached the inner boundary"):
        read_rain(result, "O")
    with pytest.raises(InputError, match="its energies end at"):
        read_rain(result, "O+", 2000.0 * EV)
    other = tmp_path / "other.h5"
    with ResultWriter(other, {"case_json": "{}"}):
        pass
    with pytest.raises(InputError, match="has no precipitation"):
        read_rain(other, "O+")
