"""What a repetition leaves is the heap after the last collection that began and ended in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnosis.program_bundles import collected_program
from flakecore.timeline.lanes.heap_by_repetition import heap_by_repetition

pytestmark = pytest.mark.needs_go


def test_it_is_the_least_heap_from_that_collection_to_the_repetitions_end() -> None:
    case = collected_program("heap_grows", "--no-race", "-run", "TestKeeps", "-count", "8").case
    assert case.trace is not None and case.gc is not None
    found = heap_by_repetition(case.tests, case.trace, case.gc)
    assert [each.repetition for each in found] == list(range(1, 9))
    time, value = case.trace.heap.time, case.trace.heap.value
    for test, left in zip(case.tests, found, strict=True):
        assert test.start_ns <= left.time_ns <= test.end_ns
        assert value[np.flatnonzero(time == left.time_ns)].min() == left.size


def test_a_repetition_without_a_collection_is_unknown() -> None:
    case = collected_program("heap_grows", "--no-race", "-run", "TestKeeps", "-count", "8").case
    assert case.trace is not None and case.gc is not None
    first = case.tests[0]
    short = replace(first, end_ns=first.start_ns + 1)
    found = heap_by_repetition((short, *case.tests[1:]), case.trace, case.gc)
    assert (found[0].size, found[0].time_ns) == (-1, short.end_ns)
    assert all(each.size > 0 for each in found[1:])
    assert heap_by_repetition((), case.trace, case.gc) == ()
