"""The tree of goroutines by creation, and the test that each belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flakecore.distinct import distinct, union
from flakecore.frames import is_of_probe, is_wrapper
from flakecore.gotrace import Stack, Trace
from flakecore.timeline.lanes.lane import Goroutine

_SYSTEM_PREFIXES = ("runtime.", "runtime/trace.", "runtime/pprof.", "os/signal.")
_KEPT = 1 << 14
"""Goroutines that stay looked up: the rules of diagnosis ask for each of a hang several times."""
_NOT_SYSTEM = ("runtime.main", "runtime.corostart", "runtime/pprof.Do")
"""``corostart`` runs what ``iter.Pull`` was given: code of the program's own."""


@dataclass(frozen=True, slots=True)
class GoroutineColumns:
    """All goroutines of a trace, by number; int64 columns (n,).

    Attributes:
        goroutine: its number, above 0.
        creator: the goroutine that created it; 0 where unknown or the runtime.
        creation: row of its creation in ``Trace.creations``; -1 where it was there before.
        test: index of the test it belongs to, or -1.
    """

    goroutine: NDArray[np.int64]
    creator: NDArray[np.int64]
    creation: NDArray[np.int64]
    test: NDArray[np.int64]


class GoroutineTree:
    """All goroutines of a trace with their creators and tests."""

    def __init__(self, trace: Trace, tests: Mapping[int, int]) -> None:
        """Follow creation from the goroutines of ``tests`` (goroutine to test index) downwards."""
        self._trace = trace
        created = trace.creations
        self._numbers = union(trace.goroutines.lanes, created.goroutine)
        self._numbers = self._numbers[self._numbers > 0]
        self._creator = np.zeros(len(self._numbers), np.int64)
        index = np.searchsorted(self._numbers, created.goroutine)
        self._creator[index] = np.maximum(created.creator, 0)
        self._creation = np.full(len(self._numbers), -1, np.int64)
        self._creation[index] = np.arange(len(index))
        self._test = self._follow(tests)
        self._own = {test: number for number, test in tests.items()}
        self.system: NDArray[np.int64] = self._find_system()
        self._system = frozenset(self.system.tolist())
        self._goroutine = lru_cache(_KEPT)(self._find)
        # A test that allocates starts the collector's workers; they are no part of it.
        self._test[np.isin(self._numbers, self.system)] = -1

    def goroutine(self, number: int) -> Goroutine | None:
        """Return one goroutine, or None if the trace never mentions it."""
        return self._goroutine(number)

    def _find(self, number: int) -> Goroutine | None:
        index = self._index(number)
        if index < 0:
            return None
        created, row = self._trace.creations, int(self._creation[index])
        ended = self._ended(number)
        return Goroutine(
            id=number,
            function=self._function(number, row),
            creator=int(self._creator[index]),
            created_ns=int(created.time[row]) if row >= 0 else self._seen_first(number),
            ended_ns=ended,
            creation_stack=self._stack(created.stack, row),
            test=int(self._test[index]),
            system=number in self._system,
            there_before=row < 0,
        )

    def _seen_first(self, number: int) -> int:
        """Return when a goroutine appears first whose creation the trace does not have."""
        crossing = self._trace.goroutines.crossing.columns
        rows = crossing.rows(number)
        return crossing.start_of(rows.start) if rows.stop > rows.start else 0

    def of_test(self, test: int) -> tuple[int, ...]:
        """Return the goroutines of a test, its own first, then by creation."""
        numbers = self._numbers[self._test == test].tolist()
        own = self._own.get(test)
        if own in numbers:
            numbers.remove(own)
            numbers.insert(0, own)
        return tuple(numbers)

    def ended_of_test(self, test: int, limit: int) -> tuple[int, ...]:
        """Return the goroutines of a test that ended last, the very last first."""
        numbers = self._numbers[self._test == test]
        ended = self._trace.goroutines.ends_of(numbers)
        order = np.argsort(-ended, kind="stable")[:limit]
        return tuple(numbers[order[ended[order] >= 0]].tolist())

    def created_at(self, wanted: Callable[[Stack], bool]) -> tuple[int, ...]:
        """Return the goroutines whose ``go`` statement has a stack that is wanted, by number."""
        created, table = self._trace.creations, self._trace.table
        stacks = [each for each in distinct(created.stack).tolist() if wanted(table.stack(each))]
        found = np.isin(created.stack, np.array(stacks, np.int32))
        return tuple(created.goroutine[found].tolist())

    def columns(self) -> GoroutineColumns:
        """Return all goroutines, by number."""
        return GoroutineColumns(self._numbers, self._creator, self._creation, self._test)

    def functions(self) -> list[str]:
        """Return the start functions of all goroutines, by number; "" if unknown."""
        known = self._creation >= 0
        started, first = (np.zeros(len(self._numbers), np.int64) for _ in range(2))
        started[known] = self._trace.creations.function[self._creation[known]]
        seen = self._trace.first_stacks
        index = np.searchsorted(self._numbers, seen.goroutine)
        inside = np.flatnonzero(index < len(self._numbers))
        inside = inside[self._numbers[index[inside]] == seen.goroutine[inside]]
        first[index[inside]] = seen.stack[inside]
        # Goroutines of the same two stacks have one name: a few kinds make up a million.
        pairs, which = np.unique(np.stack((started, first), axis=1), axis=0, return_inverse=True)
        names = [self._name(*pair) for pair in pairs.tolist()]
        return [names[pair] for pair in which.ravel().tolist()]

    def tests_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index of the test that each goroutine belongs to, or -1."""
        found = np.full(len(numbers), -1, np.int64)
        index = np.searchsorted(self._numbers, numbers)
        known = np.flatnonzero(index < len(self._numbers))
        known = known[self._numbers[index[known]] == numbers[known]]
        found[known] = self._test[index[known]]
        return found

    def test_of(self, number: int) -> int:
        """Return the index of the test a goroutine belongs to, or -1."""
        index = self._index(number)
        return int(self._test[index]) if index >= 0 else -1

    def _index(self, number: int) -> int:
        """Return the index of a goroutine in the columns; -1 if the trace lacks it."""
        index = int(np.searchsorted(self._numbers, number))
        found = index < len(self._numbers) and self._numbers[index] == number
        return index if found else -1

    def _follow(self, tests: Mapping[int, int]) -> NDArray[np.int64]:
        """Return each goroutine's test: its own, or else its nearest ancestor's."""
        count = len(self._numbers)
        test = np.full(count, -1, np.int64)
        for number, index in tests.items():
            at = self._index(number)
            if at >= 0:
                test[at] = index
        parent = np.searchsorted(self._numbers, self._creator)
        parent = np.minimum(parent, max(count - 1, 0))
        itself = np.arange(count)
        known = (self._creator > 0) & (self._numbers[parent] == self._creator) if count else itself
        # A test's goroutine, and one whose creator is not known, is its own root; every step
        # then doubles how far up each goroutine looks.
        parent = np.where(known & (test < 0), parent, itself)
        while True:
            further = parent[parent]
            if np.array_equal(further, parent):
                return test[parent]
            parent = further

    def _function(self, number: int, row: int) -> str:
        started = int(self._trace.creations.function[row]) if row >= 0 else 0
        firsts = self._trace.first_stacks
        at = int(np.searchsorted(firsts.goroutine, number))
        known = at < len(firsts.goroutine) and firsts.goroutine[at] == number
        return self._name(started, int(firsts.stack[at]) if known else 0)

    def _name(self, started: int, first: int) -> str:
        """Return a start function by the numbers of its stack and of the first one of its own."""
        name = self._first(started)
        if name and not is_wrapper(name):
            return name
        # The outermost frame of a stack of its own that is not the compiler's wrapper.
        names = [frame.function for frame in reversed(self._trace.table.stack(first))]
        return next((each for each in names if not is_wrapper(each)), name)

    def _ended(self, number: int) -> int | None:
        return self._trace.goroutines.ended(number)

    def _stack(self, column: NDArray[np.int32], row: int) -> Stack:
        return self._trace.table.stack(int(column[row])) if row >= 0 else ()

    def _find_system(self) -> NDArray[np.int64]:
        # By distinct start function first: a trace may hold a million goroutines of ten kinds.
        rows = self._creation
        functions = np.full(len(rows), -1, np.int64)
        functions[rows >= 0] = self._trace.creations.function[rows[rows >= 0]]
        kinds, which = np.unique(functions, return_inverse=True)
        system_kind = np.array(
            [kind > 0 and _is_system(self._first(int(kind))) for kind in kinds.tolist()], np.bool_
        )
        system = system_kind[which] if len(kinds) else np.zeros(0, np.bool_)
        for index in np.flatnonzero(rows < 0).tolist():
            name = self._function(int(self._numbers[index]), -1)
            system[index] = _is_system(name)
        return self._numbers[system]

    def _first(self, stack: int) -> str:
        frames = self._trace.table.stack(stack)
        return frames[0].function if frames else ""


def _is_system(function: str) -> bool:
    if is_of_probe(function):
        return True
    return function.startswith(_SYSTEM_PREFIXES) and not function.startswith(_NOT_SYSTEM)
