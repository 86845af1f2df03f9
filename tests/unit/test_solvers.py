"""The registry of solvers: every part of every solver is there, and a solver is found by what names it."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from exobase.case import Case, HistoryCase
from exobase.errors import InputError
from exobase.solvers import SOLVERS, Later, solver_of


@pytest.mark.parametrize("name", SOLVERS)
def test_every_part_can_be_imported(name: str) -> None:
    parts = {f.name: getattr(SOLVERS[name], f.name) for f in dataclasses.fields(SOLVERS[name])}
    modules, tables = {"rows"}, {"quantities"}
    for part, later in parts.items():
        if isinstance(later, Later):
            assert part in modules or part in tables or callable(later.found), part


def test_a_solver_is_found_by_a_case_and_by_what_names_it() -> None:
    assert solver_of({"solver": "test_particle"}).case.found is HistoryCase
    assert solver_of(SimpleNamespace(solver="dsmc")).case.found is Case
    assert solver_of({}) is SOLVERS["dsmc"]


def test_an_unknown_solver_is_refused() -> None:
    with pytest.raises(InputError, match=r"solver = 'fluid' is not known here; allowed: dsmc \| test_particle"):
        solver_of({"solver": "fluid"})
