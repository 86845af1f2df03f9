"""Mutated input files: tables (CSV), the rain of a run (HDF5) and fields (HDF5, VTK).

Each must be read or refused with an InputError, within a second or two; what is read must be a gas, a cross section
or a field: finite, densities and rates not negative, temperatures positive, coordinates increasing.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exobase.case.resolve_reactions import SIGMA_UNITS
from exobase.case.resolve_sources import ANGLE_UNITS, PROFILE_UNITS, SPECTRUM_UNITS
from exobase.constants import EV
from exobase.io import FieldFile, Profile, read_columns, read_field_file, read_profile, read_rain, write_field_file
from exobase.io.field_files import MOST
from exobase.io.results import ResultWriter
from exobase_verify.fuzz import Draws, Fault, fault_of

SLOWEST = 5.0  # s for one file
FASTEST_FLOW = 1e8  # m s-1
RADIUS = 3.39e6  # m, of the body

CELLS = (
    "", " ", "nan", "-nan", "inf", "-inf", "0", "-0", "-1", "1", "1e999", "-1e999", "1e-400", "1e305", "x", "n/a",
    "--", "1,5", "1.5.2", "1e", "0x10", "1_000", "1 000", "1D5", "1.0-100", "1e5 cm-3", "\u0661\u0662", "'1", '"1',
    "#", "=1+1", "9" * 400, "true", "1+2j", "1e5#", "\t", "\x00", "\x0b", "\u2028", "\ufeff1",
)  # fmt: skip
HEADS = (
    "altitude [km]", "radius [m]", "density_O [cm-3]", "temperature [K]", "temperature_X [K]", "u_r [km/s]",
    "rate_O [s-1]", "energy [eV]", "sigma [cm2]", "flux [cm-2 s-1 eV-1]", "relative [1]", "weight [1]", "angle [deg]",
    "index", "", "x [", "O [cm-3", "O (cm-3)", "O2+ [dex]", "O [K]", "O [1e400 cm-3]", "O [cm-3] [m-3]",
    "density_ [cm-3]", "species", "[km]", "T_e [eV]", "O [cm(-3)]", "O [0 cm-3]", "O [-1 cm-3]", "O [nan cm-3]",
)  # fmt: skip
PROFILE = (
    "# a neutral atmosphere\n"
    "altitude [km], density_CO2 [cm-3], density_O [cm-3], u_r [m/s], T_n [K], density_O2+ [cm-3], T_i [K], "
    "rate_O2+ [cm-3 s-1]\n"
) + "\n".join(
    f"{z}, {3e10 * math.exp(-(z - 130) / 12):.4e}, {8e8 * math.exp(-(z - 130) / 30):.4e}, {z / 10}, {150 + z / 4}, "
    f"{8e4 * math.exp(-(z - 130) / 60):.4e}, {200 + z}, {1e3 * math.exp(-(z - 130) / 40):.3e}"
    for z in range(130, 330, 20)
)
SIGMA = "energy [eV], sigma [cm2]\n" + "\n".join(f"{e}, {1e-15 / e:.3e}" for e in (1, 3, 10, 30, 100, 300))
SPECTRUM = "# units: eV, cm-2 s-1 eV-1\nenergy, flux\n" + "\n".join(f"{e}, {1e6 / e:.3e}" for e in (1, 3, 10, 30, 100))
ANGLES = "angle [deg]; weight [1]\n" + "\n".join(f"{a};{math.cos(math.radians(a)):.4f}" for a in range(0, 90, 15))
BIRTHS = "altitude [km]\trate [cm-3 s-1]\n" + "\n".join(f"{z}\t{1e3 / z:.4f}" for z in range(150, 300, 25))

Numbers = npt.NDArray[np.float64]


def file_campaign(number: int, seed: int) -> Iterator[Fault | None]:
    """Try ``number`` mutated files in turn, of all kinds; yields the fault of each, None where there was none."""
    rng = Draws(seed)
    with tempfile.TemporaryDirectory(prefix="exobase-fuzz-") as folder:
        made = _Originals(Path(folder))
        kinds = tuple(made.kinds)
        for n in range(number):
            kind = kinds[n % len(kinds)]
            suffix, data, read = made.kinds[kind]
            what, changed = (_of_bytes if suffix == ".h5" else _of_text)(data, rng)
            file = Path(folder) / f"mutated{suffix}"
            file.write_bytes(changed)
            yield _timed(n, f"{kind}: {what}", lambda read=read, file=file: read(file))  # type: ignore[misc]


def _timed(number: int, what: str, attempt: Callable[[], None]) -> Fault | None:
    begin = time.perf_counter()
    fault = fault_of(number, what, attempt)
    spent = time.perf_counter() - begin
    if fault is None and spent > SLOWEST:
        return Fault(number, what, f"took {spent:.3g} s")
    return fault


class _Originals:
    """Files without fault: suffix, content and what reads and judges them, by kind."""

    def __init__(self, folder: Path) -> None:
        field, rain = _field(), folder / "rain.h5"
        write_field_file(folder / "field.h5", field, compressed=False)
        _write_rain(rain)
        tables = {
            "profile": (PROFILE, _judge_profile),
            "cross section": (SIGMA, _columns(SIGMA_UNITS, "energy")),
            "spectrum": (SPECTRUM, _columns(SPECTRUM_UNITS, "energy")),
            "angles": (ANGLES, _columns(ANGLE_UNITS, "angle")),
            "births": (BIRTHS, _columns(PROFILE_UNITS, "")),
        }
        self.kinds: dict[str, tuple[str, bytes, Callable[[Path], None]]] = {
            kind: (".csv", text.encode(), judge) for kind, (text, judge) in tables.items()
        }
        self.kinds["rain"] = (".h5", rain.read_bytes(), _judge_rain)
        self.kinds["field"] = (".h5", (folder / "field.h5").read_bytes(), _judge_field)
        self.kinds["VTK field"] = (".vtk", _vtk(field).encode(), _judge_field)


def _field() -> FieldFile:
    axes = tuple(RADIUS * np.linspace(-3.0, 3.0, n) for n in (4, 5, 6))
    x, y, z = np.meshgrid(*axes, indexing="ij")
    r = np.sqrt(x * x + y * y + z * z) / RADIUS
    b = np.stack([1e-9 / r, 2e-9 * r, 3e-9 + 0.0 * r], axis=-1)
    u = np.stack([-4e5 + 1e4 * r, 1e4 * r, 0.0 * r], axis=-1)
    return FieldFile("cartesian", (axes[0], axes[1], axes[2]), b, u, None, 1e6 * (1.0 + r), "made")


def _vtk(field: FieldFile) -> str:
    """The field as a legacy VTK image in SI units."""
    shape = [axis.size for axis in field.axes]
    lines = ["# vtk DataFile Version 3.0", "a field", "ASCII", "DATASET STRUCTURED_POINTS"]
    lines.append("DIMENSIONS " + " ".join(map(str, shape)))
    lines.append("ORIGIN " + " ".join(repr(float(axis[0])) for axis in field.axes))
    lines.append("SPACING " + " ".join(repr(float(axis[1] - axis[0])) for axis in field.axes))
    lines.append(f"POINT_DATA {math.prod(shape)}")
    assert field.u is not None
    for name, values in (("B", field.b), ("u", field.u)):
        lines.append(f"VECTORS {name} double")
        lines += [" ".join(f"{x:.6g}" for x in row) for row in values.transpose(2, 1, 0, 3).reshape(-1, 3)]
    assert field.n is not None
    lines += ["SCALARS n double 1", "LOOKUP_TABLE default"]
    lines += [f"{x:.6g}" for x in field.n.transpose(2, 1, 0).ravel()]
    return "\n".join(lines) + "\n"


def _write_rain(path: Path) -> None:
    rate = np.array([[50.0, 50.0], [1.0, 3.0], [2.0, 2.0]])
    axes = ["species", "energy", "angle"]
    with ResultWriter(path, {"case_json": '{"r_inner": 3.6e6}'}) as w:
        w.put("species/names", ["O+"], units="1", long_name="names", dims=["species"])
        w.put("energy/edges", np.array([0.0, 10.0, 100.0, 1e3]) * EV, units="J", long_name="edges", dims=["edge"])
        w.put("rain/rate", rate[None], units="s-1", long_name="rain", dims=axes)
        w.put("rain/rate_stderr", 0.1 * rate[None], units="s-1", long_name="error of rain", dims=axes)


def _judge_profile(file: Path) -> None:
    profile = read_profile(file, RADIUS)
    _need(profile.r.ndim == 1 and profile.r.size > 1, "fewer than two rows")
    _good("r", profile.r, least=0.0, increasing=True)
    _need(bool(profile.species), "no species")
    for name, gas in profile.species.items():
        _good(f"density of {name}", gas.density, least=0.0)
        for what, values in (("temperature", gas.temperature), ("velocity", gas.u_r)):
            if values is not None:
                _good(f"{what} of {name}", values, least=0.0 if what == "temperature" else -FASTEST_FLOW)
        _need(gas.temperature is None or bool((gas.temperature > 0.0).all()), f"temperature 0 of {name}")
    for name, values in (*profile.rates.items(), *profile.temperatures.items()):
        _good(name, values, least=0.0)
    _judge_between(profile)


def _judge_between(profile: Profile) -> None:
    """Values between the rows, as a run takes them."""
    middle = 0.5 * (profile.r[1:] + profile.r[:-1])
    for name in profile.species:
        density, u_r, _ = profile.at(name, middle)
        _good(f"density of {name} between rows", density, least=0.0)
        _good(f"velocity of {name} between rows", u_r, least=-FASTEST_FLOW)


def _columns(units: Mapping[str, str], increasing: str) -> Callable[[Path], None]:
    def judge(file: Path) -> None:
        for name, values in read_columns(file, units, increasing).items():
            _good(name, values, increasing=name == increasing)

    return judge


def _judge_rain(file: Path) -> None:
    rain = read_rain(file, "O+", 10.0 * EV)
    _good("energy", rain.energy, least=0.0, increasing=True)
    _good("angle", rain.angle, least=0.0)
    for name, values in (("rate", rain.rate), ("weight", rain.weight)):
        _good(name, values, least=0.0)
    _good("total and radius", np.array([rain.total, rain.stderr, rain.radius]), least=0.0)


def _judge_field(file: Path) -> None:
    units = {"length": "m", "B": "T", "u": "m/s", "n": "m-3"}
    field = read_field_file(file, units if file.suffix == ".vtk" else None, "MSO", None, RADIUS)
    for name, axis in zip("xyz", field.axes, strict=True):
        _good(name, axis, increasing=True)
    for name, values in (("B", field.b), ("u", field.u), ("E", field.e), ("n", field.n)):
        if values is not None:
            _good(name, values.ravel(), least=0.0 if name == "n" else -MOST[name])
            _need(float(np.abs(values).max()) <= MOST[name], f"{name} is beyond {MOST[name]:g}")


def _good(name: str, values: Any, least: float = -math.inf, increasing: bool = False) -> None:
    numbers = np.asarray(values, dtype=float)
    _need(bool(np.isfinite(numbers).all()), f"{name} is not finite")
    _need(bool((numbers >= least).all()), f"{name} is below {least:g}")
    _need(not increasing or bool((np.diff(numbers) > 0.0).all()), f"{name} does not increase")


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"accepted although {what}")


def _of_bytes(data: bytes, rng: Draws) -> tuple[str, bytes]:
    """A binary file with bits turned, a piece lost, doubled, or filled with one byte."""
    changed = bytearray(data)
    kind = rng.choice(("flip", "flip", "flip", "cut", "lost", "doubled", "filled", "swapped"))
    place, length = rng.randrange(len(changed)), 1 + rng.randrange(64)
    if kind == "flip":
        for _ in range(rng.choice((1, 1, 2, 8))):
            place = rng.randrange(len(changed))
            changed[place] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del changed[place:]
    elif kind == "lost":
        del changed[place : place + length]
    elif kind == "doubled":
        changed[place:place] = changed[place : place + length]
    elif kind == "filled":
        end = min(place + length, len(changed))
        changed[place:end] = bytes([rng.choice((0, 255, 127))]) * (end - place)
    else:
        other = rng.randrange(len(changed))
        changed[place], changed[other] = changed[other], changed[place]
    return f"{kind} at byte {place}", bytes(changed)


def _of_text(data: bytes, rng: Draws) -> tuple[str, bytes]:
    """A text file with one to three mutations of its lines, cells, heads, signs or encoding."""
    text, done, encoding = data.decode(), [], "utf-8"
    for _ in range(rng.choice((1, 1, 2, 3))):
        kind = rng.choice(("cell", "cell", "cell", "head", "line", "separator", "second", "signs", "encoding", "cut"))
        if kind == "encoding":
            encoding = rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"))
            text = text if rng.random() < 0.5 else "# \u00e9t\u00e9\n" + text
            done.append(encoding)
            continue
        text = _EDITS[kind](text, rng)
        done.append(kind)
    return ", ".join(done), text.encode(encoding, "replace")


def _edit_cell(text: str, rng: Draws) -> str:
    lines = text.split("\n")
    k = rng.randrange(len(lines))
    sign = _sign_of(lines[k])
    cells = lines[k].split(sign)
    cells[rng.randrange(len(cells))] = rng.choice(CELLS)
    lines[k] = sign.join(cells)
    return "\n".join(lines)


def _edit_head(text: str, rng: Draws) -> str:
    lines = text.split("\n")
    k = next((i for i, line in enumerate(lines) if line[:1].isalpha()), 0)
    sign = _sign_of(lines[k])
    cells = lines[k].split(sign)
    place = rng.randrange(len(cells))
    cells[place : place + 1] = rng.choice(
        ([rng.choice(HEADS)], [], [cells[place]] * 2, [cells[place].partition("[")[0]])
    )
    lines[k] = sign.join(cells)
    return "\n".join(lines)


def _edit_line(text: str, rng: Draws) -> str:
    lines = text.split("\n")
    k, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.choice(("lost", "doubled", "swapped", "comment", "blank", "joined", "reversed", "units"))
    if kind == "lost":
        del lines[k]
    elif kind == "doubled":
        lines.insert(k, lines[k])
    elif kind == "swapped":
        lines[k], lines[other] = lines[other], lines[k]
    elif kind == "comment":
        lines[k] = "# " + lines[k]
    elif kind == "blank":
        lines.insert(k, rng.choice(("", "   ", ",,,", ";", "\t\t")))
    elif kind == "joined" and k + 1 < len(lines):
        lines[k : k + 2] = [lines[k] + lines[k + 1]]
    elif kind == "reversed":
        lines[2:] = lines[2:][::-1]
    else:
        lines.insert(k, rng.choice(("# units: km, K", "# units:", "# units: m, m-3, K", "[km], [cm-3], [K]")))
    return "\n".join(lines)


def _edit_separator(text: str, rng: Draws) -> str:
    return text.replace(_sign_of(text), rng.choice((",", ";", "\t", " ", ", ", "|", ",,", "")))


def _edit_signs(text: str, rng: Draws) -> str:
    old, new = rng.choice(((".", ","), ("e", "D"), ("e+", "e"), ("-", "\u2212"), ("[", "("), ("]", ""), ("\n", "\r\n"),
                           ("\n", "\r"), ("0", "O"), ("1", "-1"), ("e-", "e"), ("\n", ",\n")))  # fmt: skip
    return text.replace(old, new)


def _append_second(text: str, rng: Draws) -> str:
    lines = text.split("\n")
    return "\n".join([*lines, *rng.choice(((), ("",), ("# next",))), *lines[rng.randrange(3) :]])


def _cut(text: str, rng: Draws) -> str:
    return text[: rng.randrange(len(text) + 1)] if text else text


def _sign_of(text: str) -> str:
    return next((sign for sign in (";", "\t", ",") if sign in text), " ")


_EDITS: dict[str, Callable[[str, Draws], str]] = {
    "cell": _edit_cell, "head": _edit_head, "line": _edit_line, "separator": _edit_separator, "signs": _edit_signs,
    "second": _append_second, "cut": _cut,
}  # fmt: skip
