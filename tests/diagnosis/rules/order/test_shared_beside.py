"""A parallel test that ran at the same time is told, one that ran before or after is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

import flakecore
from diagnosis.checked_findings import explain
from flakecore.diagnosis import Certainty, Finding
from flakecore.diagnosis.findings import Weight
from flakecore.timeline import Case, TestSpan
from flakecore.timeline.sources import Sources, bundled_sources
from program import SAMPLE

OTHER = "TestStatsResetToZero"


@pytest.fixture(scope="module")
def sample() -> tuple[Case, Sources]:
    with flakecore.open(SAMPLE) as opened:
        case = opened.cases[0]
        bundled = bundled_sources(opened.bundle)
        return case, Sources(go_version=case.go_version, package=case.package, bundled=bundled)


def found(case: Case, sources: Sources) -> list[Finding]:
    (failure,) = (each for each in case.failures if each.test_name == "TestStatsCountDeliveries")
    return [each for each in explain(case, failure, sources) if each.rule == "shared-state"]


def moved(case: Case, change: int) -> Case:
    """Return a case in which the other test ran at another time."""

    def shifted(test: TestSpan) -> TestSpan:
        if test.name != OTHER:
            return test
        waits = tuple((start + change, end + change) for start, end in test.waits)
        return replace(
            test, start_ns=test.start_ns + change, end_ns=test.end_ns + change, waits=waits
        )

    return replace(case, tests=tuple(map(shifted, case.tests)))


def test_a_test_that_began_later_and_ran_at_the_same_time_is_told(
    sample: tuple[Case, Sources],
) -> None:
    (finding,) = found(*sample)
    assert finding.claim == (
        "TestStatsResetToZero ran beside it and changes DefaultStats (stats_test.go:26),"
        " which this test checks"
    )
    assert finding.certainty is Certainty.INFERRED
    assert finding.weight is Weight.CAUSE
    assert [(place.role.value, place.line) for place in finding.places] == [
        ("fails", 18),
        ("writes", 26),
    ]


def test_the_same_test_at_another_time_is_not_told(sample: tuple[Case, Sources]) -> None:
    case, sources = sample
    (own,) = (each for each in case.tests if each.name == "TestStatsCountDeliveries")
    assert found(moved(case, own.end_ns), sources) == []


def test_where_times_are_not_known_the_source_alone_says_that_it_is_parallel(
    sample: tuple[Case, Sources],
) -> None:
    case, sources = sample
    unknown = tuple(replace(each, timed=False) for each in case.tests)
    (finding,) = found(replace(case, tests=unknown), sources)
    assert finding.claim == (
        "TestStatsCountDeliveries checks DefaultStats, which TestStatsResetToZero, parallel to it,"
        " changes (stats_test.go:26)"
    )
    assert finding.certainty is Certainty.INFERRED
