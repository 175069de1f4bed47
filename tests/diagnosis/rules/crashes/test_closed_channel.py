"""Sends on closed channels and second closes are told with the first close, where it is one."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_bundles import named, places_of
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty
from flakecore.timeline import Lane, LaneKind
from toolchains import NEWEST


def test_a_send_is_told_with_the_only_place_that_closes() -> None:
    finding = the_finding_on("TestSendsLate")
    assert (finding.rule, finding.certainty) == ("send-on-closed", Certainty.INFERRED)
    assert named(finding.claim) == "GN sends on r.out (@sends), which was closed before at @stops"
    assert places_of(finding) == ["sends @sends", "created @late-starts", "closes @stops"]


def test_a_second_close_by_the_only_place_that_closes_is_told_as_such() -> None:
    finding = the_finding_on("TestStopsTwice")
    assert finding.rule == "chan-closed-twice"
    assert (
        named(finding.claim)
        == "GN closes r.out (@stops) again, called at panics_test.go:36 and panics_test.go:37"
    )


def test_of_two_places_that_close_both_are_named() -> None:
    finding = the_finding_on("TestShutsBySomeone")
    assert named(finding.claim) == (
        "GN closes d.shut (@shuts), which was closed before at @slams or the same line"
    )
    assert places_of(finding) == ["closes @shuts", "closes @slams"]
    assert (
        named(finding.evidence[-1].text) == "the tests may come to closes of it at @slams, @shuts"
    )


def test_a_close_under_a_once_is_no_failure() -> None:
    assert panicked("TestStopsOnce").case.failures == ()


TOLD = {
    "TestSendsInASelect": (
        "send-on-closed, inferred: Ga sends on f.items (@select-sends), which was closed before at"
        " @feed-closes [sends @select-sends; closes @feed-closes]"
    ),
    "TestPostsBehindTheStop": (
        "send-on-closed, inferred: Ga sends on b.mail (@posts), which was closed before at"
        " @stops-inbox [sends @posts; closes @stops-inbox]"
    ),
    "TestOpensFromTwo": (
        "chan-closed-twice, inferred: Ga closes g.open (@opens), which was closed before at the"
        " same line [closes @opens; created @opens-starts; closes @opens]"
    ),
    "TestClosesInALoop": (
        "chan-closed-twice, inferred: Ga closes done (@loop-closes), which was closed before at the"
        " same line [closes @loop-closes; closes @loop-closes]"
    ),
    "TestClosesByDefer": (
        "chan-closed-twice, inferred: Ga closes done (@defer-closes), which was closed before at"
        " the same line [closes @defer-closes; closes @defer-closes]"
    ),
    "TestPublishesBehindShutDown": (
        "send-on-closed, inferred: Ga sends on each (@publishes), which was closed before at"
        " @shuts-down [sends @publishes; closes @shuts-down]"
    ),
    "TestServesBadly": (
        "chan-closed-twice, inferred: Ga closes c.over (@hangs-up) again, called at @hangs-up-late"
        " and @hangs-up-early"
        " [closes @hangs-up; closes @hangs-up]"
    ),
    "TestAbortsAndFinishes": (
        "chan-closed-twice, inferred: Ga closes w.quit (@finishes), which was closed before at"
        " @aborts or the same line [closes @finishes; closes @aborts]"
    ),
}
SOUND = (
    *("TestServesWell", "TestFinishesOnce", "TestPublishesBeforeShutDown"),
    *("TestClosesInGoodOrder", "TestOpensOnce"),
)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
@pytest.mark.slow
def test_the_other_side_is_told_where_the_source_has_one_place(
    test: str, of: object, release: str
) -> None:
    assert callable(of)
    case = of("closings", release, f"-run=^{test}$")
    found = [told(each) for found in found_on(case).values() for each in found]
    level = "log and source" if case.schedule is None else "trace, log and source"
    record(TOLD[test].partition(",")[0], level, [TOLD[test]], found)
    assert found == [TOLD[test]]


def test_the_goroutine_that_closed_is_told_where_the_trace_has_it_wake_another() -> None:
    case = case_of("closings", NEWEST, "-run=^TestCollectorGivesUp$")
    ((finding,),) = found_on(case).values()
    assert told(finding) == (
        "send-on-closed, inferred: Ga sends on results (@worker-sends), which Gb closed before at"
        " @collector-closes [sends @worker-sends; closes @collector-closes]"
    )
    closer, fact = finding.places[-1].goroutine, finding.evidence[-1]
    assert case.schedule is not None
    known = case.schedule.goroutine(closer)
    assert known is not None
    assert known.function.endswith(".TestCollectorGivesUp.func1")
    own = case.schedule.last(Lane(LaneKind.GOROUTINE, finding.places[0].goroutine))
    assert own is not None and fact.time_ns is not None
    assert fact.time_ns < case.failures[0].at_ns


@pytest.mark.parametrize("test", ["TestSoundsSo", "TestHandsOn", "TestTellsOfIt"])
def test_a_panic_of_the_programs_own_is_not_taken_for_the_runtimes(test: str) -> None:
    for of in (case_of, case_of_log):
        (found,) = found_on(of("closings", NEWEST, f"-run=^{test}$")).values()
        assert found == ()


@pytest.mark.parametrize("test", SOUND)
def test_what_is_closed_in_good_order_does_not_panic(test: str) -> None:
    assert case_of("closings", NEWEST, f"-run=^{test}$").failures == ()
