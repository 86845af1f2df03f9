"""The typed schema of case.toml of a case of several stages: the stages, the loss budget, published rates, checks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exobase.config.schema import CheckTable, Table
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

    stage: str
    quantity: str = Field(description="path of a number in the stage's summary.json, keys joined by dots")
    stderr: str | None = Field(default=None, description="path of its standard error; default: the key beside it")
    species: str
    process: str
    counted: bool = True


class PublishedTable(Table):
    """A published range beside a row of the budget."""

    species: str
    process: str
    low: Rate
    high: Rate
    condition: str = ""
    reference: str


class StagesFile(Table):
    """case.toml of a case of several stages as a whole."""

    title: str = ""
    description: str = ""
    solver: Annotated[str, Word(("stages",))]
    stage: list[StageTable] = Field(min_length=1)
    budget: list[BudgetRowTable] = Field(default_factory=list)
    published: list[PublishedTable] = Field(default_factory=list)
    check: list[CheckTable] = Field(default_factory=list)
