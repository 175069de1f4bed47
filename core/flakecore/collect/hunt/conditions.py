"""What tests run under when they run again and again, so that rare failures come out.

The conditions follow from the number of the round alone: the same hunt on the same machine goes
through the same ones, and each attempt's are in the manifest. The cycles have lengths without a
common factor, so that every combination comes up. The first round is as the person would run it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flakecore.bundle import Settings

_BUSY = "import os\np = os.getppid()\nwhile os.getppid() == p:\n  for _ in range(10**6): pass\n"


def stressed(turn: int, cpus: int, *, shuffle: bool, cpu: str) -> Settings:
    """Return what the attempts of one round run under.

    Args:
        turn: the number of the round, from 0.
        cpus: processors of the machine.
        shuffle: whether the order of the tests may be changed.
        cpu: the ``-cpu`` of the person's own, which stays.
    """
    procs = (0, 1, 2, 2 * cpus, 4)
    loads = (0, cpus, 2 * cpus)
    together = (1, cpus, 1, 2 * cpus)
    cpu_flags = ("", "", "", "1", "", "2", "")
    return Settings(
        gomaxprocs=procs[turn % len(procs)],
        cpu=cpu or cpu_flags[turn % len(cpu_flags)],
        shuffle=str(turn) if shuffle and turn else "",
        instances=max(1, together[turn % len(together)]),
        load=loads[turn % len(loads)],
    )


@contextmanager
def background_load(count: int) -> Iterator[None]:
    """Keep some processors busy until the block is left, or this process ends."""
    busy = [
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BUSY],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
        for process in busy:
            process.wait()
