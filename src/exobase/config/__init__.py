"""The case file: its typed schema, units, overrides and messages. It knows nothing of what a case means."""

from exobase.config.draft import Draft, check_tables, read_case_file
from exobase.config.schema import CaseFile
from exobase.config.schema_history import HistoryCaseFile
from exobase.config.solvers import json_schema
from exobase.config.units import parse_quantity

__all__ = ["CaseFile", "Draft", "HistoryCaseFile", "check_tables", "json_schema", "parse_quantity", "read_case_file"]
