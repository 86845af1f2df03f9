"""Case files that nobody means: each must be read, or refused with an InputError, never end in anything else.

Mutations of a case file: a value replaced by a hostile one, keys deleted, renamed, moved, doubled; bytes flipped, lines
lost. A case that still loads is also derived (exobase estimate, Knudsen numbers), as `exobase check` does.
"""

from __future__ import annotations

import copy
import datetime
import math
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exobase.errors import InputError
from exobase.rng import slot_key, uniform

HOSTILE: tuple[Any, ...] = (
    "", " ", "x", "lcoal", "none", "1", "-1", "0", "nan", "inf", "-inf", "1 km", "-1 km", "0 km", "1e999 km", "1 K",
    "-5 K", "727 degC", "1 cm-3", "1e400 m-3", "1 m-3 s-1", "1 eV", "1 u", "1 %", "200 %", "1 km\x00", "\ud800", "é",
    "a" * 100_000, "../../etc/passwd", "stage:nothing", "1 m/", "/m", "1 (", "1e", "0x10", "1_000 K", "on", "off",
    "auto", "hill",
    0, 1, -1, 2, 3, 10**9, 10**18, 2**63, 10**400, -(10**400), 0.0, -0.0, 0.5, 1.5, -1.5, 1e-320, 1e300, -1e300,
    math.nan, math.inf, -math.inf, True, False, [], {}, [[]], [{}], {"": ""}, [1, 2], ["a", "b"], [None], ["H"],
    ["1 km"] * 3, {"a": {"b": {"c": 1}}}, datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1), datetime.time(1, 2),
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A mutation that ended badly: its number, what was done, and the traceback."""

    number: int
    what: str
    trace: str


class Draws:
    """Random choices from a keyed stream."""

    def __init__(self, seed: int) -> None:
        self._key, self._number = np.uint64(seed), 0

    def random(self) -> float:
        """Uniform in (0, 1)."""
        self._number += 1
        return float(uniform(np.uint64(slot_key(self._key, self._number)), 0))

    def randrange(self, stop: int) -> int:
        """One of 0 .. stop-1."""
        return min(int(self.random() * stop), stop - 1)

    def choice(self, of: Sequence[Any]) -> Any:
        """One of a sequence."""
        return of[self.randrange(len(of))]


def campaign(cases: Sequence[Path], number: int, seed: int) -> Iterator[Fault | None]:
    """Try ``number`` mutations of case files in turn; yields the fault of each, None where there was none."""
    rng = Draws(seed)
    for n in range(number):
        folder = cases[n % len(cases)]
        text = (folder / "case.toml").read_text(encoding="utf-8")
        what, attempt = (_of_text if rng.random() < 0.25 else _of_tables)(folder, text, rng)
        yield fault_of(n, f"{folder.name}: {what}", attempt)


def fault_of(number: int, what: str, attempt: Callable[[], None]) -> Fault | None:
    """The fault of one attempt, None where it succeeds or raises an InputError that says something."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            attempt()
    except InputError as error:
        if all(message.strip() for message in error.messages):
            return None
        return Fault(number, what, "an error without a message")
    except Exception:  # noqa: BLE001 - whatever else there is, is what is looked for
        return Fault(number, what, traceback.format_exc())
    return None


def _resolve(folder: Path, tables: dict[str, Any], text: str) -> None:
    """What `exobase check` does with a case before it plans the run."""
    from exobase.case import Case, derive
    from exobase.case.load import resolve_tables

    case = resolve_tables(folder, tables, text)
    if isinstance(case, Case):
        derive(case)


def _of_text(folder: Path, text: str, rng: Draws) -> tuple[str, Callable[[], None]]:
    """A mutation of the bytes of a case file."""
    from exobase.config.draft import parse_text

    data = bytearray(text.encode())
    kind = rng.choice(("flip", "cut", "lost line", "doubled line", "brackets", "nul", "digits"))
    place = rng.randrange(len(data))
    if kind == "flip":
        data[place] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del data[place:]
    elif kind == "brackets":
        data[place:place] = b"[" * 5000
    elif kind == "nul":
        data[place:place] = b"\x00"
    elif kind == "digits":
        data[place:place] = b"9" * 5000
    else:
        lines = data.split(b"\n")
        k = rng.randrange(len(lines))
        lines[k : k + 1] = [] if kind == "lost line" else [lines[k]] * 2
        data = bytearray(b"\n".join(lines))
    changed = data.decode("utf-8", "replace")
    return f"{kind} at byte {place}", lambda: _resolve(folder, parse_text(folder / "case.toml", changed), changed)


def _of_tables(folder: Path, text: str, rng: Draws) -> tuple[str, Callable[[], None]]:
    """One to three mutations of the tables of a case file."""
    from exobase.config.draft import parse_text

    tables = parse_text(folder / "case.toml", text)
    done = [_mutate(tables, rng) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    return "; ".join(done), lambda: _resolve(folder, tables, text)


def _mutate(tables: dict[str, Any], rng: Draws) -> str:
    places = list(_places(tables, ""))
    if not places:
        return "nothing left"
    node, key, path = rng.choice(places)
    kind = rng.choice(("replace", "replace", "replace", "delete", "rename", "double", "wrap", "swap"))
    if kind == "replace":
        node[key] = copy.deepcopy(rng.choice(HOSTILE))
    elif kind == "delete":
        del node[key]
    elif kind == "rename" and isinstance(node, dict):
        node[rng.choice((str(key) + "s", str(key)[:-1], str(key).upper(), "", "run", "species"))] = node.pop(key)
    elif kind == "double" and isinstance(node, list):
        node.append(copy.deepcopy(node[key]))
    elif kind == "wrap":
        node[key] = rng.choice(([node[key]], {"value": node[key]}))
    else:
        other, name, where = rng.choice(places)
        if _inside(node[key], other) or _inside(other[name], node):
            return f"kept {path}"
        node[key], other[name] = other[name], node[key]
        return f"swap {path} and {where}"
    return f"{kind} {path} -> {repr(node[key])[:60] if kind == 'replace' else ''}".rstrip(" ->")


def _inside(value: Any, container: Any) -> bool:
    """Whether a container is a value or lies in it."""
    if value is container:
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_inside(item, container) for item in items)


def _places(node: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
    """Every key of every table and place of every list: (container, key, path)."""
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, value in items:
        where = f"{path}.{key}".lstrip(".")
        yield node, key, where
        yield from _places(value, where)
