"""The reference of the case file, made from the schema, has every key with type, unit, default and description."""

from __future__ import annotations

from typing import Any

import case_keys
import pytest

from exobase.config import json_schema
from exobase.config.solvers import MODELS


def leaves(node: dict[str, Any], schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Path and schema of every key of a JSON schema, those of nested tables included."""
    out = []
    for name, field in node["properties"].items():
        here = f"{path}.{name}" if path else name
        out.append((here, field))
        table = _table(field, schema)
        if table is not None:
            out += leaves(table, schema, here)
    return out


def _table(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    for option in (field, *field.get("anyOf", ()), field.get("items", {})):
        if "$ref" in option:
            found: dict[str, Any] = schema["$defs"][option["$ref"].rsplit("/", 1)[1]]
            return found
    return None


@pytest.mark.parametrize("solver", MODELS)
def test_every_key_has_a_description(solver: str) -> None:
    schema = json_schema(solver)
    assert not [path for path, field in leaves(schema, schema) if not field.get("description", "").strip()]


@pytest.mark.parametrize("solver", MODELS)
def test_every_key_of_the_schema_is_on_the_page(solver: str) -> None:
    schema, page = json_schema(solver), case_keys.page(solver)
    missing = []
    for path, field in leaves(schema, schema):
        anchor = f"{{#key-{solver}-{path.replace('.', '-')} .key}}"
        title = f"`[{path}]`", f"`[[{path}]]`"
        shown = any(f"## {head}\n" in page for head in title) if _table(field, schema) else anchor in page
        if not shown:
            missing.append(path)
    assert not missing


def test_entries_tell_type_unit_bounds_default_and_example() -> None:
    page = case_keys.page("dsmc")
    entry = page[page.index("{#key-dsmc-body-sun_distance") :].split("\n\n")[1]
    assert entry.split(" · ") == ["  quantity in m", "allowed: > 0", 'example: `"1.52 au"`']
    entry = page[page.index("{#key-dsmc-run-target_error") :].split("\n\n")[1]
    assert "≤ 1" in entry
    assert "default: 0.01" in entry
    assert "**required**" in page[page.index("{#key-dsmc-species-name") :].split("\n\n")[1]


def test_the_schema_keeps_the_unit_beside_the_description_of_a_key() -> None:
    speed = json_schema("dsmc")["$defs"]["SpeciesTable"]["properties"]["outer_bulk_speed"]
    assert speed["unit"] == "m s-1"
    assert speed["description"].startswith("bulk speed of the gas behind the outer boundary")
