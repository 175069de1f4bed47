"""The tracks of a trace for Perfetto, and how they lie below one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from flakecore.report.perfetto.packets import track_packet
from flakecore.text.printable import printable
from flakecore.timeline import Case

_KINDS = 8
_FIRST = 64
_BYTES = 3
"""``CounterDescriptor.Unit`` of bytes."""


class Root(IntEnum):
    """Tracks that others lie below or that there is one of, by number, in the order shown."""

    TESTS = 1
    OTHER_GOROUTINES = 2
    RUNTIME_GOROUTINES = 3
    PROCS = 4
    THREADS = 5
    COLLECTOR = 6
    CYCLES = 7
    STOPS = 8
    HEAP = 9
    HEAP_GOAL = 10
    OTHER_OUTPUT = 11


_ROOTS: dict[Root, tuple[str, int]] = {
    Root.TESTS: ("Tests", 0),
    Root.OTHER_GOROUTINES: ("Goroutines of no test", 0),
    Root.RUNTIME_GOROUTINES: ("Goroutines of the runtime", 0),
    Root.PROCS: ("Procs", 0),
    Root.THREADS: ("Threads", 0),
    Root.COLLECTOR: ("Garbage collector", 0),
    Root.CYCLES: ("Collections", Root.COLLECTOR),
    Root.STOPS: ("Stops of the world", Root.COLLECTOR),
    Root.HEAP: ("Live heap", 0),
    Root.HEAP_GOAL: ("Heap goal", 0),
    Root.OTHER_OUTPUT: ("Output of no test", 0),
}
_LATER = (Root.HEAP, Root.HEAP_GOAL, Root.OTHER_OUTPUT)
"""Tracks that are there only where something is on them."""


class TrackKind(IntEnum):
    """Kinds of tracks of which there is one for each number."""

    GOROUTINE = 0
    PROC = 1
    THREAD = 2
    TEST = 3
    SWEEP = 4
    ASSIST = 5


def track_of(kind: TrackKind, number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tracks of numbers that are not negative; each differs from all others."""
    return _FIRST + number * _KINDS + int(kind)


def track(kind: TrackKind, number: int) -> int:
    """Return the track of one number."""
    return _FIRST + number * _KINDS + int(kind)


class Tracks:
    """Describes the tracks of a case, each before the first event on it."""

    def __init__(self, case: Case) -> None:
        """Describe no track yet."""
        self._case = case
        self._described: set[int] = set()
        self._names: dict[int, str] = {}
        self._system: frozenset[int] = frozenset()
        if case.schedule is not None:
            tree = case.schedule.tree
            numbers = tree.columns().goroutine.tolist()
            self._names = dict(zip(numbers, tree.functions(), strict=True))
            self._system = frozenset(tree.system.tolist())

    def roots(self) -> Iterator[bytes]:
        """Yield descriptions of the tracks that others lie below."""
        for root, (name, parent) in _ROOTS.items():
            if root not in _LATER:
                yield track_packet(root, name, parent=parent, rank=root, ordered=not parent)

    def once(self, root: Root) -> bytes:
        """Return the description of a counter or of the output of no test, the first time."""
        if root in self._described:
            return b""
        self._described.add(root)
        unit = _BYTES if root in (Root.HEAP, Root.HEAP_GOAL) else 0
        return track_packet(root, _ROOTS[root][0], rank=root, unit=unit)

    def tests(self, chosen: Iterable[int]) -> Iterator[bytes]:
        """Yield descriptions of tests, each below the test that ran it, and of those above."""
        for test in chosen:
            above = [test]
            while (parent := self._case.tests[above[-1]].parent) >= 0:
                above.append(parent)
            for each in reversed(above):
                number = track(TrackKind.TEST, each)
                if number not in self._described:
                    self._described.add(number)
                    yield track_packet(
                        number, self._test_name(each), parent=self._above(each), rank=each + 1
                    )

    def _above(self, test: int) -> int:
        parent = self._case.tests[test].parent
        return track(TrackKind.TEST, parent) if parent >= 0 else Root.TESTS

    def _test_name(self, test: int) -> str:
        span = self._case.tests[test]
        again = f" (attempt {span.attempt})" if span.attempt > 1 else ""
        return printable(f"{span.short_name}{again}")

    def goroutine_name(self, number: int) -> str:
        """Return a goroutine's number and start function."""
        return printable(f"G{number} {self._names.get(number, '')}".rstrip())

    def lanes(self, kind: TrackKind, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield descriptions of tracks that have none yet, by numbers in any order."""
        for number in np.unique(numbers).tolist():
            found = track(kind, number)
            if found in self._described:
                continue
            self._described.add(found)
            if kind is TrackKind.GOROUTINE:
                yield from self._goroutine(found, number)
            elif kind is TrackKind.PROC:
                yield track_packet(found, f"P{number}", parent=Root.PROCS, rank=number + 1)
            elif kind is TrackKind.THREAD:
                yield track_packet(found, f"M{number}", parent=Root.THREADS, rank=number + 1)
            elif kind is TrackKind.SWEEP:
                name = f"Sweeps on P{number}"
                yield track_packet(found, name, parent=Root.COLLECTOR, rank=100 + number)
            else:
                name = f"Mark assists of {self.goroutine_name(number)}"
                yield track_packet(found, name, parent=Root.COLLECTOR, rank=1_000 + number)

    def _goroutine(self, found: int, number: int) -> Iterator[bytes]:
        schedule = self._case.schedule
        test = schedule.tree.test_of(number) if schedule is not None else -1
        if test >= 0:
            yield from self.tests([test])
            parent = track(TrackKind.TEST, test)
        elif number in self._system:
            parent = int(Root.RUNTIME_GOROUTINES)
        else:
            parent = int(Root.OTHER_GOROUTINES)
        own = test >= 0 and self._case.tests[test].goroutine == number
        rank = 1 if own else number + 1
        yield track_packet(found, self.goroutine_name(number), parent=parent, rank=rank)
