"""Dissociative recombination of molecular ions: rate coefficients, channels and branching of the package's table.

Events per volume: k(Te) n_ion n_e with k = a (t_ref/Te)^b. In the frame of ion and electron the products of a channel
share Q + E_e and leave back to back, isotropic: product i of a parent of mass M has (Q + E_e) m_j/M. For k ~ Te^-b the
cross section goes as E^-(b + 1/2), so that recombining electrons have the density E^(1/2 - b) exp(-E/kTe), mean
(3/2 - b) kTe. The ion's thermal motion adds the variance 2 (m_i/M) E_i kT_i.
Neglected: the electron's momentum, bulk motion and vibration of the ions, a dependence of the branching on Te.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.constants import EV
from exobase.sources.channels import Channel, choose
from exobase.tables import load_table

_CM3 = 1e-6


@dataclass(frozen=True)
class RateLaw:
    """k(Te) = a (t_ref/Te)^b [m3 s-1] in pieces up to the temperatures ``top`` [K] (the last one: infinity)."""

    name: str
    a: tuple[float, ...]
    t_ref: tuple[float, ...]
    b: tuple[float, ...]
    top: tuple[float, ...]
    source: str

    def coefficient(self, electron_temperature: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """k at Te [K], in m3 s-1."""
        t = np.asarray(electron_temperature, dtype=float)
        k = np.searchsorted(np.array(self.top[:-1]), t, side="left")
        a, t_ref, b = np.array(self.a)[k], np.array(self.t_ref)[k], np.array(self.b)[k]
        return np.asarray(a * (t_ref / t) ** b)


def ions() -> list[str]:
    """Ions of the table."""
    return list(_table())


def rate_laws(ion: str) -> list[str]:
    """Names of the rate coefficients of an ion; the first is the default."""
    return list(_entry(ion)["rate"])


def branchings(ion: str) -> list[str]:
    """Names of the sets of branching fractions of an ion; the first is the default."""
    return list(_entry(ion)["branching"])


def products_of(ion: str) -> list[str]:
    """Species that an ion can leave."""
    return list(dict.fromkeys(p for channel in _entry(ion)["channels"] for p in channel["products"]))


def rate_law(ion: str, name: str | None = None) -> RateLaw:
    """A rate coefficient of an ion by name (None: the default). Raises InputError that lists the names."""
    entry = _entry(ion)["rate"]
    chosen = choose(f"the rate coefficient of {ion}", name or rate_laws(ion)[0], rate_laws(ion))
    pieces = entry[chosen]["pieces"]
    return RateLaw(
        chosen,
        tuple(p["a"] * _CM3 for p in pieces),
        tuple(p.get("t_ref", 300.0) for p in pieces),
        tuple(p["b"] for p in pieces),
        tuple(p.get("to", math.inf) for p in pieces),
        entry[chosen]["source"],
    )


def recombination_channels(ion: str, branching: str | None = None) -> list[Channel]:
    """Channels of an ion with the fractions of a named set (None: the default), which add up to 1."""
    entry = _entry(ion)
    chosen = choose(f"the branching of {ion}", branching or branchings(ion)[0], branchings(ion))
    fractions = entry["branching"][chosen]["fraction"]
    total = sum(fractions)
    return [
        Channel(
            " + ".join(f"{p}({s})" for p, s in zip(c["products"], c["states"], strict=True)),
            (c["products"][0], c["products"][1]),
            c["q"] * EV,
            f / total,
        )
        for c, f in zip(entry["channels"], fractions, strict=True)
        if f > 0.0
    ]


def _entry(ion: str) -> dict[str, Any]:
    table: dict[str, Any] = _table()
    entry: dict[str, Any] = table[choose("dissociative recombination of the ion", ion, ions())]
    return entry


@cache
def _table() -> dict[str, Any]:
    return load_table("dissociative_recombination.toml")
