"""Files: results, checkpoints, tables. The only place that knows HDF5."""

from exobase.io.checkpoint import find_latest_valid, finish, prune, read_attr, read_manifest, read_rows, write_part
from exobase.io.columns import read_columns
from exobase.io.elastic_tables import read_elastic
from exobase.io.field_files import FieldFile, read_field_file, write_field_file
from exobase.io.places import output_of, result_of
from exobase.io.rain import Rain, read_rain
from exobase.io.results import (
    SCHEMA_VERSION,
    Result,
    ResultWriter,
    Variable,
    read_result,
    read_summary,
    write_summary,
)
from exobase.io.tables import Profile, SpeciesProfile, profile_from_result, read_profile, write_profile

__all__ = [
    "SCHEMA_VERSION",
    "FieldFile",
    "Profile",
    "Rain",
    "Result",
    "ResultWriter",
    "SpeciesProfile",
    "Variable",
    "find_latest_valid",
    "finish",
    "output_of",
    "profile_from_result",
    "prune",
    "read_attr",
    "read_columns",
    "read_elastic",
    "read_field_file",
    "read_manifest",
    "read_profile",
    "read_rain",
    "read_result",
    "read_rows",
    "read_summary",
    "result_of",
    "write_field_file",
    "write_part",
    "write_profile",
    "write_summary",
]
