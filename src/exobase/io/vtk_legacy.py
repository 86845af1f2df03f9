"""Whether a legacy VTK file is as long as its heads say: the library reads a truncated one without a word."""

from __future__ import annotations

import re
from pathlib import Path

_SIZES = {
    "bit": 0.125, "char": 1, "unsigned_char": 1, "short": 2, "unsigned_short": 2, "int": 4, "unsigned_int": 4,
    "float": 4, "long": 8, "unsigned_long": 8, "double": 8, "vtktypeint64": 8, "vtktypeuint64": 8, "vtkidtype": 8,
}  # fmt: skip
_COMPONENTS = {"VECTORS": 3, "NORMALS": 3, "TENSORS": 9}
_TOKEN = re.compile(rb"\s*\S+")


def lacking(path: Path) -> str:
    """What is missing at the end of the point data of a legacy file, "" where all is there (or cannot be judged)."""
    data = path.read_bytes()
    start = re.search(rb"^POINT_DATA\s+(\d+)[ \t]*\r?\n", data, re.MULTILINE | re.IGNORECASE)
    if start is None:
        return "the point data are missing"
    reader = _Reader(data, start.end(), binary=b"\nBINARY" in data[:1024])
    try:
        return reader.judge(int(start[1]))
    except (ValueError, IndexError, KeyError):
        return ""


class _Reader:
    """Goes through the point data of a legacy file, head by head."""

    def __init__(self, data: bytes, place: int, binary: bool) -> None:
        self.data, self.place, self.binary = data, place, binary

    def judge(self, points: int) -> str:
        """The first array that ends before it should, in words."""
        while (words := self._line()) is not None:
            keyword = words[0].upper() if words else ""
            if keyword == "METADATA":
                while self._line():
                    pass
            elif keyword == "SCALARS":
                number = int(words[3]) if len(words) > 3 else 1
                self._line()
                if not self._skip(points * number, words[2]):
                    return self._short(words[1])
            elif keyword in _COMPONENTS:
                if not self._skip(points * _COMPONENTS[keyword], words[2]):
                    return self._short(words[1])
            elif keyword == "FIELD":
                if text := self._field(int(words[2])):
                    return text
            elif keyword and keyword not in ("LOOKUP_TABLE",):
                return ""
        return ""

    def _field(self, arrays: int) -> str:
        for _ in range(arrays):
            words = self._line()
            while words == [] or (words and words[0].upper() == "METADATA"):
                while words and self._line():
                    pass
                words = self._line()
            if words is None:
                return "arrays of a FIELD are missing"
            if not self._skip(int(words[1]) * int(words[2]), words[3]):
                return self._short(words[0])
        return ""

    def _line(self) -> list[str] | None:
        """Words of the next line, None at the end."""
        if self.place >= len(self.data):
            return None
        end = self.data.find(b"\n", self.place)
        end = len(self.data) if end < 0 else end
        line, self.place = self.data[self.place : end], end + 1
        return line.decode("ascii").split()

    def _skip(self, values: int, kind: str) -> bool:
        """Go over so many values; whether they are all there."""
        if self.binary:
            self.place += int(-(-values * _SIZES[kind.lower()] // 1))
            return self.place <= len(self.data)
        for _ in range(values):
            match = _TOKEN.match(self.data, self.place)
            if match is None:
                return False
            self.place = match.end()
        # "1.2" may be the beginning of "1.25": a number is complete only if another character follows.
        whole = self.place < len(self.data)
        self.place += whole
        return whole

    def _short(self, name: str) -> str:
        return f"array '{name}' ends before its last value"
