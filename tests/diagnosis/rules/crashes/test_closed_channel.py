"""Sends on closed channels and second closes are told with the first close, where it is one."""

from __future__ import annotations

from diagnosis.program_bundles import named, places_of
from diagnosis.rules.panics import panicked, the_finding_on
from flakecore.diagnosis import Certainty


def test_a_send_is_told_with_the_only_place_that_closes() -> None:
    finding = the_finding_on("TestSendsLate")
    assert (finding.rule, finding.certainty) == ("send-on-closed", Certainty.INFERRED)
    assert named(finding.claim) == "GN sends on r.out (@sends), which was closed before at @stops"
    assert places_of(finding) == ["sends @sends", "created @late-starts", "closes @stops"]


def test_a_second_close_by_the_only_place_that_closes_is_told_as_such() -> None:
    finding = the_finding_on("TestStopsTwice")
    assert finding.rule == "chan-closed-twice"
    assert (
        named(finding.claim) == "GN closes r.out (@stops), which was closed before at the same line"
    )


def test_of_two_places_that_close_none_is_blamed() -> None:
    finding = the_finding_on("TestShutsBySomeone")
    assert named(finding.claim) == "GN closes d.shut (@shuts), which was closed"
    assert places_of(finding) == ["closes @shuts"]
    assert named(finding.evidence[-1].text) == "the package closes it at @slams, @shuts"


def test_a_close_under_a_once_is_no_failure() -> None:
    assert panicked("TestStopsOnce").case.failures == ()
