"""Rows of goroutines that are looked up over the whole trace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flakecore.gotrace import Frame, Stack, State, read_trace
from flakecore.gotrace.intervals.build_intervals import build_goroutines
from flakecore.gotrace.intervals.retained_events import (
    MAX_WAITS,
    _may_write,
    find_retained,
    is_waiting,
)
from gotrace.constructed import NANOSECOND, first_generation, starts, trace_of
from gotrace.recordings import FORMATS, trace_file


@pytest.mark.parametrize(
    ("functions", "writes"),
    [
        (("syscall.write", "internal/poll.(*FD).Write", "os.(*File).Write", "fmt.Println"), True),
        (("syscall.write", "internal/poll.(*FD).Write", "net.(*netFD).Write"), False),
        (("syscall.read", "internal/poll.(*FD).Read", "os.(*File).Read"), False),
        (("time.Sleep", "main.main"), False),
    ],
)
def test_a_system_call_writes_to_a_file_if_its_stack_does(
    functions: tuple[str, ...], writes: bool
) -> None:
    stack: Stack = tuple(Frame(function, "file.go", 1) for function in functions)
    assert _may_write(stack) is writes


def test_a_table_of_waits_leaves_out_the_runtimes_own() -> None:
    states = np.array([State.CHAN_SEND, State.GC, State.SYSTEM, State.COROUTINE, State.RUNNING])
    assert is_waiting(states.astype(np.uint8)).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("waits", [3, MAX_WAITS + 40])
def test_the_longest_waits_stay_and_of_equal_ones_the_first(waits: int) -> None:
    events = [*starts(1, 7, 0)]
    other = starts(2, 9, 1)
    for nth in range(waits):
        other += ["GoBlock dt=1 reason=1 stack=0", f"GoStart dt=9 g=9 g_seq={2 * nth + 2}"]
        events += [f"GoUnblock dt={10 if nth else 5} g=9 g_seq={2 * nth + 1} stack=0"]
    _, context, remap = first_generation(trace_of({1: events, 2: other}, strings=["chan send"]))
    intervals = build_goroutines(context, NANOSECOND, (0, 100_000), remap)
    found = find_retained(intervals, remap).waits
    assert len(found.start) == min(waits, MAX_WAITS)
    assert np.all(np.diff(found.start) > 0)
    assert set(found.waker.tolist()) == {7}
    in_columns = find_retained(replace(intervals, since=intervals.since.astype(np.int64)), remap)
    assert np.array_equal(in_columns.waits.start, found.start)


def test_each_goroutine_has_one_first_stack_and_writes_are_by_time() -> None:
    trace = read_trace(trace_file(FORMATS[-1]).read_bytes(), name="trace")
    assert np.all(np.diff(trace.first_stacks.goroutine) > 0)
    assert np.all(trace.first_stacks.stack > 0)
    assert np.all(np.diff(trace.writes.start) >= 0)
