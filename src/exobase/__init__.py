"""Planetary exospheres and atmospheric escape with particles."""

__version__ = "0.1.0"
