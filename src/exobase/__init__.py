"""Planetary exospheres and atmospheric escape with particles.

>>> import exobase
>>> case = exobase.load_case("cases/jeans_6")
>>> sim = exobase.Simulation(case)
>>> ds = exobase.open("cases/jeans_6")       # results of a finished run as an xarray.Dataset
>>> ds = exobase.run("cases/jeans_6", overrides={"run.seed": 2}, output="seed_2")    # run a case, then open it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exobase.case import Case, make_case
    from exobase.case import open_case as load_case
    from exobase.driver.library import run
    from exobase.io.dataset import open_dataset as open  # noqa: A004
    from exobase.simulation import Simulation

__version__ = "0.1.0"
__all__ = ["Case", "Simulation", "__version__", "load_case", "make_case", "open", "run"]

_HOMES = {
    "Case": ("exobase.case", "Case"),
    "load_case": ("exobase.case", "open_case"),
    "make_case": ("exobase.case", "make_case"),
    "open": ("exobase.io.dataset", "open_dataset"),
    "run": ("exobase.driver.library", "run"),
    "Simulation": ("exobase.simulation", "Simulation"),
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that ``import exobase`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'exobase' has no attribute {name!r}")
    import importlib

    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)
