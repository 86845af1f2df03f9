"""The one kernel decorator, the compilation cache and compile-time accounting.

Kernels are compiled by Numba with ``error_model="numpy"`` (no Python exceptions inside, so loops vectorise) and
without fast-math: results are bit-reproducible and independent of a particle's place in an array. Compiled code is
cached in a folder whose name hashes the source files that kernels can follow from and the Numba version, so that a
change in any callee recompiles. Kernels of another package, which call those of this one, have a folder of their own.

Environment: ``EXOBASE_CACHE`` chooses the cache folder, ``EXOBASE_JIT=0`` runs the plain Python functions,
``EXOBASE_BOUNDSCHECK=1`` compiles with array bounds checks (both for tests).
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

JIT_ENABLED = os.environ.get("EXOBASE_JIT", "1") != "0"
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
BOUNDSCHECK = os.environ.get("EXOBASE_BOUNDSCHECK", "0") == "1"

F = TypeVar("F", bound=Callable[..., Any])


WITHOUT_KERNELS = (
    "analytic", "bodies.py", "case", "citations", "cli", "config", "driver", "fluid", "io", "judge", "machine.py",
    "parallel", "provenance.py", "regime", "report", "solvers.py", "summary", "sweep", "unit_words.py",
)  # fmt: skip
"""Parts of the package without kernels, of which kernels take nothing: a change there leaves compiled code valid."""


FROZEN = "data/scattering/*.toml"
"""Tables whose numbers are constants of compiled code."""


def source_hash(beside: Path | None = None) -> str:
    """SHA-256 (first 16 hex digits) over the sources compiled code can follow from, Numba's version and the flags.

    beside: folder of another package that compiles kernels of its own with those of this one.
    """
    digest = hashlib.sha256(f"{numba.__version__} {BOUNDSCHECK}".encode())
    root = Path(__file__).parent
    code = (p for p in root.rglob("*.py") if p.relative_to(root).parts[0] not in WITHOUT_KERNELS)
    _add_sources(digest, root, (*code, *root.glob(FROZEN)))
    if beside is not None:
        _add_sources(digest, beside, beside.rglob("*.py"))
    return digest.hexdigest()[:16]


def _add_sources(digest: hashlib._Hash, root: Path, paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())


@functools.cache
def _cache_folder_of(package: str) -> str:
    """Folder for the kernels of a package; modules that are in no package share that of this one."""
    source = getattr(sys.modules.get(package), "__file__", None)
    other = package != __name__.split(".")[0] and source is not None and Path(source).name == "__init__.py"
    return str(cache_folder(Path(source).parent if other and source else None))


def cache_folder(beside: Path | None = None) -> Path:
    """Folder of the compiled kernels: in ``EXOBASE_CACHE``, else the user's cache folder, else the temporary folder.

    beside: folder of another package with kernels of its own, see ``source_hash``.
    Code found there is executed. A folder that another user owns or may write to is therefore not used; where none of
    the three is private, a new one is made that lasts as long as the process.
    """
    temporary = Path(tempfile.gettempdir()) / f"exobase-{os.getuid()}"
    wanted = [os.environ.get("EXOBASE_CACHE"), os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"]
    for base in (*(Path(w) / "exobase" for w in wanted if w), temporary):
        folder = base / source_hash(beside)
        if _is_private(base) and _is_private(folder) and os.access(folder, os.W_OK):
            return folder
    own = Path(tempfile.mkdtemp(prefix="exobase-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def _is_private(folder: Path) -> bool:
    """Makes the folder if it is not there, for its owner alone; true if no other user can put files into it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        above, found = folder.parent.stat(), folder.lstat()
        if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or _anyone_may_exchange(above):
            return False
        if found.st_mode & OTHERS_WRITE:  # of an earlier version or by hand: what lies there cannot be trusted
            folder.chmod(0o700)
            for entry in folder.iterdir():
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    except OSError:
        return False
    return True


def _anyone_may_exchange(above: os.stat_result) -> bool:
    """Whether every user can rename what lies in a folder: all may write there, and no sticky bit forbids it."""
    return bool(above.st_mode & stat.S_IWOTH) and not above.st_mode & stat.S_ISVTX


def kernel(function: F) -> F:
    """Compile a kernel or a scalar formula for the CPU (see the module text for the rules)."""
    return _compiled(function, inline=False)


def inlined(function: F) -> F:
    """A kernel that is compiled into its callers: for what is called for every step of a particle with many arrays."""
    return _compiled(function, inline=True)


def part(function: F) -> F:
    """An inlined kernel that is only called by kernels: without the entry for Python, half the compile time.

    Calling it from compiled Python crashes the process; with ``EXOBASE_JIT=0`` it is a plain function.
    """
    return _compiled(function, inline=True, entry=False)


def _compiled(function: F, inline: bool, entry: bool = True) -> F:
    if not JIT_ENABLED:
        return function
    numba.config.CACHE_DIR = _cache_folder_of(function.__module__.split(".")[0])
    options: dict[str, Any] = {"no_cfunc_wrapper": True, "no_cpython_wrapper": not entry}
    if inline:
        options["forceinline"] = True
    compiled: F = numba.njit(cache=True, error_model="numpy", boundscheck=BOUNDSCHECK, **options)(function)
    return compiled


def _without_owner(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The value with the owner of every array in it set to null."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = array.meminfo.type(None)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        parts = zip(kind, cgutils.unpack_tuple(builder, value, len(kind)), strict=True)
        return context.make_tuple(builder, kind, [_without_owner(context, builder, k, v) for k, v in parts])
    return value


def _borrowed(typing_context: Any, x: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _without_owner(context, builder, signature.args[0], arguments[0])

    return x(x), generate


def _identity(x: Any) -> Any:
    return x


borrowed: Callable[[Any], Any] = intrinsic(_borrowed) if JIT_ENABLED else _identity
"""In a kernel: an array or a (nested) tuple of arrays that is not counted as a reference, which its caller must hold.

Arrays passed alone cost nothing, but those of a tuple are counted with atomic operations whenever a part of the tuple
is taken: in the kernel of histories that was three quarters of the time.
"""
