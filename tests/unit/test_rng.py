"""Counter-keyed random numbers: known answers, uniformity, and no correlation along any word of the key.

A draw is mix(key + (k+1) golden), the SplitMix64 generator (Steele, Lea & Flood 2014, doi:10.1145/2714064.2660195)
started at a key that is itself a chain of such mixes over (seed, purpose, step), cell and slot. Independent draws are
uniform, have no serial correlation, and among n distinct keys of 64 bits a coincidence has the probability n^2/2^65.

Tolerances: every statistic is turned into a two-sided probability or a number of sigmas. The keys are fixed, so a test
either passes for ever or fails for ever; with about 200 statistics the limit of 1e-5 (4.4 sigma) would be crossed by
chance in one of 500 suites.
"""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from exobase.rng import (
    GOLDEN,
    SLOT_STEP,
    Stream,
    bits,
    cell_key,
    mix,
    poisson_random,
    round_random,
    slot_key,
    step_key,
    uniform,
    unit,
)  # fmt: skip

compiled = numba.njit(error_model="numpy")
Bits = NDArray[np.uint64]
N = 200_000
WORDS = ("seed", "purpose", "step", "cell", "slot", "draw")
RARE = 1e-5
SIGMAS = 4.4

# Frozen values of draws by (seed, purpose, step, cell, slot, k). They define every recorded run.
KNOWN = {
    (1, 1, 0, 0, 0, 0): 0xE533ED8B9C917CEB,
    (1, 5, 7, 3, 2, 1): 0x1061FB73A299A2CC,
    (12345, 11, 1_000_000_000, 10_000_000, 1 << 40, 63): 0xADF4E6003BF44A3F,
    (0, 13, 0, 0, 0, 0): 0xE29F6AD0CE04455B,
    (2**62, 3, 2**31, 5, 7, 9): 0x6FF75E82C1C2BE12,
}


@compiled
def _table(words, out):  # type: ignore[no-untyped-def]
    """Draws as 64 random bits for rows (seed, purpose, step, cell, slot, draw) of ``words`` [6, n]."""
    for i in range(out.size):
        key = cell_key(step_key(words[0, i], words[1, i], words[2, i]), words[3, i])
        out[i] = bits(slot_key(key, words[4, i]), words[5, i])


@compiled
def _stream(key, out):  # type: ignore[no-untyped-def]
    """Sequential stream as collisions use it: the state grows by the golden ratio and is mixed."""
    state = key
    for i in range(out.size):
        state += GOLDEN
        out[i] = mix(state)


def table(*words: int | NDArray[np.int64]) -> Bits:
    """Draws for broadcast key words."""
    rows = np.ascontiguousarray(np.stack(np.broadcast_arrays(*words)).astype(np.int64).reshape(6, -1))
    out = np.empty(rows.shape[1], dtype=np.uint64)
    _table(rows, out)
    return out


def along(word: str, n: int = N) -> Bits:
    """Draws with one word of the key running over 0 .. n-1 (1 .. n for purposes) and the others fixed."""
    fixed = dict(zip(WORDS, (7, int(Stream.TEST), 41, 1003, 17, 0), strict=True))
    values = [np.full(n, fixed[w]) if w != word else np.arange(n) + (w == "purpose") for w in WORDS]
    return table(*values)


