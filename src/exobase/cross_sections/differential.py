"""Tabulated differential cross sections: read, checked against their totals and momentum transfers, integrated.

sigma = 2 pi int dsigma/dOmega sin(chi) dchi, sigma_1 = 2 pi int dsigma/dOmega (1 - cos chi) sin(chi) dchi,

from the first angle of each column on: below it there are no data, so that totals belong to that angle, while momentum
transfers hardly depend on it. ln(dsigma/dOmega) is linear in ln(chi) between angles and constant from the last one to
180 degrees. Angles and energies are those of the centre of mass.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.cross_sections.quantiles import (
    AngleTable,
    TotalTable,
    equal_ratios,
    interpolate_row,
    row_of_distribution,
    totals_of,
)
from exobase.errors import InputError

FloatArray = npt.NDArray[np.float64]

UNITS: dict[str, dict[str, float]] = {
    "energy": {"eV": EV, "meV": 1e-3 * EV, "keV": 1e3 * EV, "J": 1.0},
    "angle": {"deg": math.pi / 180.0, "rad": 1.0},
    "cross_section": {"cm2 sr-1": 1e-4, "m2 sr-1": 1.0, "angstrom2 sr-1": 1e-20},
    "integral": {"cm2": 1e-4, "m2": 1.0, "angstrom2": 1e-20},
}
TOLERANCE = 0.02
_FINE = 200
_PER_DECADE = 16
_TOTALS_PER_DECADE = 128


@dataclass(frozen=True)
class DifferentialTable:
    """Columns of one table: energies [J], and of each energy its angles [rad] and dsigma/dOmega [m2/sr].

    reach [J]: lowest and highest energy for which the rules of extrapolation are meant.
    """

    name: str
    energies: tuple[float, ...]
    angles: tuple[FloatArray, ...]
    values: tuple[FloatArray, ...]
    reach: tuple[float, float]

    def fine(self, i: int, above: float = 0.0) -> tuple[FloatArray, FloatArray]:
        """Fine angles [rad] from ``above`` (or the first one) to pi, and dsigma/dchi there [m2/rad]."""
        angle = np.append(self.angles[i], math.pi)
        value = np.append(self.values[i], self.values[i][-1])
        angle, value = (angle[:-1], value[:-1]) if angle[-2] >= math.pi else (angle, value)
        nodes = np.unique(np.concatenate(([max(above, angle[0])], angle[angle > above])))
        parts = [np.geomspace(a, b, _FINE, endpoint=False) for a, b in pairwise(nodes)]
        chi = np.append(np.concatenate(parts), math.pi)
        at = np.exp(np.interp(np.log(chi), np.log(angle), np.log(value)))
        return chi, 2.0 * math.pi * np.sin(chi) * at

    def total(self, i: int, above: float = 0.0) -> float:
        """Integral [m2] above an angle [rad], not below the column's first one."""
        chi, density = self.fine(i, above)
        return float(np.trapezoid(density, chi))

    def momentum_transfer(self, i: int) -> float:
        """Momentum-transfer cross section [m2] of the energy i."""
        chi, density = self.fine(i)
        return float(np.trapezoid(density * 2.0 * np.sin(0.5 * chi) ** 2, chi))

    def tables(self) -> tuple[AngleTable, TotalTable]:
        """Angles and totals for sampling, at ln(E/J): the momentum transfer is a power of E between the energies."""
        rows = np.array([row_of_distribution(*self.fine(i)) for i in range(len(self.energies))])
        at = np.log(np.array(self.energies))
        transfer = np.log([self.momentum_transfer(i) for i in range(len(self.energies))])
        grid = at
        if at.size != 2 and not np.allclose(np.diff(at), at[1] - at[0], rtol=1e-6, atol=0.0):
            grid = equal_ratios(self.energies[0], self.energies[-1], _PER_DECADE)
        angles = AngleTable(grid, np.array([interpolate_row(at, rows, e) for e in grid]))
        fine = equal_ratios(self.energies[0], self.energies[-1], _TOTALS_PER_DECADE)
        return angles, totals_of(angles, fine, np.exp(np.interp(fine, at, transfer)))


