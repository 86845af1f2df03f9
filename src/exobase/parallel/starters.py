"""What the program that started this process says of its ranks."""

from __future__ import annotations

import os
from collections.abc import Mapping

_COUNTS = (
    ("SLURM_STEP_NUM_TASKS", "srun", "srun --mpi=pmix (or pmi2; 'srun --mpi=list' shows them), or use mpirun"),
    ("OMPI_COMM_WORLD_SIZE", "mpirun of Open MPI", "the mpirun that 'exobase doctor' names"),
    ("PMI_SIZE", "mpiexec of MPICH or Intel MPI", "the mpirun that 'exobase doctor' names"),
)


_RANKS = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID")


def started_as(environment: Mapping[str, str] = os.environ) -> int:
    """Number of this process among those that a starter of ranks started together; 0 without one."""
    return next((int(environment[name]) for name in _RANKS if environment.get(name, "").isdigit()), 0)


def lone_world(environment: Mapping[str, str] = os.environ) -> str:
    """A message where several tasks were started, "" where one was. To be asked by a process that is alone in its MPI.

    The starter then does not speak the language of the MPI library: every task runs the whole case.
    """
    for name, starter, remedy in _COUNTS:
        count = environment.get(name, "")
        if count.isdigit() and int(count) > 1:
            return (
                f"{starter} started {count} tasks ({name}), but MPI shows each of them a world of one, so that each "
                f"runs the whole case: start them with {remedy}"
            )
    return ""
