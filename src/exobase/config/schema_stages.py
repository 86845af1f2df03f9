"""The typed schema of case.toml of a case of several stages: the stages, the loss budget, published rates, checks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exobase.config.schema import CheckTable
from exobase.config.schema_base import Table
from exobase.config.values import Quantity, Word

Rate = Annotated[float, Quantity("s-1", "1e25 s-1", 0.0)]


class StageTable(Table):
    """One stage: a case of its own, and what it adds to the budget."""

    name: str = Field(description='its name, by which other stages take its result ("stage:NAME")')
    case: str = Field(description="folder with an ordinary case.toml, relative to this file")
    set: list[str] = Field(default_factory=list, description="overrides of keys of that case, KEY=VALUE")
    budget: list[str] | bool = Field(
        default=True, description="species that count in the budget; true: all that escape; false: none"
    )
    counted: bool = Field(default=True, description="false: its rows are shown, but are no part of totals")
    process: str | None = Field(default=None, description="category in the budget, in place of that of the sources")
    choices: list[str] = Field(default_factory=list, description="model choices beside those of the case, for readers")


class BudgetRowTable(Table):
    """A row of the budget that is a number of a stage's summary."""

    stage: str = Field(description="name of the stage whose summary holds the number")
    quantity: str = Field(description="path of a number in the stage's summary.json, keys joined by dots")
    stderr: str | None = Field(default=None, description="path of its standard error; default: the key beside it")
    species: str = Field(description="species of the row")
    process: str = Field(description="process of the row")
    counted: bool = Field(default=True, description="false: the row is shown, but is no part of totals")


class PublishedTable(Table):
    """A published range beside a row of the budget."""

    species: str = Field(description="species of the row of the budget")
    process: str = Field(description="process of the row of the budget")
    low: Rate = Field(description="lower end of the published range")
    high: Rate = Field(description="upper end of the published range")
    condition: str = Field(default="", description="for which conditions it holds, for readers")
    reference: str = Field(description="publication it comes from")


class StagesFile(Table):
    """case.toml of a case of several stages as a whole."""

    title: str = Field(default="", description="one line, for figures and reports")
    description: str = Field(default="", description="what the case shows, for readers")
    solver: Annotated[str, Word(("stages",))] = Field(description='"stages": cases that use each other\'s results')
    stage: list[StageTable] = Field(min_length=1, description="the stages, one table each")
    budget: list[BudgetRowTable] = Field(
        default_factory=list, description="further rows of the loss budget, one table each"
    )
    published: list[PublishedTable] = Field(
        default_factory=list, description="published ranges beside the budget, one table each"
    )
    check: list[CheckTable] = Field(default_factory=list, description="statements by which the case judges its result")
