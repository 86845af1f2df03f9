"""Collisions of test particles with a warm, moving gas: equilibrium, slowing down, drag.

Equilibrium: a Maxwellian that enters at the foot of a background of its own temperature, and is absorbed where it
returns, has its own barometric density and the mean energy 2 kT of a Maxwellian flux at every height, however often it
collides and whatever the masses and the law (detailed balance); next to nothing escapes at lambda = 25.
Slab: fast particles set free in a thick uniform gas have the gas's temperature and bulk velocity some mean free paths
away. Cold gas: the first collision leaves the part m^2+M^2 over (m+M)^2 of the energy, and 1 + ln(E0/E) collisions
bring an atom among its like below E.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exobase.analytic import barometric, cascade
from exobase.constants import EV, K_B
from exobase.histories.simulation import HistorySimulation
from exobase.judge.outcome import Bounds
from exobase.tallies.scores import COLLISIONS, HISTORIES, Fate, Scores
from exobase_verify.row import Row, Size, judged
from exobase_verify.trials import PLANE, mean_over, metres, one_by_one, ratio_over, scored, trial

UNIT_MASS = 1.66053906892e-27
SIGMA = 1e-19
WARM = 1000.0
KT = K_B * WARM
BATCHES = 40
JEANS = 25.0
FOOT = 6.5e6

LAWS: dict[str, dict[str, Any]] = {
    "isotropic": {"law": "isotropic", "cross_section": f"{SIGMA!r} m2"},
    "vhs": {"law": "vhs", "diameter": "3.5 angstrom", "omega": 0.9, "reference_temperature": "273 K"},
}


def collision(law: str) -> list[dict[str, Any]]:
    """The law of the only pair."""
    return [{"pair": ["X", "gas"], **LAWS[law]}]


def kinds(mass_ratio: float, density: float, **gas: Any) -> dict[str, Any]:
    """A followed species of 16 u and a warm gas whose particles are ``mass_ratio`` times as heavy."""
    mass = 16.0 * UNIT_MASS
    heavy = f"{mass_ratio * mass!r} kg"
    warm = {"temperature": f"{WARM} K", **gas}
    return {
        "species": [{"name": "X", "mass": f"{mass!r} kg", "threshold": "0 eV", "diameter": "3.5 angstrom"}],
        "background": {
            "gas": [{"name": "gas", "mass": heavy, "diameter": "3.5 angstrom", "density": f"{density!r} m-3", **warm}]
        },
    }


def equilibrium(
    mass_ratio: float, law: str, histories: int
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Density over the barometric one in shells, and energy of crossings over 2 kT at surfaces, with errors.

    Four heights up to three scale heights of the heavier gas; the background is three mean free paths deep.
    """
    mass = 16.0 * UNIT_MASS
    gm = JEANS * KT * FOOT / mass
    height = FOOT / (JEANS * mass_ratio)
    tables = kinds(mass_ratio, 3.0 / (SIGMA * height))
    source = {"type": "thermal", "species": "X", "radius": metres(FOOT), "temperature": f"{WARM} K", "density": "1 m-3"}
    heights = [metres(x * FOOT / (JEANS * max(mass_ratio, 1.0))) for x in (0.75, 1.5, 2.25, 3.0)]
    sim = trial(
        {
            **tables,
            "body": {"gm": f"{gm!r} m3 s-2", "radius": metres(FOOT)},
            "domain": {"inner_altitude": "0 km", "outer_over_inner": 1.6},
            "collision": collision(law),
            "source": [source],
            "tally": {"shells": ["0 m", *heights], "surfaces": heights},
            "run": {"histories_per_batch": histories // BATCHES},
        }
    )
    found, edges = scored(sim, BATCHES), np.array(sim.case.tally.edges)
    density, energy = [], []
    for k in range(4):
        r = np.linspace(edges[k], edges[k + 1], 401)
        n = barometric.density(r, 1.0, FOOT, WARM, mass, gm) * 4.0 * math.pi * r**2
        expected = float(np.trapezoid(n, r))
        value, error = mean_over(found, lambda scores, k=k: float(scores.presence[0, k]))  # type: ignore[misc]
        density.append((value / expected, error / expected))
        energy.append(flux_energy(found, k))
    return density, energy


def flux_energy(found: list[Scores], surface: int) -> tuple[float, float]:
    """Mean energy of all crossings of a surface over 2 kT, with its error."""
    value, error = ratio_over(
        found,
        lambda scores: float(scores.power[0, surface].sum()),
        lambda scores: float(scores.crossings[0, surface].sum()),
    )
    return value / (2.0 * KT), error / (2.0 * KT)


def thick_slab(mass_ratio: float, law: str, paths: float, number: int, **more: Any) -> HistorySimulation:
    """A uniform slab, ``paths`` mean free paths thick, with an isotropic source of 1 eV in its middle.

    more: u_r, radial speed of the gas [m/s]; surface and shell: heights in parts of the thickness.
    """
    thickness = 1e5
    gas = {"scale_height": "1e15 m", "u_r": f"{more.get('u_r', 0.0)!r} m s-1"}
    middle = metres(more.get("middle", 0.5) * thickness)
    shell = [metres(x * thickness) for x in more.get("shell", (0.0, 1.0))]
    return trial(
        {
            **kinds(mass_ratio, paths / (SIGMA * thickness), **gas),
            "body": {"gm": "0 m3 s-2", "radius": metres(PLANE)},
            "domain": {"inner_altitude": "0 km", "outer_altitude": metres(thickness)},
            "collision": collision(law),
            "source": [
                {"type": "mono_energetic", "species": "X", "altitude": middle, "energy": "1 eV", "launch": "isotropic"}
            ],
            "tally": {"shells": shell, "surfaces": [metres(x * thickness) for x in (0.25, 0.75)]},
            "run": {"histories_per_batch": number},
        }
    )


def thermalised(mass_ratio: float, law: str, histories: int) -> list[tuple[float, float]]:
    """Energy of crossings over 2 kT at a quarter and three quarters of a slab 60 mean free paths thick."""
    found = scored(thick_slab(mass_ratio, law, 60.0, histories // BATCHES), BATCHES)
    return [flux_energy(found, 0), flux_energy(found, 1)]


def transit_speed(wind: float, histories: int) -> tuple[float, float]:
    """Mean speed [m/s] at which particles are blown through a shell downstream of their source: the wind's.

    thickness/(residence time), where the density no longer changes: the outlet is u L/D >> 1 away.
    """
    sim = thick_slab(1.0, "isotropic", 60.0, histories // BATCHES, u_r=wind, middle=0.3, shell=(0.5, 0.7))
    found = scored(sim, BATCHES)
    edges = np.array(sim.case.tally.edges)
    value, error = mean_over(found, lambda scores: float(scores.presence.sum()))
    born = float(sim.births.rate.sum())
    speed = float(edges[1] - edges[0]) * born / value
    return speed, speed * error / value


def carried_round(period: float, number: int) -> tuple[float, float]:
    """Azimuthal speed at the end over that of solid rotation at the same place, mean over histories, with its error.

    Particles of 0.1 eV start at rest with respect to the stars, in the middle of a gas layer 30 mean free paths thick.
    """
    radius, thickness = 1e7, 1e5
    tables = kinds(1.0, 30.0 / (SIGMA * thickness), scale_height="1e15 m")
    tables["background"]["rotation_period"] = f"{period!r} s"
    sim = trial(
        {
            **tables,
            "body": {"gm": "0 m3 s-2", "radius": metres(radius)},
            "domain": {"inner_altitude": "0 km", "outer_altitude": metres(thickness)},
            "collision": collision("isotropic"),
            "source": [
                {
                    "type": "mono_energetic",
                    "species": "X",
                    "altitude": metres(0.5 * thickness),
                    "energy": "0.1 eV",
                    "launch": "isotropic",
                }
            ],
            "run": {"histories_per_batch": 10},
        }
    )
    _, ends = one_by_one(sim, number)
    x, y, u, v = ends[:, 0], ends[:, 1], ends[:, 3], ends[:, 4]
    carried = 2.0 * math.pi / period * (x * x + y * y)
    momentum = x * v - y * u
    value = float(momentum.sum() / carried.sum())
    rest = (momentum - value * carried) / carried.mean()
    return value, float(rest.std(ddof=1) / math.sqrt(number))


def energy_after(mass_ratio: float, histories: int) -> tuple[float, float]:
    """Part of the energy left after one hard-sphere collision with a gas at rest, with its error."""
    sim = cold_gas(mass_ratio, 1.0 - 1e-7, histories // BATCHES)
    k = int(Fate.THERMALISED)
    value, error = ratio_over(
        scored(sim, BATCHES), lambda scores: float(scores.energy[0, k]), lambda scores: float(scores.weight[0, k])
    )
    return value / EV, error / EV


def collisions_down_to(part: float, histories: int) -> tuple[float, float]:
    """Mean number of collisions with like atoms at rest until the energy is below ``part`` of that at birth."""
    return mean_over(
        scored(cold_gas(1.0, part, histories // BATCHES), BATCHES),
        lambda scores: float(scores.work[COLLISIONS] / scores.work[HISTORIES]),
    )


def cold_gas(mass_ratio: float, threshold: float, number: int) -> HistorySimulation:
    """Particles of 1 eV in the middle of a cold slab from which nothing gets out; threshold in eV."""
    tables = kinds(mass_ratio, 400.0 / (SIGMA * 1e5), scale_height="1e15 m", temperature="1e-6 K")
    tables["species"][0]["threshold"] = f"{threshold!r} eV"
    source = {"type": "mono_energetic", "species": "X", "altitude": "50 km", "energy": "1 eV", "launch": "isotropic"}
    return trial(
        {
            **tables,
            "body": {"gm": "0 m3 s-2", "radius": metres(PLANE)},
            "domain": {"inner_altitude": "0 km", "outer_altitude": "100 km"},
            "collision": collision("isotropic"),
            "source": [source],
            "run": {"histories_per_batch": number},
        }
    )


def rows(size: Size) -> list[Row]:
    """Equilibrium at three mass ratios, relaxation, drag, slowing down."""
    many = 1_200_000 if size == "full" else 240_000
    relative = 0.01 if size == "full" else 0.02
    found, bounds = [], Bounds(relative=relative, sigma=4.0)
    for mass_ratio, law in ((0.25, "isotropic"), (1.0, "vhs"), (16.0, "isotropic")):
        density, energy = equilibrium(mass_ratio, law, many)
        name = f"test particles in equilibrium, partners {mass_ratio:g} times as heavy, {law}"
        (n, n_error), (e, e_error) = density[-1], energy[-1]
        found.append(judged(f"{name}: density over barometric", n, n_error, 1.0, bounds, source="detailed balance"))
        found.append(judged(f"{name}: energy of the flux over 2kT", e, e_error, 1.0, bounds, source="detailed balance"))
    value, error = thermalised(4.0, "vhs", many // 20)[1]
    name = "fast test particles in a thick warm gas: energy of the flux over 2kT"
    found.append(judged(name, value, error, 1.0, bounds, source="Maxwellian of the gas"))
    wind = 1000.0
    value, error = transit_speed(wind, many // 20)
    found.append(judged("test particles in a wind: speed", value, error, wind, bounds, unit="m s-1"))
    value, error = carried_round(3e4, many // 40)
    found.append(judged("test particles in a rotating gas: azimuthal over solid speed", value, error, 1.0, bounds))
    for mass_ratio in (1.0, 4.0):
        value, error = energy_after(mass_ratio, many)
        exact = 1.0 - 0.5 * float(cascade.largest_transfer(1.0, mass_ratio))
        name = f"energy left after a hard-sphere collision, mass ratio {mass_ratio:g}"
        found.append(judged(name, value, error, exact, Bounds(relative=relative, sigma=4.0)))
    value, error = collisions_down_to(0.01, many)
    exact = float(cascade.collisions_to_slow_down(1.0, 0.01))
    found.append(judged("collisions of an atom until it has 1 % of its energy", value, error, exact, bounds))
    return found
