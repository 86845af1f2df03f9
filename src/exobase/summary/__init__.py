"""summary.json: the few numbers that scripts read (docs/results.md)."""

from __future__ import annotations

from exobase.summary.dsmc import summarise
from exobase.summary.histories import summarise_histories

__all__ = ["summarise", "summarise_histories"]
