"""Variable soft spheres: deflection, conservation and collision rate of the production kernel.

cos chi = 2 R^(1/alpha) - 1 with R uniform, any azimuth (Koura & Matsumoto 1991, Phys. Fluids A 3, 2459), so that
<cos chi> = (alpha - 1)/(alpha + 1) and <cos^2 chi> = 1 - 4 alpha/[(alpha + 1)(alpha + 2)]: what remains of momentum and
of stress. The cross section is that of variable hard spheres. Deflections are measured in cells of two particles that
meet at most once per step.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from exobase.analytic import kinetic, transport
from exobase.collisions.scatter import soft_sphere
from exobase.judge.outcome import Bounds
from exobase.rng import GOLDEN, mix, unit
from exobase.species import Species
from exobase_verify.box import Array, Box, gas, one_cell
from exobase_verify.row import Curve, Row, Size, judged, mean_of

T = 300.0
ALPHAS = (1.0, 1.4, 1.66)
MOMENT = Bounds(absolute=3e-3, sigma=4.0)
EXACT = Bounds(absolute=1e-12)
_KOURA = "Koura & Matsumoto 1991; Bird 1994, section 2.7"


class Deflections(NamedTuple):
    """cosine [n]; components of g' along two axes normal to g, over g [2, n]; largest relative change of a pair's
    momentum (over m g) and energy.
    """

    cosine: Array
    normal: Array
    momentum: float
    energy: float


def deflections(kinds: list[Species], cells: int, steps: int = 4, seed: int = 17) -> Deflections:
    """Collisions of cells that hold one particle of each of ``kinds``, or two of one, in ``steps`` steps."""
    numbers = np.full((cells, len(kinds)), 2 // len(kinds))
    box = Box(kinds, numbers, np.ones(len(kinds)), 1.0, 1.0, seed, majorant_speed=8.0, hottest=T)
    box.omega[:] = 0.9 / box.majorant.max()
    box.maxwellian(np.array([T]), exact=False)
    mass = box.mass[box.species_of].reshape(cells, 2)
    share = mass / mass.sum(axis=1, keepdims=True)
    found: list[Array] = []
    worst = [0.0, 0.0]
    for _ in range(steps):
        before = box.v.reshape(3, cells, 2).copy()
        box.collide()
        after = box.v.reshape(3, cells, 2)
        hit = np.any(before != after, axis=(0, 2))
        before, after, f = before[:, hit], after[:, hit], share[hit]
        g, h = before[..., 0] - before[..., 1], after[..., 0] - after[..., 1]
        speed = np.sqrt((g**2).sum(axis=0))
        worst[0] = max(worst[0], float(np.abs((f * (after - before)).sum(axis=2) / speed).max()))
        energies = [(f * (v**2).sum(axis=0)).sum(axis=1) for v in (before, after)]
        worst[1] = max(worst[1], float(np.abs(energies[1] / energies[0] - 1.0).max()))
        first = np.cross(g, np.array([[0.0], [0.0], [1.0]]), axis=0)
        first /= np.sqrt((first**2).sum(axis=0))
        second = np.cross(g / speed, first, axis=0)
        found.append(np.array([(h * e).sum(axis=0) / speed for e in (g / speed, first, second)]))
    columns = np.concatenate(found, axis=1)
    return Deflections(columns[0], columns[1:], *worst)


def law_deviation(alpha: float, draws: int = 2000) -> float:
    """Largest difference between the cosine of a deflection and 2 R^(1/alpha) - 1, R the draw it was made of."""
    g, worst = np.array([3.0, -4.0, 12.0]), 0.0
    for k in range(draws):
        state = np.uint64(1000 * k)
        u = unit(np.uint64(mix(np.uint64(1000 * k + int(GOLDEN)))))
        _, n1, n2, n3 = soft_sphere(state, g[0], g[1], g[2], 13.0, alpha)
        cosine = float(np.array([n1, n2, n3]) @ g) / 13.0
        worst = max(worst, abs(cosine - float(kinetic.vss_cosine(u, alpha))))
        g = 13.0 * np.array([n1, n2, n3]) / math.sqrt(n1 * n1 + n2 * n2 + n3 * n3)
    return worst


def moment_rows(alpha: float, cells: int, unlike: bool = False) -> list[Row]:
    """Mean and mean square of the cosine, and of the two components normal to g, of one alpha."""
    kinds = [gas("A", 28.0, omega=0.75, alpha=alpha)]
    name = f"VSS, alpha {alpha:g}"
    if unlike:
        kinds = [gas("A", 4.0, omega=0.66, alpha=alpha - 0.2), gas("B", 40.0, omega=0.81, alpha=alpha + 0.2)]
        name = f"VSS, unlike masses, mean alpha {alpha:g}"
    d = deflections(kinds, cells)
    kept = [1.0 - float(transport.scattering_factor(order, alpha)) for order in (1, 2)]
    normal = d.normal / np.sqrt(np.maximum(1.0 - d.cosine**2, 1e-300))
    made = [
        ("mean cosine", d.cosine, kept[0], _histogram(d.cosine, alpha, name)),
        ("mean square of the cosine", d.cosine**2, kept[1], ()),
        ("mean normal component", d.normal.ravel(), 0.0, ()),
        ("azimuth, mean cosine of twice the angle", normal[0] ** 2 - normal[1] ** 2, 0.0, ()),
    ]
    rows = [
        judged(f"{name}: {what}", *mean_of(values), exact, MOMENT, source=_KOURA, curves=curves)
        for what, values, exact, curves in made
    ]
    detail = f"largest of {d.cosine.size} collisions"
    rows.append(judged(f"{name}: change of momentum over m g", d.momentum, 0.0, 0.0, EXACT, detail=detail))
    rows.append(judged(f"{name}: relative change of energy", d.energy, 0.0, 0.0, EXACT, detail=detail))
    return rows


def rate_row(alpha: float, steps: int) -> Row:
    """Collisions of a gas of 1e5 particles over theory: the deflection does not change the rate."""
    kind, density = gas("A", 28.0, omega=0.75, alpha=alpha), 1e20
    nu = float(kinetic.collision_frequency(density, T, kind.mass, kind.diameter, kind.omega))
    box = one_cell([kind], [100_000], [density], 0.2 / nu, hottest=T)
    box.maxwellian(np.array([T]))
    box.collide(steps)
    expected = 0.5 * (box.n - 1) * nu * box.time
    count = box.collisions()
    return judged(
        f"VSS, alpha {alpha:g}: collision rate", count / expected, math.sqrt(count) / expected, 1.0,
        Bounds(relative=3e-3), source="Bird 1994, section 4.3",
    )  # fmt: skip


def rows(size: Size) -> list[Row]:
    """Laws, moments of deflections, conservation and rate for isotropic and forward scattering."""
    cells = 2_000_000 if size == "full" else 500_000
    worst = max(law_deviation(alpha) for alpha in ALPHAS)
    found = [judged("VSS deflection law", worst, 0.0, 0.0, EXACT, source=_KOURA, detail="cosine against its draw")]
    for alpha in ALPHAS:
        found += moment_rows(alpha, cells)
    found += moment_rows(1.4, cells, unlike=True)
    return [*found, *(rate_row(alpha, 240 if size == "full" else 80) for alpha in ALPHAS)]


def _histogram(cosine: Array, alpha: float, name: str) -> tuple[Curve, ...]:
    """Density of cosines beside alpha ((1 + c)/2)^(alpha - 1)/2, each bin with its own mean."""
    edges = np.linspace(-1.0, 1.0, 21)
    count, width, total = np.histogram(cosine, edges)[0], edges[1] - edges[0], cosine.size
    exact = np.diff((0.5 * (1.0 + edges)) ** alpha) / width
    middle = 0.5 * (edges[1:] + edges[:-1])
    found, error = count / (total * width), np.sqrt(count) / (total * width)
    return (Curve.of("Deflection", ("cosine of the deflection", "density"), middle, found, error, exact, name),)
