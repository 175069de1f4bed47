"""Finds the failures of a run in its results, crashes and race reports, in order of time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flakecore.gotest import Line, Outcome, PackageRun, fatal_line, positions_of
from flakecore.timeline.failures.assertion_failures import assertion_failures, failed_its_parent
from flakecore.timeline.failures.ci_endings import ended_by_ci
from flakecore.timeline.failures.crash_failures import crash_failures
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.race_failures import race_failures, with_races_beside
from flakecore.timeline.failures.resultless_failures import (
    build_without_room,
    library_failures,
    testless_failures,
    timed_out,
)
from flakecore.timeline.test_spans import TestStatus

_COMPILER = re.compile(r"(\S+\.go):(\d{1,9}):(?:\d+: | )")
_SLASH = re.compile("/")
_KILLED = "*** Test killed"
_FRAMEWORK_LINE = re.compile(
    r"=== |\s*--- |(?:PASS|FAIL|SKIP)\s*\Z|(?:ok {2}|FAIL|\? {3}) {4}|exit status |signal: "
    r"|(?:ok|FAIL) {1,2}\S*[./]\S* +[\d.]+s\b"
    r"|coverage: |testing: warning: |go: |\s*\]?\Z"
)
"""Beginnings of lines that go or package testing print, and empty lines."""
_BEHIND_TESTS = re.compile(r"FAIL\s|exit status |coverage: ")
"""What may stand behind a test binary's own FAIL."""
_LAST_WORDS = 6
"""Lines from a log's end on in which that FAIL is looked for."""
_LINES_BEFORE_EXIT = 400
"""How many of a test's last lines are searched for what a logger wrote before it exited."""
_SHOWN_LAST_LINES = 10
"""Lines printed last that are shown where a process ended without any other reason."""


def find_failures(inputs: FailureInputs) -> tuple[Failure, ...]:
    """Return the failures of a package's run, in order of time."""
    found = list(with_races_beside(list(_find(inputs))))
    found.sort(key=lambda failure: (failure.at_ns, failure.test))
    return tuple(replace(failure, index=index) for index, failure in enumerate(found))


def _find(inputs: FailureInputs) -> Iterator[Failure]:
    run = inputs.run
    if run.status is Outcome.BUILD_FAIL:
        yield _of_build(inputs)
        return
    blamed: set[int] = set()
    for failure in crash_failures(inputs):
        blamed.add(failure.test)
        yield failure
    for failure in race_failures(inputs):
        blamed.add(failure.test)
        yield failure
    failed = [
        test
        for test in inputs.tests
        if test.status is TestStatus.FAIL and not failed_its_parent(inputs, test)
    ]
    parents = {test.parent for test in failed}
    # A log that begins in the middle may name a subtest before its parent.
    above = {test.name[: at.start()] for test in failed for at in _SLASH.finditer(test.name)}
    # So may one that is cut off behind a subtest's message, before its result.
    told = tuple(library_failures(inputs, blamed))
    names = [each.test_name for each in told]
    above |= {name[: at.start()] for name in names for at in _SLASH.finditer(name)}
    parents |= {test.index for test in failed if test.name in above}
    for test in failed:
        for failure in assertion_failures(
            inputs, test, has_reason=test.index in blamed, is_parent=test.index in parents
        ):
            blamed.add(test.index)
            yield failure
    resultless = (*told, *(() if run.crashes else timed_out(inputs)))
    for failure in resultless:
        blamed.add(failure.test)
        yield failure
    for failure in ended_by_ci(inputs) if not run.crashes else ():
        if failure.test not in blamed:
            blamed.add(failure.test)
            yield failure
    if not blamed and run.status is Outcome.UNFINISHED:
        yield from list(testless_failures(inputs)) or build_without_room(inputs)
    if run.status is Outcome.FAIL and not run.crashes:
        yield from _of_exit(inputs, bool(blamed))