def read_differential(data: Mapping[str, Any], where: str) -> DifferentialTable:
    """Read a table of the package's format (see data/scattering/o_o.toml) and check it.

    Keys: units, energies, reach, rows (angle and one value per energy, nan where there is none), momentum_transfer (one
    per energy) and total (rows of energy, angle, integral above it).
    Raises InputError that names the file, the key and the numbers: missing keys, unknown units, angles or energies that
    do not increase, values that are not positive, gaps inside a column, integrals that disagree by more than 2 %
    (totals are compared at angles that the column reaches).
    """
    missing = [k for k in ("units", "energies", "reach", "rows", "momentum_transfer", "total") if k not in data]
    if missing:
        raise InputError([f"{where}: {key} is missing" for key in missing])
    factor = {kind: _factor(data, kind, where) for kind in UNITS}
    energies = np.array(data["energies"], dtype=float) * factor["energy"]
    rows = [list(map(float, row)) for row in data["rows"]]
    wrong = [i for i, row in enumerate(rows) if len(row) != energies.size + 1]
    if wrong or energies.size < 2 or len(rows) < 2:
        raise InputError(
            f"{where}: rows must hold one angle and {energies.size} values (at least two rows and two energies); "
            f"rows that do not: {wrong[:5]}"
        )
    if not (np.all(energies > 0.0) and np.all(np.diff(energies) > 0.0)):
        raise InputError(f"{where}: energies = {list(data['energies'])} must be positive and increase")
    block = np.array(rows)
    angle = block[:, 0] * factor["angle"]
    if not (np.all(np.diff(angle) > 0.0) and angle[0] > 0.0 and angle[-1] <= math.pi * (1.0 + 1e-12)):
        raise InputError(f"{where}: the angles of rows must increase from above 0 to at most 180 degrees")
    columns = [_column(block[:, 0], block[:, i + 1], f"{where}: energy {e}") for i, e in enumerate(data["energies"])]
    low, high = (float(e) * factor["energy"] for e in data["reach"])
    table = DifferentialTable(
        str(data.get("law", where)),
        tuple(energies.tolist()),
        tuple(np.minimum(angle[use], math.pi) for use, _ in columns),
        tuple(values * factor["cross_section"] for _, values in columns),
        (low, high),
    )
    _check_integrals(table, data, factor, where)
    return table


def _factor(data: Mapping[str, Any], kind: str, where: str) -> float:
    """SI value of the unit that the table declares for a kind of number."""
    unit = data["units"].get(kind)
    if unit not in UNITS[kind]:
        raise InputError(f"{where}: units.{kind} = {unit!r}; declare one of {', '.join(UNITS[kind])}")
    return UNITS[kind][unit]


def _column(angle: FloatArray, values: FloatArray, where: str) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Rows of a column that hold numbers, and these; a gap or a value that is not positive is an error."""
    use = np.flatnonzero(np.isfinite(values))
    if use.size < 2:
        raise InputError(f"{where}: fewer than two values")
    if use[-1] - use[0] + 1 != use.size:
        inside = np.arange(use[0], use[-1])
        gap = inside[~np.isfinite(values[inside])][0]
        raise InputError(f"{where}: no value at angle {angle[gap]:g}, between others: fill the gap")
    bad = use[values[use] <= 0.0]
    if bad.size:
        raise InputError(f"{where}: {values[bad[0]]:g} at angle {angle[bad[0]]:g}; cross sections must be positive")
    return use, values[use]


def _check_integrals(
    table: DifferentialTable, data: Mapping[str, Any], factor: Mapping[str, float], where: str
) -> None:
    """Compare the stored totals and momentum transfers with the integrals of the columns."""
    given = list(data["energies"])
    stored = list(data["momentum_transfer"])
    if len(stored) != len(given):
        raise InputError(f"{where}: momentum_transfer holds {len(stored)} values for {len(given)} energies")
    unit = data["units"]["integral"]
    faults = []
    for i, value in enumerate(stored):
        found = table.momentum_transfer(i) / factor["integral"]
        if abs(found / float(value) - 1.0) > TOLERANCE:
            faults.append(("momentum_transfer", given[i], value, found, "from the first angle to 180 degrees"))
    for energy, above, value in data["total"]:
        if energy not in given:
            raise InputError(f"{where}: total names the energy {energy}, which is not among energies = {given}")
        i = given.index(energy)
        angle = float(above) * factor["angle"]
        if angle < table.angles[i][0] * (1.0 - 1e-9):
            continue
        found = table.total(i, angle) / factor["integral"]
        if abs(found / float(value) - 1.0) > TOLERANCE:
            faults.append(("total", energy, value, found, f"above {above} {data['units']['angle']}"))
    if faults:
        raise InputError(
            [
                f"{where}: {key} at {energy} {data['units']['energy']} is stored as {value:.4g} {unit}, but the "
                f"differential cross section integrates to {found:.4g} {unit} {range_} (more than 2 % apart): "
                "correct one of them"
                for key, energy, value, found, range_ in faults
            ]
        )
