"""What is said about a failure, held to programs whose reason is known."""

from __future__ import annotations

import re

import pytest

from flakecore.diagnosis import Certainty, Finding, doing_at, explain
from flakecore.timeline import CollectionKind, Failure, Lane, LaneKind, State
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
    """Return the duration that a claim tells, in nanoseconds."""
    found = re.search(r" for ([\d.]+)(ns|µs|ms|s)\b", claim)
    assert found is not None, claim
    return round(float(found[1]) * {"ns": 1, "µs": 1_000, "ms": MS, "s": 1_000 * MS}[found[2]])


def test_a_deadlock_names_who_waits_where_and_that_nobody_can_go_on(hung: Capture) -> None:
    failure = _failure(hung, "TestDeadlock")
    own, *takers = hung.schedule.goroutines_of(failure.test)
    waiting, taking, stuck = _explained(hung, "TestDeadlock")

    assert f"The test's goroutine G{own} had been waiting for a wait group" in waiting.claim
    assert f"at stuck_test.go:{_line_of('deadlock-wait')}" in waiting.claim
    assert waiting.claim.endswith("; nothing ended it")
    assert waiting.certainty is Certainty.SEEN

    names = {f"G{one} and G{other}" for one, other in (takers, takers[::-1])}
    assert any(f"{name} had waited for a mutex for" in taking.claim for name in names)
    assert f"at stuck_test.go:{_line_of('deadlock-take')}" in taking.claim
    assert {evidence.goroutine for evidence in taking.evidence} == set(takers)

    assert "none of the test's 3 goroutines could run again" in stuck.claim
    assert "2 of them for a mutex that another of them may hold" in stuck.claim
    assert stuck.certainty is Certainty.INFERRED
    for claim in (waiting.claim, taking.claim):
        assert 900 * MS < _seconds(claim) <= hung.schedule.end_ns


def test_a_lost_wakeup_is_a_wait_that_nothing_ended(hung: Capture) -> None:
    (finding,) = _explained(hung, "TestLostWakeup")
    own = hung.test("TestLostWakeup").goroutine
    assert f"The test's goroutine G{own} had been waiting for a sync.Cond" in finding.claim
    assert f"at stuck_test.go:{_line_of('lost-wait')}; nothing ended it" in finding.claim
    (evidence,) = finding.evidence
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
                interval = hung.schedule.at(lane, evidence.time_ns)
                assert interval is not None
                assert interval.start_ns == evidence.time_ns <= failure.at_ns
                assert evidence.text.startswith(f"{lane} {interval.state.label} at stuck.Test")


def test_what_each_goroutine_did_is_grouped_with_its_like(hung: Capture) -> None:
    failure = _failure(hung, "TestDeadlock")
    own, *takers = hung.schedule.goroutines_of(failure.test)
    first, second = doing_at(hung.case, failure)
    assert [interval.lane.id for interval in first.intervals] == [own]
    assert {interval.lane.id for interval in second.intervals} == set(takers)
    assert second.first.start_ns == min(interval.start_ns for interval in second.intervals)
    assert second.duration_ns(failure.at_ns) == failure.at_ns - second.first.start_ns


def test_collections_before_an_assertion_are_told_with_their_times(failed: Capture) -> None:
    failure = _failure(failed, "TestDuringCollections")
    claims = [finding.claim for finding in explain(failed.case, failure)]
    (told,) = (claim for claim in claims if "garbage collector" in claim)
    assert failed.case.gc is not None
    start = failed.test("TestDuringCollections").start_ns
    spans = failed.case.gc.spans(start, failure.at_ns)
    cycles = [span for span in spans if span.kind is CollectionKind.CYCLE]
    stops = [span for span in spans if span.kind is CollectionKind.STOP_THE_WORLD]
    assert len(cycles) >= 3
    assert f"the garbage collector ran {len(cycles)} times (marking for" in told
    marked = sum(min(c.end_ns, failure.at_ns) - max(c.start_ns, start) for c in cycles)
    assert _seconds(told) == pytest.approx(marked, rel=0.01)
    assert f"the world was stopped {len(stops)} times for" in told


