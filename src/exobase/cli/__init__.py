"""The command line: one user of the library. Heavy packages are imported by the commands that need them.

Commands live in modules of their own; importing them adds them to the app, in the order of their use. Those of other
packages follow: modules named as entry points of the group ``exobase.commands``.
"""
# ruff: noqa: I001

from importlib.metadata import entry_points

from exobase.cli.app import app, complain, main
from exobase.cli import new, check, run, sweep, results, export, cite, tools  # noqa: F401
from exobase.cli import list_cases, list_species, list_bodies, list_laws  # noqa: F401

for _commands in entry_points(group="exobase.commands"):
    try:
        _commands.load()
    except Exception as error:  # noqa: BLE001  (whatever is wrong with another package, the other commands work)
        complain(f"warning: the commands of {_commands.value} are missing: {type(error).__name__}: {error}")

__all__ = ["app", "main"]
