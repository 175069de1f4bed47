"""Which test ran before another one in just those runs of a package in which that one failed."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from flakecore.diagnosis.findings import Certainty, Evidence, Finding
from flakecore.diagnosis.rules.order.replay import replay_of
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.gotest import Outcome, PackageRun

_SIGNIFICANT = 0.05
"""Probability of the split by chance, from which down the order is called the cause."""


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """The only test that ran before a failing one in all runs that failed and in none that passed.

    Attributes:
        test: the failing test.
        before: the other one.
        failed, passed: how many runs did.
        p: the probability that the runs are divided so by chance for some of the tests that ran
            before in some runs only.
    """

    test: str
    before: str
    failed: int
    passed: int
    p: float

    @property
    def text(self) -> str:
        """The counts for a person."""
        return (
            f"failed in {self.failed} of {self.failed} runs with {self.before} before it,"
            f" in 0 of {self.passed} without"
        )


def order_counts(question: Question) -> OrderCounts | None:
    """Return which one's being first goes with a failure; None where none does, or several do."""
    failure = question.failure
    if failure is None or failure.test < 0:
        return None
    failed, passed = list[set[str]](), list[set[str]]()
    for run in question.runs:
        outcome_of_run = _outcome(run, failure.test_name)
        if outcome_of_run is None or run.package != question.case.package:
            continue
        outcome, before = outcome_of_run
        if outcome is Outcome.FAIL:
            failed.append(before)
        elif outcome is Outcome.PASS:
            passed.append(before)
    if not failed or not passed:
        return None
    alone = failed[0].intersection(*failed).difference(*passed)
    if len(alone) != 1:
        return None
    every = (*failed, *passed)
    asked = len(every[0].union(*every) - every[0].intersection(*every))
    chance = asked / comb(len(every), len(failed))
    (before_it,) = alone
    return OrderCounts(failure.test_name, before_it, len(failed), len(passed), min(chance, 1.0))


def associated(question: Question, counts: OrderCounts) -> Finding | None:
    """Return what the counts mean by themselves; None where chance alone may be why."""
    assert question.failure is not None
    if counts.p > _SIGNIFICANT:
        return None
    chance = f"p = {counts.p:.2g}"
    return Finding(
        rule="order-dependent",
        claim=first_that_fits(f"{counts.test} {counts.text}; {chance}", f"It {counts.text}"),
        certainty=Certainty.ASSOCIATED,
        test=question.failure.test,
        evidence=(
            Evidence(
                f"of {counts.failed + counts.passed} runs, it {counts.text}; {chance}", None, 0
            ),
        ),
        next=replay_of(question.case, [counts.before], counts.test),
    )


def _outcome(run: PackageRun, name: str) -> tuple[Outcome, set[str]] | None:
    """Return how a test ended in a run, and which top-level tests began before it there."""
    before: set[str] = set()
    own = name.partition("/")[0]
    for test in run.tests:
        if test.name == name:
            return test.outcome, before
        if "/" not in test.name and test.name != own:
            before.add(test.name)
    return None
