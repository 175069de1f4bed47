"""How the processes of an attempt are started under its settings: variables, priority, processors.

Every way here needs no privilege and keeps the binary as it is.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random

from flakecore.bundle import Settings
from flakecore.collect.capture.process import signal_group
from flakecore.collect.objects.anchors import RANDOM_SCHEDULER

_EXIT_SLEEP = "atexit_sleep_ms"
"""The race runtime sleeps so long before the process ends, a second unless told otherwise
(ThreadSanitizer's flag): of a binary that runs for 30 ms that is thirty times its run."""
_LONGEST_RUN_S = 0.3
_LONGEST_STOP_S = 0.04
"""Bounds of the moments between stops and of the stops themselves; chosen, not measured."""


def environment_of(base: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Return the environment of a test binary in a hunt.

    Args:
        base: as `go test` would have run it; the person's own GORACE is kept.
        settings: what the attempt runs under.
    """
    found = dict(base)
    race = found.get("GORACE", "")
    if _EXIT_SLEEP not in race:
        found["GORACE"] = f"{race} {_EXIT_SLEEP}=0".strip()
    if settings.gomaxprocs:
        found["GOMAXPROCS"] = str(settings.gomaxprocs)
    if settings.gogc:
        found["GOGC"] = settings.gogc
    if settings.memory_limit:
        found["GOMEMLIMIT"] = settings.memory_limit
    if settings.scheduler:
        found[RANDOM_SCHEDULER] = settings.scheduler
    return found


def prefix_of(settings: Settings) -> list[str]:
    """Return the command that a program is started with, for its priority and its processors."""
    words: list[str] = []
    if settings.nice and (nice := shutil.which("nice")):
        words += [nice, "-n", str(settings.nice)]
    if settings.processors and (taskset := shutil.which("taskset")):
        allowed = sorted(os.sched_getaffinity(0))[: settings.processors]
        words += [taskset, "-c", ",".join(map(str, allowed))]
    return words


@contextmanager
def pauses(group: int, count: int, seed: str) -> Iterator[None]:
    """Stop a process group for a moment, so many times, until the block is left.

    Args:
        group: the process group; it goes on whenever the block is left.
        count: how many times at most; 0 for none.
        seed: what the moments are drawn from.
    """
    if not count:
        yield
        return
    over = threading.Event()

    def stop_and_go() -> None:
        dice = Random(seed)
        for _ in range(count):
            if over.wait(dice.uniform(0, _LONGEST_RUN_S / count)):
                return
            signal_group(group, signal.SIGSTOP)
            over.wait(dice.uniform(0, _LONGEST_STOP_S))
            signal_group(group, signal.SIGCONT)

    thread = threading.Thread(target=stop_and_go, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        signal_group(group, signal.SIGCONT)
