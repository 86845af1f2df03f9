"""How figures are drawn and stored: formats, resolution, and a matplotlib style on top of the style of exobase."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import style as named_styles
from matplotlib.figure import Figure

from exobase.errors import InputError, RunError
from exobase.io.files import discard, is_there, remedy
from exobase.io.own import note
from exobase.report.layout import write_png
from exobase.report.style import RC
from exobase.tables import nearest

FORMATS = ("png", "pdf", "svg")
_OTHERS = ("bmp", "csv", "gif", "html", "tex", "txt")
_SIZES = ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
_NO_LOOK = ("backend", "interactive", "toolbar", "timezone", "figure.max_open_warning")
"""Settings of programs that show figures, not of figures."""


@dataclass(frozen=True)
class Look:
    """How figures are drawn and stored.

    formats: of FORMATS, a file in each (none: that of the file's name, else PNG); dpi: dots per inch of PNG files and
    of images in the others (None: that of the style, 200 by default); style: settings of matplotlib beside those of
    exobase.
    """

    formats: tuple[str, ...] = ()
    dpi: float | None = None
    style: tuple[tuple[str, Any], ...] = ()

    @property
    def rc(self) -> Any:
        """Settings of matplotlib: those of exobase, then those of the style. A font size scales the sizes of RC."""
        own = dict(self.style)
        scale = float(own.get("font.size", RC["font.size"])) / RC["font.size"]
        merged = RC | {name: scale * RC[name] for name in _SIZES} | own
        return merged if self.dpi is None else merged | {"savefig.dpi": self.dpi}


DEFAULT = Look()


def make_look(formats: Sequence[str] | None = None, style: str | Path | None = None, dpi: float | None = None) -> Look:
    """A look from what a user asks. style: a matplotlib style file, or the name of a style that matplotlib has.

    Raises InputError for an unknown format or style, a style file with faults, and a resolution that is not sensible.
    """
    chosen = tuple(dict.fromkeys(name.lower().lstrip(".") for name in formats or ()))
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown:
        raise InputError(f"--format {unknown[0]}: no such format; allowed: {', '.join(FORMATS)}")
    if dpi is not None and not 10.0 <= dpi <= 2400.0:
        raise InputError(f"--dpi {dpi:g}: must lie between 10 and 2400 dots per inch")
    settings = _read_style(str(style)) if style is not None else {}
    return Look(chosen, dpi, tuple(settings.items()))


def target_file(output: Path | None, names: Sequence[str], look: Look) -> Path | None:
    """The one file that output names by its suffix, None where it is a folder (or not given).

    Raises InputError for several figures, a format that figures are not written in, or one that was not asked for.
    """
    if output is None or output.is_dir():
        return None
    kind = output.suffix.lower().lstrip(".")
    known = kind in Figure().canvas.get_supported_filetypes() or kind in _OTHERS or bool(nearest(kind, FORMATS))
    if not known:
        return None
    if kind not in FORMATS:
        raise InputError(
            f"{output}: figures are not written as {kind}; allowed: {', '.join(FORMATS)}, or a folder (this name: one "
            "that exists)"
        )
    if len(names) != 1:
        raise InputError(
            f"{output}: is one file, but there are {len(names)} figures: name one of {', '.join(names)}, or give a "
            "folder"
        )
    if look.formats not in ((), (kind,)):
        raise InputError(f"{output}: is a {kind} file, but --format asks for {', '.join(look.formats)}; leave one out")
    return output


def store(figure: Figure, name: str, folder: Path, look: Look, file: Path | None = None) -> list[Path]:
    """Write a figure as the file, or below its name into a folder in every format of the look. Returns the paths."""
    places = [file] if file is not None else [folder / f"{name}.{kind}" for kind in look.formats or ("png",)]
    return [write_figure(figure, place, look) for place in places]


def write_figure(figure: Figure, path: Path, look: Look = DEFAULT) -> Path:
    """Store a figure in the format of the path's suffix. Text stays text in PDF and SVG, and no date is stored.

    Raises RunError where the disk refuses.
    """
    kind = path.suffix.lower().lstrip(".")
    without_date = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        discard(temporary)
        with mpl.rc_context(look.rc):
            if kind == "png" and not look.style:
                temporary.write_bytes(png(figure, look))
            else:
                figure.savefig(temporary, format=kind, metadata=without_date)
        temporary.replace(path)
    except (RuntimeError, ValueError) as error:
        discard(temporary)
        if not look.style:
            raise
        raise InputError(f"{path}: --style: the figure cannot be drawn with this style: {error}") from error
    except OSError as error:
        discard(temporary)
        raise RunError(f"{path}: figure cannot be written: {error}. {remedy(path, error)}, then plot again.") from error
    note(path)
    return path


def png(figure: Figure, look: Look = DEFAULT) -> bytes:
    """A figure as PNG."""
    buffer = io.BytesIO()
    with mpl.rc_context(look.rc):
        write_png(figure, buffer, mpl.rcParams["savefig.dpi"])
    return buffer.getvalue()


def _read_style(name: str) -> dict[str, Any]:
    """Settings of a style file, or of a style by name."""
    if is_there(Path(name)):
        return _read_file(Path(name))
    if name in named_styles.library:
        return _figure_settings(named_styles.library[name])
    if "/" in name or name.endswith((".mplstyle", ".rc")) or name == "matplotlibrc":
        raise InputError(f"--style {name}: no such file; give a matplotlib style file, or the name of a style")
    known = [style for style in named_styles.available if not style.startswith("_")]
    hint = nearest(name, known) or ";"
    raise InputError(f"--style {name}: neither a file nor a style of matplotlib{hint} there are {', '.join(known)}")


def _read_file(path: Path) -> dict[str, Any]:
    """Settings of a style file. matplotlib only logs what it does not understand: that becomes an error here."""
    messages: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(" ".join(record.getMessage().split()))

    logger, listener = logging.getLogger("matplotlib"), Listener(logging.WARNING)
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        settings = mpl.rc_params_from_file(path, use_default_template=False)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a matplotlib style: {error}") from error
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagates
    if messages:
        raise InputError([f"{path}: is not a valid matplotlib style: {_first(text)}" for text in messages])
    return _figure_settings(settings)


def _first(message: str) -> str:
    """The part of a message of matplotlib about the line, without its advice about other versions."""
    return message.partition(" You probably need")[0]


def _figure_settings(settings: Any) -> dict[str, Any]:
    found = {str(key): settings[key] for key in settings}
    return {key: value for key, value in found.items() if key not in _NO_LOOK and not key.startswith("keymap.")}
