"""The solvers, each one object that knows its part in every room: how to run, judge, show, tabulate and cite.

Rooms ask ``solver_of(case)`` for its part instead of asking which solver it is. A solver is registered once, in
``SOLVERS``; its parts lie in the rooms that they belong to and are imported when they are first called, so that the
registry imports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from exobase.errors import InputError


class Later:
    """What another module holds, imported when it is first used. place: ``module:name``, or a whole ``module``."""

    def __init__(self, place: str) -> None:
        self.place = place

    @cached_property
    def found(self) -> Any:
        """The function, class, table or module itself."""
        module, _, name = self.place.partition(":")
        held = import_module(module)
        return getattr(held, name) if name else held

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function."""
        return self.found(*arguments, **keywords)


@dataclass(frozen=True)
class Solver:
    """One solver, by the name that a case gives it.

    Its case: case (the class of the resolved case), quantities (what checks can compare, by name), examine(case)
    (raises InputError for what only the solver can find wrong; None: nothing more), check(case) (prints the case and
    its plan, returns warnings), choices(case) (its models in words, from the plain dictionary), laws(case) (figure of
    its collision laws). A run: run(case, comm, place, resume=, overwrite=, progress=, stamp=) -> exit code. The
    verdict: evaluate(result, case, check) -> Points, always_on(result, case) -> outcomes of the checks of every run.

    The result: contents(result) of the report page, figures(result) (functions that draw, by name), show(summary)
    (prints what only this solver has; None: nothing), spent(summary) (its work in words), start(result) (the profile
    from which another run can start), csv(result) and latex(result, species) (functions that make tables, by name).
    rows: module with the columns that a sweep makes of a run. References: methods(case), data(case).
    """

    name: str
    case: Later
    quantities: Later
    check: Later
    choices: Later
    laws: Later
    run: Later
    evaluate: Later
    always_on: Later
    contents: Later
    figures: Later
    spent: Later
    start: Later
    csv: Later
    latex: Later
    rows: Later
    methods: Later
    data: Later
    examine: Later | None = None
    show: Later | None = None


def _solver(name: str, **places: str) -> Solver:
    return Solver(name, **{part: Later(f"exobase.{place}") for part, place in places.items()})


_ALL = (
    _solver(
        "dsmc",
        case="case.model:Case",
        quantities="config.quantities:QUANTITIES",
        check="cli.check:check_gas_case",
        choices="summary.choices:choices_of_gas",
        laws="report.cross_sections:gas_figure",
        run="driver.dsmc:run_dsmc",
        evaluate="judge.gas:evaluate",
        always_on="judge.always:always_on",
        contents="report.page_gas:contents",
        figures="report.figures:gas_figures",
        spent="cli.results:spent_on_gas",
        start="io.tables:profile_of_gas",
        csv="cli.tables:gas_tables",
        latex="cli.latex:gas_tables",
        rows="sweep.rows_dsmc",
        methods="citations.methods:methods_of_gas",
        data="citations.data_used:data_of_gas",
    ),
    _solver(
        "test_particle",
        case="case.history_model:HistoryCase",
        quantities="config.quantities:HISTORY_QUANTITIES",
        check="cli.check_history:check_history_case",
        choices="summary.choices:choices_of_histories",
        laws="report.cross_sections:history_figure",
        run="driver.histories:run_histories",
        evaluate="judge.histories:evaluate",
        always_on="judge.histories:always_on",
        contents="report.page_histories:contents",
        figures="report.figures:history_figures",
        spent="cli.results:spent_on_histories",
        start="io.tables:profile_of_corona",
        csv="cli.tables:history_tables",
        latex="cli.latex:history_tables",
        rows="sweep.rows_histories",
        methods="citations.methods:methods_of_histories",
        data="citations.data_used:data_of_histories",
        examine="histories.preflight:examine",
        show="cli.results:show_histories",
    ),
)
SOLVERS = {solver.name: solver for solver in _ALL}


def solver_of(of: Any) -> Solver:
    """The solver of a resolved case, or of what names it: a plain case, the attributes of a result, a summary.

    "dsmc" where none is named. Raises InputError for another name.
    """
    name = of.get("solver", "dsmc") if isinstance(of, Mapping) else of.solver
    if name not in SOLVERS:
        raise InputError(f"solver = {name!r} is not known here; allowed: {' | '.join(SOLVERS)}")
    return SOLVERS[name]
