"""Finds system calls by their stacks: with ``-v`` or ``-json`` every line is a write of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flakecore.gotrace import Stack, State, Trace


@dataclass(frozen=True, slots=True)
class SystemCall:
    """One system call: when it began, on which goroutine, and the number of its stack."""

    time_ns: int
    goroutine: int
    stack: int


def system_calls(trace: Trace, wanted: Callable[[Stack], bool]) -> list[SystemCall]:
    """Return the goroutines' system calls whose stack is wanted, in order of time.

    Args:
        trace: whose goroutine intervals are looked at.
        wanted: asked once for each distinct stack.
    """
    table = trace.table
    chosen = [number for number in range(1, len(table)) if wanted(table.stack(number))]
    calls = []
    for columns in trace.goroutines.generations:
        rows = np.flatnonzero((columns.state == State.SYSCALL) & (columns.stack > 0))
        rows = rows[np.isin(columns.stack[rows], np.array(chosen, np.int32))]
        found = (columns.start[rows], columns.goroutine[rows], columns.stack[rows])
        calls += [SystemCall(*each) for each in zip(*(c.tolist() for c in found), strict=True)]
    return sorted(calls, key=lambda call: call.time_ns)


def results(trace: Trace) -> dict[int, int]:
    """Return when each test's goroutine wrote its result (``--- PASS``), in nanoseconds.

    That is the end of a test: its goroutine may come to its own end much later, for nobody waits
    for that.
    """
    return {call.goroutine: call.time_ns for call in system_calls(trace, _reports)}


def _reports(stack: Stack) -> bool:
    functions = [frame.function for frame in stack]
    return "testing.(*chattyPrinter).Updatef" in functions and any(
        name in ("testing.(*T).report", "testing.(*F).report") for name in functions
    )
