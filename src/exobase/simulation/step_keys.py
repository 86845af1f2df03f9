"""Random keys of a step, one for each purpose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exobase.jit import kernel
from exobase.rng import Stream, step_key


@kernel
def _step_keys(seed: int, step: int, keys: NDArray[np.uint64]) -> None:
    """Random keys of every purpose in one step."""
    for purpose in range(keys.size):
        keys[purpose] = step_key(seed, purpose, step)


class StepKeys:
    """Keys of the present step; they are drawn when the first one is asked for."""

    def __init__(self, seed: int) -> None:
        self._seed, self._step = seed, -1
        self._keys = np.zeros(max(Stream) + 1, dtype=np.uint64)

    def of(self, step: int, purpose: Stream) -> np.uint64:
        """Key of a purpose in a step."""
        if self._step != step:
            _step_keys(self._seed, step, self._keys)
            self._step = step
        return np.uint64(self._keys[purpose])
