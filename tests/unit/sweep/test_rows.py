"""Rows of a sweep over gases: both Knudsen numbers, and the flux over evaporation and over emission."""

from __future__ import annotations

import math

import pytest

from exobase.case import make_case
from exobase.sweep.rows_dsmc import of_species


def test_a_drifting_reservoir_has_two_fluxes_to_compare_with() -> None:
    """Evaporation counts the gas at rest; what it emits at u = U is larger by exp(-1) + sqrt(pi) (1 + erf 1)."""
    spheres = {"name": "X", "mass": "28 u", "diameter": "4 angstrom", "temperature": "100 K", "knudsen_number": 0.01}
    tables = {
        "solver": "dsmc", "collisions": "hard_sphere", "body": {"jeans_parameter": 3.0}, "species": [spheres],
        "domain": {"inner": "1000 km", "outer_over_inner": 10.0},
    }  # fmt: skip
    speed = make_case(tables).species[0].thermal_speed()
    case = make_case(tables, {"species.0.bulk_speed": f"{speed} m/s"})
    flux = 0.5 * case.species[0].evaporation_flux()
    escape = {"rate_per_s": 1.0, "rate_stderr": 0.01, "flux_per_m2_s": flux, "flux_stderr": 0.01 * flux}
    row = of_species(case, "X", {"escape": {"X": escape}, "exobase": {}})
    factor = math.exp(-1.0) + math.sqrt(math.pi) * (1.0 + math.erf(1.0))
    assert row["flux_over_evaporation"] == pytest.approx(0.5)
    assert row["flux_over_emission"] == pytest.approx(0.5 / factor)
    assert row["flux_over_emission_stderr"] == pytest.approx(0.005 / factor)
    assert (row["knudsen_number_radius"], row["knudsen_number_height"]) == (pytest.approx(0.01), pytest.approx(0.03))
