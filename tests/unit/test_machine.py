"""The memory of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from exobase import machine
from exobase.errors import InputError


def test_a_limit_of_the_control_group_counts_where_it_is_below_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = machine.memory_limit()
    assert 1 << 24 < whole < 1 << 62
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_limit_files", lambda: [limit])
    for text, expected in (("1000000\n", 1_000_000), ("max\n", None), (f"{1 << 61}\n", None)):
        limit.write_text(text, encoding="ascii")
        assert (machine.memory_limit() == expected) if expected else (machine.memory_limit() >= whole)


def test_what_exceeds_it_is_refused_with_both_numbers() -> None:
    machine.refuse_beyond(1e9, 1e9, "tallies", "use fewer")
    with pytest.raises(InputError, match=r"tallies need 2 GB of memory, more than the 1 GB of this machine; use fewer"):
        machine.refuse_beyond(2e9, 1e9, "tallies", "use fewer")


def test_memory_is_spelled_in_readable_units() -> None:
    assert [machine.in_words(x) for x in (12.0, 3e6, 8e15)] == ["12 B", "3 MB", "8 PB"]
