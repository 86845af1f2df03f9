"""What the resolvers of sections of a test-particle case share: its body and domain, and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exobase.case.resolve_checks import Report
from exobase.errors import InputError
from exobase.io import Profile, read_profile
from exobase.io.files import is_there


@dataclass(frozen=True)
class Frame:
    """What the resolvers of sections share: directory of the case, radius and GM of the body, edges of the domain."""

    path: Path
    body_radius: float
    gm: float
    r_inner: float
    r_outer: float


class Tables:
    """Profile tables of a case, each file read once. A table that cannot be read is reported once, then None."""

    def __init__(self, frame: Frame, report: Report) -> None:
        self.frame, self.report = frame, report
        self._read: dict[Path, Profile | None] = {}

    def get(self, key: str, name: str) -> Profile | None:
        """The profile in the file ``name`` (relative to the case directory) that ``key`` asks for."""
        file = self.frame.path / name
        if file not in self._read:
            self._read[file] = None
            if not is_there(file):
                self.report(key, f"there is no file {file}", name)
            else:
                try:
                    self._read[file] = read_profile(file, self.frame.body_radius)
                except InputError as error:
                    for message in error.messages:
                        self.report(key, message, name)
        return self._read[file]
