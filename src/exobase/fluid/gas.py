"""The gas of the fluid equations: heat capacity, conductivity, Knudsen numbers, all without units.

A reference level has radius, temperature and density 1; speeds are in c = sqrt(k T/m) there, energies in k T there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exobase.errors import InputError


@dataclass(frozen=True)
class Gas:
    """A gas of variable hard spheres with internal energy in equilibrium with its motion.

    gamma: ratio of specific heats, in (1, 5/3]; 5/3 monatomic, 7/5 diatomic. omega: exponent of the viscosity law,
    mu ~ T^omega, in [0.5, 1]; 0.5 hard spheres, 1 Maxwell molecules. internal_factor: rho D/mu in the transport of
    internal energy; 1 is Eucken's value, (7 - 2 omega)/5 that of the self-diffusion of variable hard spheres (the
    modified Eucken factor). Raises InputError outside.

    Left out: lag of the internal energy behind the translational one, bulk viscosity, vibration.
    """

    gamma: float = 5.0 / 3.0
    omega: float = 0.5
    internal_factor: float = 1.0

    def __post_init__(self) -> None:
        if not 1.0 < self.gamma <= 5.0 / 3.0 + 1e-12:
            raise InputError(f"gamma = {self.gamma:g} must be in (1, 5/3]: 5/3 monatomic, 7/5 two rotational freedoms")
        if not 0.5 <= self.omega <= 1.0:
            raise InputError(f"omega = {self.omega:g} must be in [0.5, 1]")
        if not self.internal_factor >= 0.0:
            raise InputError(f"internal_factor = {self.internal_factor:g} must be zero or positive")

    @property
    def heat_capacity(self) -> float:
        """c_p m/k = gamma/(gamma - 1) [1]."""
        return self.gamma / (self.gamma - 1.0)

    @property
    def internal_freedoms(self) -> float:
        """Internal degrees of freedom, zeta = 2/(gamma - 1) - 3 [1]."""
        return max(0.0, 2.0 / (self.gamma - 1.0) - 3.0)

    @property
    def conductivity(self) -> float:
        """Conductivity at the reference level per Knudsen number l/r there [n c k r].

        kappa = (k/m) mu (15/4 + f zeta/2), with mu = 15 rho l sqrt(2 pi k T/m)/[2 (7 - 2 omega)(5 - 2 omega)]

        so kappa/(n c k r) = (l/r) sqrt(2 pi) 15/[2 (7 - 2 omega)(5 - 2 omega)] (15/4 + f zeta/2), f = internal_factor;
        f = 1 gives Eucken's (9 gamma - 5)/4 mu c_v.
        First Chapman-Enskog approximation. Reference: Bird 1994, sections 3.5 and 4.3 (mu and l of variable hard
        spheres); Eucken 1913, Phys. Z. 14, 324 (internal energy).
        """
        viscosity = np.sqrt(2.0 * np.pi) * 15.0 / (2.0 * (7.0 - 2.0 * self.omega) * (5.0 - 2.0 * self.omega))
        return float(viscosity * (3.75 + 0.5 * self.internal_factor * self.internal_freedoms))
