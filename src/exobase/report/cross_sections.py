"""Figure of the cross sections of a case: totals, momentum transfers and angular distributions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, StrMethodFormatter

from exobase.case import Case, HistoryCase
from exobase.constants import EV, K_B
from exobase.cross_sections.curves import angular_curve, momentum_transfer_curve, total_curve
from exobase.cross_sections.lookup import HIGH, LOW
from exobase.cross_sections.scattering import PairLaw, ScatteringTables, build_scattering, list_partners
from exobase.errors import InputError
from exobase.histories.preflight import projectile_energies
from exobase.histories.scattering import pair_laws
from exobase.report.labels import axis_label, formula
from exobase.report.look import DEFAULT, Look, store, target_file
from exobase.report.style import GUIDE, legend_above, new_figure, palette, panel_label, powers
from exobase.solvers import solver_of
from exobase.species import Species

_LINES = ("-", "--", "-.", ":")
_ENERGIES = 161
# Energies shown of a gas, in kT of its coldest and hottest reservoir.
_COLDEST, _HOTTEST = 0.01, 20.0
_DECADES = 50.0  # a narrower axis has numbers between the powers of ten


def write_cross_sections(
    case: HistoryCase | Case, folder: Path, output: Path | None = None, look: Look = DEFAULT
) -> list[Path]:
    """Draw the collision laws of a case over the energies that can occur in it, as `cross_sections` in a folder.

    output: another folder, or the file. Returns the paths. Raises InputError for laws that do not fit, RunError where
    the disk refuses.
    """
    file = target_file(output, ["cross_sections"], look)
    with mpl.rc_context(look.rc):
        figure = solver_of(case).laws(case)
    return store(figure, "cross_sections", output or folder, look, file)


def gas_figure(case: Case) -> Figure:
    """Of a gas that collides with itself, around the energies of its collisions."""
    kinds = [s.species for s in case.species]
    temperatures = [s.temperature for s in case.species]
    ends = _COLDEST * K_B * min(temperatures), _HOTTEST * K_B * max(temperatures)
    return draw_cross_sections(kinds, kinds, gas_laws(case), *ends, 2.0 * K_B * max(temperatures))


def history_figure(case: HistoryCase) -> Figure:
    """Of what energetic particles meet, from half of the lowest energy of a birth to the highest."""
    lowest, highest = projectile_energies(case)
    followed = [f.species for f in case.followed]
    targets = list(case.background.species)
    return draw_cross_sections(followed, targets, pair_laws(case), 0.5 * lowest, highest)


def gas_laws(case: Case) -> list[PairLaw]:
    """Laws of all pairs of a gas that collides with itself, both species of a pair as projectile.

    Raises InputError where nothing collides.
    """
    if case.collisions == "off":
        raise InputError(f'{case.name}: collisions = "off": there is no cross section to draw')
    laws, found = case.laws, []
    for i, a in enumerate(case.names):
        for j, b in enumerate(case.names):
            table = laws.table(i, j)
            numbers = {"diameter": laws.diameter, "omega": laws.omega, "t_ref": laws.t_ref, "alpha": laws.alpha}
            taken = {"hard_sphere": 1, "vhs": 3, "vss": 4}[case.collisions]
            options = {name: float(numbers[name][i, j]) for name in list(numbers)[:taken]} if table is None else {}
            found.append(PairLaw(a, b, case.collisions if table is None else "table", options, table=table))
    return found


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
    styles = [(colour, line) for line, colour in product(_LINES, palette())]
    for i, (k, label, reach) in enumerate(_met(tables, followed, targets, pairs)):
        colour, line = styles[i % len(styles)]
        for axes, values in (
            (left, total_curve(tables, k, energy)),
            (middle, momentum_transfer_curve(tables, k, energy)),
        ):
            _draw_within(axes, energy, values * 1e4, reach, colour, line, label)
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
) -> list[tuple[int, str, np.ndarray]]:
    """Rows of the pairs that meet, with their names and the energies [2] J for which their laws are meant."""
    partners = list_partners(targets, pairs)
    laws = {(pair.projectile, pair.target): pair for pair in pairs}
    found = []
    for p, projectile in enumerate(followed):
        for b, partner in enumerate(partners):
            if followed is targets and partner.target < p:
                continue  # drawn with its partners exchanged
            k = p * len(partners) + b
            if tables.bounds[k, -1] == 0.0:
                continue
            target = targets[partner.target].name
            struck = formula(partner.struck.species.name)
            name = f"{struck} of {formula(target)}" if partner.target_as == "atoms" else struck
            way = ", united atom" if partner.target_as == "united_atom" else ""
            pair = laws[projectile.name, target]
            law, reach = pair.law, tables.real[k, [LOW, HIGH]]
            if pair.table is not None:
                law, reach = Path(pair.table.source).name, np.array(pair.table.energy)[[0, -1]]
            found.append((k, f"{formula(projectile.name)} + {name}{way} ({law})", reach))
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
    low, high = axes.get_xlim()
    if high < _DECADES * low:
        axes.xaxis.set_minor_locator(LogLocator(subs=(2.0, 5.0)))
        for place in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
            place(StrMethodFormatter("{x:g}"))
    panel_label(axes, title)
