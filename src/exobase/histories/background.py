"""The background of a case on the nodes that the collisions need."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from exobase.case.atmosphere import Atmosphere
from exobase.case.history_model import HistoryCase
from exobase.collisions.background import Air
from exobase.constants import K_B
from exobase.cross_sections.scattering import ScatteringTables, total

FloatArray = npt.NDArray[np.float64]

PER_HEIGHT = 5.0  # an interval is at most this part of the smallest scale height
PER_RADIUS = 50.0
LEAST_STEP = 1e-5  # of the radius: next to a row without gas the scale height goes to zero
REACH = 0.25  # of the smallest scale height
RADIUS_REACH = (1e-9, 0.1)  # and at least, at most these parts of the radius
COUNTS = 1e-6  # part of the optical thickness below which a species does not refine the nodes
EMPTY = -800.0  # ln n where there is nothing
EDGE = 1e-9  # relative width of the interval in which a gas that ends abruptly vanishes
STRICT = 1.0 + 1e-9
ENERGIES = 200
LARGEST_LOOKUP = 8192


def build_air(case: HistoryCase, scattering: ScatteringTables, energies: tuple[float, float] | None = None) -> Air:
    """The background of a case on nodes, up to where collisions are neglected.

    energies [J]: kinetic energies that projectiles have; default: from their thresholds to those of the tallies. The
    largest total cross section there, of any projectile on a target, measures the optical depth, see `air_of`.
    """
    return air_of(case, largest_cross_sections(case, scattering, energies))


def air_of(case: HistoryCase, sigma: npt.ArrayLike) -> Air:
    """The background of a case on nodes for the cross sections sigma [targets], m2 per particle of the target.

    Nodes: the rows of the background, with intervals h of at most a fifth of the smallest scale height H and a 50th of
    the radius; ln n is linear between them. So it is between the rows; of a barometric density it is wrong by
    h^2/(4 H r), H/(100 r) or r/(10^4 H) at most.
    Top: the radius beyond which the radial optical depth to infinity, sum_t sigma_t int n_t dr, is less than
    case.collision_depth, but not above r_outer; beyond r_outer the last slope continues.
    The bounds n_max, u_max and wind_max hold within ``reach`` of their interval: a quarter of the smallest scale height
    there, and at most a tenth of the radius.
    """
    section = np.broadcast_to(np.asarray(sigma, dtype=float), (len(case.background.species),))
    atmosphere = Atmosphere(case.background, case.gm)
    r = _nodes(case, atmosphere, section)
    ln_n = _ln(atmosphere.densities(r))
    top = _top(case, r, ln_n, section)
    inside = r[r < top]
    # Without collisions at all one interval is left, above the top.
    cut = np.append(inside, top) if inside.size else r[:2].copy()
    ln_n = _ln(atmosphere.densities(cut))
    return _air(case, atmosphere, cut, ln_n, top, section)


def optical_depth(case: HistoryCase, r: npt.ArrayLike, sigma: npt.ArrayLike) -> FloatArray:
    """Radial optical depth from r [m] to infinity for the cross sections sigma [targets], m2."""
    section = np.broadcast_to(np.asarray(sigma, dtype=float), (len(case.background.species),))
    atmosphere = Atmosphere(case.background, case.gm)
    nodes = np.unique(np.concatenate((_nodes(case, atmosphere, section), np.atleast_1d(r))))
    depth = _depths(nodes, _ln(atmosphere.densities(nodes)), section)
    return np.asarray(np.interp(np.asarray(r, dtype=float), nodes, depth))


def largest_cross_sections(
    case: HistoryCase, scattering: ScatteringTables, energies: tuple[float, float] | None = None
) -> FloatArray:
    """Largest total cross section [targets] of any projectile on a target, all its partners together [m2].

    energies [J]: range of kinetic energies; default: from the threshold (at least k T of the coldest row) of a
    projectile to the highest energy of the tallies.
    """
    targets, partners = len(case.background.species), scattering.target.size
    coldest = K_B * min(min(column) for column in case.background.temperature)
    largest = np.zeros(targets)
    for p, followed in enumerate(case.followed):
        low = max(followed.threshold, coldest) if energies is None else energies[0]
        high = case.tally.energy_edges[-1] if energies is None else energies[1]
        sums = np.zeros((targets, ENERGIES))
        for b in range(partners):
            mass = float(scattering.mass[b])
            share = mass / (mass + followed.species.mass)
            k = p * partners + b
            lab = np.geomspace(min(low, high), max(high, low * 1.001), ENERGIES)
            values = np.array([total(scattering, k, energy * share) for energy in lab])
            sums[int(scattering.target[b])] += float(scattering.number[b]) * values
        largest = np.maximum(largest, sums.max(axis=1))
    return largest


def _nodes(case: HistoryCase, atmosphere: Atmosphere, section: FloatArray) -> FloatArray:
    """Radii from r_inner to r_outer: the rows in between, and what is needed to make the intervals small."""
    rows = np.array(case.background.r)
    fixed = [case.r_inner, case.r_outer, *rows[(rows > case.r_inner) & (rows < case.r_outer)]]
    if case.background.above in ("zero", "error") and case.r_inner < rows[-1] < case.r_outer:
        fixed.append(float(rows[-1]) * (1.0 + EDGE))
    exobase = atmosphere.exobase_radius() if case.background.above == "chamberlain" else None
    if exobase is not None and case.r_inner < exobase < case.r_outer:
        fixed.append(exobase)
    points = np.unique(fixed)
    nodes = [points[:1]]
    for low, high in pairwise(points):
        nodes.append(_march(float(low), float(high), atmosphere, section))
    return np.concatenate(nodes)


def _march(low: float, high: float, atmosphere: Atmosphere, section: FloatArray) -> FloatArray:
    """Nodes above low up to high: steps follow the scale heights, which grow with the radius, and divide evenly."""
    steps: list[float] = []
    r = low
    while r < high:
        r = min(r + _step(r, high, atmosphere, section), high)
        steps.append(r)
    # Stretch the steps so that the last one is not a splinter.
    if len(steps) > 1 and steps[-1] - steps[-2] < 0.5 * (steps[-2] - (steps[-3] if len(steps) > 2 else low)):
        steps.pop(-2)
    return np.array(steps)


def _step(r: float, high: float, atmosphere: Atmosphere, section: FloatArray) -> float:
    """Step from r: a fifth of the smallest scale height of those that count there, at most a 50th of the radius.

    The scale height is that of the density itself over a small interval; it need not be hydrostatic in a table.
    """
    widest = min(r / PER_RADIUS, high - r)
    n = atmosphere.densities([r, r + 0.25 * widest])
    weight = section * n[:, 0]
    counts = (weight > COUNTS * weight.sum()) & (n[:, 1] > 0.0)
    if not counts.any():
        return widest
    slope = np.abs(np.log(n[counts, 1] / n[counts, 0])) / (0.25 * widest)
    steepest = float(slope.max())
    return min(widest, max(1.0 / (PER_HEIGHT * steepest), LEAST_STEP * r)) if steepest > 0.0 else widest


def _ln(n: FloatArray) -> FloatArray:
    return np.log(np.where(n > 0.0, n, 1.0)) + np.where(n > 0.0, 0.0, EMPTY)


def _depths(r: FloatArray, ln_n: FloatArray, section: FloatArray) -> FloatArray:
    """Optical depth from every node to infinity; int n dr = (n1 - n2) h/ln(n1/n2) on an interval h, exactly."""
    columns = np.zeros((section.size, r.size))
    for t, row in enumerate(ln_n):
        fall = np.abs(np.diff(row))
        flat = fall < 1e-6
        part = np.where(flat, 1.0 - 0.5 * fall, -np.expm1(-fall) / np.where(flat, 1.0, fall))
        pieces = np.exp(np.maximum(row[:-1], row[1:])) * part * np.diff(r)
        beyond = _beyond(float(row[-2] - row[-1]), float(r[-1] - r[-2])) if row[-1] > EMPTY else 0.0
        columns[t] = np.append(np.cumsum(pieces[::-1])[::-1], 0.0) + math.exp(row[-1]) * beyond
    finite = np.where(section[:, None] > 0.0, columns, 0.0)
    return np.asarray(section @ finite)


def _beyond(fall: float, width: float) -> float:
    """Length of an exponential tail with the last slope; infinite where the density does not fall."""
    return width / fall if fall > 0.0 else math.inf


def _top(case: HistoryCase, r: FloatArray, ln_n: FloatArray, section: FloatArray) -> float:
    """Radius where the optical depth falls to case.collision_depth, between r_inner and r_outer."""
    depth = _depths(r, ln_n, section)
    below = np.flatnonzero(depth < case.collision_depth)
    if below.size == 0:
        return float(r[-1])
    k = int(below[0])
    if k == 0:
        return float(r[0])
    if depth[k] <= 0.0 or not np.isfinite(depth[k - 1]):
        return float(r[k])
    # The depth is close to exponential on an interval; a hair higher keeps the rest below the limit.
    fraction = math.log(depth[k - 1] / case.collision_depth) / math.log(depth[k - 1] / depth[k])
    return float(min(r[k], r[k - 1] + 1.001 * fraction * (r[k] - r[k - 1])))


def _air(
    case: HistoryCase, atmosphere: Atmosphere, r: FloatArray, ln_n: FloatArray, top: float, section: FloatArray
) -> Air:
    temperature, wind = atmosphere.temperatures(r), atmosphere.winds(r)
    slope = np.diff(ln_n) / np.diff(r)
    reach = _reaches(r, ln_n, slope, section)
    low, high = r[:-1] - reach, r[1:] + reach
    ln_max = _highest(r, ln_n, low, high)
    n_max = np.where(ln_max > EMPTY, np.exp(ln_max) * STRICT, 0.0)
    hottest = _highest(r, temperature, low, high)
    u_max = np.sqrt(2.0 * K_B * hottest / atmosphere.mass[:, None]) * STRICT
    radial = np.maximum(_highest(r, wind, low, high), _highest(r, -wind, low, high)).max(axis=0)
    wind_max = np.hypot(radial, abs(case.background.rotation) * high) * STRICT
    narrowest = float(np.diff(r).min())
    size = int(min(max(math.ceil((r[-1] - r[0]) / narrowest), 16), LARGEST_LOOKUP))
    starts = r[0] + (r[-1] - r[0]) / size * np.arange(size)
    lookup = np.clip(np.searchsorted(r, starts, side="right") - 1, 0, r.size - 2).astype(np.int64)
    return Air(
        r=r,
        lookup=lookup,
        lookup_r0=float(r[0]),
        lookup_inverse=float(size / (r[-1] - r[0])),
        ln_n=np.ascontiguousarray(ln_n),
        slope=np.ascontiguousarray(slope),
        temperature=np.ascontiguousarray(temperature),
        wind=np.ascontiguousarray(wind),
        rotation=float(case.background.rotation),
        mass=atmosphere.mass,
        reach=reach,
        n_max=np.ascontiguousarray(n_max),
        u_max=np.ascontiguousarray(u_max),
        wind_max=wind_max,
        top=float(top),
    )


def _reaches(r: FloatArray, ln_n: FloatArray, slope: FloatArray, section: FloatArray) -> FloatArray:
    """A quarter of the smallest scale height of the species that count in an interval, within parts of the radius.

    From interval to interval it grows by a width at most, so that no flat piece of a table reaches into steep ones.
    """
    weight = section[:, None] * np.exp(np.maximum(ln_n[:, :-1], ln_n[:, 1:]))
    steep = np.where(weight > COUNTS * weight.sum(axis=0), np.abs(slope), 0.0).max(axis=0)
    with np.errstate(divide="ignore"):
        reach = np.asarray(np.clip(REACH / steep, RADIUS_REACH[0] * r[:-1], RADIUS_REACH[1] * r[:-1]))
    width = np.diff(r)
    for k in range(1, reach.size):
        reach[k] = min(reach[k], reach[k - 1] + width[k - 1])
    for k in range(reach.size - 2, -1, -1):
        reach[k] = min(reach[k], reach[k + 1] + width[k + 1])
    return reach


def _highest(r: FloatArray, values: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Largest value of piecewise linear rows over [low_k, high_k]: at nodes inside or at an end.

    Beyond the nodes the rows continue linearly, as the kernels see them, or stay constant, whichever is higher.
    """
    result = np.empty((values.shape[0], low.size))
    first = np.searchsorted(r, low, side="left")
    last = np.searchsorted(r, high, side="right")
    for t, row in enumerate(values):
        ends = np.maximum(_extended(low, r, row), _extended(high, r, row))
        for k in range(low.size):
            result[t, k] = max(ends[k], row[first[k] : last[k]].max())
    return result


def _extended(x: FloatArray, r: FloatArray, row: FloatArray) -> FloatArray:
    inside = np.interp(x, r, row)
    under = row[0] + (x - r[0]) * (row[1] - row[0]) / (r[1] - r[0])
    over = row[-1] + (x - r[-1]) * (row[-1] - row[-2]) / (r[-1] - r[-2])
    inside = np.where(x < r[0], np.maximum(inside, under), inside)
    return np.where(x > r[-1], np.maximum(inside, over), inside)
