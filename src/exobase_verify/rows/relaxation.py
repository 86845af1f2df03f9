"""Relaxation of homogeneous Maxwell molecules (omega = 1, sigma g constant), exact in time.

Two gases: T1 - T2 decays at 2 m1 m2/(m1+m2)^2 kappa (n1 + n2) (Morse 1963). One gas from the distribution c^4
exp(-c^2/(K U^2)), K = 0.6: <c^2n>/equilibrium = K^(n-1) [n - (n-1) K] with K = 1 - 0.4 exp(-nu t/6), nu = n kappa
(Bobylev, Krook & Wu 1976-77). For Maxwell molecules every pair is as likely as any other, so the simulated process has
the exact rates for any step. Particles are divided among independent boxes, whose scatter gives the error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from exobase.analytic import relaxation
from exobase.constants import K_B
from exobase.judge.outcome import Bounds
from exobase_verify.box import Array, Box, gas, normals, one_cell
from exobase_verify.row import Curve, Row, Size, judged, mean_of

BOXES = 20
_MORSE = "Morse 1963, Phys. Fluids 6, 1420"
_KROOK = "Krook & Wu 1977, Phys. Fluids 20, 1589; Bobylev 1976"


def kappa_of(box: Box, pair: int) -> float:
    """sigma g of a pair of Maxwell molecules [m3/s]. Raises ValueError where it depends on g."""
    if abs(box.pairs.exponent[pair]) > 1e-15:
        raise ValueError(f"pair {pair} is not of Maxwell molecules: exponent {box.pairs.exponent[pair]}")
    return float(box.pairs.coefficient[pair])


def two_temperatures(numbers: list[int], densities: list[float], seed: int = 5) -> Row:
    """4 u at 600 K in 40 u at 200 K, equal weights, all boxes together ``numbers``: decay rate over 1.2 decay times."""
    kinds = [gas("A", 4.0, omega=1.0), gas("B", 40.0, omega=1.0)]
    n1, n2, m1, m2 = (*densities, kinds[0].mass, kinds[1].mass)
    kappa = kappa_of(one_cell(kinds, [1, 1], densities, 1.0), 1)
    rate = float(relaxation.temperature_relaxation_rate(n1, n2, m1, m2, kappa))
    own = np.array(numbers) // BOXES
    box = Box(kinds, np.tile(own, (BOXES, 1)), densities / own, 1.0, 0.05 / rate, seed, hottest=600.0)
    box.maxwellian(np.array([600.0, 200.0]))
    start = _difference(box)
    times, values, errors, theory = [0.0], [float(start.mean())], [0.0], [float(start.mean())]
    for _ in range(6):
        box.collide(4)
        exact = relaxation.two_temperatures(box.time, 600.0, 200.0, n1, n2, m1, m2, kappa)
        expected = float(exact.first - exact.second)
        now = _difference(box)
        # each box from its own start; the decay is linear, so the mean of all boxes has that error
        error = mean_of(now - start * expected / 400.0)[1]
        times.append(box.time * rate)
        values.append(float(now.mean()))
        errors.append(error)
        theory.append(expected)
    found = math.log(values[0] / values[-1]) / box.time
    labels = ("rate times time", "T1 - T2 (K)")
    name = f"two temperatures, densities 1 to {n2 / n1:g}"
    curve = Curve.of("Two gases of Maxwell molecules", labels, times, values, errors, theory, name)
    return judged(
        f"{name}: decay rate", found, errors[-1] / values[-1] / box.time, rate, Bounds(relative=0.01),
        unit="s-1", source=_MORSE, curves=[curve],
    )  # fmt: skip


def krook(particles: int, seed: int = 7, weights: Sequence[float] = (1.0,)) -> tuple[Array, Array, Box]:
    """Fourth and sixth moments over equilibrium [2, time, box] of ``particles`` along the relaxation, and nu t [time].

    weights: of as many equal shares of the particles, which are the same gas by different names. Moments of every box
    in units of its own temperature, which collisions conserve.
    """
    density, shares = 1e20, len(weights)
    own = particles // BOXES // shares
    each, share = own * shares, np.repeat(weights, own) / (own * sum(weights))
    kinds = [gas("ABCDEF"[k], 28.0, omega=1.0) for k in range(shares)]
    real = density * np.asarray(weights) / (own * sum(weights))
    nu = density * kappa_of(one_cell(kinds[:1], [each], [density], 1.0), 0)
    box = Box(kinds, np.full((BOXES, shares), own), real, 1.0, 0.25 / nu, seed)
    # c^2 is K U^2 times a gamma variate of shape 5/2: half the sum of five squared normal numbers
    speed = np.sqrt((normals(seed, 11, (5, box.n)) ** 2).sum(axis=0))
    direction = normals(seed, 12, (3, box.n))
    boxes = box.v.reshape(3, BOXES, each)
    boxes[:] = (speed * direction / np.sqrt((direction**2).sum(axis=0))).reshape(boxes.shape)
    boxes -= (boxes @ share)[:, :, None]
    u2 = 2.0 * K_B * 300.0 / kinds[0].mass
    boxes *= np.sqrt(1.5 * u2 / ((boxes**2).sum(axis=0) @ share))[:, None]
    box.v[:] = boxes.reshape(3, -1)
    moments, times = [], []
    for step in range(25):
        if step:
            box.collide()
        c2 = ((box.v**2).sum(axis=0) / u2).reshape(BOXES, each)
        moments.append([(c2**2) @ share / 3.75, (c2**3) @ share / 13.125])
        times.append(nu * box.time)
    return np.array(moments).transpose(1, 0, 2), np.array(times), box


def bkw_rows(moments: Array, times: Array, label: str = "BKW relaxation") -> list[Row]:
    """Mean ratio of the moments to theory over the whole relaxation."""
    rows = []
    for order, accept, word in ((2, 2e-3, "fourth"), (3, 5e-3, "sixth")):
        exact = np.asarray(relaxation.bkw_moment(order, times))
        found = moments[order - 2]
        ratio = found / exact[:, None]
        value, error = mean_of(ratio.mean(axis=0))
        worst = np.abs(ratio.mean(axis=1) - 1.0).max()
        spread = found.std(axis=1, ddof=1) / math.sqrt(BOXES)
        labels = ("collisions per particle", "moment over equilibrium")
        title = label.replace("BKW", "Bobylev-Krook-Wu")
        curve = Curve.of(title, labels, times, found.mean(axis=1), spread, exact, word)
        rows.append(
            judged(
                f"{label}: {word} moment over theory",
                value,
                error,
                1.0,
                Bounds(relative=accept),
                source=_KROOK,
                detail=f"mean over 0 to 6 collisions per particle; largest deviation {worst:.2e}",
                curves=[curve],
            )
        )
    return rows


def temperatures(size: Size) -> list[Row]:
    """Equal and unequal densities."""
    more = 4 if size == "full" else 1
    return [
        two_temperatures([1_000_000 * more, 1_000_000 * more], [1e20, 1e20]),
        two_temperatures([500_000 * more, 1_500_000 * more], [1e20, 3e20]),
    ]


def bkw(size: Size) -> list[Row]:
    """Moments of one gas, and of the same gas in halves of weights 3 and 1, which keep energy by payments."""
    particles = 4_000_000 if size == "full" else 1_000_000
    moments, times, _ = krook(particles)
    unequal, when, _ = krook(particles, weights=(3.0, 1.0))
    return [*bkw_rows(moments, times), *bkw_rows(unequal, when, "BKW relaxation, weights 3 and 1")]


def _difference(box: Box) -> Array:
    """T1 - T2 of every box [K], about the mean velocity of all."""
    found = []
    for s in range(2):
        here = box.species_of == s
        v = box.v[:, here]
        energy = box.mass[s] * ((v - v.mean(axis=1, keepdims=True)) ** 2).sum(axis=0) / (3.0 * K_B)
        cells = box.numbers.shape[0]
        found.append(np.bincount(box.cell_of[here], energy, cells) / box.numbers[:, s])
    difference: Array = found[0] - found[1]
    return difference
