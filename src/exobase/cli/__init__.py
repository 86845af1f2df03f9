"""The command line: one user of the library. Heavy packages are imported by the commands that need them.

Commands live in modules of their own; importing them adds them to the app, in the order of their use. Those of other
packages follow: modules named as entry points of the group ``exobase.commands``.
"""
# ruff: noqa: I001

from importlib.metadata import entry_points

from exobase.cli.app import app, main
from exobase.cli import new, check, run, sweep, results, export, cite, tools  # noqa: F401
from exobase.cli import list_cases, list_species, list_bodies, list_laws  # noqa: F401

for _commands in entry_points(group="exobase.commands"):
    _commands.load()

__all__ = ["app", "main"]
