"""Tests that ran when a CI system ended its job: they have no result, and no dump.

The job's log then ends in words of the CI system's own, behind the last that the tests printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.gotest import Outcome, positions_of
from flakecore.timeline.failures.failure import Failure, FailureKind
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.test_spans import TestStatus

_PREFIXES = ("##[error]", "ERROR: Job failed: ", "Too long with no output ", "No output has been ")
_ENDINGS = re.compile(
    r"(?:##\[error\]|ERROR: Job failed: )?("
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
ENDED_BY_CI = "CI ended the job while this test ran: "
"""How the messages of these failures begin."""


def ended_by_ci(inputs: FailureInputs) -> Iterator[Failure]:
    """Yield the tests that had begun and not ended where a log ends in a CI system's words."""
    texts = inputs.run.lines.texts
    if inputs.run.status is not Outcome.UNFINISHED:
        return
    # What a test prints of such words is followed by others' output, or its own result.
    alive = max(positions_of(texts, ("=== ", "--- ")), default=-1)
    found = [
        (at, _message(said))
        for at in positions_of(texts, _PREFIXES)
        if at > alive and (said := _ENDINGS.match(texts[at])) is not None
    ]
    if not found:
        return
    position, message = found[0]
    unfinished = [test for test in inputs.tests if test.status is TestStatus.UNFINISHED]
    parents = {test.parent for test in unfinished}
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


def _message(said: re.Match[str]) -> str:
    """Return a failure's message: that the job was ended, or that the process ended by itself."""
    if said[2] is not None:
        return f"the process ended while this test ran (exit status {said[2]})"
    return f"{ENDED_BY_CI}{said[1]}"
