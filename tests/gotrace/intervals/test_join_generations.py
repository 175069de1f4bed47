"""Intervals that cross from one generation into the next."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State, Trace, read_trace
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus
from gotrace.constructed import (
    RUNNABLE,
    TICK,
    WAITING,
    Threads,
    batch,
    event,
    starts,
    trace,
    trace_of,
)

NS = 64
"""Nanoseconds a tick, where the trace does not hold its frequency."""


def _two_generations(first: int, late: int) -> Trace:
    """Return a trace whose second generation begins at a tick, and the first ends at another.

    Thread 3 enters a syscall with proc 0 as the last it does in the first generation; sysmon's
    thread 4 opens the second one, and takes the proc from thread 3.
    """
    runs = (
        event(Ev.PROC_STATUS, 1, 0, ProcStatus.RUNNING)
        + event(Ev.GO_STATUS, 0, 7, 3, GoStatus.RUNNING)
        + event(Ev.GO_SYSCALL_BEGIN, late - 1, 1, 0)
    )
    steals = event(Ev.PROC_STATUS, 0, 0, ProcStatus.SYSCALL_ABANDONED) + event(
        Ev.PROC_STEAL, 200, 0, 1, 3
    )
    returns = event(Ev.GO_STATUS, 0, 7, 3, GoStatus.SYSCALL) + event(Ev.GO_SYSCALL_END_BLOCKED, 9)
    data = trace(
        batch(runs),
        batch(steals, thread=4, generation=2, tick=TICK + first),
        batch(returns, generation=2, tick=TICK + 300),
    )
    return read_trace(data, name="made.trace")


@pytest.mark.parametrize("late", [90, 150], ids=["before", "after"])
def test_lanes_do_not_overlap_where_a_generation_ends_after_the_next_one_begins(late: int) -> None:
    made = _two_generations(100, late)
    for intervals in (made.goroutines, made.procs, made.threads):
        for lane in intervals.lanes.tolist():
            found = intervals.of(lane)
            assert np.array_equal(found.end[:-1], found.start[1:])
            assert np.all(found.end >= found.start)


def _syscall_of_the_proc(made: Trace) -> tuple[int, int]:
    """Return when the only syscall of the proc began and ended; it is idle from then on."""
    found = made.procs.of(0)
    states = [State(state) for state in found.state.tolist()]
    row = states.index(State.SYSCALL)
    assert set(states[row + 1 :]) == {State.IDLE}
    return int(found.start[row]), int(found.end[row])


def test_a_proc_is_in_the_syscall_until_the_next_generation_states_what_it_is() -> None:
    assert _syscall_of_the_proc(_two_generations(100, 90)) == (90 * NS, 100 * NS)


def test_a_state_that_began_after_the_next_generation_did_lasts_no_time_before_it() -> None:
    assert _syscall_of_the_proc(_two_generations(100, 150)) == (150 * NS, 150 * NS)


def _read(*generations: Threads) -> Trace:
    return read_trace(trace_of(*generations, strings=["chan send"]), name="trace")


def _states(whole: Trace, goroutine: int) -> list[tuple[State, int, int]]:
    found = whole.goroutines.of(goroutine)
    rows = zip(found.state.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    return [(State(state), start, end) for state, start, end in rows]


def _with_status(status: int) -> list[str]:
    return [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=0 gstatus={status}"]


BLOCKS = [
    f"GoStatus dt=1 g=7 m=0 gstatus={RUNNABLE}",
    *starts(1, 9, 0),
    "GoBlock dt=10 reason=1 stack=0",
    *["GoStart dt=1 g=7 g_seq=1", "GoStop dt=1 reason=0 stack=0"],
]


def test_a_wait_goes_on_where_the_next_generation_states_that_it_does() -> None:
    whole = _read({1: BLOCKS}, {1: _with_status(WAITING)})
    waits = [each for each in _states(whole, 9) if each[0] is not State.RUNNING]
    assert len(waits) == 1
    state, start, end = waits[0]
    assert state is State.CHAN_SEND
    assert start < 1_000 <= end == whole.end_ns


def test_a_wait_ends_where_the_next_generation_states_something_else() -> None:
    whole = _read({1: BLOCKS}, {1: _with_status(RUNNABLE)})
    states = _states(whole, 9)
    assert [state for state, _, _ in states][-2:] == [State.CHAN_SEND, State.RUNNABLE]
    assert states[-2][2] == states[-1][1] == 1_000 - whole.clock.zero


@pytest.mark.parametrize("generations", [2, 3, 5])
def test_a_goroutine_that_never_changes_is_one_interval(generations: int) -> None:
    whole = _read(*[{1: _with_status(WAITING)}] * generations)
    assert len(_states(whole, 9)) == 1
    crossing = whole.goroutines.crossing.columns
    assert crossing.last[crossing.rows(9)].tolist() == [True]
    assert crossing.before[crossing.rows(9)].tolist() == [True]


def test_a_goroutine_that_ended_has_ended() -> None:
    ends = [*starts(1, 8, 0), "GoDestroy dt=5"]
    whole = _read({1: ends}, {1: _with_status(WAITING)})
    assert whole.goroutines.ended(8) == _states(whole, 8)[-1][2]
    assert whole.goroutines.ended(9) is None
