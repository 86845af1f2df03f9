"""A file for HDF5 to write into that remembers a refused write instead of failing in the middle.

The HDF5 library does not survive a write that the system refuses (disk full, quota, dead network share): what it
cannot flush any more makes the process crash when it ends, after the error was reported. So HDF5 writes into this
object, which keeps the first error, takes all further writes as if they succeeded, and raises when asked by `check`.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

_CHUNK = 1 << 28
_KEPT = 1 << 20


class DiskFile:
    """The part of a binary file that h5py's file-object driver uses. Small writes after a failure stay readable."""

    def __init__(self, path: Path) -> None:
        """Make the file anew. What is there, a link included, is removed first. Raises OSError."""
        path.unlink(missing_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        self._position = 0
        self._end = 0
        self._error: OSError | None = None
        self._kept: dict[int, bytes] = {}

    def check(self) -> None:
        """Raise the first error that a write met."""
        if self._error is not None:
            raise self._error

    def sync(self) -> None:
        """Force everything to the disk. Raises OSError."""
        self.check()
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the file, quietly: what matters was raised by `sync`."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; whence as for files."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """The place of the next read or write."""
        return self._position

    def write(self, data: bytes | memoryview) -> int:
        """Write all of data, or remember why not."""
        view = memoryview(data).cast("B")
        start, size = self._position, len(view)
        try:
            if self._error is None:
                done = 0
                while done < size:
                    done += os.pwrite(self._handle, view[done : done + _CHUNK], start + done)
        except OSError as error:
            self._error = error
        if self._error is not None and size <= _KEPT:
            self._kept[start] = bytes(view)
        self._position = start + size
        self._end = max(self._end, self._position)
        return size

    def read(self, size: int = -1) -> bytes:
        """Up to size bytes."""
        count = max(0, self._end - self._position) if size < 0 else size
        buffer = bytearray(count)
        return bytes(buffer[: self.readinto(buffer)])

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill a buffer; what was never written reads as zeros."""
        view = memoryview(buffer).cast("B")
        size, start = len(view), self._position
        try:
            data = os.pread(self._handle, size, start)
        except OSError as error:
            self._error = self._error or error
            data = b""
        view[: len(data)] = data
        view[len(data) :] = bytes(size - len(data))
        for place, kept in self._kept.items():
            low, high = max(place, start), min(place + len(kept), start + size)
            if low < high:
                view[low - start : high - start] = kept[low - place : high - place]
        self._position = start + size
        return size

    def truncate(self, size: int | None = None) -> int:
        """Set the length."""
        self._end = self._position if size is None else size
        try:
            if self._error is None:
                os.ftruncate(self._handle, self._end)
        except OSError as error:
            self._error = error
        return self._end

    def flush(self) -> None:
        """Nothing is buffered here."""
