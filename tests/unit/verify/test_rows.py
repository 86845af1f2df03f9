"""The registry of rows leaves no subject out, and rows that need no statistics hold and can fail."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import exobase_verify.rows as registry
from exobase_verify.box import gas, normals
from exobase_verify.rows import PROVIDERS, SUBJECTS, laws, missing, orbits

FOLDER = Path(registry.__file__).parent
TABLE = [
    "laws", "laws_vss", "collision_rate", "table_collisions", "mean_free_path", "two_temperatures", "bkw",
    "larsen_borgnakke_equilibrium",
    "larsen_borgnakke_relaxation", "viscosity", "conductivity", "self_diffusion", "mixture_viscosity",
    "fourier_free_molecular", "couette_free_molecular", "planar_expansion", "closed_column", "evaporation",
    "energy_levels", "false_alarms", "kepler_hop", "orbit_energy", "history_slab", "history_exosphere", "history_hop",
    "history_gas", "light_gas", "sputter_yield", "cascade", "ion_push", "ion_fields", "pickup", "exchange_fits",
    "exchange_beam", "exchange_drag", "uneven_zones", "uneven_sectors", "uniform_sphere", "identity",
]  # fmt: skip
"""The verification table: laws, rates, relaxation, transport, flows, orbits, ions, ranks."""


def test_the_verification_table_is_complete() -> None:
    assert [subject.key for subject in SUBJECTS] == TABLE


@pytest.mark.parametrize("size", ["quick", "full"])
@pytest.mark.parametrize("key", TABLE)
def test_every_subject_is_computed_or_named_as_missing(key: str, size: str) -> None:
    """No silent absence: by a provider, by the checks of a case, or in the list of what is missing."""
    computed = [p.name for p in PROVIDERS if p.runs_in(size) and key in p.subjects]
    (subject,) = (s for s in SUBJECTS if s.key == key)
    absent = [s.key for s in missing(size, frozenset())]
    assert bool(computed) != (key in absent)
    assert all(key not in [s.key for s in missing(size, frozenset([case]))] for case in subject.cases)


def test_providers_have_names_of_their_own_and_known_subjects() -> None:
    names = [p.name for p in PROVIDERS]
    assert len(set(names)) == len(names)
    assert {key for p in PROVIDERS for key in p.subjects} <= set(TABLE)


def test_files_of_rows_do_not_import_each_other() -> None:
    """A stored row is repeated where its own file changes: what it imports must lie elsewhere in the package."""
    for path in FOLDER.glob("*.py"):
        if path.name == "__init__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not imported.startswith("exobase_verify.rows"), path.name


def test_collision_laws_agree_with_theory() -> None:
    assert all(row.passed for row in laws.rows("quick"))


def test_a_wrong_law_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """omega off by 1e-9 between production and theory is a relative deviation above 1e-12."""
    monkeypatch.setattr(laws, "sigma_g", lambda g2, a, exponent: a * g2 ** (exponent + 1e-9))
    assert not all(row.passed for row in laws.rows("quick"))
    assert laws.deviation([gas("A", 4.0)], 0, 0) > 1e-12


def test_hops_take_the_exact_time_and_angle() -> None:
    rows = orbits.hop_rows("quick")
    assert len(rows) == 9
    assert all(row.passed for row in rows)
    assert max(abs(row.value / row.reference - 1.0) for row in rows) < 1e-6


def test_a_hop_under_another_gravity_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orbits, "MARS_GM", orbits.MARS_GM * 1.001)
    assert not any(row.passed for row in orbits.hop_rows("quick"))


def test_orbits_keep_their_energy() -> None:
    energy, momentum, where = orbits.worst_orbit("local", "dense", 2)
    assert max(energy, momentum) < 1e-12
    assert where


def test_normal_numbers_are_normal_and_keyed() -> None:
    """1e5 numbers: mean and variance within 4.5 standard errors; another number of the draw gives others."""
    a, b = normals(3, 0, (2, 50_000)), normals(3, 1, (2, 50_000))
    assert abs(a.mean()) < 4.5 / np.sqrt(a.size)
    assert abs(a.var() - 1.0) < 4.5 * np.sqrt(2.0 / a.size)
    assert abs((a * b).mean()) < 4.5 / np.sqrt(a.size)
    assert np.array_equal(a, normals(3, 0, (2, 50_000)))
