"""The house rules that can be read from the sources: who may import whom, and what kernels must not do."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from exobase.jit import WITHOUT_KERNELS

SOURCES = Path(__file__).resolve().parents[2] / "src"
PACKAGE, VERIFY = SOURCES / "exobase", SOURCES / "exobase_verify"

# A room is a top-level module or folder of the package. Imports point to a lower level. Level 3 rooms are
# siblings that never import each other; rooms of other levels may, as long as there is no cycle among rooms.
LEVELS = {
    0: ["constants", "errors", "machine", "rng", "jit", "solvers", "tables", "unit_words"],
    1: ["species", "bodies", "geometry", "fields", "cross_sections", "analytic"],
    2: ["particles", "collisions", "sources", "tallies", "fluid"],
    3: ["config", "parallel", "io"],
    4: ["simulation", "histories", "case"],
    5: ["citations", "cli", "driver", "provenance", "summary", "report", "judge", "sweep", "regime"],
}
LEVEL_OF = {room: level for level, rooms in LEVELS.items() for room in rooms}
SIBLINGS = 3

# The rooms that alone may import a library (None: no room may).
ONLY_IN = {
    "mpi4py": {"parallel"},
    "h5py": {"io"},
    "vtk": {"io"},
    "vtkmodules": {"io"},
    "matplotlib": {"report"},
    "pydantic": {"config"},
    "tomllib": {"config", "tables"},
    "random": set(),
}

FILES = sorted(PACKAGE.rglob("*.py"))
DRAW = [VERIFY / "figures.py", VERIFY / "page.py"]  # figures of the validation
ALL_FILES = [*FILES, *sorted(VERIFY.rglob("*.py"))]
Import = tuple[str, int]


def room_of(path: Path) -> str:
    """The room of a source file; the package's own __init__ and __main__ have none."""
    if not path.is_relative_to(PACKAGE):
        return VERIFY.name
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if name.startswith("__") else name


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Every imported dotted name of a file with its line, those inside functions and TYPE_CHECKING included."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                folder = path.parents[node.level - 1].relative_to(PACKAGE.parent)
                base = ".".join([*folder.parts, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def imported_rooms(path: Path) -> Iterator[Import]:
    """The rooms of this package that a file imports, with the line."""
    for name, line in imports(path):
        parts = name.split(".")
        if parts[0] == "exobase" and parts[1:2] != ["__version__"]:
            yield (parts[1] if len(parts) > 1 else ""), line


def attribute_chain(node: ast.AST) -> str:
    """`np.random.rand` for the node of that expression, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def violations_of(path: Path) -> list[str]:
    """What a file imports against the levels."""
    own = room_of(path)
    found = []
    for room, line in imported_rooms(path):
        where = f"{path.relative_to(PACKAGE)}:{line} imports {room or 'the package itself'}"
        if own in ("", room):
            continue
        if room not in LEVEL_OF:
            found.append(f"{where}, which is no room")
        elif LEVEL_OF[room] > LEVEL_OF[own] or LEVEL_OF[room] == LEVEL_OF[own] == SIBLINGS:
            found.append(f"{where} (level {LEVEL_OF[own]} to {LEVEL_OF[room]})")
        elif own == "analytic" and LEVEL_OF[room] > 0:
            found.append(f"{where}: theory is independent evidence")
    return found


def test_verification_is_a_user_of_the_package() -> None:
    """Nothing in the package imports it: its commands are entry points."""
    assert [f"{path}:{line}" for path in FILES for name, line in imports(path) if "exobase_verify" in name] == []


def test_every_room_has_a_level() -> None:
    rooms = {room_of(path) for path in FILES} - {""}
    assert rooms <= LEVEL_OF.keys()


def test_imports_point_downward() -> None:
    assert [text for path in FILES if room_of(path) in LEVEL_OF for text in violations_of(path)] == []


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        graph.setdefault(room_of(path), set()).update(room for room, _ in imported_rooms(path))
    reached = {room: set(targets) - {room} for room, targets in graph.items() if room}
    for _ in reached:
        for targets in reached.values():
            targets.update(*(reached.get(target, set()) for target in list(targets)))
    assert [room for room, targets in reached.items() if room in targets] == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_libraries_stay_in_their_room(library: str) -> None:
    allowed = ONLY_IN[library]
    found = [
        f"{path.relative_to(SOURCES)}:{line}"
        for path in ALL_FILES
        if room_of(path) not in allowed and path not in DRAW
        for name, line in imports(path)
        if name.split(".")[0] == library
    ]
    assert found == []


def test_the_world_communicator_is_named_at_the_top_only() -> None:
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in ALL_FILES
        if room_of(path) not in ("cli", "parallel")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "COMM_WORLD"
    ]
    assert found == []


def test_random_numbers_come_from_keyed_streams_only() -> None:
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in ALL_FILES
        for node in ast.walk(tree_of(path))
        if attribute_chain(node).startswith(("np.random", "numpy.random"))
    ]
    found += [
        f"{path.relative_to(SOURCES)}:{line}"
        for path in ALL_FILES
        for name, line in imports(path)
        if name.startswith("numpy.random")
    ]
    assert found == []


@pytest.mark.parametrize("option", ["parallel", "fastmath"])
def test_kernels_are_compiled_without(option: str) -> None:
    """Threads change sums with their number; fast-math deletes NaN checks and the equality of bits."""
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in ALL_FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == option and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    ]
    assert found == []


def _compiles(path: Path) -> bool:
    return any(name.startswith("exobase.jit.") for name, _ in imports(path))


def test_compiled_code_follows_from_no_source_outside_its_hash() -> None:
    """Rooms left out of the hash hold no kernels, and files with kernels take no constant from them."""
    for path in FILES:
        if path.relative_to(PACKAGE).parts[0] in WITHOUT_KERNELS:
            functions = [name for name, _ in imports(path) if name.startswith("exobase.jit.")]
            assert set(functions) <= {"exobase.jit.cache_folder"}, path
        elif _compiles(path):
            left_out = {room.removesuffix(".py") for room in WITHOUT_KERNELS}
            names = [name.split(".") for name, _ in imports(path)]
            assert not [n for n in names if len(n) > 2 and n[1] in left_out and n[-1].isupper()], path
    assert {room for room in WITHOUT_KERNELS if not (PACKAGE / room).exists()} == set()


def test_no_room_asks_which_solver_it_is() -> None:
    """The solver knows its part in every room (exobase.solvers). Schemas name it; loaders of one kind refuse others."""
    allowed = {"solvers.py", "config/solvers.py", "config/schema.py", "config/schema_history.py", "case/load.py"}
    found = []
    for path in FILES:
        if str(path.relative_to(PACKAGE)) in allowed:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
                asks = any(isinstance(p, ast.Constant) and p.value in ("dsmc", "test_particle") for p in parts)
            elif isinstance(node, ast.If) and isinstance(node.test, ast.Call) and len(node.test.args) == 2:
                asks = ast.unparse(node.test.args[1]) in ("Case", "HistoryCase")
            else:
                continue
            if asks:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def test_files_import_each_other_in_no_circle() -> None:
    """Imports inside functions count; those for type checkers only do not."""
    names = {".".join(p.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__"): p for p in ALL_FILES}
    graph = {name: _files_imported(path, names) - {name} for name, path in names.items()}
    with contextlib.suppress(StopIteration):
        while True:
            graph.pop(next(name for name, wanted in graph.items() if not wanted & graph.keys()))
    assert {name: sorted(wanted & graph.keys()) for name, wanted in graph.items()} == {}


def _files_imported(path: Path, names: Mapping[str, Path]) -> set[str]:
    for_types = {
        child
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree_of(path)):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in names else node.module for a in node.names
            }
    return found & names.keys()


def test_only_the_command_line_ends_the_process() -> None:
    """The library raises; the command line maps errors to exit codes."""
    found = []
    for path in FILES:
        if room_of(path) == "cli":
            continue
        for node in ast.walk(tree_of(path)):
            ends = isinstance(node, ast.Name) and node.id in ("SystemExit", "exit", "quit")
            if ends or attribute_chain(node) == "sys.exit":
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize(
    ("room", "source", "caught"),
    [
        ("particles", "from exobase.simulation import Simulation", True),
        ("particles", "def f():\n    import exobase.io.results", True),
        ("particles", "from exobase import parallel", True),
        ("particles", "from ..io import results", True),
        ("io", "from exobase.parallel import Comm", True),
        ("analytic", "from exobase.species import species", True),
        ("cli", "import exobase", True),
        ("cli", "from exobase import nowhere", True),
        ("io", "from exobase import __version__", False),
        ("simulation", "from exobase.case import Case", False),
        ("particles", "from exobase.constants import K_B", False),
    ],
)
def test_these_rules_can_fail(
    room: str, source: str, caught: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "exobase"
    path = package / room / "module.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    monkeypatch.setitem(globals(), "PACKAGE", package)
    assert bool(violations_of(path)) is caught


AREA = r"\b4(\.0)?( / 3(\.0)?)? \* (math|np)\.pi"
NAMELESS = r"\b(x|y|out|flights|tracers)\[([0-4],|1:4)|\bflights\[[0-4]\]"


NO_AREAS = {"cross_sections/zbl.py", "fields/magnetopause.py", "sources/plasma.py", "sources/radial.py"}
"""Formulas with 4 pi that are no area: a stopping power, a dipole, a speed distribution, an integral in a kernel."""


def test_the_shape_of_space_is_known_to_geometry_alone() -> None:
    """Other rooms ask a `Space`: they neither compare its name nor write areas and volumes of spheres."""
    found = []
    for path in FILES:
        if room_of(path) in ("geometry", "analytic"):
            continue
        place = str(path.relative_to(PACKAGE))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Compare):
                words = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
                found += [f"{place}:{node.lineno}: compares a geometry"] if words & {"radial", "planar"} else []
            if isinstance(node, ast.Name) and node.id in ("RADIAL", "PLANAR"):
                found.append(f"{place}:{node.lineno}: {node.id}")
        if place not in NO_AREAS:
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            found += [f"{place}:{k}: writes 4 pi" for k, line in lines if re.search(AREA, line)]
    assert not found, "\n".join(found)


GAS = ("particles", "collisions", "simulation", "geometry", "tallies", "sources")


def test_rules_about_geometry_and_columns_can_fail() -> None:
    for line in ("a = 4.0 * np.pi * r**2", "v = 4.0 / 3.0 * math.pi * r**3"):
        assert re.search(AREA, line)
    for line in ("v = x[1, i]", "v2 = (x[1:4, :n] ** 2).sum()", "r = flights[0]", "out[0, j] = r"):
        assert re.search(NAMELESS, line)
    assert not re.search(NAMELESS, "v, t1 = x[VN, i], y[k, i]")


def test_columns_of_the_gas_have_names() -> None:
    """Kernels write x[VN, i], not x[1, i] (exobase.geometry.columns); histories have other columns."""
    found = []
    for path in FILES:
        if room_of(path) in GAS and path.name not in ("bank.py", "births.py"):
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            found += [f"{path.name}:{k}: {line.strip()}" for k, line in lines if re.search(NAMELESS, line)]
    assert not found, "\n".join(found)


OWN_FOLDERS = {"docs": "scripts of docs/_ext", "stages": "cases of stages", "verify": "exobase_verify"}


def test_folders_of_unit_tests_are_those_of_the_sources() -> None:
    folders = {p.parent.name for p in Path(__file__).parent.glob("*/test_*.py")}
    rooms = {p.name for p in PACKAGE.iterdir() if p.is_dir()}
    assert folders - rooms == set(OWN_FOLDERS)
