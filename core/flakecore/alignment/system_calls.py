"""Finds writes by their stacks: when tests wrote their results and their pauses.

With ``-v`` or ``-json`` package testing makes one write for each of its lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flakecore.distinct import distinct
from flakecore.gotrace import Stack, Trace


@dataclass(frozen=True, slots=True)
class SystemCall:
    """One system call: its begin in trace nanoseconds, its goroutine, the number of its stack."""

    time_ns: int
    goroutine: int
    stack: int


def system_calls(trace: Trace, matches: Callable[[Stack], bool]) -> list[SystemCall]:
    """Return the writes of goroutines whose stack matches, in order of time.

    Args:
        trace: the trace.
        matches: predicate, called once for each distinct stack.
    """
    table, writes = trace.table, trace.writes
    chosen = [each for each in distinct(writes.stack).tolist() if matches(table.stack(each))]
    rows = np.flatnonzero(np.isin(writes.stack, np.array(chosen, np.int32)))
    found = (writes.start[rows], writes.goroutine[rows], writes.stack[rows])
    columns = zip(*(column.tolist() for column in found), strict=True)
    return [SystemCall(*each) for each in columns]


def result_times(trace: Trace) -> dict[int, int]:
    """Return when each test's goroutine wrote its result (``--- PASS``), in trace nanoseconds.

    That is the end of a test: its goroutine may exit much later, and nothing waits for it.
    """
    return {call.goroutine: call.time_ns for call in system_calls(trace, _is_result)}


def parallel_waits(trace: Trace) -> dict[int, tuple[int, int]]:
    """Return when each test's goroutine wrote ``=== PAUSE`` and ``=== CONT``, in trace nanoseconds.

    ``t.Parallel`` may be called once a test. A test that was never resumed is left out.
    """
    times: defaultdict[int, list[int]] = defaultdict(list)
    for call in system_calls(trace, _is_pause_or_resume):
        times[call.goroutine].append(call.time_ns)
    return {goroutine: (each[0], each[1]) for goroutine, each in times.items() if len(each) == 2}


def _is_pause_or_resume(stack: Stack) -> bool:
    functions = {frame.function for frame in stack}
    return {"testing.(*chattyPrinter).Updatef", "testing.(*T).Parallel"} <= functions


def _is_result(stack: Stack) -> bool:
    functions = [frame.function for frame in stack]
    return "testing.(*chattyPrinter).Updatef" in functions and any(
        name in ("testing.(*T).report", "testing.(*F).report") for name in functions
    )
