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
from flakecore.diagnosis.standstill import standstill
from flakecore.timeline import FailureKind

_STANDSTILLS = (FailureKind.TIMEOUT, FailureKind.FATAL, FailureKind.EXIT)


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is not None and failure.kind in _STANDSTILLS:
        yield from standstill(question.case, failure)


RULE = Rule("blocked", Needs.TRACE | Needs.FAILURE, _find)
