"""Lets the launcher read what this rank has printed before the job is ended."""

from __future__ import annotations

import array
import fcntl
import os
import stat
import sys
import termios
import time

PATIENCE = 2.0  # s that a launcher which does not read is waited for


def deliver(seconds: float = PATIENCE) -> None:
    """Flush standard output and error and, where they are pipes, wait until their reader has taken all.

    Launchers end a job on MPI_Abort at once: hydra loses what is in the pipes then, so the reason for the end.
    """
    end = time.monotonic() + seconds
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
            while _unread(stream.fileno()) and time.monotonic() < end:
                time.sleep(0.001)
        except (OSError, ValueError):  # closed, its reader gone or no file behind it: nobody reads
            continue


def _unread(descriptor: int) -> int:
    """Bytes in a pipe that its reader has not taken; 0 for all else."""
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return 0
    number = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, number)
    return number[0]
