"""Failures that tests reported, with ``t.Error`` or through a test framework."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flakecore.gotest import (
    PARENT_MESSAGE,
    RACE_MESSAGE,
    Message,
    PackageRun,
    errors_among,
    positions_of,
    read_messages,
    read_reports,
)
from flakecore.gotest.frameworks.assertions.recovered_panic import RECOVERED
from flakecore.timeline.failures.failing_calls import FailingCall
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_failures import with_counted_races
from flakecore.timeline.test_spans import TestSpan, TestStatus

_TESTING = "testing.go"
_RESULT = re.compile(r"--- FAIL: ")
NO_MESSAGE = "failed without a message"


def assertion_failures(
    inputs: FailureInputs, test: TestSpan, *, has_reason: bool, is_parent: bool
) -> Iterator[Failure]:
    """Yield the failures that a failed test reported; none if it failed for another reason.

    Args:
        inputs: what bears on it.
        test: the failed test.
        has_reason: whether a crash or a race made it fail.
        is_parent: whether a subtest of it failed, which makes it fail as well.
    """
    reports = inputs.reports.get(test.index, ())
    for report in reports:
        yield _of_message(inputs, test, FailureKind.ASSERTION, report, report.message, (report,))
    printed = inputs.messages(test.index)
    raced = [each for each in printed if each.message == RACE_MESSAGE]
    messages = tuple(each for each in printed if each.message != RACE_MESSAGE)
    calls = inputs.calls.get(test.index, [])
    if calls:
        yield _of_calls(inputs, test, calls, printed)
        return
    errors = errors_among(messages)
    if has_reason or is_parent or raced or reports:
        # Without a trace, and before Go 1.27, only its form distinguishes an error from a log line.
        errors = tuple(each for each in errors if each.is_error)
        if not errors and is_parent and not (has_reason or raced or reports):
            errors = tuple(each for each in messages if each.reads_as_error)[:1]
    if errors:
        first = errors[0]
        kind = FailureKind.PANIC if first.library == RECOVERED else FailureKind.ASSERTION
        yield _of_message(inputs, test, kind, first, first.message, printed)
    elif raced:
        if not has_reason:
            failure = _of_message(inputs, test, FailureKind.RACE, raced[0], RACE_MESSAGE, printed)
            yield with_counted_races(inputs, failure, raced[0].position)
    elif not (has_reason or is_parent or reports):
        text = _of_example(inputs, test) or NO_MESSAGE
        yield _of_message(inputs, test, FailureKind.ASSERTION, None, text, printed)


def failed_its_parent(inputs: FailureInputs, test: TestSpan) -> bool:
    """Return whether a failed subtest was ended by a FailNow of the test that it is part of.

    What was printed then is of that test, and all that package testing adds is a guess of why.
    """
    if test.parent < 0 or inputs.tests[test.parent].status is not TestStatus.FAIL:
        return False
    texts = [each.message for each in inputs.messages(test.index) if each.file == _TESTING]
    return PARENT_MESSAGE in texts


def reports_by_test(run: PackageRun) -> Mapping[int, Sequence[Message]]:
    """Return what test frameworks reported of their own, by the index of the test.

    Without ``-v`` their reports stand before the first result line, which is their test's.
    """
    reports = read_reports(run.lines.texts)
    if not reports:
        return {}
    texts = run.lines.texts
    results = [
        (at, int(run.lines.tests[at]))
        for at in positions_of(texts, ("--- ",))
        if _RESULT.match(texts[at])
    ]
    found: dict[int, list[Message]] = {}
    following = iter(results)
    at, owner = next(following, (len(run.lines), -1))
    for report in reports:
        while at < report.position:
            at, owner = next(following, (len(run.lines), -1))
        named = int(run.lines.tests[report.position])
        found.setdefault(named if named >= 0 else owner, []).append(report)
    return found


def _of_message(
    inputs: FailureInputs,
    test: TestSpan,
    kind: FailureKind,
    message: Message | None,
    text: str,
    printed: tuple[Message, ...],
) -> Failure:
    at_ns = inputs.line_ns(message.position) if message else test.end_ns
    # What package testing prints itself, such as of a folder it cannot remove, names its own line.
    its_own = message is not None and message.file == _TESTING and inputs.run.package != "testing"
    placed = message is not None and kind is not FailureKind.RACE and not its_own
    return Failure(
        index=0,
        test=test.index,
        test_name=test.name,
        kind=kind,
        at_ns=max(test.start_ns, min(at_ns, test.end_ns)),
        message=text or NO_MESSAGE,
        file=message.file if message and placed else "",
        line=message.line if message and placed else 0,
        goroutine=test.goroutine,
        output_line=inputs.line_index(message.position) if message else -1,
        messages=printed,
        subject=message.subject if message else "",
    )


def _of_calls(
    inputs: FailureInputs,
    test: TestSpan,
    calls: Sequence[FailingCall],
    printed: tuple[Message, ...],
) -> Failure:
    """Return the failure by a test's failing calls, with the message of the first of them."""
    # A library's form may name another place than package testing does: of the caller's caller.
    framed = read_messages(inputs.lines.message_lines(test.index))
    places = [(_base(each.file), each.line) for each in framed]
    called = {(_base(frame.file), frame.line) for call in calls for frame in call.callers}
    marked = tuple(
        replace(each, output_type="error") if place in called else each
        for each, place in zip(printed, places, strict=True)
    )
    call = calls[0]
    first = {(_base(frame.file), frame.line) for frame in call.callers}
    at = next((at for at, place in enumerate(places) if place in first), None)
    if at is None and not call.callers:
        # Package testing failed it itself, as for a folder that it cannot remove.
        at = next((at for at, (base, _) in enumerate(places) if base == _TESTING), None)
    caller = call.callers[0] if call.callers else None
    file, line = (caller.file, caller.line) if caller else ("", 0)
    if at is not None and call.callers:
        message = printed[at]
        place = (_base(message.file), message.line)
        base, line = place if place in first else places[at]
        file = next((frame.file for frame in call.callers if _base(frame.file) == base), file)
    return Failure(
        index=0,
        test=test.index,
        test_name=test.name,
        kind=FailureKind.ASSERTION,
        at_ns=call.time_ns,
        message=printed[at].message if at is not None else NO_MESSAGE,
        file=file,
        line=line,
        goroutine=call.goroutine,
        output_line=inputs.line_index(printed[at].position) if at is not None else -1,
        messages=marked,
    )


def _of_example(inputs: FailureInputs, test: TestSpan) -> str:
    """Return how an example's output differs, which stands below its result; "" for none."""
    if not test.name.startswith("Example"):
        return ""
    texts = [line.text for line in inputs.lines.of(test.index)]
    result = next(
        (at for at, text in enumerate(texts) if text.startswith("--- FAIL: ")), len(texts)
    )
    return "\n".join(texts[result + 1 :])


def _base(path: str) -> str:
    return path.rpartition("/")[2]
