"""The picture of the rooms, from their imports: ``python docs/_ext/rooms.py`` writes docs/figures/rooms.svg.

A row for each room, a mark in the column of each room that it imports. Rooms stand in the order of the longest chain of
imports below them, so that all marks lie left of the diagonal.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src"
PICTURE = SOURCES.parent / "docs" / "figures" / "rooms.svg"
CELL, LEFT, TOP, RIGHT = 20, 150, 130, 70


def rooms() -> dict[str, set[str]]:
    """The rooms that each room imports; the package of the verification counts as one room."""
    graph: dict[str, set[str]] = {}
    for path in sorted(SOURCES.glob("exobase*/**/*.py")):
        room = _room(path.relative_to(SOURCES).with_suffix("").parts)
        if room:
            graph.setdefault(room, set()).update(_imported(path) - {room, ""})
    return graph


def _room(parts: tuple[str, ...]) -> str:
    if parts[0] != "exobase":
        return parts[0] if parts[0] == "exobase_verify" else ""
    return "" if len(parts) < 2 or parts[1].startswith("__") else parts[1]


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {_room(tuple(alias.name.split("."))) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [(*node.module.split("."), alias.name) for alias in node.names]
            found |= {_room(name) for name in names}
    return found


def levels(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """The longest chain of imports below each room."""
    found: dict[str, int] = {}

    def level(room: str) -> int:
        if room not in found:
            found[room] = max((1 + level(other) for other in graph[room]), default=0)
        return found[room]

    for room in graph:
        level(room)
    return found


def picture(graph: Mapping[str, set[str]]) -> str:
    """The matrix of imports as SVG."""
    depth = levels(graph)
    names = sorted(graph, key=lambda room: (depth[room], room))
    size = CELL * len(names)
    width, height = LEFT + size + RIGHT, TOP + size + 4
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" font-family="sans-serif" font-size="12">',
        "<title>Which room imports which</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for k, name in enumerate(names):
        near, far = LEFT + CELL * k, TOP + CELL * k
        if depth[name] % 2:
            lines.append(f'<rect x="0" y="{far}" width="{LEFT + size}" height="{CELL}" fill="#eef2f6"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{far + 14}" text-anchor="end">{name}</text>')
        lines.append(f'<text transform="translate({near + 14} {TOP - 8}) rotate(-60)">{name}</text>')
    for row, name in enumerate(names):
        lines.append(_mark(row, row, "#c8ccd0"))
        lines += [_mark(names.index(other), row, "#1f5f8b") for other in sorted(graph[name])]
    return "\n".join([*lines, "</svg>\n"])


def _mark(column: int, row: int, colour: str) -> str:
    return f'<circle cx="{LEFT + CELL * column + 10}" cy="{TOP + CELL * row + 10}" r="6" fill="{colour}"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture(rooms()), encoding="utf-8")
