"""Findings after their experiments: each gains certainty by the counts, or loses it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flakecore.bundle import Experiment
from flakecore.comparison.contrast import contrast_words
from flakecore.comparison.statistics import fisher_exact, p_shown
from flakecore.diagnosis import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline import Case, Failure

_SIGNIFICANT = 0.01
"""p from which down an experiment confirms an explanation. Chosen, not measured."""
_GOROUTINE = re.compile(r"\bG\d+\b")
_WORD = re.compile(r"[\w/]+")
_OF_NEIGHBOURS = ("shared-state", "order-dependent")
"""Rules whose cause is another test, which an experiment leaves out."""
_LEAST = 10
"""Runs each way below which an experiment takes no certainty from a finding."""
_STILL = 3
"""Failures without the supposed cause from which on it counts as not needed."""


def is_proved(found: Experiment) -> bool:
    """Return whether the test failed more often with what was tried, as chance hardly has it."""
    more = found.failed_with * found.runs_without > found.failed_without * found.runs_with
    return more and chance_of(found) <= _SIGNIFICANT


def is_refuted(found: Experiment) -> bool:
    """Return whether the counts contradict an explanation, and not merely for too few runs.

    Of a delay that is so where the test mostly passes in spite of it; of a condition or another
    test, where it fails without it at least half as often as with it.
    """
    if is_proved(found) or min(found.runs_with, found.runs_without) < _LEAST:
        return False
    if found.kind == "delay":
        return 2 * found.failed_with < found.runs_with
    often = 2 * found.failed_without * found.runs_with >= found.failed_with * found.runs_without
    return found.failed_without >= _STILL and often


def chance_of(found: Experiment) -> float:
    """Return Fisher's p of the counts of an experiment."""
    return fisher_exact(
        found.failed_with,
        found.runs_with - found.failed_with,
        found.failed_without,
        found.runs_without - found.failed_without,
    )


def experiment_sentence(found: Experiment) -> str:
    """Return what came of an experiment, with its counts for and against."""
    name = found.test.rpartition(".")[2]
    if found.why_not:
        return f"Not put to the test: {found.words}: {found.why_not}"
    contrast = contrast_words(found, f"with {found.words}")
    counts = f"{name} failed {contrast} (p = {p_shown(chance_of(found))})"
    if found.otherwise_with:
        counts += f"; {found.otherwise_with} of those with it failed with another message"
    if is_proved(found):
        return f"Proved by experiment: {counts}"
    done = min(found.runs_with, found.runs_without)
    decided = "Not confirmed" if is_refuted(found) else "Undecided"
    short = f", of {found.planned} runs each way that were planned" if done < found.planned else ""
    return f"{decided}: {counts}{short}"


def with_verdicts(
    findings: Sequence[Finding], case: Case, failure: Failure, experiments: Sequence[Experiment]
) -> tuple[Finding, ...]:
    """Return the findings on a failure, those that were put to the test with what came of it.

    What is not borne out is no cause any more, and comes last.

    What was put to the test and is not found here, as a run of an experiment need not show it, is
    a finding of its own with the rule ``experiment``.
    """
    name = f"{case.package}.{failure.test_name}" if case.package else failure.test_name
    judged = list(findings)
    for experiment in experiments:
        if experiment.test != name or experiment.why_not:
            continue
        certainty = _certainty(experiment)
        if certainty is None:
            continue
        fact = Evidence(experiment_sentence(experiment), None, 0)
        alike = [at for at, each in enumerate(judged) if _is_about(each, experiment)]
        for at in alike[:1]:
            evidence = (fact, *judged[at].evidence)
            weight = judged[at].weight
            if certainty is Certainty.UNCONFIRMED and weight is Weight.CAUSE:
                weight = Weight.CIRCUMSTANCE
            judged[at] = replace(judged[at], certainty=certainty, weight=weight, evidence=evidence)
        if not alike:
            judged.append(_finding(failure, experiment, certainty, fact))
    return tuple(sorted(judged, key=lambda each: each.certainty is Certainty.UNCONFIRMED))


def _certainty(experiment: Experiment) -> Certainty | None:
    if is_proved(experiment):
        return Certainty.PROVED
    return Certainty.UNCONFIRMED if is_refuted(experiment) else None


def _is_about(finding: Finding, experiment: Experiment) -> bool:
    """Return whether an experiment put a finding to the test.

    Counts and numbers of goroutines differ from run to run; and of one claim the rule may, as a
    shared variable is reported as order-dependent where runs show it.
    """
    if _GOROUTINE.sub("G", finding.claim) == _GOROUTINE.sub("G", experiment.claim):
        return True
    if experiment.kind == "neighbour" and finding.rule in _OF_NEIGHBOURS:
        return experiment.words in _WORD.findall(finding.claim)
    return finding.rule == experiment.rule and experiment.words in finding.claim


def _finding(
    failure: Failure, experiment: Experiment, certainty: Certainty, fact: Evidence
) -> Finding:
    counts = f"Failed {contrast_words(experiment, f'with {experiment.words}')}"
    put = Evidence(f"it puts to the test: {experiment.claim}", None, 0)
    return Finding(
        rule="experiment",
        claim=first_that_fits(counts),
        certainty=certainty,
        weight=Weight.CIRCUMSTANCE,
        test=failure.test,
        evidence=(fact, put) if experiment.claim else (fact,),
    )
