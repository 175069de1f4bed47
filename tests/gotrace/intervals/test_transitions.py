"""State transitions of goroutines, procs and threads in one generation."""

from __future__ import annotations

from flakecore.gotrace import State
from flakecore.gotrace.intervals.transitions import (
    Transitions,
    goroutine_transitions,
    proc_transitions,
    thread_transitions,
)
from gotrace.constructed import SYSCALL, generations_of, starts, trace_of


def _of(transitions: Transitions, lane: int) -> list[State]:
    return [State(state) for state in transitions.state[transitions.lane == lane].tolist()]


def test_sequence_numbers_and_not_clocks_order_a_goroutine() -> None:
    """The clock of the thread that starts it is behind that of the thread that wakes it."""
    wakes = [*starts(1, 7, 0), "GoUnblock dt=90 g=9 g_seq=1 stack=0"]
    runs = [
        *starts(2, 9, 1),
        "GoBlock dt=1 reason=0 stack=0",
        "GoStart dt=1 g=9 g_seq=2",
    ]
    ((events, statuses, context),) = generations_of(trace_of({1: wakes, 2: runs}))
    found = goroutine_transitions(events, context, statuses)
    assert _of(found, 9) == [State.RUNNING, State.OTHER_WAIT, State.RUNNABLE, State.RUNNING]
    assert found.actor[found.lane == 9].tolist() == [-1, 9, 7, -1]
    assert found.status[found.lane == 9].tolist() == [True, False, False, False]


def test_a_coroutine_switch_stops_one_goroutine_and_runs_the_other() -> None:
    thread = [
        *starts(1, 7, 0),
        "GoCreateBlocked dt=1 g=8 new_stack=0 stack=0",
        "GoSwitch dt=1 g=8 g_seq=1",
        "GoSwitchDestroy dt=1 g=7 g_seq=1",
    ]
    ((events, statuses, context),) = generations_of(trace_of({1: thread}))
    found = goroutine_transitions(events, context, statuses)
    assert _of(found, 7) == [State.RUNNING, State.COROUTINE, State.RUNNING]
    assert _of(found, 8) == [State.COROUTINE, State.RUNNING, State.ABSENT]


def test_a_proc_runs_without_a_goroutine_while_its_thread_looks_for_one() -> None:
    thread = [*starts(1, 7, 0), "GoBlock dt=1 reason=0 stack=0", "ProcStop dt=1"]
    ((events, statuses, context),) = generations_of(trace_of({1: thread}))
    found = proc_transitions(events, context, statuses)
    assert _of(found, 0) == [State.RUNNING, State.RUNNING, State.RUNNING, State.IDLE]
    assert found.goroutine.tolist() == [-1, 7, -1, -1]
    assert found.thread.tolist() == [1, 1, 1, -1]


def test_a_proc_is_in_a_syscall_as_long_as_its_goroutine() -> None:
    thread = [*starts(1, 7, 0), "GoSyscallBegin dt=1 p_seq=1 stack=0", "GoSyscallEnd dt=1"]
    ((events, statuses, context),) = generations_of(trace_of({1: thread}))
    assert _of(proc_transitions(events, context, statuses), 0)[-2:] == [
        State.SYSCALL,
        State.RUNNING,
    ]


def test_a_thread_that_lost_its_proc_stays_in_the_syscall() -> None:
    victim = [
        *starts(2, 9, 1),
        "GoSyscallBegin dt=1 p_seq=1 stack=0",
        "GoSyscallEndBlocked dt=40",
    ]
    thief = [*starts(1, 7, 0), "ProcSteal dt=10 p=1 p_seq=2 m=2"]
    ((events, _, context),) = generations_of(trace_of({1: thief, 2: victim}))
    found = thread_transitions(events, context)
    assert _of(found, 2)[-1] is State.SYSCALL
    assert found.proc[found.lane == 2].tolist()[-1] == -1


def test_the_status_of_a_goroutine_in_a_syscall_names_its_thread() -> None:
    thread = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=2 gstatus={SYSCALL}"]
    ((events, statuses, context),) = generations_of(trace_of({1: thread}))
    found = goroutine_transitions(events, context, statuses)
    assert found.thread[found.lane == 9].tolist() == [2]
    assert found.proc[found.lane == 9].tolist() == [-1]
