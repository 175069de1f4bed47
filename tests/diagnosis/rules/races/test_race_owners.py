"""Whose a race of parallel subtests is: by the trace, by counts, or open and said to be so."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import case_of_log
from diagnosis.checked_findings import explain
from diagnosis.program_bundles import collected_program, named, sources_of
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding, Weight
from flakecore.timeline import Case, FailureKind
from toolchains import NEWEST

_INFERRED = "reported while the test ran; that it failed so because of this is inferred"
_COUNTED = (
    "N goroutines race, all of one test unless tests share what they race on; of those that fit"
    " TestMore/loud started 3, TestMore/quiet 1"
)


def _case(evidence: str) -> Case:
    if evidence == "log alone":
        return case_of_log("race_owners", NEWEST, "-race")
    return collected_program("race_owners").case


def _told(case: Case, test: str, kind: FailureKind) -> tuple[Certainty, list[str]]:
    """Return how sure the findings on a test's failure are, and what they rest on beside accesses.

    How many of its goroutines' pairs the detector reports is up to chance.
    """
    sources = sources_of(collected_program("race_owners"))
    (failure,) = (each for each in case.failures if (each.test_name, each.kind) == (test, kind))
    found = explain(case, failure, sources)
    assert {each.rule for each in found} == {"race"}
    assert {each.weight for each in found} == {
        Weight.CAUSE if kind is FailureKind.RACE else Weight.EFFECT
    }
    mark = f"@{test.partition('/')[0].removeprefix('Test').lower()}"
    assert all(mark in named(each.claim) for each in found)
    (sure,) = {each.certainty for each in found}
    ((*texts,),) = {tuple(map(_counted, _beside_accesses(each))) for each in found}
    return sure, texts


def _counted(text: str) -> str:
    return re.sub("^[23] goroutines", "N goroutines", text)


def _beside_accesses(finding: Finding) -> list[str]:
    texts = [each.text for each in finding.evidence]
    return [text for text in texts if not text.startswith(("later ", "earlier ", "both lines "))]


def _open(test: str) -> str:
    return f"nothing shows which of these it is in: {test}/quiet, {test}/loud"


@pytest.mark.parametrize(
    ("evidence", "test", "owner", "sure", "why"),
    [
        ("all evidence", "TestEnded", "loud", Certainty.SEEN, []),
        ("all evidence", "TestMore", "loud", Certainty.INFERRED, [_COUNTED]),
        ("all evidence", "TestEven", "quiet", Certainty.INFERRED, [_open("TestEven")]),
        ("log alone", "TestEnded", "quiet", Certainty.INFERRED, [_open("TestEnded")]),
        ("log alone", "TestMore", "quiet", Certainty.INFERRED, [_open("TestMore")]),
        ("all evidence", "TestAlone", "only", Certainty.SEEN, []),
        ("log alone", "TestAlone", "only", Certainty.SEEN, []),
    ],
)
def test_a_race_is_its_tests_and_what_does_not_show_it_is_no_certainty(
    evidence: str, test: str, owner: str, sure: Certainty, why: list[str]
) -> None:
    case = _case(evidence)
    reported = [
        each.test_name
        for each in case.failures
        if each.race_goroutines and each.test_name.startswith(f"{test}/")
    ]
    told = _told(case, f"{test}/{owner}", FailureKind.RACE)
    record("race", evidence, [f"{owner}: {sure} {why}"], [f"{owner}: {told[0]} {told[1]}"])
    assert reported == [f"{test}/{owner}"]
    assert told == (sure, why)


def test_who_fails_beside_a_race_is_told_whose_it_is() -> None:
    case = _case("all evidence")
    for test, sure, why in (
        (
            "TestEnded",
            Certainty.SEEN,
            "it is a race of TestEnded/loud, counted while this test ran",
        ),
        ("TestMore", Certainty.INFERRED, _COUNTED),
    ):
        assert _told(case, f"{test}/quiet", FailureKind.RACE) == (sure, [why])


@pytest.mark.parametrize(
    ("test", "why"),
    [("TestEnded", []), ("TestMore", [_COUNTED]), ("TestEven", [_open("TestEven")])],
)
def test_a_wrong_result_beside_a_race_is_told_the_race(test: str, why: list[str]) -> None:
    told = _told(_case("all evidence"), f"{test}/loud", FailureKind.ASSERTION)
    assert told == (Certainty.INFERRED, [*why, _INFERRED])


@pytest.mark.parametrize("evidence", ["all evidence", "log alone"])
def test_subtests_that_take_the_lock_are_sound(evidence: str) -> None:
    case = _case(evidence)
    assert "TestSound/one" in {each.name for each in case.tests}
    assert not any(each.test_name.startswith("TestSound") for each in case.failures)
