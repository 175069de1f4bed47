"""``lock-order``: locks that were each waited for while the one before was held, in a cycle.

Looked at are the waits of the trace that ended, with what the source states was held at each. It is
reported as a risk: the goroutines that meet in such a cycle wait for each other for ever, and
nobody need have done so. A deadlock that happened is reported by ``lock-cycle`` and the rules on
objects.

Asked once about all tests of a case, and about a failure where its own test went round the cycle
and ran out of time. Silent where the places cannot be taken at once, as far as is known: another
lock is held in two of them, one goroutine alone came to two of them, or both sides read. Silent,
too, on traces of more than a million events.

Example: one test's goroutines that take ``a`` then ``b``, ``b`` then ``c``, and ``c`` then ``a``.
Counterexample: the same around a gate, or in one order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.waits.locks.lock_order_cycles import (
    LockOrderCycle,
    StackOfWaits,
    lock_order_cycles,
    stacks_of_trace,
)
from flakecore.timeline import Case, FailureKind, with_subtests

_MOST = 3
"""Cycles that are reported of one case, the shortest; profile's contention lists all."""


def _of_failure(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.TIMEOUT or failure.test < 0:
        return
    tests = with_subtests(question.case.tests, failure.test)
    own = _goroutines_of(question.case, tests)
    yield from _findings(question, stacks_of_trace(question.case, own, ended=True), failure.test)


def _of_case(question: Question) -> Iterator[Finding]:
    case = question.case
    timed_out = [
        test
        for failure in case.failures
        if failure.kind is FailureKind.TIMEOUT and failure.test >= 0
        for test in with_subtests(case.tests, failure.test)
    ]
    deadlocked = _goroutines_of(case, timed_out)
    yield from _findings(question, stacks_of_trace(case, without=deadlocked, ended=True), -1)


def _goroutines_of(case: Case, tests: Sequence[int]) -> NDArray[np.int64]:
    assert case.schedule is not None
    return np.array([n for test in tests for n in case.schedule.goroutines_of(test)], np.int64)


def _findings(question: Question, stacks: Sequence[StackOfWaits], test: int) -> Iterator[Finding]:
    for cycle in lock_order_cycles(question.case, stacks, question.files)[:_MOST]:
        yield _finding(cycle, test)


def _finding(cycle: LockOrderCycle, test: int) -> Finding:
    return Finding(
        rule=LOCK_ORDER.id,
        claim=_claim(cycle),
        certainty=Certainty.INFERRED,
        weight=Weight.CIRCUMSTANCE,
        test=test,
        places=tuple(
            Place(Role.WAITS, step.goroutine, step.frame.function, step.frame.file, step.frame.line)
            for step in cycle.steps
        ),
        evidence=(
            *(Evidence(text, None, 0) for text in _steps(cycle)),
            Evidence("what was held is inferred from the source of the waits' stacks", None, 0),
        ),
        next="goroutines that come to all of these places at once wait for each other for ever:"
        " take the locks in one order everywhere",
    )


def _steps(cycle: LockOrderCycle) -> Iterator[str]:
    for held, step in zip(cycle.locks, cycle.steps, strict=True):
        yield f"{step.lock.name} was waited for {step.at} while {held.name} was held"
    if not cycle.is_sure:
        yield "fields are told by their type: whether of the same values each time is not seen"


def _claim(cycle: LockOrderCycle) -> str:
    around = [lock.name for lock in (*cycle.locks, cycle.locks[0])]
    begin = "Locks in both orders" if len(cycle.locks) == 2 else "Locks in a ring"
    steps = zip(pairwise(around), cycle.steps, strict=True)
    placed = ", ".join(f"{one} before {other} ({step.place})" for (one, other), step in steps)
    return first_that_fits(
        f"{begin}: {placed}",
        f"{begin}: {' before '.join(around)}",
        f"{len(cycle.locks)} locks in a ring, each waited for while the one before was held",
    )


LOCK_ORDER = Rule("lock-order", Needs.TRACE | Needs.FAILURE, _of_failure)
LOCK_ORDER_BESIDES = Rule("lock-order", Needs.PASSED | Needs.TRACE, _of_case)
