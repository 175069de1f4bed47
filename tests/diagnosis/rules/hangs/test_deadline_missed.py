"""Where the time went of a test that ran out of it, and silence on every other failure."""

from __future__ import annotations

import re

import pytest

from diagnosis.program_bundles import collected_program, findings_on, named, places_of
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty, Finding
from flakecore.timeline import Lane, LaneKind

RULES = ("deadline-missed", "starved")


def _the_finding(test: str) -> Finding:
    run = collected_program("deadline", "--no-race", "-cpu", "1")
    (finding,) = (each for each in findings_on(run, test) if each.rule in RULES)
    assert finding.certainty is Certainty.SEEN
    return finding


def _percent(finding: Finding) -> int:
    found = re.search(r"for (\d+)% of ", finding.claim)
    assert found is not None
    return int(found[1])


@pytest.mark.slow
def test_a_wait_for_most_of_the_time_is_told_with_its_place_and_who_ended_it() -> None:
    finding = _the_finding("TestWaitsForTheAnswer")
    assert finding.rule == "deadline-missed"
    assert re.fullmatch(
        r"GN of TestWaitsForTheAnswer waited \(chan receive\) for \d+% of [\d.]+ms at @waits,"
        r" ended by GN",
        named(finding.claim),
    )
    assert _percent(finding) >= 90
    assert places_of(finding) == ["waits @waits"]


def test_a_test_that_ran_for_most_of_its_time_is_told_so() -> None:
    finding = _the_finding("TestWorksTooLong")
    assert re.match(r"G\d+ of TestWorksTooLong was running for \d+% of", finding.claim)


@pytest.mark.parametrize(
    ("test", "wait", "mark"),
    [("TestWaitsForTheLock", "mutex", "@locks"), ("TestSleepsTooLong", "sleep", "@sleeps")],
)
def test_a_lock_and_a_sleep_are_told_with_their_line(test: str, wait: str, mark: str) -> None:
    finding = _the_finding(test)
    record("deadline-missed", "trace", [finding.rule], [finding.rule])
    assert re.match(
        rf"GN of {test} waited \({wait}\) for \d+% of [\d.]+ms at {mark}", named(finding.claim)
    )
    assert places_of(finding) == [f"waits {mark}"]


STARVED = ("TestStarves", "TestStarvesAmongCrunchers", "TestStarvesBehindALockedThread")


@pytest.mark.parametrize("name", STARVED)
def test_a_test_without_a_proc_is_told_as_starved_with_the_share_that_the_trace_has(
    name: str,
) -> None:
    run = collected_program("deadline", "--no-race", "-cpu", "1")
    finding = _the_finding(name)
    record("starved", "trace", ["starved"], [finding.rule])
    assert finding.rule == "starved"
    test = run.test(name)
    lane, at = Lane(LaneKind.GOROUTINE, test.goroutine), test.start_ns
    (failure,) = (each for each in run.case.failures if each.test == test.index)
    ready = 0
    while at < failure.at_ns:  # span by span, against the sums over columns
        interval = run.schedule.at(lane, at)
        assert interval is not None
        if interval.state.label == "runnable":
            ready += min(interval.end_ns, failure.at_ns) - max(interval.start_ns, test.start_ns)
        at = interval.end_ns
    whole = failure.at_ns - test.start_ns
    assert _percent(finding) == pytest.approx(100 * ready / whole, abs=1)


@pytest.mark.parametrize("test", ["TestAsserts", "TestWantsTheDeadline"])
def test_other_failures_are_not_explained_by_where_their_time_went(test: str) -> None:
    run = collected_program("deadline", "--no-race", "-cpu", "1")
    assert findings_on(run, test) == ()
