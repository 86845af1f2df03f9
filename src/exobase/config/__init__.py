"""The case file: its typed schema, units, overrides and messages. It knows nothing of what a case means."""

from exobase.config.draft import Draft, check_tables, read_case_file
from exobase.config.schema import CaseFile, json_schema
from exobase.config.units import parse_quantity

__all__ = ["CaseFile", "Draft", "check_tables", "json_schema", "parse_quantity", "read_case_file"]
