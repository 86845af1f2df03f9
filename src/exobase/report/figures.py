"""All figures of a result: made from the file alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from exobase.errors import InputError
from exobase.io.places import sweep_of
from exobase.io.results import Result, read_result, staged_output
from exobase.io.sweeps import read_sweep
from exobase.report import (
    births,
    budget,
    corona,
    hot_spectra,
    ion_motion,
    ion_planes,
    places,
    profiles,
    spectra,
    timeline,
)
from exobase.report.layout import thin_ticks
from exobase.report.look import DEFAULT, Look, store, target_file
from exobase.report.sweep import draw_sweep
from exobase.solvers import solver_of
from exobase.summary.budget import read_budget

Drawer = Callable[[Result], Figure | None]

_DRAWERS: dict[str, Drawer] = {
    "density": profiles.density,
    "temperature": profiles.temperature,
    "velocity": profiles.velocity,
    "flux": profiles.flux,
    "knudsen": profiles.knudsen,
    "escape_spectrum": spectra.escape_spectrum,
    "history": timeline.history,
    "quality": timeline.quality,
}

_PLACE_DRAWERS: dict[str, Drawer] = {
    "day_night": places.day_night,
    "place_fluxes": places.place_fluxes,
    "sun_plane": places.sun_plane,
}

_HISTORY_DRAWERS: dict[str, Drawer] = {
    "corona": corona.corona,
    "escape": hot_spectra.escape,
    "spectra": hot_spectra.spectra,
    "angles": hot_spectra.angles,
    "escape_probability": births.escape_probability,
    "heating": corona.heating,
    "convergence": hot_spectra.convergence,
    "zenith_map": corona.zenith_map,
    "sphere_map": corona.sphere_map,
    "escape_zenith": hot_spectra.escape_zenith,
    "background": corona.background,
    "fields": ion_planes.field_planes,
    "ion_density": ion_planes.ion_density,
    "ring": ion_motion.ring,
    "rain_map": ion_motion.rain_map,
    "rain": ion_motion.rain,
}

CAPTIONS = {
    "density": "Number density: points are cell means with one standard error, dotted lines barometric from the "
    "reservoir, solid lines the ballistic and escaping exosphere of Chamberlain, above the exobase found where the gas "
    "collides. Right: the same over theory.",
    "temperature": "Temperatures along the vertical, across it and in total; of rotation where it is followed, for a "
    "single species (right) its lag with the first-order estimate. Rings: hotter than every boundary by over "
    "three errors, "
    "where nothing heats the gas.",
    "velocity": "Radial velocity and Mach number, where the density is known to 25 %.",
    "flux": "Flow through every radius over the escape rate; in a steady state it is one. Points are means over "
    "neighbouring cells, whose errors are combined as independent. The band is the standard error of the escape rate.",
    "knudsen": "Knudsen number l/H; the dashed line is the exobase.",
    "escape_spectrum": "Energies at infinity of escaping particles; horizontal bars are the bins. The line is the "
    "Jeans escape of a full Maxwellian.",
    "history": "Approach to the steady state: means over groups of records (bands: the scatter of single records for "
    "content and energy, else the standard error of the mean). Grey: burn-in with the adaptation of cells, not "
    "part of any mean.",
    "quality": "Quality of the scheme in every cell. Dashed: bounds that should hold (weight ratios above 16 are "
    "meant for traces only). Grey band: 5 %.",
    "day_night": "Density and temperature on the day side (zenith angles below 45 degrees), at the terminator (67.5 to "
    "112.5) and on the night side (above 135); bands: one standard error.",
    "place_fluxes": "Flux that the inner boundary emits and gets back, and what escapes through the outer one, per "
    "area of the inner one, by the zenith angle of the patch.",
    "sun_plane": "Density in the plane through the Sun and the axis of the zones, over its mean at the same radius. "
    "White: nothing sampled, or the standard error exceeds 50 %.",
    "vdf": "Velocity distributions in the cells at chosen radii; theory is averaged over the width of a bin.",
    "corona": "Density of the particles that are followed: points are shell means with one standard error, in total "
    "and by process where there are several; thin lines the background. Without a map it is that of a body "
    "lit all round.",
    "escape": "Escape rate by process over the illuminated area, and its spectrum at infinity.",
    "spectra": "Differential flux through the surfaces by kinetic energy there; what rises and falls back counts each "
    "time. Dashed: escape energy at that radius.",
    "angles": "Flux per cosine of the angle to the vertical over its mean; the line is that of an isotropic gas.",
    "escape_probability": "Probability that a particle born at an altitude with an energy escapes itself (recoils not "
    "counted). Grey: nothing was born there; dotted: of those born there none escaped; right: over ranges of "
    "energy with about equal numbers of births.",
    "heating": "Births per volume, and power left in the background by collisions and by particles that are "
    "thermalised. Without a map both are those of a body lit all round.",
    "convergence": "Mean escape rate over the first batches with its standard error, and the relative error; the line "
    "falls as the square root of the number of batches.",
    "zenith_map": "Density by solar zenith angle, the mean over the rotation about the line to the Sun. White: nothing "
    "sampled; pale and hatched: standard error above 50 %.",
    "sphere_map": "Density on the sphere in some shells; noon in the middle. White: nothing sampled; pale and hatched: "
    "standard error above 50 %.",
    "escape_zenith": "Escape rate by the zenith angle at which particles leave; grey: night side.",
    "background": "The given atmosphere, its exobase, and the radius above which collisions are neglected.",
    "fields": "Fields in which ions move, on two planes through the body; lines: the parts of flow and magnetic field "
    "in the plane. Left: paths of single ions without collisions, projected on the plane (dots: where they begin). "
    "Grey half: night; white: no solar wind; E: electric field of the undisturbed wind. Colours of the "
    "magnetic field end at its percentiles 1 and 99.5.",
    "ion_density": "Density of ions in the cells on both sides of the planes, and directions of the flux in the plane "
    "where they are known to half a radian. White: nothing sampled; pale and hatched: standard error above 50 %.",
    "ring": "Velocities of ions relative to the local solar wind, along and across its magnetic field, over the volume "
    "of velocity space. Ions at rest in the undisturbed wind begin at the diamond and gyrate there; scattering by "
    "waves, which is not simulated, would spread them along the circle. Hatched: standard error above 50 %.",
    "rain_map": "What reaches the inner boundary, by place. White: nothing; pale and hatched: standard error "
    "above 50 %.",
    "rain": "What reaches the inner boundary: flux by kinetic energy, mean over the sphere, and rate by angle. Errors "
    "of cells are combined as independent.",
}


def gas_figures(result: Result) -> dict[str, Drawer]:
    """What draws a DSMC run, by name: with one `vdf_X` per species X whose distribution was sampled."""
    kinds = [f"vdf_{species}" for species in result.species] if "vdf/f_vr" in result else []
    divided = _PLACE_DRAWERS if "patch/density" in result else {}
    return (
        _DRAWERS
        | divided
        | {name: partial(spectra.velocity_distribution, species=name[len("vdf_") :]) for name in kinds}
    )


def history_figures(result: Result) -> dict[str, Drawer]:
    """What draws a test-particle run, by name."""
    return _HISTORY_DRAWERS


def figure_names(result: Result) -> list[str]:
    """Names of the figures that can be made of a result."""
    return list(solver_of(result.attrs).figures(result))


def draw(result: Result, name: str, look: Look = DEFAULT) -> Figure | None:
    """One figure by name, None where the result has nothing to show. Raises InputError for an unknown name."""
    drawer = solver_of(result.attrs).figures(result).get(name)
    if drawer is None:
        raise InputError([f"no figure '{name}'; there are {', '.join(figure_names(result))}"])
    if not result.species or not len(result["grid/r"]):
        return None
    with mpl.rc_context(look.rc):
        figure = drawer(result)
        return None if figure is None else thin_ticks(figure)


@dataclass(frozen=True)
class Gallery:
    """The figures of something by name, the folder where they go by default, and what it is."""

    names: Sequence[str]
    draw: Callable[[str], Figure | None]
    folder: Path
    about: str


def plot(
    path: Path | str, output: Path | str | None = None, names: Sequence[str] | None = None, look: Look = DEFAULT
) -> list[Path]:
    """Make figures of a run, a case of stages or a sweep, and return their paths.

    path: a case directory, its case.toml, an output folder, the folder of a sweep, or a result file. output: a folder
    (default: `figures` beside the result, of a sweep its folder); where one figure is asked for also a file, in the
    format of its suffix. names: which (default: all that the result can show). Of a case of stages there is one,
    `budget` (each stage has its own: CASE/output/stages/NAME), of a sweep `sweep`.
    Raises InputError where there is no result, a name is unknown, or a named figure has nothing to show.
    """
    gallery = _gallery(path, look)
    wanted = list(dict.fromkeys(names or gallery.names))
    for name in wanted:
        if name not in gallery.names:
            raise InputError(f"no figure '{name}' of {gallery.about}; there are {', '.join(gallery.names)}")
    target = Path(output) if output is not None else None
    file = target_file(target, wanted, look)
    paths = []
    for name in wanted:
        figure = gallery.draw(name)
        if figure is not None:
            paths += store(figure, name, target or gallery.folder, look, file)
        elif names:
            raise InputError(f"figure '{name}' has nothing to show of {gallery.about}: it holds no data for it")
    return paths


def _gallery(path: Path | str, look: Look) -> Gallery:
    """The figures of what lies at a path."""
    table = sweep_of(path)
    if table is not None:
        return Gallery(["sweep"], lambda _: draw_sweep(read_sweep(table), look), table.parent, f"the sweep {table}")
    staged = staged_output(path)
    if staged is not None:
        about = f"a case of stages (name the output of a stage for its own: {staged / 'stages' / 'STAGE'})"
        return Gallery(["budget"], lambda _: _draw_budget(staged, look), staged / "figures", about)
    result = read_result(path)
    figures = result.path.parent / "figures"
    return Gallery(figure_names(result), lambda name: draw(result, name, look), figures, f"{result.path}")


def _draw_budget(output: Path, look: Look) -> Figure | None:
    with mpl.rc_context(look.rc):
        return budget.budget(read_budget(output))


def caption(name: str) -> str:
    """The sentence under a figure."""
    return CAPTIONS["vdf" if name.startswith("vdf_") else name]
