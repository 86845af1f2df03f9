"""Synthetic results for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthetic import write_exosphere, write_mixture


@pytest.fixture(scope="session")
def exosphere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result file of a collisionless hydrogen exosphere."""
    return write_exosphere(tmp_path_factory.mktemp("exosphere") / "output" / "result.h5")


@pytest.fixture(scope="session")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result file of CO2, O and H with collisions."""
    return write_mixture(tmp_path_factory.mktemp("mixture") / "output" / "result.h5")
