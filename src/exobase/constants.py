"""Physical constants in SI units.

Sources: CODATA 2022 (Mohr et al. 2025, doi:10.1103/RevModPhys.97.025002); those marked exact are fixed by the
definition of the SI (BIPM 2019) or by the International Astronomical Union (IAU).
"""

from __future__ import annotations

from typing import Final

K_B: Final = 1.380649e-23
"""Boltzmann constant [J K-1], exact."""

ELEMENTARY_CHARGE: Final = 1.602176634e-19
"""Elementary charge [C], exact."""

EV: Final = ELEMENTARY_CHARGE
"""Electronvolt [J], exact."""

SPEED_OF_LIGHT: Final = 299792458.0
"""Speed of light in vacuum [m s-1], exact."""

PLANCK: Final = 6.62607015e-34
"""Planck constant [J s], exact."""

ATOMIC_MASS: Final = 1.66053906892e-27
"""Unified atomic mass unit u [kg], CODATA 2022 (relative uncertainty 3.1e-10)."""

ELECTRON_MASS: Final = 9.1093837139e-31
"""Electron mass [kg], CODATA 2022 (3.1e-10)."""

PROTON_MASS: Final = 1.67262192595e-27
"""Proton mass [kg], CODATA 2022 (3.1e-10)."""

VACUUM_PERMITTIVITY: Final = 8.8541878188e-12
"""Electric constant [F m-1], CODATA 2022 (1.6e-10)."""

VACUUM_PERMEABILITY: Final = 1.25663706127e-6
"""Magnetic constant [N A-2], CODATA 2022 (1.6e-10)."""

BOHR_RADIUS: Final = 5.29177210544e-11
"""Bohr radius [m], CODATA 2022 (1.6e-10)."""

G: Final = 6.67430e-11
"""Newtonian constant of gravitation [m3 kg-1 s-2], CODATA 2022 (2.2e-5). Prefer GM, known far better, to G times M."""

AU: Final = 149597870700.0
"""Astronomical unit [m], exact (IAU 2012 Resolution B2)."""

GM_SUN: Final = 1.3271244e20
"""Nominal solar mass parameter [m3 s-2] (IAU 2015 Resolution B3)."""
