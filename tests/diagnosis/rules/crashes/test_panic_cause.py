"""Run-time panics are told with the expression that they are about, where one can be told."""

from __future__ import annotations

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import failure_of, findings_on, named, places_of
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty, headline
from toolchains import NEWEST

TOLD = {
    "TestNilMap": (
        "GN writes to the nil map x.seen in (*Index).Count (@nil-map),"
        " which nothing in the package sets"
    ),
    "TestIndex": "GN asks for index 3 of x.names of length 1 in (*Index).Name (@index)",
    "TestPortOfNone": (
        "GN asks for index 1 of parts of length 1 in Port (@port-index),"
        ' which strings.Split(address, ":") gave (@splits)'
    ),
    "TestLastOfNone": "GN asks for index -1 of names in Last (@last)",
    "TestNilPointer": (
        "GN follows a nil pointer, next, in (*Index).Follow (@nil-pointer),"
        " which nothing in the package sets"
    ),
}


@pytest.mark.parametrize("test", TOLD)
@pytest.mark.slow
def test_the_expression_is_named_from_the_source_and_inferred(test: str) -> None:
    finding = the_finding_on(test)
    found = f"{finding.rule}, {finding.certainty}: {named(finding.claim)}"
    expected = f"panic-cause, inferred: {TOLD[test]}"
    record("panic-cause", "trace, log and source", [expected], [found])
    assert found == expected


def test_without_the_source_the_place_is_told_and_seen() -> None:
    run = panicked("TestNilMap")
    (finding,) = explain(run.case, failure_of(run, "TestNilMap"))
    assert finding.certainty is Certainty.SEEN
    assert named(finding.claim) == "GN writes to the nil map in (*Index).Count (@nil-map)"
    assert headline(failure_of(run, "TestNilMap"), (finding,)) == finding.claim


@pytest.mark.parametrize("release", ["1.22.10", NEWEST])
@pytest.mark.slow
def test_a_wait_group_below_zero_is_told_with_its_done_and_add(release: str) -> None:
    finding = the_finding_on("TestCountsBelowZero", release)
    assert named(finding.claim) == ("GN takes a wait group below zero in Finish (@finishes)")
    assert places_of(finding) == ["panics @finishes", "adds @begins"]


def test_a_panic_that_says_all_there_is_to_say_has_no_finding() -> None:
    run = panicked("TestOwnPanic")
    assert findings_on(run, "TestOwnPanic") == ()
    failure = failure_of(run, "TestOwnPanic")
    assert named(headline(failure, ())) == "Panic in TestOwnPanic (@own-panic): no route"


def test_an_index_that_is_there_is_no_failure() -> None:
    assert panicked("TestPortOfOne").case.failures == ()
