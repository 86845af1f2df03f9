"""The communicator seen by the rest of the package: a serial one without MPI, and one over mpi4py."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exobase.errors import RunError
from exobase.parallel.streams import deliver

Array = NDArray[np.float64]
_TAGS = 30000
_PIECE = 1 << 26


_SPINS, _YIELDS = 50, 5000
_NAP = 5e-5


class _Patience:
    """What a rank does between looks at what it waits for: spin, then yield the processor, then sleep shortly.

    With more ranks than cores it sleeps at once after the spins: a rank that yields comes back too soon, and those that
    have work wait for it.
    """

    def __init__(self, crowded: bool) -> None:
        self._yields = 0 if crowded else _YIELDS
        self._looks = 0

    def pause(self) -> None:
        """Wait a little before the next look."""
        self._looks += 1
        if self._looks > _SPINS + self._yields:
            time.sleep(_NAP)
        elif self._looks > _SPINS:
            os.sched_yield()

    def renew(self) -> None:
        """Something came: look often again."""
        self._looks = 0


def never() -> bool:
    """A task need not stop."""
    return False


class Comm(Protocol):
    """What the package asks of a communicator. All methods but ``abort`` and ``all_fail`` are collective."""

    rank: int
    size: int
    waited: float
    bytes_sent: int

    def sum(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum over ranks, element by element, on all ranks."""

    def max(self, values: NDArray[Any]) -> NDArray[Any]:
        """Largest value over ranks, element by element, on all ranks."""

    def exclusive_sum(self, value: float) -> float:
        """Sum of the values of all ranks before this one; 0 on the first."""

    def bcast(self, value: Any, root: int = 0) -> Any:
        """The value of one rank on all ranks."""

    def gather(self, value: Any) -> list[Any]:
        """The values of all ranks in their order, on the first rank; an empty list on others."""

    def barrier(self) -> None:
        """Wait until all ranks have come here."""

    def exchange(self, outgoing: dict[int, Array]) -> list[tuple[int, Array]]:
        """Send arrays to ranks; returns what others sent here, by sender."""

    def swap(self, outgoing: dict[int, Any], sources: list[int]) -> dict[int, Any]:
        """Send objects to ranks; returns those of the sources, which are known."""

    def stream(self, array: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """The arrays of all ranks in their order, in pieces, on the first rank; nothing on others."""

    def tasks(self, first: int, number: int, stop: Callable[[], bool] = never) -> Iterator[int]:
        """Numbers of the tasks that this rank is to do; a free rank takes the next."""

    def attend(self) -> None:
        """Let requests of other ranks through during long work."""

    def all_fail(self, what: Any, seconds: float) -> list[Any] | None:
        """What all ranks say that cannot continue, if all call this within some seconds; else None."""

    def abort(self, code: int) -> None:
        """End all ranks with an exit code."""

    def library(self) -> str:
        """Name and version of the MPI library."""


class SerialComm:
    """One rank, no MPI."""

    rank = 0
    size = 1

    def __init__(self) -> None:
        self.waited = 0.0
        self.bytes_sent = 0

    def sum(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum over ranks, element by element."""
        return np.array(values)

    def max(self, values: NDArray[Any]) -> NDArray[Any]:
        """Maximum over ranks, element by element."""
        return np.array(values)

    def exclusive_sum(self, value: float) -> float:
        """Sum of the values of lower ranks."""
        return 0.0

    def bcast(self, value: Any, root: int = 0) -> Any:
        """The root's value on every rank."""
        return value

    def gather(self, value: Any) -> list[Any]:
        """All ranks' values in rank order, on rank 0 (an empty list elsewhere)."""
        return [value]

    def barrier(self) -> None:
        """Wait for all ranks."""

    def exchange(self, outgoing: dict[int, Array]) -> list[tuple[int, Array]]:
        """Send arrays to chosen ranks, receive what others sent here, sorted by source rank."""
        return sorted(outgoing.items())

    def swap(self, outgoing: dict[int, Any], sources: list[int]) -> dict[int, Any]:
        """Send one object to each rank in ``outgoing``, receive one from each rank in ``sources``."""
        return {rank: outgoing[rank] for rank in sources}

    def stream(self, array: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """On rank 0: the arrays of all ranks in rank order, in pieces; elsewhere nothing."""
        yield array

    def tasks(self, first: int, number: int, stop: Callable[[], bool] = never) -> Iterator[int]:
        """Tasks first, first + 1, ...: each goes to the rank that asks next, so that all ranks end together.

        None are given out any more once ``stop`` says so on some rank; those given out are then the first ones.
        """
        for task in range(first, first + number):
            if stop():
                return
            yield task

    def attend(self) -> None:
        """Let requests of other ranks through during long work."""

    def all_fail(self, what: Any, seconds: float) -> list[Any] | None:
        """Called by a rank that cannot go on: what all ranks say, if all call this within some seconds; else None."""
        return [what]

    def abort(self, code: int) -> None:
        """End the job."""
        raise RunError(f"aborted with code {code}")

    def library(self) -> str:
        """Name of the MPI library."""
        return "none (serial)"


class MpiComm:
    """Ranks of an mpi4py communicator. Waiting yields the processor, so more ranks than cores still progress."""

    def __init__(self, comm: Any) -> None:
        from mpi4py import MPI

        self._mpi = MPI
        self._comm = comm
        self._rescue = comm.Dup()
        self.rank: int = comm.Get_rank()
        self.size: int = comm.Get_size()
        self.waited = 0.0
        self.bytes_sent = 0
        self._tag = 0
        here = comm.Split_type(MPI.COMM_TYPE_SHARED)
        # Ranks bound to a core each may use one core, but together as many as they are.
        cores = set().union(*here.allgather(os.sched_getaffinity(0)))
        self._crowded = here.Get_size() > len(cores)
        here.Free()

    def _wait(self, request: Any) -> Any:
        begin = time.perf_counter()
        patience = _Patience(self._crowded)
        while not request.Test():
            patience.pause()
        self.waited += time.perf_counter() - begin

    def sum(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum over ranks, element by element. Exact for integers; not for floats that must not depend on ranks."""
        out = np.empty_like(values)
        self._wait(self._comm.Iallreduce(np.ascontiguousarray(values), out, op=self._mpi.SUM))
        return out

    def max(self, values: NDArray[Any]) -> NDArray[Any]:
        """Maximum over ranks, element by element."""
        out = np.empty_like(values)
        self._wait(self._comm.Iallreduce(np.ascontiguousarray(values), out, op=self._mpi.MAX))
        return out

    def exclusive_sum(self, value: float) -> float:
        """Sum of the values of lower ranks."""
        out = np.zeros(1)
        self._wait(self._comm.Iexscan(np.array([value]), out, op=self._mpi.SUM))
        return float(out[0]) if self.rank > 0 else 0.0

    def bcast(self, value: Any, root: int = 0) -> Any:
        """The root's value on every rank."""
        return self._comm.bcast(value, root=root)

    def gather(self, value: Any) -> list[Any]:
        """All ranks' values in rank order, on rank 0 (an empty list elsewhere)."""
        return self._comm.gather(value, root=0) or []

    def barrier(self) -> None:
        """Wait for all ranks."""
        self._wait(self._comm.Ibarrier())

    def exchange(self, outgoing: dict[int, Array]) -> list[tuple[int, Array]]:
        """Send arrays to chosen ranks, receive what others sent here, sorted by source rank.

        Non-blocking consensus (Hoefler, Siebert & Lumsdaine 2010, doi:10.1145/1693453.1693476): synchronous sends, then
        a non-blocking barrier; no rank needs to know who will send to it. Arrays arrive flat.
        """
        mpi = self._mpi
        self._tag = (self._tag + 1) % _TAGS
        begin = time.perf_counter()
        received = [(r, a) for r, a in outgoing.items() if r == self.rank]
        sends = []
        for dest, array in outgoing.items():
            if dest != self.rank:
                self.bytes_sent += array.nbytes
                sends.append(self._comm.Issend([array, mpi.DOUBLE], dest, self._tag))
        status = mpi.Status()
        barrier = None
        patience = _Patience(self._crowded)
        while True:
            if self._comm.Iprobe(mpi.ANY_SOURCE, self._tag, status):
                buffer = np.empty(status.Get_count(mpi.DOUBLE))
                self._comm.Recv([buffer, mpi.DOUBLE], status.Get_source(), self._tag)
                received.append((status.Get_source(), buffer))
                patience.renew()
            elif barrier is None:
                if not sends or mpi.Request.Testall(sends):
                    barrier = self._comm.Ibarrier()
            elif barrier.Test():
                break
            patience.pause()
        self.waited += time.perf_counter() - begin
        return sorted(received, key=lambda item: item[0])

    def swap(self, outgoing: dict[int, Any], sources: list[int]) -> dict[int, Any]:
        """Send one object to each rank in ``outgoing``, receive one from each rank in ``sources``."""
        sends = [self._comm.isend(v, dest=r, tag=_TAGS + 1) for r, v in outgoing.items() if r != self.rank]
        received = {}
        for rank in sources:
            if rank == self.rank:
                received[rank] = outgoing[rank]
            else:
                received[rank] = self._comm.recv(source=rank, tag=_TAGS + 1)
        for request in sends:
            request.wait()
        return received

    def stream(self, array: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """On rank 0: the arrays of all ranks in rank order, in pieces of limited size; elsewhere nothing."""
        pieces = max(1, -(-array.nbytes // _PIECE))
        rows = -(-array.shape[0] // pieces)
        if self.rank > 0:
            self._comm.send(pieces, dest=0, tag=_TAGS + 2)
            for k in range(pieces):
                self._comm.send(array[k * rows : (k + 1) * rows], dest=0, tag=_TAGS + 2)
            return
        yield array
        for rank in range(1, self.size):
            for _ in range(self._comm.recv(source=rank, tag=_TAGS + 2)):
                yield self._comm.recv(source=rank, tag=_TAGS + 2)

    def tasks(self, first: int, number: int, stop: Callable[[], bool] = never) -> Iterator[int]:
        """Tasks first, first + 1, ...: each goes to the rank that asks next, so that all ranks end together.

        None are given out any more once ``stop`` says so on some rank; those given out are then the first ones.
        The counter of tasks given out lies on rank 0 and is raised by one-sided atomic additions, which rank 0 lets
        through where it calls ``attend``; so a rank asks for its next task before it begins one, but for the last
        ones. All ranks must take their tasks to the end (a rank that fails does not: the others would wait for it, and
        it must end them).
        """
        mpi = self._mpi
        window = mpi.Win.Allocate(8, 8, comm=self._comm)
        if self.rank == 0:
            np.frombuffer(window.tomemory(), dtype=np.int64)[0] = 0
        self._comm.Barrier()
        window.Lock_all()
        raised, got = np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64)

        def ask() -> Any:
            raised[0] = number if stop() else 1
            return window.Rget_accumulate(raised, got, 0, op=mpi.SUM)

        asked = ask()
        while True:
            self._wait(asked)
            task = int(got[0])
            if task >= number:
                break
            early = task < number - 2 * self.size
            if early:
                asked = ask()
            yield first + task
            if not early:
                asked = ask()
        window.Unlock_all()
        begin = time.perf_counter()
        self._wait(self._comm.Ibarrier())
        window.Free()
        self.waited += time.perf_counter() - begin

    def attend(self) -> None:
        """Let requests of other ranks through during long work."""
        self._comm.Iprobe(self._mpi.ANY_SOURCE, self._mpi.ANY_TAG)

    def all_fail(self, what: Any, seconds: float) -> list[Any] | None:
        """Called by a rank that cannot go on: what all ranks say, if all call this within some seconds; else None.

        A fault that all ranks meet alike can so be told once and end in order; after None only ``abort`` is left.
        """
        end = time.perf_counter() + seconds
        meeting = self._rescue.Ibarrier()
        while not meeting.Test():
            if time.perf_counter() > end:
                return None
            time.sleep(0.005)
        told: list[Any] = self._rescue.allgather(what)
        return told

    def abort(self, code: int) -> None:
        """End all ranks at once with a non-zero exit code."""
        deliver()
        self._comm.Abort(code)

    def library(self) -> str:
        """Name of the MPI library."""
        return str(self._mpi.Get_library_version()).splitlines()[0].strip()


def world() -> Comm:
    """All ranks this program was started with; a serial communicator where mpi4py is missing or there is only one."""
    try:
        from mpi4py import MPI
    except ImportError:
        return SerialComm()
    if MPI.COMM_WORLD.Get_size() == 1:
        return SerialComm()
    return MpiComm(MPI.COMM_WORLD)
