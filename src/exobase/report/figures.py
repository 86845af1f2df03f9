"""All figures of a result: made from the file alone, written as PNG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from exobase.errors import InputError, RunError
from exobase.io.results import Result, read_result
from exobase.report import profiles, spectra, timeline
from exobase.report.style import RC

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

CAPTIONS = {
    "density": "Number density: points are cell means with one standard error, dotted lines barometric from the "
    "reservoir, solid lines the ballistic and escaping exosphere of Chamberlain, above the exobase found where the gas "
    "collides. Right: the same over theory.",
    "temperature": "Temperatures along the vertical, across it and in total; of rotation where it is followed, for a "
    "single species (right) its lag with the first-order estimate.",
    "velocity": "Radial velocity and Mach number, where the density is known to 25 %.",
    "flux": "Flow through every radius over the escape rate; in a steady state it is one. The band is the standard "
    "error of the escape rate.",
    "knudsen": "Knudsen number; the dashed line is the exobase.",
    "escape_spectrum": "Energies at infinity of escaping particles; horizontal bars are the bins. The line is the "
    "Jeans escape of a full Maxwellian.",
    "history": "Approach to the steady state: means over groups of records (bands: their standard error; thin lines: "
    "single records). Grey: burn-in with the adaptation of cells, not part of any mean.",
    "quality": "Quality of the scheme in every cell. Dashed: bounds that should hold (weight ratios above 16 are "
    "meant for traces only). Grey band: 5 %.",
    "vdf": "Velocity distributions in the cells at chosen radii; theory is averaged over the width of a bin.",
}


def figure_names(result: Result) -> list[str]:
    """Names of the figures that can be made: those of every result and one `vdf_X` per species X."""
    names = list(_DRAWERS)
    if "vdf/f_vr" in result:
        names += [f"vdf_{species}" for species in result.species]
    return names


def draw(result: Result, name: str) -> Figure | None:
    """One figure by name, None where the result has nothing to show. Raises InputError for an unknown name."""
    drawer = _DRAWERS.get(name)
    if drawer is None and name.removeprefix("vdf_") in result.species and name.startswith("vdf_"):
        drawer = partial(spectra.velocity_distribution, species=name.removeprefix("vdf_"))
    if drawer is None:
        raise InputError([f"no figure '{name}'; there are {', '.join(figure_names(result))}"])
    if not result.species or not len(result["grid/r"]):
        return None
    with mpl.rc_context(RC):
        return drawer(result)


def save(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG (200 dots per inch). Raises RunError where the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with mpl.rc_context(RC):
            figure.savefig(path, format="png")
    except OSError as error:
        raise RunError(f"{path}: figure cannot be written: {error}. Free disk space and plot again.") from error
    return path


def plot(case_dir: Path | str, folder: Path | str | None = None, names: Sequence[str] | None = None) -> list[Path]:
    """Make figures of a case (or a result.h5) and return their paths.

    folder: default `figures` beside the result file; names: which (default: all that the result can show).
    Raises InputError where there is no result or a name is unknown.
    """
    result = read_result(case_dir)
    target = Path(folder) if folder is not None else result.path.parent / "figures"
    paths = []
    for name in names or figure_names(result):
        figure = draw(result, name)
        if figure is not None:
            paths.append(save(figure, target / f"{name}.png"))
    return paths


def caption(name: str) -> str:
    """The sentence under a figure."""
    return CAPTIONS["vdf" if name.startswith("vdf_") else name]
