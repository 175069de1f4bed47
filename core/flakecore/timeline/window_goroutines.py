"""The goroutine of each test, where a flight recorder left only some stretches of the trace.

Within a stretch the goroutines that are created for tests come, by the writes that announced them,
in the order of the ``run`` events of their tests, as in a whole trace (``test_goroutines``): what
has to be found is only with which test a stretch begins. It is where no event's stamp is earlier
than its write and the stamps are later by least: on a busy machine they may be later by more than
one test takes, and another beginning may then be nearer in time, but has stamps before writes.

A test that was running when a stretch begins has its goroutine there, without its creation. A page
of that moment names its test, or its stack does, whose outermost function of the program's own is
the test's. Where after that one goroutine and one test are left, they are each other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.gotest import TestRun
from flakecore.gotrace import Trace
from flakecore.objects import ObjectsPage, read_pages
from flakecore.timeline.dumps.dump_tests import name_of_test
from flakecore.timeline.test_goroutines import announced_tests
from flakecore.times import MILLISECOND
from flakecore.unexpected_errors import loss_of_error

_RUNNERS = ("testing.tRunner", "testing.fRunner")
_OWN_GOROUTINE = ("Test", "Fuzz")
_NEAR = 256
"""Tests around the one by time with which a stretch may begin. Chosen: more than begin within the
time by which a stamp is late."""
_EARLY_NS = 50_000
"""Nanoseconds by which a stamp may be earlier than its write, for the clocks' sake. Chosen; in
twelve windows of the tests' sample, most beside busy cores, no stamp was earlier."""
_LATE_NS = 100 * MILLISECOND
"""A stamp is later than its write by less, in the middle. Chosen; some 0.1 ms where measured."""


def test_goroutines(bundle: Bundle, artefacts: Sequence[Artefact]) -> dict[int, str]:
    """Return the goroutines that ran tests, with the tests' names, by the pages of a case."""
    pages: list[ObjectsPage] = []
    for artefact in artefacts:
        if artefact.kind is not Kind.OBJECTS:
            continue
        try:
            found, _ = read_pages(bundle.read(artefact), name=artefact.name, offset=lambda *_: 0)
            pages += found
        except Exception as error:
            # Whoever reads the pages for the case reports what is wrong with them.
            loss_of_error(error, artefact.name)
    return {
        each.number: each.test
        for page in pages
        for each in page.goroutines
        if each.test and any(frame.function in _RUNNERS for frame in each.stack[-1:])
    }


def pair_in_stretches(trace: Trace, runs: Sequence[TestRun], named: Mapping[int, str]) -> list[int]:
    """Return (runs,) the goroutine of each test run, 0 if unknown.

    Args:
        trace: what a flight recorder left, with snapshots of the wall clock.
        runs: in the order they began.
        named: goroutines that are known to run a test, with its name.
    """
    goroutines = [0] * len(runs)
    if not trace.snapshots:
        return goroutines
    first = trace.snapshots[0]
    zero = first.wall_ns - trace.clock.one_to_ns(first.tick)
    own = [
        index
        for index, run in enumerate(runs)
        if run.name.startswith(_OWN_GOROUTINE) and run.run_wall_ns is not None
    ]
    stamps = np.array([(runs[index].run_wall_ns or 0) - zero for index in own], np.int64)
    top = np.array(["/" not in runs[index].name for index in own], np.bool_)
    announced = announced_tests(trace)
    for start, end in trace.recorded:
        # What announced the first of a stretch may be from before it.
        inside = sorted(
            (each.time_ns if each.time_ns >= start else each.created_ns, each)
            for each in announced
            if start <= each.created_ns <= end
        )
        begin = first_test(
            np.array([time for time, _ in inside], np.int64),
            np.array([start <= each.time_ns < each.created_ns for _, each in inside], np.bool_),
            np.array([each.is_top for _, each in inside], np.bool_),
            stamps,
            top,
        )
        for nth, (_, each) in enumerate(inside if begin >= 0 else ()):
            goroutines[own[begin + nth]] = each.goroutine
    _add_running(trace, runs, named, zero, goroutines)
    return goroutines


