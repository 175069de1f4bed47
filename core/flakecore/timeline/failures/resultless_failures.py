"""Failures of which the log has no result: it was cut, or something killed the process.

What an assertion library prints fails its test for certain, whether or not the test's result is in
the log; so does what package testing prints of a race. Bazel kills a test that runs too long and
prints that in a line of its own, with no dump.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from flakecore.gotest import (
    RACE_MESSAGE,
    Message,
    Outcome,
    no_room_for_build,
    positions_of,
    read_loose_errors,
)
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_failures import with_counted_races
from flakecore.timeline.test_spans import TestSpan, TestStatus

_LEAKED = "goleak: Errors on successful test run: found unexpected goroutines:"
"""What goleak prints before it ends a process whose tests passed (``testmain.go``)."""
_TIMED_OUT = re.compile(r"-- (Test timed out at [\d-]{10} [\d:]{8} \S{1,8}) --\s*\Z", re.ASCII)
"""Bazel's line (``tools/test/test-setup.sh`` and ``test_wrapper``)."""


def library_failures(inputs: FailureInputs, failing: Collection[int]) -> Iterator[Failure]:
    """Return what assertion libraries, and package testing, printed of tests that have no result.

    Args:
        inputs: what bears on it.
        failing: tests that have failures already, such as races.
    """
    for test in inputs.tests:
        if test.status is not TestStatus.UNFINISHED:
            continue
        messages = inputs.messages(test.index)
        first = next((each for each in messages if each.is_error), None)
        reports = tuple(inputs.reports.get(test.index, ()))
        for report in reports:
            yield _failure(inputs, report, test.index, test.name, (report,))
        if first is not None and not reports:
            yield _failure(inputs, first, test.index, test.name, messages)
        raced = next((each for each in messages if each.message == RACE_MESSAGE), None)
        if raced is not None and test.index not in failing:
            yield _of_race(inputs, raced, test.index, test.name, messages)


def build_without_room(inputs: FailureInputs) -> Iterator[Failure]:
    """Yield the failure of builds that found no room to write a file of their own."""
    at = no_room_for_build(inputs.run.lines.texts)
    if at >= 0:
        yield _of_line(inputs, at, FailureKind.BUILD)


def testless_failures(inputs: FailureInputs) -> Iterator[Failure]:
    """Return what assertion libraries printed among lines that belong to no test."""
    texts = inputs.run.lines.texts
    leaked = next((at for at in positions_of(texts, (_LEAKED,)) if texts[at] == _LEAKED), None)
    if leaked is not None:
        yield _of_line(inputs, leaked, FailureKind.EXIT)
    latest = {test.name: test.index for test in inputs.tests}
    for error in read_loose_errors(inputs.run.lines):
        name = error.test_name or error.subject or inputs.run.package
        if error.message == RACE_MESSAGE:
            if not inputs.run.races:
                yield _of_race(inputs, error, -1, name, (error,))
            continue
        yield _failure(inputs, error, latest.get(name, -1), name, (error,))


def timed_out(inputs: FailureInputs) -> Iterator[Failure]:
    """Return the tests that ran when Bazel ended the process, or the package where none did."""
    texts = inputs.run.lines.texts
    found = [
        (at, match)
        for at in positions_of(texts, ("-- Test timed out",))
        if (match := _TIMED_OUT.match(texts[at]))
    ]
    if not found or inputs.run.status in (Outcome.PASS, Outcome.SKIP):
        return
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    leaves: list[TestSpan | None] = [test for test in unfinished if test.index not in parents]
    for test in leaves or [None]:
        # Several shards may be in one log, each with a line of its own below its tests.
        lines = inputs.lines.of(test.index) if test else ()
        began = next((each.position for each in lines), -1)
        at, match = next((each for each in found if each[0] > began), found[-1])
        yield Failure(
            index=0,
            test=test.index if test else -1,
            test_name=test.name if test else inputs.run.package,
            kind=FailureKind.TIMEOUT,
            at_ns=inputs.line_within(at),
            message=match[1],
            file="",
            line=0,
            goroutine=test.goroutine if test else 0,
            output_line=inputs.line_index(at),
            messages=inputs.messages(test.index) if test else (),
        )


def _of_line(inputs: FailureInputs, at: int, kind: FailureKind) -> Failure:
    """Return the failure of a package that one line is about."""
    return Failure(
        index=0,
        test=-1,
        test_name=inputs.run.package,
        kind=kind,
        at_ns=inputs.line_within(at),
        message=inputs.run.lines.texts[at].strip(" :"),
        file="",
        line=0,
        goroutine=0,
        output_line=inputs.line_index(at),
    )


def _of_race(
    inputs: FailureInputs, message: Message, test: int, name: str, messages: tuple[Message, ...]
) -> Failure:
    """Return the failure of a test during which a race was found, by testing's own message."""
    failure = replace(
        _failure(inputs, message, test, name, messages), kind=FailureKind.RACE, file="", line=0
    )
    return with_counted_races(inputs, failure, message.position)


def _failure(
    inputs: FailureInputs, error: Message, test: int, name: str, messages: tuple[Message, ...]
) -> Failure:
    return Failure(
        index=0,
        test=test,
        test_name=name,
        kind=FailureKind.ASSERTION,
        at_ns=inputs.line_within(error.position),
        message=error.message,
        file=error.file,
        line=error.line,
        goroutine=inputs.tests[test].goroutine if test >= 0 else 0,
        output_line=inputs.line_index(error.position),
        messages=messages,
        subject=error.subject if error.subject != name else "",
    )
