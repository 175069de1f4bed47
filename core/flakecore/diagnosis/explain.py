"""The first answer to "why did it fail?": what was to be seen at that moment, in few sentences."""

from __future__ import annotations

from flakecore.diagnosis.circumstances import surroundings
from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.standstill import standstill
from flakecore.timeline import Case, Failure, FailureKind
from flakecore.times import MILLISECOND

_STANDSTILLS = (FailureKind.TIMEOUT, FailureKind.FATAL, FailureKind.EXIT)
_WORTH_A_WORD = 5 * MILLISECOND
"""A wait at the moment of a failed assertion, if it had lasted for this long."""


def explain(case: Case, failure: Failure) -> tuple[Finding, ...]:
    """Return findings about one failure, the most telling first.

    A test that hung is explained by what it waited for; the collector and the scheduler are no
    news there. One that failed an assertion is explained by what happened around it.
    """
    if failure.kind in _STANDSTILLS:
        return tuple(standstill(case, failure))
    return (*surroundings(case, failure), *standstill(case, failure, _WORTH_A_WORD))
