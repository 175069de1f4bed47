"""Failing calls: where and when tests called ``t.Error``, ``t.Fatal`` and their kin.

With ``-v`` or ``-json`` each such call writes its message at once, and the trace records the
write with its stack. So the failing call has an exact time, goroutine and source line, whatever
the output is stamped with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.alignment.system_calls import system_calls
from flakecore.gotest import Outcome, TestRun
from flakecore.gotrace import Stack, Trace
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree

_FAILING = frozenset(f"testing.(*common).{name}" for name in ("Error", "Errorf", "Fatal", "Fatalf"))
_RACE_CHECK = "testing.(*common).checkRaces"
"""Fails a test by ``Errorf`` after the race detector has reported."""


@dataclass(frozen=True, slots=True)
class FailingCall:
    """One failing call: when, on which goroutine of which test, and from where.

    Attributes:
        time_ns: when, since the case began.
        test: index in ``Case.tests``.
        goroutine: its number.
        callers: the frames outside package testing, innermost first.
    """

    time_ns: int
    test: int
    goroutine: int
    callers: Stack


def failing_calls(trace: Trace, tree: GoroutineTree) -> dict[int, list[FailingCall]]:
    """Return the failing calls of each test, by its index, in order of time."""
    callers: dict[int, Stack] = {}
    calls: dict[int, list[FailingCall]] = {}
    for call in system_calls(trace, _is_failing):
        if call.stack not in callers:
            callers[call.stack] = _callers(trace.table.stack(call.stack))
        test = tree.test_of(call.goroutine)
        calls.setdefault(test, []).append(
            FailingCall(call.time_ns, test, call.goroutine, callers[call.stack])
        )
    return calls


def goroutines_that_failed(trace: Trace, runs: Sequence[TestRun]) -> list[int]:
    """Return (runs,) the goroutine of each failed test that has a failing call; 0 for the others.

    For a part of a trace, which lacks the goroutines that were created before it. A call belongs
    to a test if its stack has a function of that test on a goroutine that runs a test.
    """
    failed: dict[str, list[int]] = {}
    for index, run in enumerate(runs):
        if run.outcome in (Outcome.FAIL, Outcome.UNFINISHED):
            failed.setdefault(run.name.partition("/")[0], []).append(index)
    goroutines = [0] * len(runs)
    for call in system_calls(trace, _is_failing):
        functions = [frame.function for frame in trace.table.stack(call.stack)]
        if len(functions) < 2 or functions[-1] != "testing.tRunner":
            continue
        # The innermost test of a chain of subtests; several of one name cannot be distinguished.
        tests = failed.get(_test_of(functions[-2]), [])
        if tests and not any(goroutines[index] for index in tests):
            goroutines[tests[-1]] = call.goroutine
    return goroutines


def _test_of(function: str) -> str:
    """Return the name of the test that a function is or lies in: TestX of ``a.b/c.TestX.func1``."""
    return function.rpartition("/")[2].partition(".")[2].partition(".")[0]


def _is_failing(stack: Stack) -> bool:
    functions = {frame.function for frame in stack}
    return not _FAILING.isdisjoint(functions) and _RACE_CHECK not in functions


def _callers(stack: Stack) -> Stack:
    """Return the frames that called a failing method."""
    call = next(at for at, frame in enumerate(stack) if frame.function in _FAILING)
    return tuple(frame for frame in stack[call + 1 :] if not frame.function.startswith("testing."))
