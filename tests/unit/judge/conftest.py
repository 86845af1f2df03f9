"""Synthetic results for the tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from synthetic import write_exosphere, write_mixture


@pytest.fixture(scope="session")
def exosphere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result file of a collisionless hydrogen exosphere."""
    return write_exosphere(tmp_path_factory.mktemp("exosphere") / "output" / "result.h5")


@pytest.fixture(scope="session")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result file of CO2, O and H with collisions."""
    return write_mixture(tmp_path_factory.mktemp("mixture") / "output" / "result.h5")