def to_unit(z: Bits) -> NDArray[np.float64]:
    return ((z >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def assert_uniform(z: Bits) -> None:
    """High bits by chi-square in 256 bins and by Kolmogorov-Smirnov, low bits by chi-square in 256 bins."""
    for part in (z >> np.uint64(56), z & np.uint64(255)):
        counts = np.bincount(part.astype(np.int64), minlength=256)
        assert RARE < stats.chisquare(counts).pvalue < 1.0 - RARE
    assert stats.kstest(to_unit(z), "uniform").pvalue > RARE


def assert_uncorrelated(a: Bits, b: Bits) -> None:
    """Linear correlation in sigmas; joint chi-square in 16 x 16; half the bits differ (mean and scatter binomial)."""
    n = a.size
    x, y = to_unit(a), to_unit(b)
    assert abs(12.0 * np.mean((x - 0.5) * (y - 0.5))) * np.sqrt(n) < SIGMAS
    joint = np.bincount((16 * (16 * x).astype(int) + (16 * y).astype(int)), minlength=256)
    assert stats.chisquare(joint).pvalue > RARE
    different = np.bitwise_count(a ^ b) if hasattr(np, "bitwise_count") else _popcount(a ^ b)
    assert abs(different.mean() - 32.0) < SIGMAS * 4.0 / np.sqrt(n)
    assert abs(different.var() - 16.0) < SIGMAS * 16.0 * np.sqrt(2.0 / n)


def _popcount(z: Bits) -> NDArray[np.int64]:
    return np.unpackbits(z.view(np.uint8).reshape(-1, 8), axis=1).sum(axis=1).astype(np.int64)


def test_a_sequential_stream_is_splitmix64() -> None:
    """First outputs for the seed 1234567, as published with the reference implementation (Vigna, splitmix64.c)."""
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    out = np.empty(5, dtype=np.uint64)
    _stream(np.uint64(1234567), out)
    assert out.tolist() == known
    assert [int(bits(np.uint64(1234567), k)) for k in range(5)] == known


def test_known_answers_are_frozen() -> None:
    for words, value in KNOWN.items():
        assert int(table(*words)[0]) == value, words


def test_keys_follow_their_definition() -> None:
    """The same chain in Python integers, modulo 2^64."""
    mask = 2**64 - 1

    def hashed(z: int) -> int:
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    golden, slot_step = int(GOLDEN), int(SLOT_STEP)
    for seed, purpose, step, cell, slot, k in KNOWN:
        key = hashed((seed + golden) & mask)
        key = hashed((key + golden * purpose) & mask)
        key = hashed((key + golden * step) & mask)
        key = hashed((key + golden * (cell + 1)) & mask)
        key = hashed((key + slot_step * (slot + 1)) & mask)
        assert int(table(seed, purpose, step, cell, slot, k)[0]) == hashed((key + golden * (k + 1)) & mask)


def test_purposes_are_frozen() -> None:
    """Numbers are part of every recorded run: a purpose is appended, never renumbered."""
    assert {s.name: int(s) for s in Stream} == {
        "EMISSION_COUNT": 1, "EMISSION": 2, "CLONE": 3, "CLONE_ROTATION": 4, "COLLISION": 5, "COLLISION_COUNT": 6,
        "INITIAL_COUNT": 7, "INITIAL": 8, "WALL": 9, "TEST": 11, "REWEIGHT": 12,
        "REWEIGHT_ROTATION": 13,
        "HISTORY": 14, "VOLUME_COUNT": 15, "VOLUME": 16, "LOSS": 17, "EXCHANGE": 18, "MEMORY": 19,
        "DIRECTION": 20, "INITIAL_DIRECTION": 21,
    }  # fmt: skip


def test_draws_do_not_depend_on_how_an_integer_key_is_typed() -> None:
    """A key below 2^63 is a valid signed integer too: passed as one it must give the same uniform numbers."""
    for key in (1234567, 2**62 + 12345):
        typed = [float(uniform(np.uint64(key), k)) for k in range(64)]
        assert [float(uniform(key, k)) for k in range(64)] == typed
        assert int(cell_key(key, 3)) == int(cell_key(np.uint64(key), 3))
        assert int(slot_key(key, 3)) == int(slot_key(np.uint64(key), 3))


@pytest.mark.parametrize("word", WORDS)
def test_draws_are_uniform_along_every_word_of_the_key(word: str) -> None:
    assert_uniform(along(word))


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("lag", [1, 2, 3, 7, 64, 1024])
def test_draws_of_neighbouring_keys_are_uncorrelated(word: str, lag: int) -> None:
    z = along(word)
    assert_uncorrelated(z[:-lag].copy(), z[lag:].copy())


@pytest.mark.parametrize("bit", [0, 1, 7, 31, 47])
@pytest.mark.parametrize("word", ["seed", "step", "cell", "slot"])
def test_keys_that_differ_in_one_bit_are_uncorrelated(word: str, bit: int) -> None:
    n = 50_000
    where = WORDS.index(word)
    words = [np.full(n, w) for w in (3, int(Stream.TEST), 5, 7, 11, 0)]
    words[where] = np.arange(n) * 977
    flipped = list(words)
    flipped[where] = words[where] ^ (1 << bit)
    assert_uncorrelated(table(*words), table(*flipped))


@pytest.mark.parametrize(
    ("first", "second"), [("seed", "step"), ("seed", "purpose"), ("step", "cell"), ("cell", "slot"), ("slot", "draw")]
)
def test_words_of_the_key_are_not_interchangeable(first: str, second: str) -> None:
    """(a, b) against (b, a) and against (a+1, b-1): sums or exclusive-ors of words would repeat themselves."""
    side = 400
    a, b = (g.ravel() + 1 for g in np.meshgrid(np.arange(side), np.arange(side) + side))
    i, j = WORDS.index(first), WORDS.index(second)

    def draws(left: NDArray[np.int64], right: NDArray[np.int64]) -> Bits:
        words: list[int | NDArray[np.int64]] = [3, int(Stream.TEST), 5, 7, 11, 0]
        words[i], words[j] = left, right
        return table(*words)

    here, swapped = draws(a, b), draws(b, a)
    assert_uncorrelated(here, swapped)
    assert_uncorrelated(here, draws(a + 1, b - 1))
    both = np.concatenate([here, swapped])
    assert np.unique(both).size == both.size


def test_purposes_do_not_share_numbers() -> None:
    """All purposes over the same steps, cells, slots and draws: nothing repeats, every two are uncorrelated."""
    steps, cells, slots, draws = (g.ravel() for g in np.meshgrid(*(np.arange(k) for k in (8, 16, 32, 8))))
    rows = [table(1, int(s), steps, cells, slots, draws) for s in Stream]
    everything = np.concatenate(rows)
    assert np.unique(everything).size == everything.size
    for i, left in enumerate(rows):
        for right in rows[:i]:
            assert_uncorrelated(left, right)


def test_the_sequential_stream_of_a_cell_shares_nothing_with_its_slots() -> None:
    """Collisions draw mix(key + n golden), slots have the keys mix(key + (s+1) step): both from one cell key.

    All 64-bit numbers of 300 neighbouring cells are compared: streams of 2000 draws, keys of 300 slots, 4 draws of
    each.
    """
    cells, length, slots = 300, 2000, 300
    base = np.uint64(step_key(1, int(Stream.COLLISION), 12))
    streams = np.empty((cells, length), dtype=np.uint64)
    keys = np.empty((cells, slots), dtype=np.uint64)
    draws = np.empty((cells, slots, 4), dtype=np.uint64)
    _everything(base, streams, keys, draws)
    numbers = np.concatenate([streams.ravel(), keys.ravel(), draws.ravel()])
    assert np.unique(numbers).size == numbers.size
    assert_uniform(streams.ravel())
    for lag in (1, 2, 5, 100):
        assert_uncorrelated(streams[:, :-lag].ravel(), streams[:, lag:].ravel())
    assert_uncorrelated(streams[:-1].ravel(), streams[1:].ravel())
    n = draws.size
    assert_uncorrelated(streams.ravel()[:n], draws.ravel())
    assert_uncorrelated(streams[:, :slots].ravel(), keys.ravel())


@compiled
def _everything(base, streams, keys, draws):  # type: ignore[no-untyped-def]
    for c in range(streams.shape[0]):
        key = cell_key(base, c)
        _stream(key, streams[c])
        for s in range(keys.shape[1]):
            keys[c, s] = slot_key(key, s)
            for k in range(draws.shape[2]):
                draws[c, s, k] = bits(keys[c, s], k)


def test_strides_of_draws_and_slots_never_meet() -> None:
    """(s+1) slot_step = n golden modulo 2^64 has no solution with n < 2^20 draws and s < 2^32 slots."""
    ratio = int(GOLDEN) * pow(int(SLOT_STEP), -1, 2**64) % 2**64
    n = np.arange(1, 2**20, dtype=np.uint64)
    with np.errstate(over="ignore"):
        slot = n * np.uint64(ratio)
    assert int(slot.min()) > 2**32


def test_hash_is_a_bijection_that_changes_half_the_bits() -> None:
    z = np.arange(N, dtype=np.uint64)
    out = np.empty_like(z)
    _mixed(z, out)
    assert np.unique(out).size == N
    assert int(mix(np.uint64(0))) == 0
    flipped = np.empty_like(z)
    for bit in (0, 20, 40, 63):
        _mixed(z ^ np.uint64(1 << bit), flipped)
        assert abs(_popcount(out ^ flipped).mean() - 32.0) < SIGMAS * 4.0 / np.sqrt(N)


@compiled
def _mixed(z, out):  # type: ignore[no-untyped-def]
    for i in range(z.size):
        out[i] = mix(z[i])


def test_unit_numbers_stay_inside_the_open_interval() -> None:
    """Logarithms of u and of 1 - u must stay finite for all-zero and all-one bits."""
    assert unit(np.uint64(0)) > 0.0
    assert unit(np.uint64(2**64 - 1)) < 1.0


@compiled
def _rounded(x, key):  # type: ignore[no-untyped-def]
    total = 0
    square = 0
    n = 1_000_000
    for i in range(n):
        k = round_random(x, uniform(key, i))
        total += k
        square += k * k
    return total / n, square / n


@pytest.mark.parametrize("x", [0.0, 1e-3, 0.25, 0.999, 1.0, 3.5, 1234.75])
def test_stochastic_rounding_is_unbiased(x: float) -> None:
    """Mean x; variance f (1-f) with f the fractional part; 1e6 draws."""
    mean, square = _rounded(x, np.uint64(step_key(5, int(Stream.TEST), int(8 * x))))
    f = x - np.floor(x)
    sigma = np.sqrt(f * (1.0 - f) / 1e6)
    assert abs(mean - x) <= SIGMAS * sigma
    variance = f * (1.0 - f)
    assert abs(square - mean * mean - variance) <= SIGMAS * abs(1.0 - 2.0 * f) * sigma + 20.0 * variance / 1e6 + 1e-9


@pytest.mark.parametrize("mean", [0.02, 0.7, 5.0, 30.0])
def test_poisson_numbers_have_the_exact_distribution(mean: float) -> None:
    """Inversion on a fine grid of u gives every number its share; above the limit the mean is rounded."""
    u = (np.arange(100_000) + 0.5) / 100_000
    numbers = np.array([poisson_random(mean, x) for x in u])
    share = np.bincount(numbers, minlength=80) / numbers.size
    assert share[:80] == pytest.approx(stats.poisson.pmf(np.arange(share.size), mean)[:80], abs=2e-5)
    assert poisson_random(40.25, 0.7) == 40
    assert poisson_random(40.25, 0.8) == 41
    assert poisson_random(0.0, 0.999) == 0
