"""How the processes of an attempt are started under its settings: variables, priority, processors.

Every way here needs no privilege and keeps the binary as it is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random

from flakecore.bundle import Settings
from flakecore.collect.capture.process import signal_group
from flakecore.collect.objects.scheduler_patches import RANDOM_SCHEDULER

_EXIT_SLEEP = "atexit_sleep_ms"
"""The race runtime sleeps so long before the process ends, a second by default
(ThreadSanitizer's flag): of a binary that runs for 30 ms that is thirty times its run."""
_LEAN = "FLAKETUI_LEAN"
"""Has the probe write nothing where all tests pass and leave nothing behind: two thirds of the
processor time of a binary that runs for 30 ms (Go 1.27.3, two cores)."""
_LONGEST_RUN_S = 0.3
_LONGEST_STOP_S = 0.04
"""Bounds of the moments between stops and of the stops themselves; chosen, not measured."""


def environment_of(
    base: Mapping[str, str], settings: Settings, *, lean: bool = False
) -> dict[str, str]:
    """Return the environment of a test binary in a hunt.

    Args:
        base: as `go test` would have run it; the person's own GORACE is kept.
        settings: what the attempt runs under.
        lean: whether it leaves nothing but trace and output where it passes.
    """
    found = dict(base)
    if lean:
        found[_LEAN] = "1"
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


def processors_of(settings: Settings) -> list[int]:
    """Return the processors that an attempt may use; none for all."""
    if not settings.processors or not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))[: settings.processors]


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
