"""Makes the helpers of this folder importable."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in Path(__file__).resolve().parents[:2]:
    sys.path.insert(0, str(folder))
