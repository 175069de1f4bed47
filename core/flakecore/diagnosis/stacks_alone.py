"""Stacks of goroutines with no results of tests around them, as people paste them from a hang.

Nothing states that anything failed, and a program at work waits too. So only what stacks alone show
to be without end counts: cycles of locks, a lock asked for twice, a nil channel.
"""

from __future__ import annotations

from collections.abc import Iterable

from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.rules.hangs import chan_nil, lock_cycle, self_lock
from flakecore.timeline import Case

_WITHOUT_END = frozenset((lock_cycle.RULE.id, self_lock.RULE.id, chan_nil.CHAN_NIL.id))


def is_stacks_alone(case: Case) -> bool:
    """Return whether all that is known of a case are stacks of goroutines."""
    return bool(case.dumps) and not case.tests and not case.failures and case.schedule is None


def endless_waits(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those findings on waits that hold although nothing is known to have failed."""
    return tuple(each for each in findings if each.rule in _WITHOUT_END)
