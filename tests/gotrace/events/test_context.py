"""What is bound to a thread just before each of its events."""

from __future__ import annotations

import pytest

from flakecore.gotrace.events.context import NO_GOROUTINE, NO_PROC, read_named_goroutines
from gotrace.constructed import P_SYSCALL, SYSCALL, generations_of, starts, trace_of


def test_a_thread_runs_a_goroutine_from_its_start_to_its_block() -> None:
    thread = [*starts(1, 7, 0), "GoBlock dt=1 reason=0 stack=0", "GoStart dt=1 g=8 g_seq=3"]
    events, statuses, context = generations_of(trace_of({1: [*thread, "ProcStop dt=1"]}))[0]
    assert len(events) == 5
    assert context.goroutine.tolist() == [NO_GOROUTINE, NO_GOROUTINE, 7, NO_GOROUTINE, 8]
    assert context.goroutine_span.tolist() == [0, 0, 0, 0, 3]
    assert context.proc.tolist() == [NO_PROC, 0, 0, 0, 0]
    assert statuses.binds_writer.tolist() == [True]


def test_a_goroutine_in_a_syscall_is_bound_to_the_thread_that_another_names() -> None:
    writer = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=2 gstatus={SYSCALL}"]
    threads = {1: writer, 2: ["GoSyscallEndBlocked dt=1"]}
    events, statuses, context = generations_of(trace_of(threads))[0]
    assert context.goroutine[events.streams[1]] == 9
    assert statuses.binds_other.tolist() == [False, True]


SIGNS = ("GoSyscallEnd dt=1", "GoSyscallEndBlocked dt=1")


@pytest.mark.parametrize(("sign", "proc"), zip(SIGNS, (0, NO_PROC), strict=True))
def test_a_proc_is_kept_over_a_syscall_but_for_a_blocked_end(sign: str, proc: int) -> None:
    calls = [*starts(1, 7, 0), "GoSyscallBegin dt=1 p_seq=1 stack=0", sign, "ProcStop dt=1"]
    ((_, _, context),) = generations_of(trace_of({1: calls}))
    assert context.proc.tolist() == [NO_PROC, 0, 0, proc, proc]
    assert context.goroutine.tolist()[2:] == [7, 7, 7 if proc == 0 else NO_GOROUTINE]


def test_a_proc_in_a_syscall_stays_bound_to_its_thread() -> None:
    thread = [
        f"GoStatus dt=1 g=7 m=1 gstatus={SYSCALL}",
        f"ProcStatus dt=1 p=4 pstatus={P_SYSCALL}",
    ]
    ((_, _, context),) = generations_of(trace_of({1: [*thread, "GoSyscallEnd dt=1"]}))
    assert context.proc[-1] == 4
    assert context.goroutine[-1] == 7


def test_events_name_goroutines_with_the_sequence_numbers_of_the_file() -> None:
    thread = [*starts(1, 7, 0), "GoUnblock dt=1 g=9 g_seq=5 stack=0"]
    ((events, _, _),) = generations_of(trace_of({1: thread}))
    named = read_named_goroutines(events)
    assert named.goroutine.tolist() == [7, 9]
    assert named.sequence.tolist() == [0, 5]
