"""Small test-particle cases."""

from __future__ import annotations

import copy
from typing import Any

from exobase.case.history_model import HistoryCase
from exobase.case.load import make_history_case

MARS: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "130 km", "outer_altitude": "2000 km"},
    "background": {
        "altitude": "150 km",
        "gas": [
            {"name": "CO2", "density": "1e9 cm-3", "temperature": "200 K"},
            {"name": "O", "density": "3e8 cm-3", "temperature": "200 K"},
        ],
    },
    "species": [{"name": "O", "threshold": "0.5 eV"}, {"name": "C", "threshold": "0.5 eV"}],
    "collision": [
        {"pair": ["O", "O"], "law": "hard_sphere", "cross_section": "3e-15 cm2"},
        {"pair": ["O", "CO2"], "law": "zbl", "target_as": "atoms"},
        {"pair": ["C", "O"], "law": "isotropic", "cross_section": "1e-15 cm2"},
        {"pair": ["C", "CO2"], "law": "isotropic", "cross_section": "2e-14 cm2"},
    ],
    "source": [
        {
            "type": "mono_energetic", "name": "hot", "species": "O", "altitude": "180 km", "energy": "3 eV",
            "launch": "isotropic_flux", "rate": "1e25 s-1",
        },
        {
            "type": "sputtering", "name": "ions", "species": "O", "altitude": "400 km", "energy": "100 eV",
            "angle": "30 deg", "rate": "1e23 s-1", "share": 0.25, "illumination": "cos_zenith",
        },
    ],
    "tally": {
        "shells": 12, "energy_bins": 20, "surfaces": ["200 km", "900 km", "1500 km"],
        "birth_cells": ["130 km", "190 km", "2000 km"],
    },
    "run": {"seed": 3, "histories_per_batch": 200, "batches_per_round": 4, "target_species": "O", "target_error": 1e-6},
}  # fmt: skip
"""Hot oxygen and a sputtering cascade in two gases: recoils, atoms of molecules, two followed species."""

EVERYTHING: dict[str, Any] = {
    "species": [{"name": "O", "threshold": "0.5 eV", "loss_frequency": "1e-5 s-1"}, MARS["species"][1]],
    "splitting": {"altitudes": ["300 km"], "energies": ["4 eV"], "factor": 2},
    "tally": {**MARS["tally"], "zenith_cells": 4, "latitude_cells": 3, "longitude_cells": 4},
}
"""Tables that add splitting, loss in flight and maps."""

RADIUS = 1e7
SCALE_HEIGHT = 1e4


def mars(**tables: Any) -> HistoryCase:
    """The case MARS with other tables."""
    return make_history_case({**copy.deepcopy(MARS), **tables})


def beam(
    *,
    density: float = 1.0,
    sigma: float = 1e-40,
    altitude: float = 1e5,
    angle: float = 0.0,
    energy: float = 1.0,
    threshold: float = 0.0,
    loss: float = 0.0,
    gm: float = 0.0,
    outer: float = 3e5,
    run: dict[str, Any] | None = None,
    **tables: Any,
) -> HistoryCase:
    """Oxygen atoms of one energy [eV] and angle to the vertical [degrees] that start at an altitude [m] above cold,
    exponential oxygen of 10 km scale height. density [m-3] at the inner boundary, sigma [m2], loss [s-1], gm [m3 s-2].
    """
    gas = {"name": "O", "density": f"{density} m-3", "temperature": "1e-3 K", "scale_height": f"{SCALE_HEIGHT} m"}
    base: dict[str, Any] = {
        "solver": "test_particle",
        "secondaries": False,
        "body": {"gm": f"{gm} m3 s-2", "radius": f"{RADIUS} m"},
        "domain": {"inner_altitude": "0 km", "outer_altitude": f"{outer} m"},
        "background": {"gas": [gas]},
        "species": [{"name": "O", "threshold": f"{threshold} eV", "loss_frequency": f"{loss} s-1"}],
        "collision": [{"pair": ["O", "O"], "law": "isotropic", "cross_section": f"{sigma} m2"}],
        "source": [
            {
                "type": "mono_energetic", "species": "O", "altitude": f"{altitude} m", "energy": f"{energy} eV",
                "launch": "beam", "angle": f"{min(angle, 179.9999)} deg", "rate": "1 s-1",
            }
        ],
        "run": {"seed": 1, "histories_per_batch": 1, **(run or {})},
        "tally": {"shells": 10, "surfaces": ["50 km", "200 km"], "energy_bins": 10},
    }  # fmt: skip
    return make_history_case({**base, **tables})
