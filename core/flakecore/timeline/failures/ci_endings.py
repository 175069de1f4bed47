"""Tests that ran when a CI system ended its job: they have no result, and no dump.

The job's log then ends in words of the CI system's own, behind the last that the tests printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.gotest import Outcome, PackageRun, positions_of
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.test_spans import TestStatus

_PREFIXES = (
    *("##[error]", "Error: ", "ERROR: Job failed: "),
    *("Too long with no output ", "No output has been "),
)
_ENDINGS = re.compile(
    r"(?:##\[error\]|Error: |ERROR: Job failed: )?("
    r"The operation was canceled\."  # GitHub Actions
    r"|The job running on (?:runner|agent) .{1,200} (?:has exceeded|ran longer than) .{1,80}"
    r"|The runner has received a shutdown signal\..{0,300}"
    r"|execution took longer than .{1,60}"  # GitLab
    r"|Too long with no output \(exceeded .{1,40}\)(?:: context deadline exceeded)?"  # CircleCI
    r"|No output has been received in the last .{1,200}"  # Travis CI
    r"|Process completed with exit code (\d{1,3})\."  # GitHub Actions, of the step's own shell
    r")\s*\Z"
)
"""What CI systems write when they end a job: GitHub's and Azure's runner, GitLab's, CircleCI's."""
_BY_SIGNAL = re.compile(r"exit status (?:137|143)(?=\)\Z)")
"""What a shell states of SIGKILL and SIGTERM."""
ENDED_BY_CI = "CI ended the job while this test ran: "
"""How the messages of these failures begin."""


def ended_by_ci(inputs: FailureInputs) -> Iterator[Failure]:
    """Yield the tests that had begun and not ended where a log ends in a CI system's words."""
    found = _ending(inputs.run)
    if found is None:
        return
    position, message = found
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
    if not inputs.tests and (told := _without_test(message)):
        yield Failure(
            index=0,
            test=-1,
            test_name=inputs.run.package,
            kind=FailureKind.EXIT,
            at_ns=inputs.line_ns(position),
            message=told,
            file="",
            line=0,
            goroutine=0,
            output_line=inputs.line_index(position),
        )
    for test in unfinished:
        if test.index in parents:
            continue
        yield Failure(
            index=0,
            test=test.index,
            test_name=test.name,
            kind=FailureKind.EXIT,
            at_ns=inputs.line_ns(position),
            message=message,
            file="",
            line=0,
            goroutine=test.goroutine,
            output_line=inputs.line_index(position),
            messages=inputs.messages(test.index),
        )


def is_ended_job(run: PackageRun) -> bool:
    """Return whether CI, or a signal, ended the job, by lines that are of no test."""
    found = _ending(run)
    return found is not None and not run.tests and bool(_without_test(found[1]))


def _ending(run: PackageRun) -> tuple[int, str] | None:
    """Return where a CI system reports a job ended, and a failure's message; None if nowhere."""
    if run.status is not Outcome.UNFINISHED:
        return None
    texts = run.lines.texts
    # What a test prints of such words is followed by others' output, or its own result.
    alive = max(positions_of(texts, ("=== ", "--- ")), default=-1)
    found = (
        (at, _message(said))
        for at in positions_of(texts, _PREFIXES)
        if at > alive and (said := _ENDINGS.match(texts[at])) is not None
    )
    return next(found, None)


def _without_test(message: str) -> str:
    """Return the message on a job that ended while no test is known to have run; "" for nothing.

    Whatever failed in it may have ended it, unless that was a signal or CI itself.
    """
    if message.startswith(ENDED_BY_CI):
        return f"CI ended the job: {message.removeprefix(ENDED_BY_CI)}"
    status = _BY_SIGNAL.search(message)
    return f"the job's step ended with {status[0]} while no test is known to run" if status else ""


def _message(said: re.Match[str]) -> str:
    """Return a failure's message: that the job was ended, or that the process ended by itself."""
    if said[2] is not None:
        return f"the process ended while this test ran (exit status {said[2]})"
    return f"{ENDED_BY_CI}{said[1]}"
