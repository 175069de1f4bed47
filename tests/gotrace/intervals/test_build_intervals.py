"""Intervals are the same whether the compiled loops or the columns build them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.clock import Extent, TickClock
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.intervals.build_intervals import build_goroutines, build_procs, build_threads
from flakecore.gotrace.intervals.generation_intervals import GenerationIntervals
from flakecore.gotrace.intervals.states import State
from gotrace.constructed import NANOSECOND, SYSCALL, first_generation, starts, trace_of

THREADS = {
    1: [
        *starts(1, 7, 0),
        f"GoStatus dt=1 g=9 m=40 gstatus={SYSCALL}",
        "GoCreate dt=1 g=8 new_stack=0 stack=0",
        "GoBlock dt=1 reason=1 stack=0",
        "GoStart dt=2 g=8 g_seq=1",
        "GoSyscallBegin dt=1 p_seq=1 stack=0",
        "GoSyscallEnd dt=1",
        "GoUnblock dt=1 g=7 g_seq=1 stack=0",
        "GoDestroy dt=1",
    ],
    2: [*starts(2, 5, 1), "GoStop dt=3 reason=2 stack=0", "ProcStop dt=1"],
}
STRINGS = ["chan receive", "preempted"]

Build = Callable[[LazyContext, TickClock, Extent, TableRemap], GenerationIntervals]


def _built(build: Build, *, natively: bool) -> GenerationIntervals:
    _, context, remap = first_generation(trace_of(THREADS, strings=STRINGS))
    if not natively:
        context.native = None
    return build(context, NANOSECOND, (0, 100), remap)


@pytest.mark.parametrize("build", [build_goroutines, build_procs, build_threads])
def test_loops_and_columns_build_the_same(build: Build) -> None:
    ours, theirs = _built(build, natively=True), _built(build, natively=False)
    for name in ("lanes", "first", "since", "state", "reason", "stack", "actor", "goroutine"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
    threads = [each.thread_numbers(each.thread).tolist() for each in (ours, theirs)]
    assert threads[0] == threads[1]
    assert ours.status.tolist() == theirs.status.tolist()


@pytest.mark.parametrize("natively", [True, False])
def test_a_goroutine_waits_in_the_state_of_its_reason(natively: bool) -> None:
    found = _built(build_goroutines, natively=natively)
    rows = slice(*found.first[np.searchsorted(found.lanes, 7) :][:2].tolist())
    assert found.state[rows].tolist() == [State.RUNNING, State.CHAN_RECEIVE, State.RUNNABLE]


@pytest.mark.parametrize("natively", [True, False])
def test_a_goroutine_in_a_syscall_is_on_a_thread_that_wrote_no_event(natively: bool) -> None:
    found = _built(build_goroutines, natively=natively)
    row = found.first[np.searchsorted(found.lanes, 9)]
    assert found.thread_numbers(found.thread[row : row + 1]).tolist() == [40]
