"""The goroutine of each test.

Every test, subtest and fuzz target gets a goroutine of its own, which its parent creates just
after it printed ``=== RUN`` (``src/testing/testing.go``, ``(*T).Run``). The trace has both, the
write and the creation. So test goroutines, by the time of the write that announced them, come in
the same order as the ``run`` events of their tests: no time stamp is needed to pair them. Creation
alone would not do, for several goroutines of a test may run subtests at the same time.

To lose little where one of the two is incomplete, tests are paired among those of their parent.
Examples and benchmarks run on the main goroutine and have none of their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from flakecore.alignment.system_calls import system_calls
from flakecore.distinct import distinct
from flakecore.gotest import TestRun
from flakecore.gotrace import Stack, Trace

_RUNNERS = ("testing.tRunner", "testing.fRunner")
_TOP_LEVEL = ("testing.runTests", "testing.runFuzzTests", "testing.runFuzzing")
_ANNOUNCERS = ("testing.(*T).Run", "testing.runFuzzTests", "testing.(*F).Fuzz.func1")
_OWN_GOROUTINE = ("Test", "Fuzz")
_TOP = 0
"""Stands for the creator of top-level tests; goroutine numbers begin at 1."""


class AnnouncedTest(NamedTuple):
    """A goroutine that runs a test, and when the test's ``=== RUN`` was written.

    Attributes:
        time_ns: when it was written; when the goroutine was created where that write is unknown.
        goroutine: its number.
        created_ns: when it was created.
        parent: the goroutine of the test that ran it; 0 for a test that no other ran, or unknown.
        is_top: whether it is certain that no other test ran it.
    """

    time_ns: int
    goroutine: int
    created_ns: int
    parent: int
    is_top: bool


def pair_goroutines(trace: Trace, runs: Sequence[TestRun]) -> list[int]:
    """Return (runs,) the goroutine of each test run, 0 if unknown."""
    waiting: defaultdict[int, deque[AnnouncedTest]] = defaultdict(deque)
    for announced in announced_tests(trace):
        waiting[announced.parent].append(announced)
    goroutines = [0] * len(runs)
    running: dict[str, int] = {}
    for index, run in enumerate(runs):
        if not run.name.startswith(_OWN_GOROUTINE):
            continue
        running.pop(run.name, None)
        queues = [waiting[each] for each in _possible_creators(run.name, running)]
        queue = min((queue for queue in queues if queue), default=None)
        if queue is not None:
            goroutines[index] = running[run.name] = queue.popleft().goroutine
    return goroutines


def _possible_creators(name: str, running: Mapping[str, int]) -> Iterator[int]:
    """Return the goroutines of the tests that may have run this one.

    A slash may part a subtest from its parent, or be part of its own name.
    """
    if "/" not in name:
        yield _TOP
    while "/" in name:
        name = name.rpartition("/")[0]
        if name in running:
            yield running[name]


def announced_tests(trace: Trace) -> list[AnnouncedTest]:
    """Return the goroutines that run tests and whose creation the trace has, in order.

    A subtest may be run from a goroutine that its test started; it counts as the test's.
    """
    created, table = trace.creations, trace.table
    runner = {
        stack
        for stack in distinct(created.function).tolist()
        if any(frame.function in _RUNNERS for frame in table.stack(stack))
        or any(frame.function.startswith("testing.(*T).Run.") for frame in table.stack(stack))
    }
    top = {
        stack
        for stack in distinct(created.stack).tolist()
        if any(frame.function in _TOP_LEVEL for frame in table.stack(stack))
    }
    rows = np.flatnonzero(np.isin(created.function, list(runner)))
    tests = set(created.goroutine[rows].tolist())
    creator_of = _Creators(trace)
    announcements = _announcements(trace)
    found: list[AnnouncedTest] = []
    for row in rows.tolist():
        creator, time = int(created.creator[row]), int(created.time[row])
        written = announcements.get(creator, [])
        before = bisect_right(written, time)
        is_top = int(created.stack[row]) in top
        found.append(
            AnnouncedTest(
                time_ns=written[before - 1] if before else time,
                goroutine=int(created.goroutine[row]),
                created_ns=time,
                parent=_TOP if is_top else creator_of.nearest(creator, tests),
                is_top=is_top,
            )
        )
    return sorted(found)


def _announcements(trace: Trace) -> dict[int, list[int]]:
    """Return when each goroutine wrote ``=== RUN`` lines (and ``=== NAME`` lines after them)."""
    written: dict[int, list[int]] = {}
    for call in system_calls(trace, _announces):
        written.setdefault(call.goroutine, []).append(call.time_ns)
    return written


def _announces(stack: Stack) -> bool:
    return any(
        inner.function == "testing.(*chattyPrinter).Updatef" and outer.function in _ANNOUNCERS
        for inner, outer in pairwise(stack)
    )


class _Creators:
    """Looks up goroutines' creators."""

    def __init__(self, trace: Trace) -> None:
        self._created = trace.creations

    def nearest(self, number: int, wanted: set[int]) -> int:
        """Return the goroutine itself or its nearest ancestor that is wanted, or ``_TOP``."""
        seen = set()
        while number > 0 and number not in wanted and number not in seen:
            seen.add(number)
            row = int(np.searchsorted(self._created.goroutine, number))
            found = row < len(self._created.goroutine)
            if not found or self._created.goroutine[row] != number:
                return _TOP
            number = int(self._created.creator[row])
        return number if number in wanted else _TOP
