"""Scattering tables of a case."""

from __future__ import annotations

from exobase.case.history_model import HistoryCase
from exobase.cross_sections.scattering import PairLaw, ScatteringTables, build_scattering


def pair_laws(case: HistoryCase) -> list[PairLaw]:
    """Laws of the pairs as the case names them."""
    return [PairLaw(c.projectile, c.target, c.law, dict(c.options), c.target_as, c.stopping) for c in case.collisions]


def build_tables(case: HistoryCase) -> ScatteringTables:
    """Tables of all pairs of followed species and targets. Raises InputError where one has no law."""
    return build_scattering([f.species for f in case.followed], list(case.background.species), pair_laws(case))
