"""Scattering tables of a case."""

from __future__ import annotations

import numpy as np

from exobase.case.history_model import HistoryCase
from exobase.cross_sections.lookup import EXCHANGE, STRIPPING
from exobase.cross_sections.scattering import PairLaw, ReactionLaw, ScatteringTables, build_scattering

KINDS = {"charge_exchange": EXCHANGE, "stripping": STRIPPING}


def pair_laws(case: HistoryCase) -> list[PairLaw]:
    """Laws of the pairs as the case names them."""
    return [
        PairLaw(c.projectile, c.target, c.law, dict(c.options), c.target_as, c.stopping, c.table)
        for c in case.collisions
    ]


def reaction_laws(case: HistoryCase) -> list[ReactionLaw]:
    """Charge exchange and stripping as the case has them."""
    return [
        ReactionLaw(
            projectile=r.projectile,
            target=r.target,
            kind=KINDS[r.kind],
            becomes=r.becomes,
            frees=r.frees,
            energy=np.array(r.energy),
            sigma=np.array(r.sigma),
            reach=(r.low, r.high),
            defect=r.defect,
            label=r.kind,
        )
        for r in case.reactions
    ]


def build_tables(case: HistoryCase) -> ScatteringTables:
    """Tables of all pairs of followed species and targets. Raises InputError where one has no law."""
    followed = [f.species for f in case.followed]
    return build_scattering(followed, list(case.background.species), pair_laws(case), reaction_laws(case))
