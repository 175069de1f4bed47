"""Goroutines that tests leave behind, told of tests that pass, and those that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.program_bundles import collected_program, findings_besides, named, places_of
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding
from timeline.captures import Capture
from toolchains import NEWEST

BEFORE_LEAK_PROFILES = "1.24.11"
LEAVE = {"TestGivesUp", "TestPoolIsNotClosed", "TestBank"}


def _run(release: str = NEWEST) -> Capture:
    return collected_program("leak", "--no-race", release=release)


def _leaks(run: Capture) -> dict[str, Finding]:
    found = findings_besides(run)
    assert {each.rule for each in found} == {"leak"}
    leaks = {run.case.tests[each.test].name: each for each in found}
    assert len(leaks) == len(found)
    for test in (each.name for each in run.case.tests):
        told = [f"leak, {named(leaks[test].claim)}"] if test in leaks else []
        row, expected = ("leak", told or ["leak"]) if test in LEAVE else ("(leak)", [])
        record(row, "page, dump and trace", expected, told)
    return leaks


@pytest.mark.parametrize("release", [NEWEST, BEFORE_LEAK_PROFILES])
def test_what_a_passing_test_left_is_told_with_where_it_is_and_who_started_it(
    release: str,
) -> None:
    leaks = _leaks(_run(release))
    assert named(leaks["TestGivesUp"].claim) == (
        "TestGivesUp left GN stuck sending at @fetch-sends;"
        " Fetch left its select (@fetch-leaves) by another case than the receive"
    )
    assert leaks["TestGivesUp"].certainty is Certainty.INFERRED
    assert places_of(leaks["TestGivesUp"]) == [
        "waits @fetch-sends",
        "receives @fetch-leaves",
        "created @fetch-starts",
    ]


def test_goroutines_that_are_stuck_alike_are_told_once() -> None:
    finding = _leaks(_run())["TestPoolIsNotClosed"]
    assert named(finding.claim) == (
        "TestPoolIsNotClosed left 3 goroutines stuck receiving at @pool-waits;"
        " GN, which sent last (@pool-sends), ended"
    )
    assert finding.certainty is Certainty.SEEN
    assert len(finding.explains) == 3


def test_a_lock_that_a_package_variable_holds_is_told_by_its_waiter() -> None:
    finding = _leaks(_run())["TestBank"]
    assert named(finding.claim) == (
        "TestBank left GN stuck at @put-waits; GN, which locked it (@bank-takes) in "
        "(*account).take, ended without unlocking it"
    )


@pytest.mark.parametrize("release", [NEWEST, BEFORE_LEAK_PROFILES])
def test_what_ends_later_or_is_used_later_is_no_leak(release: str) -> None:
    """Room in the channel, a closed pool, a shared one, a goroutine that sleeps, and its waiter."""
    told = set(_leaks(_run(release)))
    assert told <= LEAVE


def test_a_crash_says_nothing_of_what_was_left() -> None:
    run = _run()
    crashed = replace(run.case, crashes=(object(),))  # type: ignore[arg-type]
    assert findings_besides(replace(run, case=crashed)) == ()


def test_what_subtests_left_at_one_place_is_told_once_of_their_parent() -> None:
    run = collected_program("left_alike", "--no-race", "--", "-run=TestSubtestsAsk|WithRoom")
    (finding,) = findings_besides(run)
    assert named(finding.claim) == (
        "3 subtests of TestSubtestsAsk left 3 goroutines stuck in a channel send at @request-sends,"
        " started at @ask-starts"
    )
    assert run.case.tests[finding.test].name == "TestSubtestsAsk"
    left = [named(each.text) for each in finding.evidence[-3:]]
    assert left == [f"TestSubtestsAsk/{each} left GN" for each in ("near", "far", "home")]


def test_what_tests_left_at_one_place_in_all_their_runs_is_told_once_of_the_first() -> None:
    run = collected_program("left_alike", "--no-race", "--", "-run=TestAsks", "-count=2")
    (finding,) = findings_besides(run)
    assert named(finding.claim) == (
        "TestAsksOnce and 2 more tests left 8 goroutines stuck in a channel send at @request-sends,"
        " started at @ask-starts"
    )
    assert run.case.tests[finding.test].name == "TestAsksOnce"
    assert len(finding.explains) == 8
    left = {each.text.partition(" left ")[0] for each in finding.evidence[-3:]}
    assert left == {"TestAsksOnce", "TestAsksTwice", "TestAsksThem/near"}
