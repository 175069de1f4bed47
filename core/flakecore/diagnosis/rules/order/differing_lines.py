"""``lines-differ``: a line that a test printed in its failing runs alone, or in the others alone.

Reports a test that ran several times in one process (``-count``), where every run that failed
printed a line before it failed, and no run that passed did; or the other way round, where those
that failed printed what the others printed behind it. Numbers and addresses may differ. It is an
association, reported where chance hardly divides the runs so: the probability is that of the split,
times the lines that were looked at. Silent where runs fail or pass all alike, and on what the
failure itself prints.

Example: ``cache miss`` in 3 of 3 runs that failed and in none of 17 that passed.
Counterexample: ``attempt 3`` beside ``attempt 4``: only the numbers differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.order.repeated_lines import printed_before, shape_of
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.test_runs import runs_of
from flakecore.gotest.run_flag import run_flag
from flakecore.timeline import TestSpan, TestStatus

_SIGNIFICANT = 0.05
"""Probability of the split by chance, from which down it is reported."""
_SHOWN = 60
"""Characters of a line that a claim has."""
_RUNS = 200
"""Runs of a test that are looked at."""


def _find(question: Question) -> Iterator[Finding]:
    case, failure = question.case, question.failure
    if failure is None or failure.test < 0:
        return
    name = case.tests[failure.test].name
    runs = runs_of(case, name)[:_RUNS]
    failed = [each for each in runs if each.status is TestStatus.FAIL]
    passed = [each for each in runs if each.status is TestStatus.PASS]
    if not failed or not passed:
        return
    split = 1 / comb(len(failed) + len(passed), len(failed))
    if split > _SIGNIFICANT:
        return
    for text, is_of_failed, looked_at in _distinctive(question, failed, passed):
        chance = min(split * looked_at, 1.0)
        if chance > _SIGNIFICANT:
            continue
        with_it, without = (failed, passed) if is_of_failed else (passed, failed)
        did, did_not = ("failed", "passed") if is_of_failed else ("passed", "failed")
        counts = (
            f"in {len(with_it)} of {len(with_it)} runs that {did}"
            f" and in none of {len(without)} that {did_not}"
        )
        line = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f'{name} printed "{line}" {counts}; p = {chance:.2g}',
                f'It printed "{line}" {counts}; p = {chance:.2g}',
                f"It printed a line {counts}; p = {chance:.2g}",
            ),
            certainty=Certainty.ASSOCIATED,
            weight=Weight.CIRCUMSTANCE,
            test=failure.test,
            evidence=(
                Evidence(f"the line, up to its numbers: {text[:300]}", None, 0),
                Evidence(f"{counts}; {looked_at} lines were compared, p = {chance:.2g}", None, 0),
            ),
            next=f"see what leads to it: {run_flag(name.partition('/')[0])} -v -count=1",
        )
        return


def _distinctive(
    question: Question, failed: list[TestSpan], passed: list[TestSpan]
) -> Iterator[tuple[str, bool, int]]:
    """Yield lines of all runs of one outcome and none of the other.

    Yields:
        The line, whether it is of the runs that failed, and how many lines were compared.
    """
    case = question.case
    before = [printed_before(case, each) for each in failed]
    whole = [printed_before(case, each) for each in passed]
    of_failed = [{shape_of(text) for text in each} for each in before]
    of_passed = [{shape_of(text) for text in each} for each in whole]
    some_failed, some_passed = set.union(*of_failed), set.union(*of_passed)
    looked_at = max(len(some_failed | some_passed), 1)
    for text in before[0]:
        shape = shape_of(text)
        if shape not in some_passed and all(shape in each for each in of_failed):
            yield text, True, looked_at
    # What a run that failed did not come to print proves nothing: all must have come further.
    everywhere = set.intersection(*of_failed, *of_passed)
    last = max((at for at, text in enumerate(whole[0]) if shape_of(text) in everywhere), default=0)
    for text in whole[0][:last]:
        shape = shape_of(text)
        if shape not in some_failed and all(shape in each for each in of_passed):
            yield text, False, looked_at


RULE = Rule("lines-differ", Needs.FAILURE, _find)
