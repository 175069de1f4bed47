"""Event columns: rows by type, and arguments of some rows."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace.events.event_columns import FREQUENT_TYPES
from flakecore.gotrace.format.wire import Ev, of_types
from gotrace.constructed import generations_of, starts, trace_of

THREADS = {
    1: [*starts(1, 7, 0), "GoBlock dt=1 reason=3 stack=9", "HeapAlloc dt=1 value=70000"],
    5: [*starts(5, 8, 1), "HeapAlloc dt=1 value=4"],
}


def test_rows_of_rare_and_of_frequent_types_are_found_alike() -> None:
    ((events, _, _),) = generations_of(trace_of(THREADS))
    for types in (
        of_types(Ev.HEAP_ALLOC),
        of_types(Ev.GO_BLOCK),
        of_types(Ev.HEAP_ALLOC, Ev.GO_BLOCK),
    ):
        assert events.of_types(types).tolist() == np.flatnonzero(types[events.type]).tolist()


def test_rare_rows_are_those_whose_type_is_not_frequent() -> None:
    ((events, _, _),) = generations_of(trace_of(THREADS))
    assert not FREQUENT_TYPES[events.type[events.rare_rows]].any()
    assert len(events.rare_rows) == len(events) - 1


def test_arguments_and_stacks_are_those_of_the_text() -> None:
    ((events, _, _),) = generations_of(trace_of(THREADS))
    blocks, heap = (events.of_types(of_types(each)) for each in (Ev.GO_BLOCK, Ev.HEAP_ALLOC))
    assert events.argument(0, blocks).tolist() == [3]
    assert events.argument(0, heap).tolist() == [70_000, 4]
    assert events.stack(np.append(blocks, heap)).tolist() == [9, 0, 0]
    assert events.thread(heap).tolist() == [1, 5]
