"""The events of each test of one run, from its trace and its output.

Each event counts once, when it happened first, and only before the test failed: what follows a
failure goes with it by definition. So do the lines that report it, which are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from flakecore.comparison.divergence.roles import GoroutineRole, roles_of_test
from flakecore.comparison.divergence.steps import failure_lines, printed_lines, reports
from flakecore.comparison.predicates.case_waits import CaseWaits, case_waits
from flakecore.comparison.predicates.event import RunEvent
from flakecore.comparison.signature import without_varying
from flakecore.gotrace import RangeKind, Trace
from flakecore.timeline import Case, State, TestSpan, TestStatus, own_frame, with_subtests

_TESTS = 100
"""Tests of a run that are noted, those that failed first; a bound, not measured."""
_ORDERED = 60
"""Tests of a package up to which it is noted which of them ran before which; a bound."""
_EVENTS = 200
"""Events of a test that are noted, the first ones; a bound, not measured."""


@dataclass(frozen=True, slots=True)
class TestEvents:
    """What happened in one run of a test.

    Attributes:
        test: its index in ``Case.tests``.
        failed_ns: when it failed, since it began; -1 where it did not.
        first_ns: when each event happened first, since the test began, in order of time.
    """

    __test__ = False

    test: int
    failed_ns: int
    first_ns: Mapping[RunEvent, int]


def case_events(case: Case) -> tuple[TestEvents, ...]:
    """Return the events of each test of a case that has a trace; () without one.

    Of a name that ran several times the first run that failed counts, or else the first.
    """
    if case.trace is None or case.schedule is None or case.trace.starts_late:
        return ()
    waits = case_waits(case.trace, case.schedule)
    failed_ns = _failed_ns(case)
    order = sorted(case.tests, key=lambda test: test.index not in failed_ns)
    chosen: dict[str, TestSpan] = {}
    for test in order:
        chosen.setdefault(test.name, test)
    found = []
    for test in list(chosen.values())[:_TESTS]:
        until = failed_ns.get(test.index, test.end_ns)
        first: dict[RunEvent, int] = {}
        events = _events_of_test(case, case.trace, test, until, waits)
        for time_ns, event in sorted(events, key=lambda each: each[0]):
            if test.start_ns <= time_ns < until and len(first) < _EVENTS:
                first.setdefault(event, time_ns - test.start_ns)
        failed = failed_ns.get(test.index)
        since = max(failed - test.start_ns, 0) if failed is not None else -1
        found.append(TestEvents(test.index, since, first))
    return tuple(found)


def _failed_ns(case: Case) -> dict[int, int]:
    """Return when each failed test failed, by its index; a test fails with its first subtest."""
    found: dict[int, int] = {}
    for failure in case.failures:
        at = failure.test
        while at >= 0:
            found[at] = min(found.get(at, failure.at_ns), failure.at_ns)
            at = case.tests[at].parent
    for test in case.tests:
        if test.status is TestStatus.FAIL:
            found.setdefault(test.index, test.end_ns)
    return found


def _events_of_test(
    case: Case, trace: Trace, test: TestSpan, until_ns: int, waits: CaseWaits
) -> Iterator[tuple[int, RunEvent]]:
    roles = roles_of_test(case, test.index)
    who = {
        number: "it" if role.test == test.name else role.words() for number, role in roles.items()
    }
    yield from _of_lives(case, roles, who)
    yield from _of_waits(case, trace, who, waits.of(np.array(list(roles), np.int64)))
    yield from _of_collections(trace, test, until_ns)
    yield from _of_lines(case, test, who)
    yield from _of_overlaps(case, test)
    yield from _of_predecessors(case, test)


def _of_lives(
    case: Case, roles: Mapping[int, GoroutineRole], who: Mapping[int, str]
) -> Iterator[tuple[int, RunEvent]]:
    for number, role in roles.items():
        goroutine = case.schedule.goroutine(number) if case.schedule is not None else None
        if goroutine is None or role.test:
            continue
        yield goroutine.created_ns, RunEvent("start", who[number], "is started")
        if goroutine.ended_ns is not None:
            yield goroutine.ended_ns, RunEvent("end", who[number], "ends")


def _of_waits(
    case: Case, trace: Trace, who: Mapping[int, str], waits: CaseWaits
) -> Iterator[tuple[int, RunEvent]]:
    @lru_cache(None)
    def place(stack: int) -> str:
        """Return where a stack stands in the program's own code, "" if nowhere."""
        frame = own_frame(trace.table.stack(stack), case.package)
        return f" at {frame.file.rpartition('/')[2]}:{frame.line}" if frame is not None else ""

    sites = (waits.goroutine, waits.state, waits.stack)
    for row in _first_of_each(*sites):
        goroutine, state = int(waits.goroutine[row]), State(int(waits.state[row]))
        at = place(int(waits.stack[row]))
        if state is State.OTHER_WAIT and not at:
            continue  # the world was stopped, for one: nothing that the program did
        if state is State.RUNNABLE:
            event = RunEvent("starved", who[goroutine], "waits for a proc for more than 10ms")
        else:
            event = RunEvent("wait", who[goroutine], f"waits ({state.label}){at}")
        yield int(waits.start_ns[row]), event
    for row in _first_of_each(*sites, waits.waker, waits.wake_stack):
        goroutine, waker = int(waits.goroutine[row]), int(waits.waker[row])
        if waker in who and int(waits.state[row]) != State.RUNNABLE:
            from_where = f"{who[waker]}{place(int(waits.wake_stack[row]))}"
            at = place(int(waits.stack[row]))
            woken = RunEvent("woken", who[goroutine], f"is woken{at} by {from_where}")
            yield int(waits.end_ns[row]), woken
    for row, moment in _collected(trace, waits):
        goroutine, at = int(waits.goroutine[row]), place(int(waits.stack[row]))
        what = f"waits{at} while a collection begins"
        yield moment, RunEvent("collection", who[goroutine], what)


