"""Write wind.csv, the isentropic wind of case.toml, from which the run starts: `python make_wind.py`."""

import tomllib
from pathlib import Path

import numpy as np

from exobase.case import make_case
from exobase.io import Profile, SpeciesProfile, write_profile
from exobase.judge.flows import flow
from exobase.judge.references import theory

FOLDER = Path(__file__).resolve().parent
tables = tomllib.loads((FOLDER.parent / "case.toml").read_text(encoding="utf-8"))
case = make_case({key: tables[key] for key in tables if key not in ("initial", "initial_file", "check")})
name = case.names[0]
r = case.r_inner * np.geomspace(1.0, case.r_outer / case.r_inner, 201)
wind = flow("isentropic", theory(case.to_dict(), name), r)
profile = Profile(r, {name: SpeciesProfile(wind.density, wind.velocity, wind.temperature)})
write_profile(FOLDER / "wind.csv", profile, ["isentropic wind above the reservoir of case.toml, made by make_wind.py"])
