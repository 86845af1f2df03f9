"""Figure of the cross sections of a test-particle case: totals, momentum transfers and angular distributions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exobase.case import HistoryCase
from exobase.constants import EV
from exobase.cross_sections.curves import angular_curve, momentum_transfer_curve, total_curve
from exobase.cross_sections.scattering import PairLaw, ScatteringTables, build_scattering, list_partners
from exobase.histories.preflight import projectile_energies
from exobase.histories.scattering import pair_laws
from exobase.report.figures import save
from exobase.report.labels import axis_label, formula
from exobase.report.style import GUIDE, PALETTE, RC, legend_above, new_figure, panel_label, powers
from exobase.species import Species

_LINES = ("-", "--", "-.", ":")
_ENERGIES = 161


def write_cross_sections(path: Path, case: HistoryCase) -> Path:
    """Draw the collision laws of a case over the energies that can occur in it, as PNG.

    Returns the path. Raises InputError for laws that do not fit, RunError where the disk refuses.
    """
    lowest, highest = projectile_energies(case)
    followed = [f.species for f in case.followed]
    with mpl.rc_context(RC):
        targets = list(case.background.species)
        return save(draw_cross_sections(followed, targets, pair_laws(case), 0.5 * lowest, highest), path)


def draw_cross_sections(
    followed: Sequence[Species],
    targets: Sequence[Species],
    pairs: Sequence[PairLaw],
    lowest: float,
    highest: float,
    shown: float | None = None,
) -> Figure:
    """Draw every pair of a case between two energies of the relative motion [J].

    Left: totals; middle: momentum transfers; right: differential cross sections at the energy ``shown`` (their
    geometric mean if None). Colours are projectiles and targets, drawn as the simulation samples them; a line stops
    being solid where the law is used beyond its reach (thin and grey).
    """
    tables = build_scattering(followed, targets, pairs)
    energy = np.geomspace(lowest, highest, _ENERGIES)
    at = float(np.sqrt(lowest * highest)) if shown is None else shown
    figure = new_figure(9.6, 4.2)
    left, middle, right = figure.subplots(1, 3)
    styles = [(colour, line) for line, colour in product(_LINES, PALETTE)]
    for i, (k, label) in enumerate(_met(tables, followed, targets, pairs)):
        colour, line = styles[i % len(styles)]
        for axes, values in (
            (left, total_curve(tables, k, energy)),
            (middle, momentum_transfer_curve(tables, k, energy)),
        ):
            _draw_within(axes, energy, values * 1e4, tables.real[k, :2], colour, line, label)
        angle, value = angular_curve(tables, k, at)
        right.plot(np.degrees(angle), value * 1e4, color=colour, linestyle=line, label=label)
    _finish(left, "Energy in the centre of mass (eV)", axis_label("Cross section", "cm2"), "Total")
    _finish(middle, "Energy in the centre of mass (eV)", axis_label("Cross section", "cm2"), "Momentum transfer")
    _finish(right, "Angle of deflection (deg)", r"d$\sigma$/d$\Omega$ (cm$^2$ sr$^{-1}$)", f"At {powers(at / EV)} eV")
    right.set_xlim(0.01, 180.0)
    legend_above(figure, [left], 5)
    return figure


def _met(
    tables: ScatteringTables, followed: Sequence[Species], targets: Sequence[Species], pairs: Sequence[PairLaw]
) -> list[tuple[int, str]]:
    """Rows of the pairs that meet, with their names."""
    partners = list_partners(targets, pairs)
    laws = {(pair.projectile, pair.target): pair.law for pair in pairs}
    found = []
    for p, projectile in enumerate(followed):
        for b, partner in enumerate(partners):
            k = p * len(partners) + b
            if tables.bounds[k, -1] == 0.0:
                continue
            target = targets[partner.target].name
            struck = formula(partner.struck.species.name)
            name = f"{struck} of {formula(target)}" if partner.target_as == "atoms" else struck
            way = ", united atom" if partner.target_as == "united_atom" else ""
            found.append((k, f"{formula(projectile.name)} + {name}{way} ({laws[projectile.name, target]})"))
    return found


def _draw_within(
    axes: Axes, energy: np.ndarray, values: np.ndarray, reach: np.ndarray, colour: str, line: str, label: str
) -> None:
    """Draw a curve where it is positive; what lies beyond the law's reach thin and grey."""
    inside = (energy >= reach[0]) & (energy <= reach[1])
    shown = np.where(values > 0.0, values, np.nan)
    axes.plot(energy / EV, np.where(inside, shown, np.nan), color=colour, linestyle=line, label=label)
    if not inside.all():
        axes.plot(energy / EV, np.where(inside, np.nan, shown), color=GUIDE, linewidth=0.7)


def _finish(axes: Axes, x: str, y: str, title: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    panel_label(axes, title)
