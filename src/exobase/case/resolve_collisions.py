"""From the [[collision]] tables of a case to the law of every pair of a followed species and a background species."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from exobase.case.history_model import Background, Collision, Followed
from exobase.case.resolve_checks import Report
from exobase.config.messages import nearest
from exobase.cross_sections.tabulated import ElasticTable
from exobase.errors import InputError
from exobase.io import read_elastic

OPTIONS = {
    "cross_section": "cross_section",
    "diameter": "diameter",
    "omega": "omega",
    "alpha": "alpha",
    "t_ref": "reference_temperature",
    "smallest_transfer": "smallest_transfer",
    "extrapolate_to": "extrapolate_to",
}
"""Options of the laws and the keys that give them."""

ANY = "*"


class ElasticFiles:
    """Tables of cross sections that a case names, each file read once. A file that cannot be read is reported once."""

    def __init__(self, folder: Path, report: Report) -> None:
        self.folder, self.report = folder, report
        self._read: dict[str, ElasticTable | None] = {}

    def get(self, key: str, entry: Any) -> ElasticTable | None:
        """The table that an entry names with what it states about the ends; None where it names none that is good."""
        if entry.table is None or getattr(entry, "law", "table") != "table":
            return None
        if entry.table not in self._read:
            try:
                self._read[entry.table] = read_elastic(self.folder / entry.table)
            except InputError as error:
                self.report(f"{key}.table", "; ".join(error.messages), entry.table)
                self._read[entry.table] = None
        found = self._read[entry.table]
        if found is None:
            return None
        return replace(found, source=entry.table, below=entry.below, extrapolate_to=entry.extrapolate_to or 0.0)


def resolve_collisions(
    tables: list[Any],
    followed: tuple[Followed, ...],
    background: Background,
    report: Report,
    numbers: list[int] | None = None,
    folder: Path = Path(),
) -> tuple[Collision, ...]:
    """The law of every pair: its own entry, else the first one with "*" that fits. What is missing is reported.

    Ions, and neutrals on ions, need none and "*" does not mean them. numbers: of the tables in the case file; folder:
    of the case, for files.
    """
    from exobase.cross_sections import catalogue

    projectiles = [f.species.name for f in followed]
    targets = [s.name for s in background.species]
    charged = {s.name for s in (*background.species, *(f.species for f in followed)) if s.charge != 0}
    seen: dict[tuple[str, str], int] = {}
    numbered = enumerate(tables) if numbers is None else zip(numbers, tables, strict=True)
    files = ElasticFiles(folder, report)
    usable = {i: table for i, table in numbered if _entry_is_good(i, table, projectiles, targets, seen, report)}
    pairs = []
    for projectile in projectiles:
        for target in targets:
            i = _find(usable, projectile, target)
            if charged.intersection((projectile, target)) and (i is None or ANY in usable[i].pair):
                continue
            if i is None:
                if len(usable) == len(tables):
                    report("collision", _missing(projectile, target, catalogue.laws_for(projectile, target)))
                continue
            laws = catalogue.laws_for(projectile, target, usable[i].target_as)
            law = usable[i].law
            if law in laws:
                pairs.append(_collision(usable[i], projectile, target, files.get(f"collision.{i}", usable[i])))
            else:
                way = "" if usable[i].target_as == "whole" else f' with target_as = "{usable[i].target_as}"'
                text = f"is no law of {projectile} on {target}{way}; allowed: {', '.join(laws)}{nearest(law, laws)}"
                report(f"collision.{i}.law", text, law)
    for i, table in usable.items():
        if table.law in catalogue.laws():
            _options(f"collision.{i}", table, catalogue.laws()[table.law], report)
    return tuple(pairs)


def _entry_is_good(
    i: int,
    table: Any,
    projectiles: list[str],
    targets: list[str],
    seen: dict[tuple[str, str], int],
    report: Report,
) -> bool:
    key, good = f"collision.{i}", True
    for k, allowed, role in ((0, projectiles, "followed species"), (1, targets, "species of the background")):
        name = table.pair[k]
        if name not in (*allowed, ANY):
            hint = nearest(name, allowed)
            if k == 0 and table.pair[1] in projectiles and name in targets:
                hint = f'; the projectile comes first: pair = ["{table.pair[1]}", "{name}"]'
            report(f"{key}.pair.{k}", f"is no {role} of this case; allowed: {', '.join(allowed)} or '*'{hint}", name)
            good = False
    pair = (table.pair[0], table.pair[1])
    if pair in seen:
        report(f"{key}.pair", f"has its law in collision.{seen[pair]} already; give one", list(pair))
        good = False
    seen[pair] = i
    return good


def _find(tables: dict[int, Any], projectile: str, target: str) -> int | None:
    """Number of the entry that fits the pair most closely."""
    for wanted in ((projectile, target), (projectile, ANY), (ANY, target), (ANY, ANY)):
        for i, table in tables.items():
            if tuple(table.pair) == wanted:
                return i
    return None


def _collision(table: Any, projectile: str, target: str, sections: ElasticTable | None) -> Collision:
    given = tuple(
        (name, float(getattr(table, key))) for name, key in OPTIONS.items() if getattr(table, key) is not None
    )
    return Collision(projectile, target, table.law, given, table.target_as, table.stopping, sections)


def _options(key: str, table: Any, law: Any, report: Report) -> None:
    """Options that the law does not take, or lacks. law: a Law of the catalogue."""
    takes = (*law.options, "extrapolate_to")
    for option, name in OPTIONS.items():
        if getattr(table, name) is not None and option not in takes:
            keys = ", ".join(OPTIONS[o] for o in takes if o in OPTIONS)
            report(f"{key}.{name}", f'is no option of law = "{law.name}"; its options: {keys}')
    if law.name == "table":
        if table.table is None:
            report(f"{key}.table", 'missing; law = "table" needs it: a CSV file (docs/cross_sections.md)')
    elif table.table is not None:
        report(f"{key}.table", f'is no option of law = "{law.name}"; state law = "table" to use the file', table.table)
    elif table.below != "error":
        report(f"{key}.below", f'is no option of law = "{law.name}", which has its own rule', table.below)
    if table.products is not None:
        report(f"{key}.products", f'is no option of law = "{law.name}", which is elastic', table.products)
    if law.required and getattr(table, OPTIONS[law.required]) is None:
        report(f"{key}.{OPTIONS[law.required]}", f'missing; law = "{law.name}" needs it')


def _missing(projectile: str, target: str, laws: Iterable[str]) -> str:
    return (
        f"{projectile} on {target} has no law; laws for this pair: {', '.join(laws)}. Add [[collision]] with "
        f'pair = ["{projectile}", "{target}"] (or "*" for all) and law'
    )
