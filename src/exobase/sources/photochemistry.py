"""Dissociative recombination and photodissociation: from settings to emitters.

The keys of both types are listed in :mod:`exobase.sources.reading`. Channels that leave no followed product are
dropped: the rate of a source counts the events that give birth to something.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exobase.constants import AU
from exobase.sources.channels import Channel
from exobase.sources.emitters import Emitter, Split
from exobase.sources.kinds import Place, cut
from exobase.sources.layout import NOT_FOLLOWED
from exobase.sources.molecules import product_mass
from exobase.sources.photolysis import ACTIVITIES, parents, photo_channels
from exobase.sources.recombination import branchings, ions, rate_law, rate_laws, recombination_channels
from exobase.sources.settings import Settings
from exobase.sources.velocity import DISSOCIATION

FloatArray = npt.NDArray[np.float64]


def dissociative_recombination(keys: Settings, species: str, place: Place) -> Emitter:
    """k(Te) n_ion n_e, or a given rate of recombinations, with the channels of a named branching set."""
    ion = keys.word("ion", ions())
    law = rate_law(ion, keys.word("rate_law", rate_laws(ion), rate_laws(ion)[0]))
    channels = recombination_channels(ion, keys.word("branching", branchings(ion), branchings(ion)[0]))
    r = keys.increasing("r")
    t_i, t_e = keys.column("T_i", r.size, strict=True), keys.column("T_e", r.size, strict=True)
    if "recombination_rate" in keys:
        q = keys.column("recombination_rate", r.size)
    else:
        q = law.coefficient(t_e) * keys.column("n_ion", r.size) * keys.column("n_e", r.size)
    splits, kept = _splits(channels, keys, species, place)
    q = q * (kept * keys.number("scale", 1.0, low=0.0, strict=True))
    electron = keys.flag("electron_energy", True)
    r, (q, t_i, t_e) = cut(r, [q, t_i, t_e], place, keys)
    keys.finish()
    return Emitter(
        DISSOCIATION, r, q, t_i, t_e, splits=splits, piece_top=law.top if electron else (),
        piece_b=law.b if electron else (),
    )  # fmt: skip


def photodissociation(keys: Settings, species: str, place: Place) -> Emitter:
    """J n/d^2 for the chosen channels, optically thin."""
    parent = keys.word("parent", parents())
    activity = keys.word("activity", ACTIVITIES, "quiet")
    distance = keys.number("distance", low=1e-3 * AU)
    names = keys.names("channels")
    excess = keys.number("excess_energy", low=0.0, strict=True) if "excess_energy" in keys else None
    channels = keys.checked(lambda: photo_channels(parent, activity, distance, names, excess))
    r = keys.increasing("r")
    n, t = keys.column("n_parent", r.size), keys.column("T_parent", r.size, strict=True)
    splits, kept = _splits(channels, keys, species, place)
    q = n * (kept * keys.number("scale", 1.0, low=0.0, strict=True))
    r, (q, t) = cut(r, [q, t], place, keys)
    keys.finish()
    return Emitter(DISSOCIATION, r, q, t, np.zeros(r.size), splits=splits)


def _splits(channels: list[Channel], keys: Settings, species: str, place: Place) -> tuple[tuple[Split, ...], float]:
    """Channels with a product that is born, fractions adding up to 1, and the rate (or part) that they keep."""
    wanted = keys.names("products") or (species,)
    possible = list(dict.fromkeys(p for c in channels for p in c.products))
    for name in wanted:
        place.index(keys, name)
        if name not in possible:
            raise keys.fault(f"does not produce {name}; its products are {', '.join(possible)}")
    kept = [c for c in channels if any(p in wanted for p in c.products)]
    total = sum(c.rate for c in kept)
    index = {name: place.followed.index(name) for name in wanted}
    mass = {p: place.masses[index[p]] if p in index else product_mass(p) for c in kept for p in c.products}
    splits = [
        Split(
            energy=c.energy,
            a=index.get(c.products[0], NOT_FOLLOWED),
            b=index.get(c.products[1], NOT_FOLLOWED),
            mass_a=mass[c.products[0]],
            mass_b=mass[c.products[1]],
            fraction=c.rate / total,
        )
        for c in kept
    ]
    return tuple(splits), total
