"""What exobase.parallel promises, tried on the ranks of an MPI job. Prints "fine" or fails."""

from __future__ import annotations

import math
import time

import numpy as np

from exobase.parallel import Comm, Decomposition, reproducible_sum, world
from exobase.parallel.decomposition import balanced


def check_exchange(comm: Comm, rounds: int = 30) -> None:
    """Every array arrives once, unchanged, sorted by source, in rounds that some ranks enter late."""
    for turn in range(rounds):
        rng = np.random.default_rng([turn, comm.rank])
        if rng.random() < 0.1:
            time.sleep(0.002)
        targets = [r for r in range(comm.size) if np.random.default_rng([turn, comm.rank, r]).random() < 0.4]
        sent = comm.bytes_sent
        received = comm.exchange({r: message(turn, comm.rank, r) for r in targets})
        away = sum(message(turn, comm.rank, r).nbytes for r in targets if r != comm.rank)
        assert comm.bytes_sent - sent == away
        sources = [r for r in range(comm.size) if np.random.default_rng([turn, r, comm.rank]).random() < 0.4]
        assert [r for r, _ in received] == sources
        for source, array in received:
            assert np.array_equal(array, message(turn, source, comm.rank))


def message(turn: int, source: int, target: int) -> np.ndarray:
    rng = np.random.default_rng([turn, source, target, 1])
    return rng.random(int(rng.integers(0, 20_000)))


def check_stream(comm: Comm) -> None:
    """Rank 0 sees the arrays of all ranks in order."""
    pieces = list(comm.stream(np.arange(comm.rank * 10, comm.rank * 10 + comm.rank % 3)))
    expected = [r * 10 + k for r in range(comm.size) for k in range(r % 3)]
    if comm.rank == 0:
        assert np.concatenate(pieces).tolist() == expected
    else:
        assert pieces == []


def check_sums(comm: Comm) -> None:
    """The same bits for any division, within n * 2^-60 of the largest element of the exact sum."""
    rng = np.random.default_rng(3)
    values = rng.standard_normal((5000, 3)) * 10.0 ** rng.integers(-12, 12, (5000, 3))
    found = set()
    for turn in range(6):
        cuts = np.sort(np.random.default_rng(turn).integers(0, 5001, comm.size - 1))
        begin, end = np.concatenate([[0], cuts, [5000]])[comm.rank : comm.rank + 2]
        found.add(reproducible_sum(comm, values[begin:end]).tobytes())
    assert len(found) == 1
    total = np.frombuffer(found.pop())
    exact = np.array([math.fsum(column) for column in values.T])
    assert (np.abs(total - exact) <= 5000 * 2.0**-60 * np.abs(values).max(axis=0)).all()
    if comm.rank == 0:
        print(total.tobytes().hex())


def check_balance(comm: Comm) -> None:
    """Cuts by cost are equal on all ranks, and as even as whole cells allow."""
    cells = 1000
    cost = np.random.default_rng(1).random(cells) ** 4
    parts = Decomposition.even(cells, comm.size)
    for _ in range(3):
        parts = balanced(comm, parts, cost[parts.begin(comm.rank) : parts.end(comm.rank)])
        assert (comm.max(parts.cuts) == parts.cuts).all()
        assert (-comm.max(-parts.cuts) == parts.cuts).all()
    loads = [cost[parts.begin(r) : parts.end(r)].sum() for r in range(comm.size)]
    assert max(loads) - cost.sum() / comm.size <= cost.max()


def check_meeting(comm: Comm) -> None:
    """Ranks that all fail hear each other."""
    assert comm.all_fail(comm.rank, 20.0) == list(range(comm.size))


def main() -> None:
    comm = world()
    check_sums(comm)
    check_stream(comm)
    check_balance(comm)
    check_exchange(comm)
    check_meeting(comm)
    if comm.rank == 0:
        print("fine")


if __name__ == "__main__":
    main()
