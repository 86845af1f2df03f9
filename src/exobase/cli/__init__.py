"""The command line: one user of the library. Heavy packages are imported by the commands that need them."""

from exobase.cli.app import app, main

__all__ = ["app", "main"]
