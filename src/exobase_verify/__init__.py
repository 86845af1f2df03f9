"""Verification of exobase: rows of the verification table, the campaign that computes them, benchmarks and fuzzing.

A user of the package :mod:`exobase`, which imports nothing from here. Its commands (``exobase validate``, ``bench`` and
``fuzz``) are entry points.
"""
