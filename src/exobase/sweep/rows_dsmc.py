"""Columns and rows of a sweep over cases of the DSMC solver."""

from __future__ import annotations

from exobase.case import Case, derive
from exobase.sweep.columns import CHECKS, Row, checks_of, escape_of

OF_SPECIES = (
    ("jeans_parameter", "1", "G M m/(k T r) at the inner boundary"),
    ("knudsen_number_radius", "1", "l/R0: mean free path over the inner radius, at the inner boundary"),
    ("knudsen_number_height", "1", "l/H: mean free path over the pressure scale height, at the inner boundary"),
    ("flux_over_evaporation", "1", "escape flux over n vbar/4 of the reservoir, both at the inner boundary"),
    ("flux_over_evaporation_stderr", "1", "its standard error"),
    ("flux_over_emission", "1", "escape flux over what the reservoir emits with its bulk speed"),
    ("flux_over_emission_stderr", "1", "its standard error"),
    ("flux_over_jeans", "1", "escape rate over that of Jeans at the exobase found"),
    ("flux_over_jeans_stderr", "1", "its standard error"),
    ("escape_rate", "s-1", "escape rate"),
    ("escape_rate_stderr", "s-1", "its standard error"),
    ("escape_flux", "m-2 s-1", "escape flux at the inner boundary"),
    ("escape_flux_stderr", "m-2 s-1", "its standard error"),
    ("exobase_radius", "m", "radius of the exobase"),
    ("exobase_radius_over_inner", "1", "radius of the exobase over the inner radius"),
    ("exobase_temperature", "K", "temperature at the exobase"),
    ("exobase_temperature_over_inner", "1", "temperature at the exobase over that of the reservoir"),
    ("exobase_jeans_parameter", "1", "Jeans parameter at the exobase, with the temperature there"),
)
OF_RUN = (
    ("regime", "1", "regime of escape"),
    ("steps", "1", "time steps"),
    ("particles", "1", "simulated particles at the end"),
    ("ranks", "1", "ranks that computed the point"),
    ("wall_s", "s", "wall time of the run"),
    ("particle_steps_per_s", "s-1", "simulated particles moved by one step per second, all ranks"),
    *CHECKS,
)
TEXTS = ("regime",)


def of_species(case: Case, name: str, summary: Row) -> Row:
    """Numbers of one species: those of the case itself, and those of the run where there is a summary."""
    at_base = next(s for s in derive(case).species if s.name == name)
    row: Row = {
        "jeans_parameter": at_base.jeans_parameter,
        "knudsen_number_radius": at_base.knudsen_radius,
        "knudsen_number_height": at_base.knudsen_height,
    }
    found = escape_of(summary, name)
    if not found:
        return row
    exobase = summary.get("exobase", {}).get(name) or {}
    source = case.species[case.index(name)]
    scales = {"evaporation": source.evaporation_flux(), "emission": source.emission_flux()}
    for end in ("", "_stderr"):
        flux = found[f"escape_flux{end}"]
        # The flux of a result refers to the inner boundary (escape.at_radius_m), as do evaporation and emission.
        for name_of, scale in scales.items():
            row[f"flux_over_{name_of}{end}"] = flux / scale if flux is not None and scale > 0.0 else None
        row[f"flux_over_jeans{end}"] = exobase.get(f"flux_over_jeans{end}")
    radius, temperature = exobase.get("radius_m"), exobase.get("temperature_K")
    row |= {**found, "exobase_radius": radius, "exobase_temperature": temperature}
    row["exobase_radius_over_inner"] = None if radius is None or case.r_inner <= 0.0 else radius / case.r_inner
    row["exobase_temperature_over_inner"] = None if temperature is None else temperature / source.temperature
    row["exobase_jeans_parameter"] = exobase.get("jeans_parameter")
    return row


def of_run(case: Case, summary: Row) -> Row:
    """Numbers of the run as a whole; empty where there is no summary."""
    if not summary:
        return {}
    pace, ranks = summary.get("particle_steps_per_s_per_rank"), summary.get("ranks") or 1
    return {
        "regime": str(summary.get("regime") or ""),
        **{key: summary.get(key) for key in ("steps", "particles", "ranks", "wall_s")},
        "particle_steps_per_s": None if pace is None else pace * ranks,
        **checks_of(summary),
    }
