"""The command line: one user of the library. Heavy packages are imported by the commands that need them.

Commands live in modules of their own; importing them adds them to the app, in the order of their use.
"""
# ruff: noqa: I001

from exobase.cli.app import app, main
from exobase.cli import new, check, run, sweep, validate, results, export, cite, tools  # noqa: F401
from exobase.cli import list_cases, list_species, list_bodies, list_laws  # noqa: F401

__all__ = ["app", "main"]
