"""Where Parker's rotational collision number falls below the smallest number that collisions can realise."""

from __future__ import annotations

import numpy as np

from exobase.case.model import Case, CaseSpecies
from exobase.cross_sections.rotation import parker_number, relaxation_probabilities

_COOLEST, _HOTTEST = 1.0, 1e5  # K
_COOLING = 1.5  # expanding gas may cool by this factor before it is said


def parker_notes(case: Case) -> list[str]:
    """One line for each species whose Parker number is held at its smallest usable number in a part of the gas.

    Said where the gas of the boundary is colder than ``_COOLING`` times the temperature below which that happens.
    """
    if not case.rotates:
        return []
    notes = []
    for k, species in enumerate(case.species):
        if species.rotation.t_star <= 0.0 or species.species.zeta_rot <= 0.0:
            continue
        limit, partner = max(_limit(case, k, j) for j in range(len(case.species)))
        if species.temperature >= _COOLING * limit:
            continue
        at_limit, here = (_parker(species, t) for t in (limit, species.temperature))
        effect = f", where Parker's would be {here:.3g}" if species.temperature < limit else ""
        notes.append(
            f'species.{k}.rotational_number = "parker": in gas colder than {limit:.3g} K Z of {species.name} is held '
            f"at {at_limit:.3g}, the smallest number that collisions with {case.species[partner].name} can realise "
            f"(the boundary has {species.temperature:.4g} K{effect}); give a number to choose another Z"
        )
    return notes


def _parker(species: CaseSpecies, temperature: float) -> float:
    return float(parker_number(species.rotation.number, species.rotation.t_star, temperature))


def _limit(case: Case, k: int, j: int) -> tuple[float, int]:
    """Temperature [K] below which every collision of species k with species j would relax k, and j."""
    zeta_t = 5.0 - 2.0 * float(case.laws.omega[k, j])
    a, b = case.species[k], case.species[j]

    def full(temperature: float) -> bool:
        z = [_parker(s, temperature) if s.rotation.t_star > 0.0 else s.rotation.number for s in (a, b)]
        probability = relaxation_probabilities(zeta_t, a.species.zeta_rot, b.species.zeta_rot, *z)[0]
        return bool(probability >= 1.0)

    low, high = np.log(_COOLEST), np.log(_HOTTEST)
    if not full(_COOLEST):
        return _COOLEST, j
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if full(float(np.exp(middle))) else (low, middle)
    return float(np.exp(low)), j
