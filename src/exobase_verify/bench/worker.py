"""The process that measures: started by :func:`exobase_verify.bench.workers.work`, on one rank or several."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from exobase.parallel import world
from exobase_verify.bench import compiling, hot_atoms, memory, radial, tail
from exobase_verify.bench.workers import MARK, Figures

TASKS: dict[str, Callable[..., Figures]] = {
    "radial": radial.measure_ranks,
    "memory": memory.measure_process,
    "compile": compiling.measure_process,
    "tail": tail.measure_ranks,
    "hot_atoms": hot_atoms.measure_ranks,
}


def main(task: str, arguments: str) -> None:
    """Run one task with JSON arguments; rank 0 prints the figures."""
    comm = world()
    try:
        figures = TASKS[task](comm, **json.loads(arguments))
    except BaseException:
        if comm.size > 1:
            import traceback

            traceback.print_exc()
            comm.abort(3)
        raise
    if comm.rank == 0:
        sys.stdout.write(f"{MARK}{json.dumps(figures)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