def _first_of_each(*columns: NDArray[np.int64]) -> list[int]:
    """Return the first row of each combination of values, in order of rows."""
    _, rows = np.unique(np.stack(columns), axis=1, return_index=True)
    found: list[int] = np.sort(rows).tolist()
    return found


def _collected(trace: Trace, waits: CaseWaits) -> list[tuple[int, int]]:
    """Return the first wait at each place within which a collection began, and that moment."""
    ranges = trace.ranges
    begun = np.sort(ranges.start[ranges.kind == RangeKind.COLLECTION])
    if not len(begun):
        return []
    next_one = np.searchsorted(begun, waits.start_ns)
    moment = begun[np.minimum(next_one, len(begun) - 1)]
    rows = np.flatnonzero((moment >= waits.start_ns) & (moment < waits.end_ns))
    first = _first_of_each(waits.goroutine[rows], waits.stack[rows]) if len(rows) else []
    return [(int(rows[at]), int(moment[rows[at]])) for at in first]


def _of_collections(trace: Trace, test: TestSpan, until_ns: int) -> Iterator[tuple[int, RunEvent]]:
    ranges = trace.ranges
    start, end = test.start_ns, until_ns
    rows = np.flatnonzero(
        (ranges.kind == RangeKind.COLLECTION) & (ranges.start >= start) & (ranges.start < end)
    )
    if len(rows):
        yield int(ranges.start[rows].min()), RunEvent("collection", "", "a collection begins")


def _of_lines(case: Case, test: TestSpan, who: Mapping[int, str]) -> Iterator[tuple[int, RunEvent]]:
    of_tests = failure_lines(case)
    within = with_subtests(case.tests, test.index)
    reported = set[str]().union(*(of_tests.get(index, ()) for index in within))
    for time_ns, goroutine, text in printed_lines(case, test.index):
        line = without_varying(text)
        if goroutine in who and line and not reports(line, reported):
            yield time_ns, RunEvent("line", who[goroutine], f"prints {line!r}")


def _of_overlaps(case: Case, test: TestSpan) -> Iterator[tuple[int, RunEvent]]:
    """Yield which other top-level tests ran at the same time, and since when."""
    top = test
    while top.parent >= 0:
        top = case.tests[top.parent]
    start_ns = _went_on(test)
    for other in case.tests:
        if other.parent < 0 and other.index != top.index and other.timed and test.timed:
            since = max(_went_on(other), start_ns)
            if since < min(test.end_ns, other.end_ns):
                yield since, RunEvent("overlap", "", f"{other.name} runs at the same time")


def _of_predecessors(case: Case, test: TestSpan) -> Iterator[tuple[int, RunEvent]]:
    """Yield which top-level tests had ended before: all, where the order is the tests' own."""
    top = test
    while top.parent >= 0:
        top = case.tests[top.parent]
    others = [each for each in case.tests if each.parent < 0 and each.name != top.name]
    for other in others if len(others) <= _ORDERED else ():
        if other.timed and test.timed and other.end_ns <= test.start_ns:
            yield test.start_ns, RunEvent("earlier", "", f"{other.name} ran before it")


def _went_on(test: TestSpan) -> int:
    return test.waits[-1][1] if test.waits else test.start_ns
