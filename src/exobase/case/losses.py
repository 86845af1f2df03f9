"""Losses of a resolved case: photoionisation, charge exchange and others that turn neutrals into ions or fragments."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from exobase.analytic.charge_exchange_drag import mean_speed
from exobase.constants import K_B


@dataclass(frozen=True)
class Loss:
    """One process by which a species is lost, everywhere in the domain.

    process: "photoionisation", "photodissociation", "electron_impact", "charge_exchange" or "frequency". name: that of
    the process in the results. frequency [s-1]: of the loss of a particle (0 with thermal ions, where it follows from
    the relative speed). With thermal ions: ion_density [m-3], of which only the sunlit fraction counts;
    ion_temperature [K], ion_velocity [m/s] along the normal, away from the body, ion_mass [kg], cross_section [m2].
    resonant: the neutral takes the velocity of the ion; else it is lost. fit: the cross section is the package's fit,
    cross_section its value at the mean relative speed of the ions, fit_range [m/s] the relative speeds that it covers.
    """

    species: str
    process: str
    name: str
    frequency: float = 0.0
    ion: str = ""
    ion_density: float = 0.0
    ion_temperature: float = 0.0
    ion_velocity: float = 0.0
    ion_mass: float = 0.0
    cross_section: float = 0.0
    resonant: bool = False
    fit: bool = False
    fit_range: tuple[float, float] = (0.0, math.inf)

    @property
    def thermal(self) -> bool:
        """Whether the partners are thermal ions."""
        return self.ion_density > 0.0

    def typical_frequency(self, temperature: float, mass: float) -> float:
        """Frequency [s-1]; with thermal ions the mean over neutrals of a temperature [K] and mass [kg] at rest:
        n sigma <g>, see :func:`exobase.analytic.charge_exchange_drag.mean_speed`.
        """
        if not self.thermal:
            return self.frequency
        spread = math.sqrt(K_B * (temperature / mass + self.ion_temperature / self.ion_mass))
        return float(self.ion_density * self.cross_section * mean_speed(abs(self.ion_velocity), spread))


def losses_from(rows: Iterable[dict[str, Any]]) -> tuple[Loss, ...]:
    """Losses from their plain dictionaries."""
    return tuple(Loss(**{**row, "fit_range": tuple(row.get("fit_range", (0.0, math.inf)))}) for row in rows)
