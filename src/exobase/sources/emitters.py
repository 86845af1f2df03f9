"""Sources ready for the tables, and the tables of all sources of a case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from exobase.constants import K_B
from exobase.errors import InputError
from exobase.geometry.spheres import sphere_area
from exobase.sources.layout import CHANCE, COS_ZENITH, DAYSIDE, INTEGRAL, NOT_FOLLOWED, WHOLE, Births
from exobase.sources.radial import ZERO_RATE, piece_rate
from exobase.sources.velocity import BEAM, CHARGE_EXCHANGE, MAXWELL, MAXWELL_FLUX, MONO, STREAM

FloatArray = npt.NDArray[np.float64]

# illumination: (code of the places where births are placed truly, part of the sphere)
ILLUMINATION = {"global": (WHOLE, 1.0), "dayside": (DAYSIDE, 0.5), "cos_zenith": (COS_ZENITH, 0.25)}
# Thermal energies above this many kT (a part of 1e-13) are left out of the range of energies.
NEGLECTED = 1e-13


@dataclass(frozen=True)
class Split:
    """A channel of a dissociation: energy [J]; products as followed indices or NOT_FOLLOWED, masses [kg]; fraction."""

    energy: float
    a: int
    b: int
    mass_a: float
    mass_b: float
    fraction: float


@dataclass(frozen=True)
class Emitter:
    """One source. r [n] m with q [n] events m-3 s-1, or n = 1: a level with q[0] events s-1 (over the whole sphere).

    t_a, t_b [n] K: temperature of the parent and of the electrons. law, launch: codes of
    :mod:`exobase.sources.velocity`. speed [m/s]: see Births. energies with spectrum, cosines with mu_pdf: tables.
    splits: channels of a dissociation; piece_top, piece_b: pieces of the recombination coefficient (none: no electron).
    """

    law: int
    r: FloatArray
    q: FloatArray
    t_a: FloatArray
    t_b: FloatArray
    species: int = NOT_FOLLOWED
    mass: float = 1.0
    speed: float = 0.0
    launch: int = BEAM
    sign: int = 1
    cosine: float = 1.0
    energies: FloatArray = field(default_factory=lambda: np.zeros(0))
    spectrum: FloatArray = field(default_factory=lambda: np.zeros(0))
    cosines: FloatArray = field(default_factory=lambda: np.zeros(0))
    mu_pdf: FloatArray = field(default_factory=lambda: np.zeros(0))
    splits: tuple[Split, ...] = ()
    piece_top: tuple[float, ...] = ()
    piece_b: tuple[float, ...] = ()

    @property
    def is_level(self) -> bool:
        """Whether all births are at one radius."""
        return self.r.size == 1


def assemble(
    emitters: Sequence[Emitter],
    illumination: Sequence[str],
    placed_truly: bool,
) -> Births:
    """Tables of the sources. illumination: of each one; placed_truly: births only where the Sun shines."""
    factor = np.array([ILLUMINATION[name][1] for name in illumination])
    placed = np.array([ILLUMINATION[name][0] if placed_truly else WHOLE for name in illumination], dtype=np.int64)
    nodes = [_node_table(e) for e in emitters]
    energies = [_density_table(e.energies, e.spectrum) for e in emitters]
    cosines = [_density_table(e.cosines, e.mu_pdf) for e in emitters]
    channels = [_channel_table(e) for e in emitters]
    pieces = [np.array([e.piece_top, e.piece_b]).T.reshape(-1, 2) for e in emitters]
    products = [np.array([(s.a, s.b) for s in e.splits], dtype=np.int64).reshape(-1, 2) for e in emitters]
    whole = np.array([t[-1, INTEGRAL] for t in nodes])
    radius = np.array([e.r[0] if e.is_level else _mean_radius(e) for e in emitters])
    code = [(p, e.law, e.launch, e.sign, e.species) for p, e in zip(placed, emitters, strict=True)]
    return Births(
        rate=np.where(placed == WHOLE, whole, whole * factor),
        area_factor=factor,
        report_factor=np.where(placed == WHOLE, factor, 1.0),
        flux_area=sphere_area(radius) * factor,
        code=np.array(code, dtype=np.int64),
        value=np.array([(e.mass, e.speed, e.cosine) for e in emitters], dtype=np.float64),
        range=np.stack([_ranges(t) for t in (nodes, energies, cosines, channels, pieces)], axis=1),
        nodes=np.concatenate(nodes),
        energies=np.concatenate(energies),
        cosines=np.concatenate(cosines),
        channels=np.concatenate(channels),
        products=np.concatenate(products),
        pieces=np.concatenate(pieces),
    )


def whole_rate(r: FloatArray, q: FloatArray) -> float:
    """Events per second over the whole sphere of a volume source: integral of 4 pi r^2 q, log-linear pieces."""
    return float(_pieces(r, q)[2][-1])


def energy_range(emitter: Emitter) -> tuple[float, float]:
    """Lowest and highest kinetic energy [J] of the births of a source, but for a part NEGLECTED of them."""
    if emitter.law == MONO:
        energy = 0.5 * emitter.mass * emitter.speed**2
        return energy, energy
    if emitter.law == STREAM:
        fast = emitter.speed + math.sqrt(2.0 * _hottest(emitter, emitter.t_a) / emitter.mass)
        return 0.5 * emitter.mass * emitter.speed**2, 0.5 * emitter.mass * fast**2
    if emitter.law == CHARGE_EXCHANGE:
        return 0.0, _hottest(emitter, emitter.t_a)
    if emitter.energies.size:
        used = np.flatnonzero(emitter.spectrum > 0.0)
        low, high = max(used[0] - 1, 0), min(used[-1] + 1, emitter.energies.size - 1)
        return float(emitter.energies[low]), float(emitter.energies[high])
    warm = _hottest(emitter, emitter.t_a)
    if emitter.law in (MAXWELL, MAXWELL_FLUX):
        fast = math.sqrt(2.0 * warm / emitter.mass) + max(emitter.speed, 0.0)
        return 0.0, 0.5 * emitter.mass * fast**2
    electron = _hottest(emitter, emitter.t_b) if emitter.piece_top else 0.0
    low, high = math.inf, 0.0
    for split in emitter.splits:
        total = split.mass_a + split.mass_b
        thermal = math.sqrt(2.0 * warm / total)
        for followed, mass, other in ((split.a, split.mass_a, split.mass_b), (split.b, split.mass_b, split.mass_a)):
            if followed < 0:
                continue
            slow = math.sqrt(2.0 * split.energy * other / total / mass) - thermal
            fast = math.sqrt(2.0 * (split.energy + electron) * other / total / mass) + thermal
            low = min(low, 0.5 * mass * max(slow, 0.0) ** 2)
            high = max(high, 0.5 * mass * fast**2)
    return low, high


def _hottest(e: Emitter, temperature: FloatArray) -> float:
    """Thermal energy [J] that all but a part NEGLECTED of the births stay below.

    x kT at every node with its share s of the births (of the pieces beside it), s exp(-x) = NEGLECTED: where few are
    born, only energies near kT count.
    """
    share = np.ones(1)
    if not e.is_level:
        pieces = np.diff(_pieces(e.r, e.q)[2])
        beside = np.maximum(np.append(pieces, 0.0), np.append(0.0, pieces))
        share = beside / max(float(pieces.sum()), 1e-300)
    above = np.log(np.maximum(share / NEGLECTED, 1.0))
    return float(K_B * (above * temperature).max())


def _node_table(e: Emitter) -> FloatArray:
    """Nodes of a source [n, 6]."""
    if e.is_level:
        return np.array([[e.r[0], 0.0, 0.0, e.q[0], e.t_a[0], e.t_b[0]]])
    return np.column_stack([e.r, *_pieces(e.r, e.q), e.t_a, e.t_b])


def _channel_table(e: Emitter) -> FloatArray:
    """Channels of a dissociation [c, 4]."""
    rows = np.array([(s.fraction, s.energy, s.mass_a, s.mass_b) for s in e.splits]).reshape(-1, 4)
    rows[:, CHANCE] = np.cumsum(rows[:, CHANCE])
    return rows


def _pieces(r: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ln q and slope of the piece above each node (ZERO_RATE next to a zero), cumulated events per second."""
    empty = (q[:-1] <= 0.0) | (q[1:] <= 0.0)
    logs = np.log(np.where(q > 0.0, q, 1.0))
    slope = np.append(np.where(empty, 0.0, np.diff(logs) / np.diff(r)), 0.0)
    ln_q = np.append(np.where(empty, ZERO_RATE, logs[:-1]), ZERO_RATE)
    parts = [float(piece_rate(r[k], ln_q[k], slope[k], r[k], r[k + 1])) for k in range(r.size - 1)]
    return ln_q, slope, np.concatenate([[0.0], np.cumsum(parts)])


def _mean_radius(e: Emitter) -> float:
    """Radius [m] averaged over the events (midpoints of the pieces)."""
    integral = _pieces(e.r, e.q)[2]
    return float((np.diff(integral) * 0.5 * (e.r[1:] + e.r[:-1])).sum() / integral[-1])


def _density_table(x: FloatArray, pdf: FloatArray) -> FloatArray:
    """Points, density and its integral, linear between the points [m, 3]."""
    if not x.size:
        return np.zeros((0, 3))
    below = np.concatenate([[0.0], np.cumsum(0.5 * (pdf[1:] + pdf[:-1]) * np.diff(x))])
    if not below[-1] > 0.0:
        raise InputError("a spectrum or a table of angles of a source is zero everywhere; give a positive value")
    return np.column_stack([x, pdf, below])


def _ranges(tables: Sequence[FloatArray]) -> npt.NDArray[np.int64]:
    """Begin and end [J, 2] of the rows of each source in the joined tables."""
    end = np.cumsum([len(t) for t in tables], dtype=np.int64)
    return np.column_stack([np.concatenate([[0], end[:-1]]), end]).astype(np.int64)
