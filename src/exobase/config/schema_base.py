"""What the tables of all solvers share: their base, and kinds of values with their units and bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from exobase.config.values import Number, Quantity

Alpha = Annotated[float, Number(1.0, high=10.0)]
Energy = Annotated[float, Quantity("J", "1 eV", 0.0)]
PositiveEnergy = Annotated[float, Quantity("J", "1 eV", 0.0, strict=True)]
Area = Annotated[float, Quantity("m2", "2e-15 cm2", 0.0, strict=True)]
Frequency = Annotated[float, Quantity("s-1", "1e-7 s-1", 0.0)]
Angle = Annotated[float, Quantity("rad", "45 deg", 0.0)]


class Table(BaseModel):
    """Base of all tables: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)
