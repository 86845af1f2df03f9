"""Exception types, one per kind of failure; the command line maps each to its exit code."""

from __future__ import annotations

from collections.abc import Iterable


class ExobaseError(Exception):
    """Base of every error that exobase raises on purpose.

    messages: one message, or several, so that all faults of a case are shown at once.
    Each says where, what was given, what is allowed, and what to do. str() joins them by newlines.
    """

    exit_code = 3

    def __init__(self, messages: str | Iterable[str]) -> None:
        self.messages: tuple[str, ...] = (messages,) if isinstance(messages, str) else tuple(messages)
        super().__init__(*self.messages)

    def __str__(self) -> str:
        return "\n".join(self.messages)


class InputError(ExobaseError):
    """A case, table or argument that cannot be used as given."""

    exit_code = 2


class RunError(ExobaseError):
    """A failure while running: a full array, a lost particle, a NaN, a broken ledger."""

    exit_code = 3
