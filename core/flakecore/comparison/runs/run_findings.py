"""``flags`` and ``predicate``: what the failures of a test go with, over all runs of the bundle.

``flags``: a condition. Reported where the manifest lists several runs under different conditions
and the failures of this very test are divided by one of them as chance hardly would
(``association``). ``predicate``: something that happened inside the runs, or the order of two such
things. Reported where a hunt kept the events of its runs, and failures are divided by it as chance
hardly would, corrected for all that was asked (``predicate_associations``).

Both are associated, with their counts, and a circumstance: what to try or where to look, and
no cause. Silent where no run passed, where all are alike, and where few runs leave it to chance.

Example: 15 of 15 runs failed with GOMAXPROCS=1, 0 of 25 without.
Counterexample: one of two runs failed, under another setting than the one that passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flakecore.comparison.predicates.predicate_associations import PredicateAssociation
from flakecore.comparison.runs.association import Association, associations
from flakecore.comparison.runs.rates import what_happened
from flakecore.comparison.runs.run import Run
from flakecore.comparison.statistics import p_shown
from flakecore.diagnosis import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline import Case, Failure

RUN_RULES = frozenset({"flags", "predicate"})
"""The ids of rules that compare runs."""
_MOST = 3
"""Conditions, and predicates, of one failure that are reported, the surest first."""
_BEFORE = re.compile(r"(\S+) ran before it")


def with_runs(
    findings: Sequence[Finding], case: Case, failure: Failure, runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Return the findings on a failure, and behind them what its failures go with.

    A hunt keeps the output of a few runs and notes of all what happened in them. That a test fails
    after another one is reported once: with the counts of all runs, where those are there.

    Args:
        findings: those on the failure, the strongest first.
        case: the case of the failure.
        failure: one of its failures.
        runs: the runs of its bundle.
    """
    beside = list(run_findings(case, failure, runs))
    reported = list(findings)
    of_order = (at for at, each in enumerate(reported) if each.rule == "order-dependent")
    for at in [each for each in of_order if reported[each].certainty is Certainty.ASSOCIATED]:
        claim = reported[at].claim
        for predicate in what_happened(runs, _name(case, failure)):
            clauses = (predicate.words, *predicate.alike)
            before = [found[1] for words in clauses if (found := _BEFORE.fullmatch(words))]
            other = next((each for each in before if f" {each} before it" in claim), "")
            if other:
                reported[at] = _of_all_runs(reported[at], failure, predicate, other)
                beside = [each for each in beside if each.claim != _claim(predicate)]
    return (*reported, *beside)


def _of_all_runs(
    finding: Finding, failure: Failure, found: PredicateAssociation, other: str
) -> Finding:
    text = (
        f"failed in {found.failed_with} of {found.runs_with} runs with {other} before it, in"
        f" {found.failed_without} of {found.runs_without} without"
    )
    counts = f"{text}; p = {p_shown(found.p)}"
    runs = found.runs_with + found.runs_without
    return replace(
        finding,
        claim=first_that_fits(f"{failure.test_name} {counts}", f"It {text}"),
        evidence=(Evidence(f"of {runs:,} runs of the hunt, it {counts}", None, 0),),
    )


def run_findings(case: Case, failure: Failure, runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Return what the failures of a test go with: conditions, then predicates.

    Args:
        case: the case of the failure.
        failure: one of its failures.
        runs: the runs of its bundle; nothing is found in fewer than two.
    """
    if failure.test < 0 or len(runs) < 2:
        return ()
    name = _name(case, failure)
    conditions = associations(runs, lambda run: name in run.failed)
    predicates = what_happened(runs, name)
    noted = sum(name in run.records for run in runs)
    return (
        *(_of_condition(failure, each, len(runs)) for each in conditions[:_MOST]),
        *(_of_predicate(failure, each, noted) for each in predicates[:_MOST]),
    )


def _of_condition(failure: Failure, found: Association, runs: int) -> Finding:
    return Finding(
        rule="flags",
        claim=found.sentence(),
        certainty=Certainty.ASSOCIATED,
        weight=Weight.CIRCUMSTANCE,
        test=failure.test,
        evidence=(
            Evidence(f"the manifest has {runs} runs with their conditions and outcomes", None, 0),
        ),
        next=f"run it with {found.words} and without; collect --replay takes the settings over",
    )


def _of_predicate(failure: Failure, found: PredicateAssociation, noted: int) -> Finding:
    same = [f"in the same runs: {words}" for words in found.alike[:_MOST]]
    texts = [found.sentence(), f"the hunt noted what happened in {noted} runs of the test", *same]
    return Finding(
        rule="predicate",
        claim=_claim(found),
        certainty=Certainty.ASSOCIATED,
        weight=Weight.CIRCUMSTANCE,
        test=failure.test,
        evidence=tuple(Evidence(text, None, 0) for text in texts),
        next="flaketui compare holds a failing run against one that passed",
    )


def _claim(found: PredicateAssociation) -> str:
    return first_that_fits(found.sentence(), found.short_sentence())


def _name(case: Case, failure: Failure) -> str:
    return f"{case.package}.{failure.test_name}" if case.package else failure.test_name
