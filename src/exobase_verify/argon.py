"""Couette and Fourier flow of argon in a slab, and the transport coefficients that its centre gives.

Shared by the rows of transport and of discretisation; argon is that of Bird 1994 (VHS, VSS, or hard spheres of the VHS
diameter).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from exobase.analytic import chapman_enskog, kinetic
from exobase.analytic.transport import Law
from exobase.constants import K_B
from exobase.species import species
from exobase_verify.slab import Block, Slab

T, DENSITY = 273.0, 1e20
ORDER = 6
SLIP = 1.15
"""Mean free paths beyond a wall at which the velocity extrapolates to that of the wall, for the first guess."""
JUMP = 2.2
"""The same for the temperature."""
BLOCKS, EVERY = 10, 4
"""Blocks of a run, and steps from sample to sample."""


class SlabPlan(NamedTuple):
    """Size of a slab [mean free paths], cells per mean free path, step times collision frequency, particles per cell,
    steps of a block and of the beginning, speed of the walls apart over sqrt(2kT/m) of argon.
    """

    length: float = 32.0
    fineness: float = 4.0
    step: float = 0.2
    particles: float = 100.0
    block: int = 4000
    first: int = 800
    wall: float = 1.2


def path_of(laws: str) -> float:
    """Mean free path of argon [m] with "vhs", "vss" or "hard_sphere" molecules."""
    law = argon_law(laws)
    return float(kinetic.mean_free_path(DENSITY, T, law.diameter, law.omega, law.t_ref))


def argon_law(laws: str) -> Law:
    """Collision law of argon for theory."""
    if laws == "hard_sphere":
        return Law(species("Ar").diameter)
    kind = species("Ar", laws)
    return Law(kind.diameter, kind.omega, kind.alpha, kind.t_ref)


def slab(laws: str, plan: SlabPlan, path: float, gas: list[dict[str, Any]] | None = None, **changes: Any) -> Slab:
    """A slab of argon (or ``gas``) with mean free path ``path`` [m] between diffuse walls; changes as in Slab."""
    tables: dict[str, Any] = {
        "solver": "dsmc",
        "collisions": laws,
        "time_step": "global",
        "initial": "barometric",
        "domain": {"geometry": "planar", "inner": "0 m", "outer": f"{plan.length * path} m"},
        "inner": {"type": "diffuse", "temperature": f"{T} K"},
        "outer": {"type": "diffuse", "temperature": f"{T} K"},
        "species": gas or [{"name": "Ar", "temperature": f"{T} K", "density": f"{DENSITY} m-3"}],
        "grid": {"spacing": "uniform", "cells": max(round(plan.length * plan.fineness), 2)},
        "step": {"courant": 5.0, "collision_fraction": plan.step},
        "weights": {"mode": "equal"},
        "run": {"particles_per_cell": plan.particles},
        "tally": {"sample_every": 1, "record_every": 1000},
    }
    return Slab(tables, **changes)


def cell_error(cell: float, coefficient: str) -> float:
    """Relative excess of a coefficient of hard spheres with cells of so many mean free paths.

    viscosity 16/(45 pi), conductivity 32/(225 pi), times the square.
    Reference: Alexander, Garcia & Alder 1998, Phys. Fluids 10, 1540, and erratum 2000, Phys. Fluids 12, 731.
    """
    return {"viscosity": 16.0 / (45.0 * math.pi), "conductivity": 32.0 / (225.0 * math.pi)}[coefficient] * cell**2


def step_error(step: float, coefficient: str) -> float:
    """Relative excess of a coefficient of hard spheres with a step of so many mean collision times 1/nu.

    viscosity 16/(75 pi), conductivity 64/(675 pi), self-diffusion 4/(27 pi), times (U dt/l)^2, U dt/l = (sqrt(pi)/2) nu
    dt. Reference: Hadjiconstantinou 2000, Phys. Fluids 12, 2634.
    """
    square = 0.25 * math.pi * step**2
    of = {"viscosity": 16.0 / 75.0, "conductivity": 64.0 / 675.0, "self-diffusion": 4.0 / 27.0}
    return of[coefficient] / math.pi * square


def couette(
    laws: str, plan: SlabPlan, path: float, blocks: int, gas: list[dict[str, Any]] | None = None, seed: int = 1
) -> tuple[Slab, list[Block]]:
    """Walls at -U/2 and U/2, slow enough for a stress of at most 5 % of the pressure (quick; 3 % in the full size)."""
    wall = 0.5 * plan.wall * math.sqrt(2.0 * K_B * T / species("Ar").mass)
    s = slab(
        laws, plan, path, gas, inner__velocity=f"{-wall} m/s", outer__velocity=f"{wall} m/s", run__seed=seed
    )  # fmt: skip
    s.shear(2.0 * wall / (s.length + 2.0 * SLIP * path))
    s.skip(plan.first)
    return s, [s.block(plan.block // EVERY, EVERY) for _ in range(blocks)]


def centre_temperature(s: Slab, block: Block) -> float:
    """Central temperature, weighted as gradients are [K]."""
    return s.through(s.temperature(block))


def viscosity_of(s: Slab, block: Block) -> float:
    """Stress over the velocity gradient [Pa s]."""
    return -s.through(block.flux[..., 1].sum(axis=1)) / s.slope(s.velocity(block))


def fourier(
    laws: str, plan: SlabPlan, path: float, blocks: int, rise: float = 0.9, **changes: Any
) -> tuple[Slab, list[Block]]:
    """Walls at T (1 + rise/2) below and T (1 - rise/2) above."""
    hot, cold = T * (1.0 + 0.5 * rise), T * (1.0 - 0.5 * rise)
    s = slab(laws, plan, path, inner__temperature=f"{hot} K", outer__temperature=f"{cold} K", **changes)
    power = 1.0 + float(np.asarray(argon_law(laws).omega))
    inside = (hot - cold) / (2.0 + s.length / (JUMP * path))
    upper, lower = (hot - inside) ** power, (cold + inside) ** power
    s.warm((upper + (lower - upper) * (s.x - s.middle + 0.5 * s.length) / s.length) ** (1.0 / power), T)
    s.skip(plan.first)
    return s, [s.block(plan.block // EVERY, EVERY) for _ in range(blocks)]


def wall_heat(block: Block) -> float:
    """Heat from the inner wall to the outer one by the walls' ledger [W m-2]."""
    return 0.5 * float(block.walls[0] - block.walls[1])


def conductivity_of(laws: str, s: Slab, block: Block) -> float:
    """Heat flux over the temperature gradient [W m-1 K-1], at the temperature of the centre.

    kappa ~ T^omega: T^(omega + 1) is a straight line. Enthalpy that a fluctuation of the mean flow carries is no heat.
    """
    t, middle, omega = s.temperature(block), centre_temperature(s, block), float(np.asarray(argon_law(laws).omega))
    heat = s.through(block.flux[:, 0, 2] - 2.5 * K_B * t * block.flux[:, 0, 0])
    return float(-heat * (omega + 1.0) * middle**omega / s.slope(t ** (omega + 1.0)))


def viscosity_theory(laws: str, temperature: float) -> float:
    """Viscosity of argon by Chapman & Enskog [Pa s]."""
    return chapman_enskog.mixture_viscosity(temperature, [1.0], [species("Ar").mass], argon_law(laws), ORDER)


def conductivity_theory(laws: str, temperature: float) -> float:
    """Conductivity of argon by Chapman & Enskog [W m-1 K-1]."""
    return chapman_enskog.mixture_conductivity(temperature, [1.0], [species("Ar").mass], argon_law(laws), ORDER)
