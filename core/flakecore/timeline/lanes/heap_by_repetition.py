"""What collections left of the heap within each repetition of a run with -count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flakecore.gotrace import Trace
from flakecore.timeline.lanes.collections import CollectionKind, Collections
from flakecore.timeline.test_spans import TestSpan


class HeapLeft(NamedTuple):
    """The heap right after the last collection within a repetition.

    Attributes:
        repetition: its number, from 1.
        size: in bytes; -1 where no collection began and ended in it.
        time_ns: when it was that, nanoseconds since the case began; its end where none was.
    """

    repetition: int
    size: int
    time_ns: int


def heap_by_repetition(
    tests: Sequence[TestSpan], trace: Trace, collections: Collections
) -> tuple[HeapLeft, ...]:
    """Return what is left of the heap in each repetition, in order; nothing of untimed tests."""
    spans: dict[int, tuple[int, int]] = {}
    for test in tests:
        if test.parent < 0 and test.timed:
            start, end = spans.get(test.attempt, (test.start_ns, test.end_ns))
            spans[test.attempt] = min(start, test.start_ns), max(end, test.end_ns)
    if not spans:
        return ()
    cycles = collections.spans(0, trace.end_ns + 1, CollectionKind.CYCLE)
    by_end = sorted(cycles, key=lambda cycle: cycle.end_ns)
    ended = np.array([cycle.end_ns for cycle in by_end], np.int64)
    begun = np.array([cycle.start_ns for cycle in by_end], np.int64)
    found = []
    for number, (start, end) in sorted(spans.items()):
        at = int(np.searchsorted(ended, end, side="right")) - 1
        left = HeapLeft(number, -1, end)
        if at >= 0 and begun[at] >= start:
            low, high = np.searchsorted(trace.heap.time, (begun[at], end))
            if high > low:
                least = int(low + np.argmin(trace.heap.value[low:high]))
                left = HeapLeft(number, int(trace.heap.value[least]), int(trace.heap.time[least]))
        found.append(left)
    return tuple(found)
