"""Text of a result file as strings of fixed length.

Those of variable length lie in a heap that HDF5 does not check; what is fixed is covered by the checksums of its
metadata (file format of HDF5 1.10) and of the datasets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt


def text_type(length: int) -> np.dtype[Any]:
    """Text of at most so many bytes in UTF-8."""
    kind: np.dtype[Any] = h5py.string_dtype("utf-8", max(length, 1))
    return kind


def encoded(text: str) -> bytes:
    """UTF-8; what has none (half of a surrogate pair) becomes a question mark."""
    return text.encode("utf-8", "replace")


def fixed(text: str) -> npt.NDArray[Any]:
    """One text."""
    data = encoded(text)
    return np.array(data, dtype=text_type(len(data)))


def fixed_list(texts: Iterable[str]) -> npt.NDArray[Any]:
    """Texts, of the length of the longest one."""
    data = [encoded(text) for text in texts]
    return np.array(data, dtype=text_type(max(map(len, data), default=1)))
