"""An experiment proves an explanation by its counts, or takes certainty from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comparison.conftest import counting_failure
from flakecore.bundle import Experiment
from flakecore.comparison import experiment_sentence, is_proved, with_verdicts
from flakecore.comparison.experiments.verdict import is_refuted
from flakecore.diagnosis import Certainty, Finding, Weight
from flakecore.timeline import Case

NAME = "example.com/flaky/courier.TestStatsCountDeliveries"
TRIED = Experiment(
    kind="condition",
    test=NAME,
    rule="flags",
    claim="Failed 9 of 9 with GOMAXPROCS=1, 0 of 40 without (p = 1e-09)",
    words="GOMAXPROCS=1",
    planned=20,
)
PROVED = replace(TRIED, failed_with=18, runs_with=20, failed_without=0, runs_without=20)
ALIKE = replace(TRIED, failed_with=3, runs_with=20, failed_without=3, runs_without=20)
SAID = "TestStatsCountDeliveries failed 18 of 20 with GOMAXPROCS=1, 0 of 20 without (p = 3e-09)"


FINDING = Finding(
    "flags", "Failed 18 of 20 with GOMAXPROCS=1, 0 of 20 without", Certainty.ASSOCIATED
)


def test_a_finding_gains_certainty_by_the_counts(case: Case) -> None:
    (found,) = with_verdicts((FINDING,), case, counting_failure(case), (PROVED,))
    assert (found.rule, found.claim) == (FINDING.rule, FINDING.claim)
    assert found.certainty is Certainty.PROVED
    assert found.evidence[0].text == f"Proved by experiment: {SAID}"


def test_a_finding_loses_certainty_where_it_fails_alike_without(case: Case) -> None:
    (found,) = with_verdicts((FINDING,), case, counting_failure(case), (ALIKE,))
    assert found.certainty is Certainty.UNCONFIRMED
    assert found.evidence[0].text.startswith("Not confirmed: ")


def test_a_cause_that_is_not_borne_out_is_none_and_comes_last(case: Case) -> None:
    cause = replace(FINDING, weight=Weight.CAUSE)
    other = Finding("leak", "it left G9", Certainty.SEEN, weight=Weight.CIRCUMSTANCE)
    found = with_verdicts((cause, other), case, counting_failure(case), (ALIKE,))
    assert [each.rule for each in found] == ["leak", "flags"]
    assert found[1].weight is Weight.CIRCUMSTANCE


@pytest.mark.parametrize(
    ("kind", "failed_with", "failed_without", "refuted"),
    [
        ("neighbour", 0, 0, False),  # too rare a failure to tell
        ("neighbour", 1, 0, False),
        ("neighbour", 5, 4, True),
        ("condition", 0, 9, True),
        ("delay", 0, 0, True),
        ("delay", 2, 2, True),
        ("delay", 12, 12, False),  # it fails too often by itself
        ("delay", 20, 1, False),
    ],
)
def test_too_few_failures_take_no_certainty(
    kind: str, failed_with: int, failed_without: int, refuted: bool
) -> None:
    found = replace(
        TRIED,
        kind=kind,
        failed_with=failed_with,
        runs_with=20,
        failed_without=failed_without,
        runs_without=20,
    )
    assert is_refuted(found) is refuted


@pytest.mark.parametrize(("blamed", "about"), [("TestSeed", True), ("TestSeedling", False)])
def test_a_test_that_was_left_out_is_the_one_that_a_finding_blames(
    blamed: str, about: bool, case: Case
) -> None:
    tried = replace(PROVED, kind="neighbour", rule="predicate", words="TestSeed")
    claim = f"TestX failed in 5 of 5 runs with {blamed} before it, in 0 of 40 without"
    finding = Finding("order-dependent", claim, Certainty.ASSOCIATED)
    found = with_verdicts((finding,), case, counting_failure(case), (tried,))
    assert [each.rule for each in found] == ["order-dependent", "experiment"][: 2 - about]
    assert (found[0].certainty is Certainty.PROVED) == about


def test_a_goroutine_that_has_another_number_this_time_is_no_other_claim(case: Case) -> None:
    before = "TestX sleeps (x.go:1) instead of waiting for G13"
    experiment = replace(PROVED, rule="test-itself", claim=before, words="a delay")
    finding = Finding("test-itself", before.replace("13", "26"), Certainty.INFERRED)
    (found,) = with_verdicts((finding,), case, counting_failure(case), (experiment,))
    assert found.certainty is Certainty.PROVED


def test_what_no_finding_says_here_is_one_of_its_own(case: Case) -> None:
    (found,) = with_verdicts((), case, counting_failure(case), (PROVED,))
    assert (found.rule, found.certainty) == ("experiment", Certainty.PROVED)
    assert found.claim == "Failed 18 of 20 with GOMAXPROCS=1, 0 of 20 without"


@pytest.mark.parametrize(
    "experiment",
    [
        replace(PROVED, test="example.com/flaky/courier.TestOther"),
        replace(TRIED, why_not="it does not build"),
        replace(TRIED, failed_with=1, runs_with=3, failed_without=0, runs_without=2),
    ],
)
def test_another_test_or_too_few_runs_say_nothing(case: Case, experiment: Experiment) -> None:
    assert with_verdicts((FINDING,), case, counting_failure(case), (experiment,)) == (FINDING,)


def test_what_makes_a_failure_rarer_proves_nothing() -> None:
    assert not is_proved(
        replace(TRIED, failed_with=0, runs_with=20, failed_without=18, runs_without=20)
    )


def test_an_experiment_that_was_broken_off_says_how_far_it_came() -> None:
    broken_off = replace(TRIED, failed_with=2, runs_with=4, failed_without=1, runs_without=3)
    assert experiment_sentence(broken_off).endswith(", of 20 runs each way that were planned")
    not_made = replace(TRIED, why_not="no statement begins at x.go:9")
    assert experiment_sentence(not_made) == (
        "Not put to the test: GOMAXPROCS=1: no statement begins at x.go:9"
    )
