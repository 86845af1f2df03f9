"""What a rank has printed reaches a slow reader before the job is ended."""

from __future__ import annotations

import io
import os
import sys
import threading
import time

import pytest

from exobase.parallel.streams import deliver


def test_returns_only_when_the_reader_of_the_pipe_has_taken_all(monkeypatch: pytest.MonkeyPatch) -> None:
    source, sink = os.pipe()
    taken: list[bytes] = []

    def slow_reader() -> None:
        time.sleep(0.2)
        while len(taken) < 30:
            taken.append(os.read(source, 1))
            time.sleep(0.002)

    with os.fdopen(sink, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        stream.write("x" * 30)
        reader = threading.Thread(target=slow_reader)
        reader.start()
        deliver(30.0)
        assert len(taken) >= 29
        reader.join()
    os.close(source)


def test_waits_no_longer_than_told_for_a_reader_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    source, sink = os.pipe()
    with os.fdopen(sink, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        stream.write("never read")
        deliver(0.1)
    assert os.read(source, 100) == b"never read"
    os.close(source)


@pytest.mark.parametrize("kind", ["no file", "closed", "no reader"])
def test_streams_that_nobody_reads_are_passed_over(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    if kind == "no reader":
        source, sink = os.pipe()
        os.close(source)
        stream = io.TextIOWrapper(io.FileIO(sink, "w"), write_through=False)
        stream.write("lost")
    else:
        stream = io.StringIO()
        if kind == "closed":
            stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    begin = time.monotonic()
    deliver(30.0)
    assert time.monotonic() - begin < 10.0
