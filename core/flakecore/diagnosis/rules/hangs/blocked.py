"""``blocked``: what the test's goroutines were waiting for when it ended, without a counterpart.

Speaks of a timeout, a fatal error or an exit where there is a trace: what each of the test's
goroutines waited for, since when, and whether anything ended it. It is an effect: a cause that
accounts for the same goroutines takes its place. Silent on assertions, panics and races, where
something always waits.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.waits.standstill import standstill
from flakecore.timeline import FailureKind

_STANDSTILLS = (FailureKind.TIMEOUT, FailureKind.FATAL, FailureKind.EXIT)

_LEAST_NS = 100_000_000
"""Before an exit, waits that are shorter say nothing: the exit ended them, and no limit did."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is not None and failure.kind in _STANDSTILLS:
        at_least_ns = _LEAST_NS if failure.kind is FailureKind.EXIT else 0
        yield from standstill(question.case, failure, at_least_ns)


RULE = Rule("blocked", Needs.TRACE | Needs.FAILURE, _find)
