"""Finds system calls by their stacks: with ``-v`` or ``-json`` every line is a write of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flakecore.gotrace import Stack, Trace


@dataclass(frozen=True, slots=True)
class SystemCall:
    """One system call: when it began, on which goroutine, and the number of its stack."""

    time_ns: int
    goroutine: int
    stack: int


def system_calls(trace: Trace, wanted: Callable[[Stack], bool]) -> list[SystemCall]:
    """Return the goroutines' system calls whose stack is wanted, in order of time.

    Args:
        trace: whose goroutines' system calls are looked at, those that may write to a file.
        wanted: asked once for each distinct stack.
    """
    table, writes = trace.table, trace.writes
    chosen = [each for each in np.unique(writes.stack).tolist() if wanted(table.stack(each))]
    rows = np.flatnonzero(np.isin(writes.stack, np.array(chosen, np.int32)))
    found = (writes.start[rows], writes.goroutine[rows], writes.stack[rows])
    columns = zip(*(column.tolist() for column in found), strict=True)
    return [SystemCall(*each) for each in columns]


def results(trace: Trace) -> dict[int, int]:
    """Return when each test's goroutine wrote its result (``--- PASS``), in nanoseconds.

    That is the end of a test: its goroutine may come to its own end much later, for nobody waits
    for that.
    """
    return {call.goroutine: call.time_ns for call in system_calls(trace, _reports)}


def parallel_waits(trace: Trace) -> dict[int, tuple[int, int]]:
    """Return when each test's goroutine wrote ``=== PAUSE`` and ``=== CONT``, in nanoseconds.

    ``t.Parallel`` may be called once a test. A test that never went on is left out.
    """
    times: defaultdict[int, list[int]] = defaultdict(list)
    for call in system_calls(trace, _is_parallel):
        times[call.goroutine].append(call.time_ns)
    return {goroutine: (each[0], each[1]) for goroutine, each in times.items() if len(each) == 2}


def _is_parallel(stack: Stack) -> bool:
    functions = {frame.function for frame in stack}
    return {"testing.(*chattyPrinter).Updatef", "testing.(*T).Parallel"} <= functions


def _reports(stack: Stack) -> bool:
    functions = [frame.function for frame in stack]
    return "testing.(*chattyPrinter).Updatef" in functions and any(
        name in ("testing.(*T).report", "testing.(*F).report") for name in functions
    )
