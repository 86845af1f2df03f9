"""From a [[check]] table to a Check: units of its quantity, theories it may be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from exobase.case.model import Check
from exobase.config.messages import nearest
from exobase.config.quantities import QUANTITIES, CheckQuantity, find_quantity
from exobase.config.units import parse_quantity


class Report(Protocol):
    """Takes an error: key path, message, what was given."""

    def __call__(self, key: str, message: str, given: object = None) -> None:
        """Notes the error."""


def resolve_check(
    table: Any,
    key: str,
    species: tuple[str, ...],
    report: Report,
    quantities: Mapping[str, CheckQuantity] = QUANTITIES,
) -> Check | None:
    """The check of one table, or None after its errors were reported. quantities: those of the solver."""
    try:
        quantity = find_quantity(table.quantity, species, quantities)
    except ValueError as error:
        report(f"{key}.quantity", str(error), table.quantity)
        return None
    numbers = _Numbers(key, quantity.unit, report)
    reference, value = _reference(table, key, quantity, numbers, report)
    tolerance = table.tolerance
    absolute = numbers.read("tolerance.absolute", tolerance.absolute if tolerance else None)
    bounds = (tolerance.relative, absolute, tolerance.sigma) if tolerance else (None, None, None)
    accept = _accept(table, key, numbers, report)
    if tolerance is not None and accept is not None:
        report(f"{key}.accept", "excludes tolerance; write two checks if both must hold")
    if accept is None and table.accept is None and all(bound is None for bound in bounds):
        report(key, "give a tolerance (relative, absolute, sigma: at least one) or a range to accept")
    if tolerance is not None and table.reference is None:
        report(f"{key}.reference", f"missing; a tolerance needs a reference: {_allowed(quantity)}")
    if value == 0.0 and bounds[0] is not None:
        report(f"{key}.tolerance.relative", "means nothing about a reference of 0; use absolute or sigma")
    if not quantity.profile and table.radii:
        report(f"{key}.radii", f"{table.quantity} is no profile")
    return Check(
        quantity=table.quantity,
        reference=reference,
        reference_value=value,
        reference_stderr=numbers.read("reference_stderr", table.reference_stderr) or 0.0,
        source=table.source,
        tolerance_relative=bounds[0],
        tolerance_absolute=bounds[1],
        tolerance_sigma=bounds[2],
        accept=accept,
        radii=tuple(table.radii),
        r_from=table.from_,
        r_to=table.to,
        normalise=table.normalise,
    )


class _Numbers:
    """Reads numbers of a check in the unit of its quantity."""

    def __init__(self, key: str, unit: str, report: Report) -> None:
        self.key, self.unit, self.report = key, unit, report

    def read(self, name: str, given: float | str | None) -> float | None:
        if given is None:
            return None
        bare = not self.unit or given == 0
        try:
            return parse_quantity(given, self.unit, bare_allowed=bare)
        except ValueError as error:
            self.report(f"{self.key}.{name}", str(error), given)
            return None


def _reference(
    table: Any, key: str, quantity: CheckQuantity, numbers: _Numbers, report: Report
) -> tuple[str, float | None]:
    given = table.reference
    if given is None:
        return "", None
    if given in quantity.theories:
        return str(given), None
    if isinstance(given, str) and given.strip()[:1].isalpha():
        report(f"{key}.reference", f"allowed: {_allowed(quantity)}{nearest(given, quantity.theories)}", given)
        return "", None
    value = numbers.read("reference", given)
    if value and not table.source:
        report(f"{key}.source", "missing; a number as reference needs its source")
    return "number", value


def _accept(table: Any, key: str, numbers: _Numbers, report: Report) -> tuple[float, float] | None:
    if table.accept is None:
        return None
    bounds = [numbers.read(f"accept.{i}", value) for i, value in enumerate(table.accept)]
    if len(bounds) != 2:
        report(f"{key}.accept", "expected two numbers, [lowest, highest]", table.accept)
        return None
    low, high = bounds
    if low is None or high is None:
        return None
    if low > high:
        report(f"{key}.accept", "the first number must not exceed the second", table.accept)
    return low, high


def _allowed(quantity: CheckQuantity) -> str:
    number = f"a number in a unit convertible to {quantity.unit}" if quantity.unit else "a number"
    return " | ".join([*map(repr, quantity.theories), number])
