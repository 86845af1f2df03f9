"""A small case of two stages: a hot corona of oxygen above Mars, and the pickup of its ions."""

from __future__ import annotations

from pathlib import Path

RUN = """
[run]
seed                = {seed}
histories_per_batch = {histories}
batches_per_round   = 4
min_batches         = 4
max_batches         = 4
target_species      = "{species}"
target_error        = "50 %"
"""
CORONA = """
title  = "Oxygen atoms of 3 eV"
solver = "test_particle"

[body]
name = "Mars"

[domain]
inner_altitude = "200 km"
outer_altitude = "8000 km"

[background]
altitude = "200 km"

[[background.gas]]
name        = "O"
density     = "1e8 cm-3"
temperature = "200 K"

[[species]]
name      = "O"
threshold = "0.5 eV"

[[collision]]
pair          = ["O", "O"]
law           = "isotropic"
cross_section = "1e-15 cm2"

[[source]]
type     = "mono_energetic"
name     = "recombination"
species  = "O"
energy   = "3 eV"
altitude = "220 km"
rate     = "1e25 s-1"

[tally]
shells      = 20
energy_bins = 10
energy_max  = "5 eV"
""" + RUN.format(seed=1, histories=100, species="O")
PICKUP = """
title  = "Ions from its corona"
solver = "test_particle"

[body]
name = "Mars"

[domain]
inner_altitude  = "300 km"
outer           = "11000 km"
collision_depth = 1e-9

[background]
altitude = "200 km"

[[background.gas]]
name        = "O"
law         = "table"
temperature = "5000 K"
table       = "stage:corona"

[field]
model           = "draped_sphere"
density         = "2.5 cm-3"
speed           = "400 km/s"
magnetic_field  = "3 nT"
cone_angle      = "57 deg"
obstacle_radius = "4200 km"

[[species]]
name      = "O+"
threshold = "0 eV"

[[source]]
type       = "pickup"
species    = "O+"
parent     = "O"
ionisation = ["photoionisation"]

[tally]
shells      = 5
energy_bins = 10
energy_max  = "60 keV"
""" + RUN.format(seed=2, histories=50, species="O+")
PARENT = """
title       = "Two stages"
description = "A corona and what the solar wind takes of it."
solver      = "stages"

[[stage]]                # stands first, runs last
name    = "pickup"
case    = "pickup"
choices = ["no electron impact"]

[[stage]]
name    = "corona"
case    = "corona"
process = "photochemical"

[[published]]
species   = "O+"
process   = "pickup"
low       = "1e22 s-1"
high      = "1e24 s-1"
reference = "somebody"

[[check]]
quantity = "budget.O+.pickup"
accept   = ["1e15 s-1", "1e26 s-1"]
source   = "anything"
"""


def write_stages(folder: Path, parent: str = PARENT, **stages: str) -> Path:
    """Write the case into a folder and return it. stages: other texts of case.toml of stages."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(parent, encoding="utf-8")
    for name, text in {"corona": CORONA, "pickup": PICKUP, **stages}.items():
        (folder / name).mkdir()
        (folder / name / "case.toml").write_text(text, encoding="utf-8")
    return folder
