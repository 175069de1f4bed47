"""The moments at which tests said that they fail: calls of ``t.Error``, ``t.Fatal`` and kin.

With ``-v`` or ``-json`` each such call writes its message at once, and the trace records the
write with its stack. So the failing call has an exact time, goroutine and source line, whatever
the output is stamped with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.gotrace import Stack, State, Trace
from flakecore.timeline.ancestry import Family

_FAILING = frozenset(f"testing.(*common).{name}" for name in ("Error", "Errorf", "Fatal", "Fatalf"))


@dataclass(frozen=True, slots=True)
class FailingCall:
    """One failing call: when, on which goroutine of which test, and from where.

    Attributes:
        callers: the frames outside package testing, innermost first.
    """

    time_ns: int
    test: int
    goroutine: int
    callers: Stack


def failing_calls(trace: Trace, family: Family) -> dict[int, list[FailingCall]]:
    """Return the failing calls of each test, by its index, in order of time."""
    columns, table = trace.goroutines, trace.table
    rows = np.flatnonzero((columns.state == State.SYSCALL) & (columns.stack > 0))
    failing = {
        number: callers
        for number in np.unique(columns.stack[rows]).tolist()
        if (callers := _callers(table.stack(number)))
    }
    rows = rows[np.isin(columns.stack[rows], list(failing))]
    rows = rows[np.argsort(columns.start[rows], kind="stable")]
    calls: dict[int, list[FailingCall]] = {}
    for row in rows.tolist():
        goroutine = int(columns.goroutine[row])
        test = family.test_of(goroutine)
        callers = failing[int(columns.stack[row])]
        calls.setdefault(test, []).append(
            FailingCall(int(columns.start[row]), test, goroutine, callers)
        )
    return calls


def _callers(stack: Stack) -> Stack:
    """Return the frames that called a failing method, or none if the stack holds no such call."""
    for place, frame in enumerate(stack):
        if frame.function in _FAILING:
            rest = stack[place + 1 :]
            return tuple(each for each in rest if not each.function.startswith("testing."))
    return ()