def first_test(
    times: NDArray[np.int64],
    is_written: NDArray[np.bool_],
    is_top: NDArray[np.bool_],
    stamps: NDArray[np.int64],
    top: NDArray[np.bool_],
) -> int:
    """Return with which of some tests a stretch begins; -1 if none fits.

    Args:
        times: (n,) when each test of the stretch was announced.
        is_written: (n,) whether that is when the announcement was written, not later.
        is_top: (n,) whether it is no subtest.
        stamps: (tests,) when each test's announcement was read.
        top: (tests,) whether each has the name of a test that is no subtest.
    """
    count = len(times)
    near = int(np.searchsorted(stamps, times[0])) if count else 0
    best, found = _LATE_NS, -1
    for begin in range(max(near - _NEAR, 0), min(near + _NEAR, len(stamps) - count) + 1):
        late = stamps[begin : begin + count] - times
        if (late[is_written] < -_EARLY_NS).any():
            continue
        middle = int(np.median(np.abs(late))) if count else best
        # A name with a slash may be that of a test that is no subtest, and never the other way.
        if middle < best and not (top[begin : begin + count] & ~is_top).any():
            best, found = middle, begin
    return found


def _add_running(
    trace: Trace,
    runs: Sequence[TestRun],
    named: Mapping[int, str],
    zero: int,
    goroutines: list[int],
) -> None:
    """Add the goroutines of tests that ran when a stretch began."""
    taken = set(goroutines)
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in [*_by_stack(trace), *named.items()]:
        if number not in taken and number not in by_name[name]:
            by_name[name].append(number)
    starts = [start for start, _ in trace.recorded]
    for name, numbers in by_name.items():
        running = [
            index
            for index, run in enumerate(runs)
            if run.name == name and not goroutines[index] and _spans(run, zero, starts)
        ]
        if len(running) == len(numbers) == 1:
            goroutines[running[0]] = numbers[0]
    taken = set(goroutines)
    left = [number for number, _ in _there_before(trace) if number not in taken]
    for start, end in trace.recorded:
        seen = [number for number in left if start <= _first_seen(trace, number) <= end]
        running = [
            index
            for index, run in enumerate(runs)
            if not goroutines[index]
            and run.name.startswith(_OWN_GOROUTINE)
            and _spans(run, zero, [start])
        ]
        if len(running) == len(seen) == 1:
            goroutines[running[0]] = seen[0]


def _first_seen(trace: Trace, number: int) -> int:
    crossing = trace.goroutines.crossing.columns
    rows = crossing.rows(number)
    return crossing.start_of(rows.start) if rows.stop > rows.start else -1


def _by_stack(trace: Trace) -> Iterator[tuple[int, str]]:
    """Yield goroutines that run the function of a test that is no subtest, with its name."""
    for number, function in _there_before(trace):
        name = name_of_test(function)
        if name and function.endswith(f".{name}"):
            yield number, name


def _there_before(trace: Trace) -> Iterator[tuple[int, str]]:
    """Yield goroutines that run tests and whose creation is not recorded, with their functions."""
    created = trace.creations.goroutine
    firsts = trace.first_stacks
    rows = np.flatnonzero(~np.isin(firsts.goroutine, created))
    for row in rows.tolist():
        functions = [frame.function for frame in trace.table.stack(int(firsts.stack[row]))]
        if len(functions) > 1 and functions[-1] in _RUNNERS:
            yield int(firsts.goroutine[row]), functions[-2]


def _spans(run: TestRun, zero: int, moments: Sequence[int]) -> bool:
    """Return whether a test ran at one of some moments."""
    if run.run_wall_ns is None:
        return False
    began = run.run_wall_ns - zero
    ended = run.end_wall_ns - zero if run.end_wall_ns is not None else None
    return any(began - _LATE_NS <= at and (ended is None or at <= ended) for at in moments)
