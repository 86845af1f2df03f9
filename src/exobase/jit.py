"""The one kernel decorator, the compilation cache and compile-time accounting.

Kernels are compiled by Numba with ``error_model="numpy"`` (no Python exceptions inside, so loops vectorise) and
without fast-math: results are bit-reproducible and independent of a particle's place in an array. Compiled code is
cached in a folder whose name hashes every source file of the package and the Numba version, so that a change in any
callee recompiles.

Environment: ``EXOBASE_CACHE`` chooses the cache folder, ``EXOBASE_JIT=0`` runs the plain Python functions,
``EXOBASE_BOUNDSCHECK=1`` compiles with array bounds checks (both for tests).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

JIT_ENABLED = os.environ.get("EXOBASE_JIT", "1") != "0"
BOUNDSCHECK = os.environ.get("EXOBASE_BOUNDSCHECK", "0") == "1"

F = TypeVar("F", bound=Callable[..., Any])


def source_hash() -> str:
    """SHA-256 (first 16 hex digits) over all Python sources of the package, the Numba version and the build flags."""
    digest = hashlib.sha256(f"{numba.__version__} {BOUNDSCHECK}".encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Folder of the compiled kernels: ``EXOBASE_CACHE``, else the user's cache folder, else the temporary folder."""
    candidates = [os.environ.get("EXOBASE_CACHE"), os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"]
    for base in candidates:
        if not base:
            continue
        folder = Path(base) / "exobase" / source_hash()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    folder = Path(tempfile.gettempdir()) / f"exobase-{os.getuid()}" / source_hash()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if JIT_ENABLED:
    numba.config.CACHE_DIR = str(cache_folder())


def kernel(function: F) -> F:
    """Compile a kernel or a scalar formula for the CPU (see the module text for the rules)."""
    if not JIT_ENABLED:
        return function
    compiled: F = numba.njit(cache=True, error_model="numpy", boundscheck=BOUNDSCHECK)(function)
    return compiled