def _of_build(inputs: FailureInputs) -> Failure:
    build_output = inputs.run.build_output
    said = "\n".join(build_output) or "the build failed; what it said is not in the log"
    failure = _of_package(inputs, FailureKind.BUILD, said)
    found = next((each for line in build_output if (each := _COMPILER.match(line))), None)
    return replace(failure, file=found[1], line=int(found[2])) if found else failure


def _of_exit(inputs: FailureInputs, explained: bool) -> Iterator[Failure]:
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    status = _exit_status(inputs.run)
    killed = status.startswith(f" ({_KILLED}")
    kind = FailureKind.TIMEOUT if killed else FailureKind.EXIT
    is_over = _has_ended_its_tests(inputs.run)
    ended = "the process ended while this test ran"
    if is_over:
        ended = "the package failed, and the result of this test is not in the log"
    for test in unfinished:
        if test.index in parents or (is_over and explained):
            continue
        fatal = fatal_line([line.text for line in _printed(inputs.lines.of(test.index))])
        logged = f"; it logged:\n{fatal.text}" if fatal and not killed else ""
        yield Failure(
            index=0,
            test=test.index,
            test_name=test.name,
            kind=kind,
            at_ns=inputs.exit_ns,
            message=f"{ended}{status}{logged}",
            file=fatal.file if fatal and logged else "",
            line=fatal.line if fatal and logged else 0,
            goroutine=test.goroutine,
            output_line=-1,
            messages=inputs.messages(test.index),
        )
    if not unfinished and not explained:
        printed = _last_lines(inputs.run, -1, _SHOWN_LAST_LINES)
        message = f"the package failed{status}"
        yield _of_package(
            inputs, kind, f"{message}; printed last:\n{printed}" if printed else message
        )


def _has_ended_its_tests(run: PackageRun) -> bool:
    """Return whether the last lines of a test binary are those of one that ran all its tests.

    It prints FAIL on a line of its own then, with ``-cover`` a line below that
    (``src/testing/testing.go``, M.Run), and go its exit status.
    """
    texts, tests = run.lines.texts, run.lines.tests
    for at in range(len(texts) - 1, max(len(texts) - 1 - _LAST_WORDS, -1), -1):
        text = texts[at].rstrip()
        if text == "FAIL":
            return int(tests[at]) < 0
        if text and not _BEHIND_TESTS.match(text):
            break
    return False


def _printed(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines among a test's last ones that neither go nor package testing printed."""
    last = lines[-_LINES_BEFORE_EXIT:]
    return [line for line in last if not _FRAMEWORK_LINE.match(line.text)]


def _exit_status(run: PackageRun) -> str:
    """Return the exit status in parentheses, "" if unknown; go prints it among no test's lines."""
    endings = ("exit status ", "signal: ")
    lines = run.lines
    found = positions_of(lines.texts, (_KILLED, *endings))
    candidates = ((lines.texts[at], int(lines.tests[at])) for at in found)
    texts = [text for text, test in candidates if test < 0 or text.startswith(_KILLED)]
    killed = next((text for text in texts if text.startswith(_KILLED)), "")
    text = killed or next((text for text in reversed(texts) if text.startswith(endings)), "")
    return f" ({text})" if text else ""


def _last_lines(run: PackageRun, test: int, most: int) -> str:
    """Return the lines of a test, or of none, that stand last and are not go's own."""
    stacks = [(dump.first_line, dump.last_line) for dump in run.dumps]
    taken = {at for first, last in stacks for at in range(first, last + 1)}
    printed: list[str] = []
    for at in range(len(run.lines) - 1, -1, -1):
        if len(printed) == most:
            break
        if int(run.lines.tests[at]) != test or at in taken:
            continue
        text = run.lines.texts[at]
        if not _FRAMEWORK_LINE.match(text) and not text.startswith(_KILLED):
            printed.append(text.strip())
    return "\n".join(reversed(printed))


def _of_package(inputs: FailureInputs, kind: FailureKind, message: str) -> Failure:
    return Failure(
        index=0,
        test=-1,
        test_name=inputs.run.package,
        kind=kind,
        at_ns=inputs.end_ns,
        message=message,
        file="",
        line=0,
        goroutine=0,
        output_line=-1,
    )
