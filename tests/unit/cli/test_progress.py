"""Live progress: a renewed line on a terminal, plain lines in a log, nothing invented where numbers are missing."""

from __future__ import annotations

import io

import pytest

from exobase.cli import progress as module
from exobase.cli.progress import Progress
from exobase.cli.show import measured, size, span


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TTY_INTERACTIVE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", ["TTY_INTERACTIVE", "TTY_COMPATIBLE"])
def test_the_environment_says_whether_a_terminal_is_behind_a_pipe(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    stream = io.StringIO()
    Progress(stream).update(step=5, max_steps=10)
    assert stream.getvalue() == "\r[##########..........] step 5"
    monkeypatch.setenv(name, "0")
    assert not Progress(Terminal()).live


@pytest.mark.parametrize("columns", [12, 40, 70, 100, 130])
def test_a_renewed_line_is_no_wider_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    shown = Progress(stream)
    for _ in range(2):
        shown.update(step=123456, max_steps=400000, particles=36894, rate=5e7, flux=8.1e11, flux_stderr=3e9, eta_s=90.0)
        clock[0] += 1.0
    lines = stream.getvalue().split("\r")[1:]
    assert len(lines) == 2
    assert all(0 < len(line) < columns for line in lines)
    assert all("step 123456" in line or columns < 20 for line in lines)


@pytest.mark.usefixtures("clock")
def test_a_line_shows_flux_with_error_and_time_left() -> None:
    stream = io.StringIO()
    Progress(stream).update(
        step=400, particles=1000, rate=2.5e7, flux=8.1e11, flux_stderr=8.1e9, target_error=0.004, eta_s=90.0
    )
    line = "step 400  1000 particles  25 M/s  escape 8.1e+11 m-2 s-1 +- 1 % (aim 0.4 %)  2 min left\n"
    assert stream.getvalue() == line


def test_a_log_gets_a_line_every_ten_seconds(clock: list[float]) -> None:
    stream = io.StringIO()
    shown = Progress(stream)
    for step in range(40):
        shown.update(step=step)
        clock[0] += 1.0
    assert [line.split()[1] for line in stream.getvalue().splitlines()] == ["0", "10", "20", "30"]


def test_a_terminal_line_is_renewed_and_cleared_for_messages(clock: list[float]) -> None:
    stream = Terminal()
    shown = Progress(stream)
    shown.update(step=5, max_steps=10, phase="burn-in")
    assert stream.getvalue() == "\r[##########..........] burn-in  step 5"
    shown.message("steady")
    assert stream.getvalue().endswith("\r" + " " * 38 + "\rsteady\n")
    clock[0] += 1.0
    shown.update(step=6, flux=float("nan"), eta_s=float("inf"))
    shown.close()
    assert stream.getvalue().endswith("\rstep 6\n")


def test_numbers_are_spelled_for_people() -> None:
    assert [size(12), size(2.4e6), size(3e12)] == ["12 B", "2.4 MB", "3 TB"]
    assert [span(3.14159), span(600), span(3700), span(3599.9)] == ["3.14 s", "10 min", "1 h 02 min", "1 h 00 min"]
    assert [measured(1.23456789, 0.01234), measured(2.0, None), measured(None, 1.0)] == ["1.2346 +- 0.012", "2", "none"]
