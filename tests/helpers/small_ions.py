"""Small cases with ions."""

from __future__ import annotations

import copy
from typing import Any

from exobase.case.history_model import HistoryCase
from exobase.case.load import make_history_case

WIND = {"density": "2.5 cm-3", "speed": "400 km/s", "magnetic_field": "3 nT", "cone_angle": "57 deg"}
MARS: dict[str, Any] = {
    "solver": "test_particle",
    "body": {"name": "Mars"},
    "domain": {"inner_altitude": "300 km", "outer": "20000 km", "collision_depth": 1e-9},
    "background": {
        "gas": [
            {
                "name": "O", "law": "power_law", "density": "3.6e3 cm-3", "temperature": "300 K", "offset": "2400 km",
                "exponent": 2.1,
            },
            {"name": "H", "law": "chamberlain", "density": "2.5e5 cm-3", "temperature": "200 K"},
        ],
    },
    "field": {"model": "draped_sphere", **WIND, "obstacle_radius": "4200 km"},
    "species": [
        {"name": "O+", "threshold": "0 eV"},
        {"name": "H+", "threshold": "0 eV"},
        {"name": "H", "threshold": "0 eV"},
    ],
    "collision": [
        {"pair": ["O+", "H"], "law": "charge_exchange"},
        {"pair": ["O+", "O"], "law": "charge_exchange"},
        {"pair": ["H+", "H"], "law": "charge_exchange"},
        {"pair": ["H+", "O"], "law": "charge_exchange"},
        {"pair": ["H", "*"], "law": "isotropic", "cross_section": "1e-16 cm2"},
    ],
    "source": [
        {"type": "pickup", "species": "O+", "parent": "O", "ionisation": ["photoionisation", "charge_exchange"],
         "fast": "H"},
        {"type": "solar_wind", "species": "H+", "temperature": "1e5 K", "share": 0.5},
    ],
    "tally": {
        "shells": 10, "energy_bins": 20, "cube_cells": 6, "ring_cells": 6, "rain_latitude_cells": 4,
        "rain_longitude_cells": 6, "birth_cells": 4, "trajectories": 4,
    },
    "run": {"seed": 5, "histories_per_batch": 100, "batches_per_round": 4, "min_batches": 4, "max_batches": 8,
            "target_species": "O+", "target_error": 1e-6},
}  # fmt: skip
"""Pickup of O+ in a draped field and protons of the solar wind in an exosphere of O and H."""

_OXYGEN, _HYDROGEN = MARS["background"]["gas"]
DENSE: dict[str, Any] = {"background": {"gas": [_OXYGEN, {**_HYDROGEN, "density": "1e7 cm-3"}]}}
"""Tables for an exosphere so dense that a few histories exchange charge."""


def mars_ions(**tables: Any) -> HistoryCase:
    """The case MARS with other tables."""
    return make_history_case({**copy.deepcopy(MARS), **tables})
