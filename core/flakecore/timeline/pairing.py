"""Which goroutine ran which test.

Every test, subtest and fuzz target gets a goroutine of its own, created by the package testing
just after it printed ``=== RUN`` (``src/testing/testing.go``, ``(*T).Run``). One goroutine runs
its subtests one after another, so for each creating goroutine the ``run`` events of its subtests
and its creations of test goroutines come in the same order: no time stamp is needed to pair them.
Examples and benchmarks run on the main goroutine and have none of their own.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np

from flakecore.gotest import TestRun
from flakecore.gotrace import Trace
from flakecore.timeline.tests import find_parent

_RUNNERS = ("testing.tRunner", "testing.fRunner")
_TOP_LEVEL = ("testing.runTests", "testing.runFuzzTests", "testing.runFuzzing")
_OWN_GOROUTINE = ("Test", "Fuzz")
_TOP = 0
"""Stands for the creator of top-level tests; goroutine numbers begin at 1."""


def pair_goroutines(trace: Trace, runs: Sequence[TestRun]) -> list[int]:
    """Return the goroutine of each test run, 0 where none is known."""
    waiting = _test_goroutines(trace)
    goroutines = [0] * len(runs)
    running: dict[str, int] = {}
    for place, run in enumerate(runs):
        parent = find_parent(run.name, running)
        if not parent and not run.name.startswith(_OWN_GOROUTINE):
            continue
        creator = running[parent] if parent else _TOP
        queue = waiting.get(creator)
        if queue:
            goroutines[place] = running[run.name] = queue.popleft()
        else:
            running.pop(run.name, None)
    return goroutines


def _test_goroutines(trace: Trace) -> dict[int, deque[int]]:
    """Return the goroutines that run tests, by the test goroutine that created them, in order.

    A subtest may be run from a goroutine that its test started; it counts as the test's.
    """
    created, table = trace.creations, trace.table
    runner = {
        stack
        for stack in np.unique(created.function).tolist()
        if any(frame.function in _RUNNERS for frame in table.stack(stack))
        or any(frame.function.startswith("testing.(*T).Run.") for frame in table.stack(stack))
    }
    top = {
        stack
        for stack in np.unique(created.stack).tolist()
        if any(frame.function in _TOP_LEVEL for frame in table.stack(stack))
    }
    rows = np.flatnonzero(np.isin(created.function, list(runner)))
    rows = rows[np.argsort(created.time[rows], kind="stable")]
    tests = set(created.goroutine[rows].tolist())
    creator_of = _Creators(trace)
    queues: defaultdict[int, deque[int]] = defaultdict(deque)
    for row in rows.tolist():
        if int(created.stack[row]) in top:
            creator = _TOP
        else:
            creator = creator_of.nearest(int(created.creator[row]), tests)
        queues[creator].append(int(created.goroutine[row]))
    return queues


class _Creators:
    """Looks up goroutines' creators."""

    def __init__(self, trace: Trace) -> None:
        self._created = trace.creations

    def nearest(self, number: int, wanted: set[int]) -> int:
        """Return the goroutine itself or its nearest ancestor that is wanted, or ``_TOP``."""
        seen = set()
        while number > 0 and number not in wanted and number not in seen:
            seen.add(number)
            place = int(np.searchsorted(self._created.goroutine, number))
            found = place < len(self._created.goroutine)
            if not found or self._created.goroutine[place] != number:
                return _TOP
            number = int(self._created.creator[place])
        return number if number in wanted else _TOP
