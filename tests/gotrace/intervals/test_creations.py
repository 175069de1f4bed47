"""Goroutines whose creation the trace holds."""

from __future__ import annotations

from flakecore.gotrace.intervals.creations import find_creations, join_creations
from gotrace.constructed import NANOSECOND, first_generation, starts, trace_of


def test_a_creation_has_its_creator_time_and_stacks() -> None:
    thread = [*starts(1, 7, 0), "GoCreate dt=1 g=9 new_stack=4 stack=5"]
    _, context, _ = first_generation(trace_of({1: thread}))
    found = find_creations(context, NANOSECOND)
    assert found.goroutine.tolist() == [9]
    assert found.creator.tolist() == [7]
    assert found.time.tolist() == [3]
    assert (found.function.tolist(), found.stack.tolist()) == ([4], [5])


def test_what_no_goroutine_creates_has_no_creator() -> None:
    thread = ["ProcStatus dt=1 p=0 pstatus=1", "GoCreate dt=1 g=9 new_stack=4 stack=0"]
    _, context, _ = first_generation(trace_of({1: thread}))
    assert find_creations(context, NANOSECOND).creator.tolist() == [-1]


def test_a_goroutine_created_in_a_syscall_by_c_is_none_of_these() -> None:
    _, context, _ = first_generation(trace_of({1: ["GoCreateSyscall dt=1 g=9"]}))
    assert len(find_creations(context, NANOSECOND).goroutine) == 0


def test_creations_of_a_trace_are_by_goroutine() -> None:
    found = []
    for goroutine in (9, 8):
        thread = [*starts(1, 7, 0), f"GoCreate dt=1 g={goroutine} new_stack=4 stack=0"]
        _, context, _ = first_generation(trace_of({1: thread}))
        found.append(find_creations(context, NANOSECOND))
    assert join_creations(found).goroutine.tolist() == [8, 9]
