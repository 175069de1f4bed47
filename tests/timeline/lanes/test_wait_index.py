"""The waits that touch a window are those of a plain search, unended ones first."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import Trace, is_waiting
from flakecore.timeline.lanes.wait_index import WaitIndex
from gotrace.constructed import RUNNABLE, WAITING, starts
from timeline.constructed_runs import read

NOBODY = np.zeros(0, np.int64)


def _waits(*lengths: int) -> list[str]:
    """Return events of goroutine 7, which wakes goroutine 9 after waits of these lengths."""
    events = []
    for number, length in enumerate(lengths, 1):
        events += [
            "GoStop dt=1 reason=0 stack=0",
            f"GoStart dt=1 g=9 g_seq={2 * number}",
            "GoBlock dt=1 reason=0 stack=0",
            f"GoStart dt=1 g=7 g_seq={number}",
            f"GoUnblock dt={length} g=9 g_seq={2 * number + 1} stack=0",
        ]
    return events


def _trace() -> Trace:
    """Return two generations: goroutine 9 waits often, 11 from before to beyond the end."""
    endless = f"GoStatus dt=1 g=11 m=0 gstatus={WAITING}"
    first = [
        f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}",
        endless,
        "GoUnblock dt=1 g=9 g_seq=1 stack=0",
    ]
    again = ["GoStatus dt=1 g=9 m=0 gstatus=1", endless]
    return read(
        {1: [*starts(1, 7, 0), *first, *_waits(5, 40, 20, 3)]},
        {1: [*starts(1, 7, 0), *again, *_waits(30, 10)]},
    )


def _plainly(trace: Trace, start_ns: int, end_ns: int) -> tuple[set[tuple[int, int]], list[int]]:
    """Return the unended waits (goroutine, start), and the lengths of the others, descending."""
    unended, lengths = set(), []
    for lane in trace.goroutines.lanes.tolist():
        found = trace.goroutines.of(lane)
        for row in np.flatnonzero(is_waiting(found.state)).tolist():
            columns, at = found.locate(row)
            start, end = int(found.start[row]), int(found.end[row])
            if start < end_ns and end > start_ns:
                if columns.last[at]:
                    unended.add((lane, start))
                else:
                    lengths.append(end - start)
    return unended, sorted(lengths, reverse=True)


WINDOWS = [(0, 10_000), (0, 60), (30, 90), (1_000, 1_040), (1_020, 5_000), (2_000, 3_000)]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_window_has_the_waits_that_touch_it_the_longest_first(window: tuple[int, int]) -> None:
    trace = _trace()
    unended, lengths = _plainly(trace, *window)
    found = WaitIndex(trace, NOBODY).touching(*window, 100)
    rows = list(zip(found.goroutine.tolist(), found.start.tolist(), strict=True))
    assert set(rows[: len(unended)]) == unended
    ends = {
        (lane, int(start)): int(end)
        for lane in trace.goroutines.lanes.tolist()
        for start, end in zip(
            trace.goroutines.of(lane).start, trace.goroutines.of(lane).end, strict=True
        )
    }
    assert [ends[row] - row[1] for row in rows[len(unended) :]] == lengths


def test_a_limit_takes_the_unended_ones_first_and_then_the_longest() -> None:
    trace = _trace()
    found = WaitIndex(trace, NOBODY).touching(0, 10_000, 2)
    assert len(found.start) == 2
    assert found.goroutine[0] == 11


def test_waits_of_goroutines_of_the_runtime_are_left_out() -> None:
    found = WaitIndex(_trace(), np.array([9])).touching(0, 10_000, 100)
    assert found.goroutine.tolist() == [11]


def test_whoever_ended_a_wait_is_a_partner_unless_the_wait_was_a_pause() -> None:
    trace = _trace()
    index = WaitIndex(trace, NOBODY)
    nine = np.array([9])
    assert index.wake_partners(nine, ()) == (7,)
    assert index.wake_partners(nine, [(0, 10_000)]) == ()
    assert index.wake_partners(np.array([7]), ()) == (9,)
    assert WaitIndex(trace, np.array([7])).wake_partners(nine, ()) == ()


@pytest.mark.parametrize(
    ("functions", "partners"),
    [
        (("runtime.gcMarkDone", "runtime.gcAssistAlloc", "time.Sleep"), ()),
        (("sync.(*WaitGroup).Wait", "main.main"), (7,)),
    ],
)
def test_who_goes_on_before_another_from_the_garbage_collector_is_no_partner(
    functions: tuple[str, ...], partners: tuple[int, ...]
) -> None:
    events = [
        f"GoStatus dt=1 g=9 m=0 gstatus={RUNNABLE}",
        "GoStop dt=1 reason=0 stack=0",
        "GoStart dt=1 g=9 g_seq=1",
        "GoBlock dt=1 reason=1 stack=1",
        "GoStart dt=1 g=7 g_seq=1",
        "GoUnblock dt=5 g=9 g_seq=2 stack=0",
    ]
    trace = read({1: [*starts(1, 7, 0), *events]}, stacks=[functions], strings=["sync"])
    index = WaitIndex(trace, NOBODY)
    assert index.wake_partners(np.array([9]), ()) == partners
    assert index.wake_partners(np.array([7]), ()) == ((9,) if partners else ())


def test_small_generations_are_looked_up_at_once() -> None:
    assert WaitIndex(_trace(), NOBODY).is_cached(0, 10)