def test_a_goroutine_that_got_no_proc_is_told_with_how_long(failed: Capture) -> None:
    failure = _failure(failed, "TestStarved")
    claims = [finding.claim for finding in explain(failed.case, failure)]
    (told,) = (claim for claim in claims if "had no proc" in claim)
    lane = Lane(LaneKind.GOROUTINE, failed.test("TestStarved").goroutine)
    (longest,) = failed.schedule.longest(lane, State.RUNNABLE, 0, failure.at_ns, 1)
    assert told.startswith(f"{lane} was ready to run but had no proc for ")
    assert _seconds(told) == pytest.approx(longest.duration_ns, rel=0.01)
    assert longest.duration_ns >= MS


def test_a_helper_that_goes_on_later_is_told_with_who_ended_its_wait(failed: Capture) -> None:
    failure = _failure(failed, "TestBeside")
    _, helper = failed.schedule.goroutines_of(failure.test)
    claims = [finding.claim for finding in explain(failed.case, failure)]
    (told,) = (claim for claim in claims if f"G{helper} " in claim)
    assert f"G{helper} had waited for a sleep to end for" in told
    assert f"at stuck_test.go:{_line_of('beside-sleep')}; the runtime ended it later" in told
    assert 4 * MS < _seconds(told) < 20 * MS


def test_where_nothing_happened_nothing_is_said(failed: Capture) -> None:
    assert _explained(failed, "TestAlone") == ()


def test_a_test_that_is_paused_does_not_run_beside_another(failed: Capture) -> None:
    failure, paused = _failure(failed, "TestWhileOneIsPaused"), failed.test("TestPaused")
    assert paused.start_ns < failure.at_ns < paused.end_ns
    assert not any("TestPaused" in f.claim for f in explain(failed.case, failure))


def test_tests_that_run_at_the_same_time_are_named() -> None:
    run = capture(NEWEST, "endings/asserts")
    one, other = _failure(run, "TestParallelFirst"), _failure(run, "TestParallelSecond")
    first = min(one, other, key=lambda failure: failure.at_ns)
    second = other if first is one else one
    (finding,) = (f for f in explain(run.case, first) if "ran as well" in f.claim)
    assert finding.claim == f"At that moment {second.test_name} ran as well"
    assert finding.evidence[0].goroutine == run.case.tests[second.test].goroutine


def test_a_trace_that_ends_too_early_is_not_taken_for_a_wait_without_end() -> None:
    run = capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestExitsLate)$")
    (finding,) = _explained(run, "TestExitsLate")
    assert "nothing ended it" not in finding.claim
    assert re.search(r"the trace ends \d+ms too early to tell what ended it$", finding.claim)
    assert _seconds(finding.claim) <= run.schedule.end_ns


def test_without_a_trace_there_is_nothing_to_explain_with() -> None:
    run = capture(NEWEST, "endings/asserts", trace=False)
    for failure in run.case.failures:
        assert doing_at(run.case, failure) == ()
        claims = [finding.claim for finding in explain(run.case, failure)]
        assert all(claim.endswith("ran as well") for claim in claims)


def test_a_test_that_waits_for_anothers_goroutine_is_told_what_that_one_waits_for() -> None:
    hung = capture(NEWEST, "partners", "-timeout=1s", "-cpu=4")
    lines = (TESTDATA / "partners" / "partners_test.go").read_text().splitlines()
    own, partner = (
        next(at for at, text in enumerate(lines, 1) if text.endswith(f"// {mark}"))
        for mark in ("own-waits", "partner-waits")
    )
    waiting, other = _explained(hung, "TestServed")
    assert f"at partners_test.go:{own}; nothing ended it" in waiting.claim
    assert ", which the test woke or waited on before, had been waiting for a mutex" in other.claim
    assert f"at partners_test.go:{partner}; nothing ended it" in other.claim
