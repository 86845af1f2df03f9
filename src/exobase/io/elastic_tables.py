"""Tables of elastic cross sections: total and scattering angles against the collision energy, from CSV.

    energy [eV], sigma [cm2]                                    isotropic
    energy [eV], angle [deg], dsigma [cm2 sr-1]                 differential; `sigma` may be given too
    energy [eV], sigma [cm2], angle [deg], probability [1]      probability of a smaller angle

Energies (of the relative motion) rise; with angles every energy has several rows, one for each angle, which rise too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.cross_sections.tabulated import DIFFERENTIAL, ISOTROPIC, QUANTILES, ElasticTable, integrated
from exobase.errors import InputError
from exobase.io.columns import read_numbered

FloatArray = npt.NDArray[np.float64]

UNITS = {"energy": "J", "sigma": "m2", "angle": "rad", "dsigma": "m2 sr-1", "probability": ""}
TOLERANCE = 0.02
"""Relative difference between a given total and the integral of the differential cross section that is accepted."""
_FORMS = (
    "'energy [eV], sigma [cm2]' (isotropic), 'energy [eV], angle [deg], dsigma [cm2 sr-1]' or 'energy [eV], sigma "
    "[cm2], angle [deg], probability [1]'"
)
_DEGREE = math.pi / 180.0
# How values are printed: factor from SI, unit.
_PRINTED = {
    "energy": (1.0 / EV, "eV"),
    "sigma": (1e4, "cm2"),
    "angle": (1.0 / _DEGREE, "deg"),
    "dsigma": (1e4, "cm2 sr-1"),
    "probability": (1.0, ""),
}


def read_elastic(path: Path, below: str = "error", extrapolate_to: float = 0.0) -> ElasticTable:
    """Read a table of elastic cross sections; below, extrapolate_to [J]: see :class:`ElasticTable`.

    Raises InputError naming file, line, column and value: unknown form, missing units, values that no cross section
    has, energies or angles that do not rise, totals that contradict the differential cross section.
    """
    return _Reader(path).table(below, extrapolate_to)


class _Reader:
    """Columns of one file with the lines of their rows, checked in the order in which they are read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns, self.lines, self.head = read_numbered(path, UNITS, fewest=1)
        self.kind = self._kind()

    def table(self, below: str, extrapolate_to: float) -> ElasticTable:
        self._check_values()
        starts = self._starts()
        energy = self.columns["energy"][starts]
        angle: list[FloatArray] = []
        value: list[FloatArray] = []
        if self.kind == ISOTROPIC:
            total = self.columns["sigma"]
        else:
            total, angle, value = self._with_angles(starts)
        found = ElasticTable(
            str(self.path),
            self.kind,
            _column(energy),
            _column(total),
            tuple(_column(a) for a in angle),
            tuple(_column(v) for v in value),
            below,
            extrapolate_to,
        )
        _ = found.totals  # refuses what cannot be sampled
        return found

    def _kind(self) -> str:
        have = set(self.columns)
        forms = {
            frozenset({"energy", "sigma"}): ISOTROPIC,
            frozenset({"energy", "angle", "dsigma"}): DIFFERENTIAL,
            frozenset({"energy", "sigma", "angle", "dsigma"}): DIFFERENTIAL,
            frozenset({"energy", "sigma", "angle", "probability"}): QUANTILES,
        }
        kind = forms.get(frozenset(have))
        if kind is None:
            known = ", ".join(f"'{name}'" for name in UNITS if name in have) or "none"
            self._fault(f"line {self.head}: columns of a cross section found: {known}; needed are {_FORMS}")
            raise AssertionError
        return kind

    def _check_values(self) -> None:
        for name, values in self.columns.items():
            low, high = {"angle": (0.0, math.pi * (1.0 + 1e-9)), "probability": (0.0, 1.0)}.get(name, (0.0, math.inf))
            strict = name in ("energy", "sigma", "dsigma")
            wrong = np.flatnonzero((values < low) | (values > high) | (strict & (values == 0.0)))
            if wrong.size:
                allowed = {"angle": "must lie between 0 and 180 deg", "probability": "must lie between 0 and 1"}
                text = allowed.get(name, "must be positive; take the row out if it marks a missing value")
                self._fault(f"{self._at(int(wrong[0]), name)} {text}")

    def _starts(self) -> npt.NDArray[np.int64]:
        """First row of every energy."""
        energy = self.columns["energy"]
        step = np.diff(energy)
        wrong = np.flatnonzero(step < 0.0)
        if self.kind == ISOTROPIC:
            wrong = np.flatnonzero(step <= 0.0)
        if wrong.size:
            i = int(wrong[0]) + 1
            rule = "energies must rise, all rows of an energy together: sort the table"
            if step[i - 1] == 0.0:
                rule = "stands in the row before too: take one of them out"
            self._fault(f"{self._at(i, 'energy')} after {self._printed('energy', energy[i - 1])}: {rule}")
        return np.concatenate([[0], np.flatnonzero(step > 0.0) + 1]).astype(np.int64)

    def _with_angles(self, starts: npt.NDArray[np.int64]) -> tuple[FloatArray, list[FloatArray], list[FloatArray]]:
        """Total of every energy, its angles, and its dsigma or probabilities."""
        name = "dsigma" if self.kind == DIFFERENTIAL else "probability"
        ends = [*starts[1:], self.columns["energy"].size]
        total, angle, value = [], [], []
        for i, end in zip(starts.tolist(), ends, strict=True):
            rows = slice(i, int(end))
            self._rises(rows, "angle")
            if self.kind == QUANTILES:
                self._rises(rows, "probability")
                self._check_ends(rows)
            elif rows.stop - rows.start < 2:
                self._fault(f"{self._at(i, 'energy')} has a single angle: a differential cross section needs two")
            total.append(self._total(rows))
            angle.append(np.minimum(self.columns["angle"][rows], math.pi))
            value.append(self.columns[name][rows])
        return np.array(total), angle, value

    def _rises(self, rows: slice, name: str) -> None:
        wrong = np.flatnonzero(np.diff(self.columns[name][rows]) <= 0.0)
        if wrong.size:
            i = rows.start + int(wrong[0]) + 1
            before = self._printed(name, self.columns[name][i - 1])
            self._fault(
                f"{self._at(i, name)} after {before}, at the same energy: every {name} must be larger than the one "
                "before; sort the rows of each energy, and take repeated ones out"
            )

    def _check_ends(self, rows: slice) -> None:
        angle, probability = self.columns["angle"][rows], self.columns["probability"][rows]
        if angle[0] == 0.0 and probability[0] > 0.0:
            self._fault(f"{self._at(rows.start, 'probability')} of angles below 0 deg: it must be 0 there")
        if angle[-1] >= math.pi * (1.0 - 1e-9) and probability[-1] < 1.0:
            self._fault(f"{self._at(rows.stop - 1, 'probability')} of angles below 180 deg: it must be 1 there")

    def _total(self, rows: slice) -> float:
        """The total of one energy: given, the same in all its rows and in agreement with dsigma, or integrated."""
        if "sigma" in self.columns:
            sigma = self.columns["sigma"][rows]
            other = np.flatnonzero(np.abs(sigma / sigma[0] - 1.0) > 1e-9)
            if other.size:
                i = rows.start + int(other[0])
                self._fault(
                    f"{self._at(i, 'sigma')}, but {self._printed('sigma', sigma[0])} in line {self.lines[rows.start]} "
                    "of the same energy: one total belongs to each energy"
                )
            if self.kind == QUANTILES:
                return float(sigma[0])
        found = integrated(np.minimum(self.columns["angle"][rows], math.pi), self.columns["dsigma"][rows])
        if "sigma" not in self.columns:
            return found
        if abs(found / sigma[0] - 1.0) > TOLERANCE:
            away = f"{100.0 * abs(found / sigma[0] - 1.0):.3g} % {'more' if found > sigma[0] else 'less'}"
            first = self.columns["angle"][rows.start] / _DEGREE
            self._fault(
                f"lines {self.lines[rows.start]} to {self.lines[rows.stop - 1]}: at "
                f"{self._printed('energy', self.columns['energy'][rows.start])} sigma = "
                f"{self._printed('sigma', sigma[0])}, but dsigma integrates from {first:g} to 180 deg to "
                f"{self._printed('sigma', found)}, {away} "
                f"(allowed: {100.0 * TOLERANCE:g} %): correct one of them, or leave the column 'sigma' out to "
                "use the integral"
            )
        return float(sigma[0])

    def _at(self, i: int, name: str) -> str:
        return f"line {self.lines[i]}, column '{name}': {self._printed(name, self.columns[name][i])}"

    def _printed(self, name: str, value: float) -> str:
        factor, unit = _PRINTED[name]
        return f"{value * factor:.6g} {unit}".rstrip()

    def _fault(self, text: str) -> None:
        raise InputError([f"{self.path}: {text}"])


def _column(values: Sequence[float] | FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
