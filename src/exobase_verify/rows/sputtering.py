"""Collision cascades of test particles: sputter yields of oxygen on oxygen, numbers of recoils, and where energy goes.

Yield: atoms that leave through the top of a cold, deep, plane layer of oxygen per 1 keV atom that comes in, without
gravity, whatever their angle. Incident atoms that come out again count. Atoms are followed while they have more than
2 eV; they meet by the ZBL potential, in collisions that transfer more than 0.1 eV, without electronic stopping. The
reference is the mean of two independent calculations of this set-up, 1.09 +- 0.02 at normal incidence and 3.81 +- 0.03
at 55 degrees. A plane layer is a shell that is thin beside its radius.

Recoils: a boundless gas that scatters isotropically has E0/E1 - 1 recoils above E1 per atom of energy E0, and
2 E0/E1 - 1 collisions made above E1, whatever the cross section (:mod:`exobase.analytic.cascade`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from exobase.analytic import cascade
from exobase.case.load import make_history_case
from exobase.constants import EV
from exobase.histories.simulation import HistorySimulation
from exobase.judge.outcome import Bounds
from exobase.tallies.scores import COLLISIONS, HEAT, Fate
from exobase_verify.row import Row, Size, judged, mean_of

ENERGY, THRESHOLD = 1000.0, 2.0  # eV
YIELDS = {0.0: (1.09, 0.02), 55.0: (3.81, 0.03)}
"""Angle of incidence [deg]: yield and its error."""
ALLOWED = 0.04
DENSITY, DEPTH, RADIUS = 3e18, 2000.0, 1e9  # m-3, m, m: the layer is 20 ranges of the incident atoms thick
BATCHES = 50
BALANCE = Bounds(absolute=1e-9)
_TWO = "two independent calculations"
_LINDHARD = "Lindhard et al. 1963"


class Cascade(NamedTuple):
    """Of one run, per incident atom, with the error of each: atoms that leave, those of them that came in, recoils,
    collisions; energy that leaves and that stays, over the incident energy.
    """

    emitted: tuple[float, float]
    returned: tuple[float, float]
    recoils: tuple[float, float]
    collisions: tuple[float, float]
    energy_out: float
    energy_left: float


def layer(
    source: dict[str, Any], collision: dict[str, Any], histories: int, threshold: float = THRESHOLD, seed: int = 1
) -> Cascade:
    """Histories of atoms of ENERGY in cold oxygen. source, collision: keys of the case's tables."""
    case = make_history_case(
        {
            "solver": "test_particle",
            "body": {"gm": "0 m3 s-2", "radius": f"{RADIUS} m"},
            "domain": {"inner_altitude": "0 m", "outer_altitude": f"{DEPTH} m", "collision_depth": 1e-6},
            "background": {
                "gas": [
                    {"name": "O", "density": f"{DENSITY} m-3", "temperature": "1e-3 K", "scale_height": "1e20 m"},
                ]
            },
            "species": [{"name": "O", "threshold": f"{threshold} eV"}],
            "collision": [{"pair": ["O", "O"], **collision}],
            "source": [{"species": "O", "energy": f"{ENERGY} eV", "rate": "1 s-1", "illumination": "global", **source}],
            "run": {"seed": seed, "histories_per_batch": max(histories // BATCHES, 1)},
        }
    )
    sim = HistorySimulation(case)
    sim.round(BATCHES)
    mean, error = sim.sums.mean(), sim.sums.stderr()
    number = sim.histories_per_batch
    escaped, born = int(Fate.ESCAPED), int(Fate.BORN)
    recoil = int(Fate.RECOIL)
    incident = float(mean.energy[0, born])
    return Cascade(
        mean_of(np.array(sim.sums.series)[:, 0]),
        (float(mean.escaped[0, 0]), float(error.escaped[0, 0])),
        (float(mean.weight[0, recoil]), float(error.weight[0, recoil])),
        (float(mean.work[COLLISIONS]) / number, float(error.work[COLLISIONS]) / number),
        float(mean.energy[0, escaped]) / incident,
        float(mean.exchange[HEAT]) / incident,
    )


def bombardment(angle: float, histories: int, seed: int = 1, **collision: Any) -> Cascade:
    """Atoms that come in at the top of the layer, ``angle`` degrees from the normal."""
    source = {"type": "sputtering", "altitude": f"{DEPTH} m", "angle": f"{angle} deg"}
    law = {"law": "zbl", "smallest_transfer": "0.1 eV"} if "law" not in collision else {}
    return layer(source, {**law, **collision}, histories, seed=seed)


def yield_row(angle: float, histories: int, **collision: Any) -> Row:
    """The yield beside its reference: within 4 %, and three standard errors of the run."""
    found = bombardment(angle, histories, **collision)
    value, error = found.emitted
    reference, uncertain = YIELDS[angle]
    return judged(
        f"sputter yield of 1 keV O on O, {angle:g} deg",
        value,
        error,
        reference,
        Bounds(absolute=ALLOWED * reference + 3.0 * error, reference_stderr=uncertain),
        source=_TWO,
        detail=f"{histories} incident atoms; {found.returned[0]:.3g} of the {value:.3g} are incident atoms",
    )


def balance_row(angle: float, histories: int) -> Row:
    """Energy that leaves and energy that stays, over the incident energy."""
    found = bombardment(angle, histories)
    total = found.energy_out + found.energy_left
    detail = f"{100.0 * found.energy_out:.3g} % of the energy leaves again"
    return judged(f"energy of a cascade, {angle:g} deg", total, 0.0, 1.0, BALANCE, detail=detail)


def cascade_rows(threshold: float, histories: int, **collision: Any) -> list[Row]:
    """Recoils and collisions above a threshold [eV], in a boundless gas, over theory."""
    source = {"type": "mono_energetic", "altitude": f"{0.5 * DEPTH} m", "launch": "isotropic"}
    found = layer(source, collision or {"law": "isotropic", "cross_section": "1e-15 cm2"}, histories, threshold)
    law = collision.get("law", "isotropic")
    exact = {
        "recoils": (found.recoils, float(cascade.recoils_above(ENERGY * EV, threshold * EV))),
        "collisions": (found.collisions, float(cascade.collisions_above(ENERGY * EV, threshold * EV))),
    }
    return [
        judged(
            f"{what} of a 1 keV cascade above {threshold:g} eV over theory, {law}",
            value / theory,
            error / theory,
            1.0,
            Bounds(relative=5e-3, sigma=4.0),
            source=_LINDHARD,
        )
        for what, ((value, error), theory) in exact.items()
    ]


def rows(size: Size) -> list[Row]:
    """Yields at two angles, balance of energy, and recoils of two laws that scatter isotropically."""
    full = size == "full"
    found = [yield_row(angle, 60_000 if full else 4000) for angle in YIELDS]
    found.append(balance_row(55.0, 2000))
    number = 40_000 if full else 4000
    found += cascade_rows(10.0, number)
    found += cascade_rows(30.0, number, law="vhs", diameter="3 angstrom", omega=0.75, reference_temperature="273 K")
    return found
