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


def _open(test: str, given: str = "quiet") -> str:
    """Return that a race may be in either subtest; the one that it is given to is named first."""
    other = {"quiet": "loud", "loud": "quiet"}[given]
    return f"nothing shows which of these it is in: {test}/{given}, {test}/{other}"


def _given_to(case: Case, test: str) -> list[str]:
    """Return the subtests that a race is given to: of those it may be in, one that go names."""
    return [
        each.test_name.rpartition("/")[2]
        for each in case.failures
        if each.race_goroutines and each.test_name.startswith(f"{test}/")
    ]


@pytest.mark.parametrize(
    ("evidence", "test", "owner", "sure", "why"),
    [
        ("all evidence", "TestEnded", "loud", Certainty.SEEN, []),
        ("all evidence", "TestMore", "loud", Certainty.INFERRED, [_COUNTED]),
        ("all evidence", "TestAlone", "only", Certainty.SEEN, []),
        ("log alone", "TestAlone", "only", Certainty.SEEN, []),
    ],
)
def test_a_race_is_its_tests_and_what_does_not_show_it_is_no_certainty(
    evidence: str, test: str, owner: str, sure: Certainty, why: list[str]
) -> None:
    case = _case(evidence)
    told = _told(case, f"{test}/{owner}", FailureKind.RACE)
    record("race", evidence, [f"{owner}: {sure} {why}"], [f"{owner}: {told[0]} {told[1]}"])
    assert _given_to(case, test) == [owner]
    assert told == (sure, why)


@pytest.mark.parametrize(
    ("evidence", "test"),
    [("all evidence", "TestEven"), ("log alone", "TestEnded"), ("log alone", "TestMore")],
)
def test_a_race_that_may_be_in_either_of_two_subtests_is_told_so(evidence: str, test: str) -> None:
    case = _case(evidence)
    (given,) = _given_to(case, test)
    told = _told(case, f"{test}/{given}", FailureKind.RACE)
    expected = Certainty.INFERRED, [_open(test, given)]
    record("race", evidence, [f"{expected}"], [f"{told}"])
    assert told == expected


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


@pytest.mark.parametrize("test", ["TestEnded", "TestMore", "TestEven"])
def test_a_wrong_result_beside_a_race_is_told_the_race(test: str) -> None:
    case = _case("all evidence")
    whose = {"TestEnded": [], "TestMore": [_COUNTED]}
    why = whose[test] if test in whose else [_open(test, given) for given in _given_to(case, test)]
    told = _told(case, f"{test}/loud", FailureKind.ASSERTION)
    assert told == (Certainty.INFERRED, [*why, _INFERRED])


@pytest.mark.parametrize("evidence", ["all evidence", "log alone"])
def test_subtests_that_take_the_lock_are_sound(evidence: str) -> None:
    case = _case(evidence)
    assert "TestSound/one" in {each.name for each in case.tests}
    assert not any(each.test_name.startswith("TestSound") for each in case.failures)
