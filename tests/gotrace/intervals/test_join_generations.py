"""Intervals that cross from one generation into the next."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State, Trace, read_trace
from flakecore.gotrace.format.wire import Ev, GoStatus, ProcStatus
from gotrace.made_trace import TICK, batch, event, trace

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
