"""Escape of a trace light gas through a heavy one at rest: flux over the Jeans flux of the density that is found.

The heavy gas is isothermal and hydrostatic, both are hard spheres; the critical level r_c is where sigma n2 H2 = 1
(n2, H2: density and scale height of the heavy gas there). A Maxwellian of the light gas enters at the level where
sigma n2 H2 = 10; what returns there is absorbed. F/F_J takes the density n that the light gas really has at r_c, the
temperature of the background, and r_c; lambda_c = 7 is the Jeans parameter of the light gas at r_c. Collisions refill
the fast tail slowly where the masses differ much: the ratio falls with the mass ratio.
"""

from __future__ import annotations

import math

from exobase.analytic import barometric, jeans
from exobase.constants import K_B
from exobase.histories.simulation import HistorySimulation
from exobase.judge.outcome import Bounds
from exobase.tallies.scores import Scores
from exobase_verify.row import Row, Size, judged
from exobase_verify.trials import metres, ratio_over, scored, shells, trial, volumes

RADIUS = 6.871e6
TEMPERATURE = 1000.0
LIGHT = 1.008
UNIT_MASS = 1.66053906892e-27
SIGMA = 3e-19
LEVELS = (3.0, 4.0, 5.0, 6.0)
"""Kinetic energies in kT at which histories are split in two."""
BATCH = 1000

REFERENCES = ((15.87, 0.756, 0.011), (4.0, 1.007, 0.019), (44.0, 0.580, 0.012))
"""Mass ratio, flux over Jeans flux and its error of independent simulations: H in O, as He in O, as H in CO2."""


def level_of(depth: float, lambda_heavy: float) -> float:
    """Radius [m] where sigma n2 H2 = depth >= 1, lambda_heavy: Jeans parameter of the heavy gas at r_c."""
    low, high = RADIUS / (1.0 + 2.0 * math.log(depth + 1.0) / lambda_heavy), RADIUS
    for _ in range(200):
        r = 0.5 * (low + high)
        here = math.exp(lambda_heavy * (RADIUS / r - 1.0)) * (r / RADIUS) ** 2
        low, high = (r, high) if here > depth else (low, r)
    return low


def light_gas(mass_ratio: float, jeans_parameter: float = 7.0, depth: float = 10.0) -> HistorySimulation:
    """The light gas in the heavy one; shell 0 is thin, about the critical level."""
    mass = LIGHT * UNIT_MASS
    gm = jeans_parameter * K_B * TEMPERATURE * RADIUS / mass
    lambda_heavy = mass_ratio * jeans_parameter
    height = RADIUS / lambda_heavy
    foot = level_of(depth, lambda_heavy)
    density = float(barometric.density(foot, 1.0 / (SIGMA * height), RADIUS, TEMPERATURE, mass_ratio * mass, gm))
    kind = {"mass": f"{mass!r} kg"}
    return trial(
        {
            "body": {"gm": f"{gm!r} m3 s-2", "radius": metres(foot)},
            "domain": {"inner": metres(foot), "outer": metres(1.5 * RADIUS)},
            "background": {
                "gas": [
                    {
                        "name": "heavy",
                        "mass": f"{mass_ratio * mass!r} kg",
                        "density": f"{density!r} m-3",
                        "temperature": f"{TEMPERATURE} K",
                    }
                ]
            },
            "species": [{"name": "light", "threshold": "0 eV", **kind}],
            "collision": [{"pair": ["light", "heavy"], "law": "isotropic", "cross_section": f"{SIGMA!r} m2"}],
            "source": [
                {
                    "type": "thermal",
                    "species": "light",
                    "radius": metres(foot),
                    "temperature": f"{TEMPERATURE} K",
                    "density": "1e10 m-3",
                }
            ],
            "tally": {"shells": shells(RADIUS - foot, width=0.5 * height)},
            "splitting": {"energies": [f"{x * K_B * TEMPERATURE!r} J" for x in LEVELS]},
            "run": {"histories_per_batch": BATCH},
        }
    )


def flux_over_jeans(sim: HistorySimulation, histories: int) -> tuple[float, float]:
    """Escape flux over the Jeans flux at the critical level and its error; flux and density from the same batches."""
    mass = sim.case.followed[0].species.mass
    per_density = float(jeans.jeans_flux(1.0, TEMPERATURE, mass, RADIUS, sim.case.gm)) * 4.0 * math.pi * RADIUS**2
    volume = float(volumes(sim)[0])

    def expected(scores: Scores) -> float:
        return float(scores.presence[0, 0]) / volume * per_density

    return ratio_over(scored(sim, histories // BATCH), lambda scores: float(scores.escaped.sum()), expected)


def rows(size: Size) -> list[Row]:
    """F/F_J for the three mass ratios."""
    found = []
    for mass_ratio, reference, stderr in REFERENCES:
        value, error = flux_over_jeans(light_gas(mass_ratio), 3_000_000 if size == "full" else 400_000)
        name = f"light gas in a heavy one, mass ratio {mass_ratio:g}, lambda 7: flux over Jeans flux"
        bounds = Bounds(sigma=3.0, reference_stderr=stderr)
        source = "independent simulations; Brinkmann 1970: 0.70-0.75 for H in O, 0.97-0.99 for He"
        detail = "n found at sigma n2 H2 = 1, T of the background"
        found.append(judged(name, value, error, reference, bounds, source=source, detail=detail))
    return found
