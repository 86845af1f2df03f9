"""The solver that a case file names selects its schema."""

from __future__ import annotations

from typing import Any

from exobase.config.schema import CaseFile
from exobase.config.schema_base import Table
from exobase.config.schema_history import HistoryCaseFile
from exobase.config.schema_stages import StagesFile
from exobase.errors import InputError

MODELS: dict[str, type[Table]] = {"dsmc": CaseFile, "test_particle": HistoryCaseFile, "stages": StagesFile}


def model_of(tables: dict[str, Any]) -> type[Table]:
    """Schema of a case file with these tables; that of the dsmc solver where no solver is named."""
    solver = tables.get("solver")
    return MODELS.get(solver, CaseFile) if isinstance(solver, str) else CaseFile


def json_schema(solver: str = "dsmc") -> dict[str, Any]:
    """JSON schema of case.toml for one solver, "dsmc", "test_particle" or "stages". Raises InputError for another."""
    if solver not in MODELS:
        raise InputError(f"unknown solver {solver!r}; allowed: {' | '.join(MODELS)}")
    schema = MODELS[solver].model_json_schema(by_alias=True, mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "exobase case file"
    return schema
