"""Counter-keyed random numbers: a draw is a function of (seed, purpose, step, cell, slot, k), never of the rank.

A key is absorbed word by word through a 64-bit mixing function (the finaliser of SplitMix64: Steele, Lea & Flood 2014,
doi:10.1145/2714064.2660195, variant 13 of Stafford); the n-th draw of a key is the mix of ``key + n * golden``.
Because every word is hashed before the next one is added, neighbouring seeds, steps, cells and slots give unrelated
sequences.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from exobase.jit import kernel


class Stream(IntEnum):
    """What a random number is for. Numbers are part of every recorded run: append, never renumber (10 was in use)."""

    EMISSION_COUNT = 1
    EMISSION = 2
    CLONE = 3
    CLONE_ROTATION = 4
    COLLISION = 5
    COLLISION_COUNT = 6
    INITIAL_COUNT = 7
    INITIAL = 8
    WALL = 9
    TEST = 11
    REWEIGHT = 12
    REWEIGHT_ROTATION = 13
    HISTORY = 14
    VOLUME_COUNT = 15
    VOLUME = 16
    LOSS = 17
    EXCHANGE = 18
    MEMORY = 19
    DIRECTION = 20
    INITIAL_DIRECTION = 21


GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SLOT_STEP = np.uint64(0xD1342543DE82EF95)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ONE = np.uint64(1)
TO_UNIT = 1.0 / 4503599627370496.0
TWO_PI = 6.283185307179586


@kernel
def mix(z: np.uint64) -> np.uint64:
    """Bijective 64-bit hash (SplitMix64 finaliser)."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@kernel
def step_key(seed: int, purpose: int, step: int) -> np.uint64:
    """Key of one purpose in one step."""
    k = mix(np.uint64(seed) + GOLDEN)
    k = mix(k + GOLDEN * np.uint64(purpose))
    return mix(k + GOLDEN * np.uint64(step))


@kernel
def cell_key(base: np.uint64, cell: int) -> np.uint64:
    """Key of one cell under a step key; the start of the sequential stream of that cell."""
    return mix(np.uint64(base) + GOLDEN * (np.uint64(cell) + _ONE))


@kernel
def slot_key(cell: np.uint64, slot: int) -> np.uint64:
    """Key of one slot (a particle's place) in a cell."""
    return mix(np.uint64(cell) + SLOT_STEP * (np.uint64(slot) + _ONE))


@kernel
def bits(key: np.uint64, k: int) -> np.uint64:
    """The k-th draw (k = 0, 1, ...) of a key as 64 random bits."""
    return mix(np.uint64(key) + GOLDEN * (np.uint64(k) + _ONE))


@kernel
def unit(z: np.uint64) -> float:
    """64 bits to a double in the open interval (0, 1)."""
    return (float(z >> _S12) + 0.5) * TO_UNIT


@kernel
def uniform(key: np.uint64, k: int) -> float:
    """The k-th draw of a key, uniform in (0, 1)."""
    return unit(bits(key, k))


MOST_POISSON = 30.0


@kernel
def round_random(x: float, u: float) -> int:
    """Stochastic rounding of x >= 0: floor(x + u), with mean x for u uniform in (0, 1)."""
    return int(np.floor(x + u))


@kernel
def poisson_random(mean: float, u: float) -> int:
    """Number of events of a Poisson process of a mean of at most ``MOST_POISSON``, by inversion of u uniform in (0, 1);
    above it, stochastic rounding of the mean.
    """
    if mean > MOST_POISSON:
        return int(np.floor(mean + u))
    term = np.exp(-mean)
    total = term
    n = 0
    while u > total and n < 200:
        n += 1
        term *= mean / n
        total += term
    return n
