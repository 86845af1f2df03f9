"""The picture of the rooms is that of the sources, and all imports point one way."""

from __future__ import annotations

import rooms


def test_the_picture_is_up_to_date() -> None:
    made = rooms.picture(rooms.rooms())
    assert rooms.PICTURE.read_text(encoding="utf-8") == made, "run: python docs/_ext/rooms.py"


def test_every_room_stands_below_those_that_import_it() -> None:
    graph = rooms.rooms()
    depth = rooms.levels(graph)
    assert {"constants", "simulation", "cli", "exobase_verify"} <= graph.keys()
    assert all(depth[other] < depth[room] for room, others in graph.items() for other in others)
    assert max(depth, key=lambda room: depth[room]) == "exobase_verify"
