"""What is said about a failure, held to programs whose reason is known."""

from __future__ import annotations

import re

import pytest

from diagnosis.checked_findings import explain
from flakecore.diagnosis import Certainty, Finding, states_at
from flakecore.timeline import Failure, Lane, LaneKind, State
from timeline.captures import RELEASES, TESTDATA, Capture, capture
from toolchains import NEWEST

MS = 1_000_000


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def hung(request: pytest.FixtureRequest) -> Capture:
    return capture(
        request.param, "stuck", "-run=^(TestDeadlock|TestLostWakeup)$", "-timeout=1s", "-cpu=4"
    )


@pytest.fixture(scope="module")
def failed() -> Capture:
    return capture(NEWEST, "stuck", "-skip=^(TestDeadlock|TestLostWakeup)$", "-cpu=2")


def _line_of(mark: str) -> int:
    lines = (TESTDATA / "stuck" / "stuck_test.go").read_text().splitlines()
    (line,) = (at for at, text in enumerate(lines, 1) if text.endswith(f"// {mark}"))
    return line


def _failure(run: Capture, name: str) -> Failure:
    (failure,) = (failure for failure in run.case.failures if failure.test_name == name)
    return failure


def _explained(run: Capture, name: str) -> tuple[Finding, ...]:
    return explain(run.case, _failure(run, name))


def _seconds(claim: str) -> int:
    """Return the duration that a claim states, in nanoseconds; it has three digits."""
    found = re.search(r" for ([\d.]+)(ns|µs|ms|s)\b", claim)
    assert found is not None, claim
    return round(float(found[1]) * {"ns": 1, "µs": 1_000, "ms": MS, "s": 1_000 * MS}[found[2]])


def test_a_deadlock_names_who_waits_where_and_that_nobody_can_go_on(hung: Capture) -> None:
    failure = _failure(hung, "TestDeadlock")
    own, *takers = hung.schedule.goroutines_of(failure.test)
    waiting, taking = _explained(hung, "TestDeadlock")

    assert f"The test's goroutine G{own} had been waiting for a wait group" in waiting.claim
    assert f"at stuck_test.go:{_line_of('deadlock-wait')}" in waiting.claim
    assert waiting.claim.endswith("; nothing ended it")
    assert waiting.certainty is Certainty.SEEN

    names = {f"G{one} and G{other}" for one, other in (takers, takers[::-1])}
    assert any(f"{name} had waited for a mutex for" in taking.claim for name in names)
    assert f"at stuck_test.go:{_line_of('deadlock-take')}" in taking.claim
    assert {evidence.goroutine for evidence in taking.evidence} == set(takers)

    for claim in (waiting.claim, taking.claim):
        assert 900 * MS < _seconds(claim) <= 1.005 * hung.schedule.end_ns


def test_a_lost_wakeup_is_a_wait_that_nothing_ended(hung: Capture) -> None:
    (finding,) = _explained(hung, "TestLostWakeup")
    own = hung.test("TestLostWakeup").goroutine
    assert f"The test's goroutine G{own} had been waiting for a sync.Cond" in finding.claim
    assert f"at stuck_test.go:{_line_of('lost-wait')}; nothing ended it" in finding.claim
    (evidence,) = finding.evidence
    assert evidence.time_ns is not None
    interval = hung.schedule.at(Lane(LaneKind.GOROUTINE, own), evidence.time_ns)
    assert interval is not None
    assert (interval.start_ns, interval.state) == (evidence.time_ns, State.COND)
    assert interval.to_the_end


def test_evidence_is_where_it_says(hung: Capture) -> None:
    for failure in hung.case.failures:
        for finding in explain(hung.case, failure):
            assert finding.evidence
            for evidence in finding.evidence:
                lane = Lane(LaneKind.GOROUTINE, evidence.goroutine)
                assert evidence.time_ns is not None
                interval = hung.schedule.at(lane, evidence.time_ns)
                assert interval is not None
                assert interval.start_ns == evidence.time_ns <= failure.at_ns
                assert evidence.text.startswith(f"{lane} {interval.state.label} at stuck.Test")


def test_what_each_goroutine_did_is_grouped_with_its_like(hung: Capture) -> None:
    failure = _failure(hung, "TestDeadlock")
    own, *takers = hung.schedule.goroutines_of(failure.test)
    first, second = states_at(hung.case, failure)
    assert [interval.lane.id for interval in first.intervals] == [own]
    assert {interval.lane.id for interval in second.intervals} == set(takers)
    assert second.first.start_ns == min(interval.start_ns for interval in second.intervals)
    assert second.duration_ns(failure.at_ns) == failure.at_ns - second.first.start_ns


def test_an_assertion_is_not_explained_by_what_merely_happened_beside_it(failed: Capture) -> None:
    for failure in failed.case.failures:
        assert explain(failed.case, failure) == ()


def test_a_test_that_is_paused_does_not_run_beside_another(failed: Capture) -> None:
    failure, paused = _failure(failed, "TestWhileOneIsPaused"), failed.test("TestPaused")
    assert paused.start_ns < failure.at_ns < paused.end_ns
    assert not any("TestPaused" in f.claim for f in explain(failed.case, failure))


def test_a_trace_that_ends_too_early_is_not_taken_for_a_wait_without_end() -> None:
    run = capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestExitsLate)$")
    (finding,) = _explained(run, "TestExitsLate")
    assert "nothing ended it" not in finding.claim
    assert re.search(r"the trace ends \d+ms too early to tell what ended it$", finding.claim)
    assert _seconds(finding.claim) <= 1.005 * run.schedule.end_ns


def test_without_a_trace_there_is_nothing_to_explain_with() -> None:
    run = capture(NEWEST, "endings/asserts", trace=False)
    for failure in run.case.failures:
        assert states_at(run.case, failure) == ()
        assert explain(run.case, failure) == ()


def test_a_test_that_waits_for_anothers_goroutine_is_told_what_that_one_waits_for() -> None:
    hung = capture(NEWEST, "partners", "-timeout=1s", "-cpu=4")
    lines = (TESTDATA / "partners" / "partners_test.go").read_text().splitlines()
    own, partner = (
        next(at for at, text in enumerate(lines, 1) if text.endswith(f"// {mark}"))
        for mark in ("own-waits", "partner-waits")
    )
    waiting, other = _explained(hung, "TestServed")
    assert f"at partners_test.go:{own}; nothing ended it" in waiting.claim
    assert ", which the test woke or waited on before, had waited for a mutex for" in other.claim
    assert f"at partners_test.go:{partner}; nothing ended it" in other.claim
