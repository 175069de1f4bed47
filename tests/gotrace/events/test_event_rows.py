"""Rows of a generation: its events, then its CPU samples."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace.events.event_kinds import SyntheticCode
from flakecore.gotrace.events.event_rows import EventRows, event_rows
from flakecore.gotrace.format.tables import CpuSamples
from flakecore.gotrace.format.wire import Ev
from gotrace.constructed import WAITING, generations_of, starts, trace_of


def _samples(*goroutines: int) -> CpuSamples:
    of = np.array(goroutines, np.int64)
    return CpuSamples(of * 10, of + 100, of + 200, of, of + 300)


def _rows(*events: str, samples: CpuSamples) -> EventRows:
    ((columns, _, context),) = generations_of(trace_of({1: [*starts(1, 7, 0), *events]}))
    return event_rows(columns, context, samples)


def test_samples_follow_the_events_and_one_on_no_goroutine_has_none() -> None:
    rows = _rows("HeapAlloc dt=1 value=5", samples=_samples(7, 0))
    assert rows.code.tolist() == [
        Ev.PROC_STATUS,
        Ev.GO_STATUS,
        Ev.HEAP_ALLOC,
        SyntheticCode.STACK_SAMPLE,
        SyntheticCode.STACK_SAMPLE,
    ]
    assert rows.goroutine.tolist()[2:] == [7, 7, -1]
    assert rows.tick.tolist()[3:] == [70, 0]


def test_a_goroutine_is_involved_where_it_runs_is_named_or_is_sampled() -> None:
    waiting = f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"
    unblock = "GoUnblock dt=1 g=9 g_seq=1 stack=0"
    rows = _rows(waiting, unblock, "HeapAlloc dt=1 value=9", samples=_samples(9, 7))
    assert rows.involving(9).tolist() == [False, False, True, True, False, True, False]


def test_a_number_that_is_no_goroutine_involves_none() -> None:
    rows = _rows("ProcsChange dt=1 procs_value=9 stack=0", samples=_samples())
    assert not rows.involving(9).any()


def test_a_coroutine_switch_and_a_lost_proc_are_several_transitions() -> None:
    waiting = f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"
    rows = _rows(waiting, "GoSwitch dt=1 g=9 g_seq=1", samples=_samples())
    every = np.arange(len(rows.code))
    assert rows.switches(every).tolist() == [False] * 3 + [True]
    assert not rows.loses_proc(every).any()
    syscall = "GoSyscallBegin dt=1 p_seq=1 stack=0"
    rows = _rows(syscall, "GoDestroySyscall dt=1", samples=_samples())
    assert rows.loses_proc(np.arange(len(rows.code))).tolist() == [False] * 3 + [True]
