"""A failure in the report: its headline, what it rests on, and what its goroutines were doing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.diagnosis import Certainty, Evidence, Finding, Weight
from flakecore.report import render_text
from flakecore.report.explainer import Explainer
from flakecore.report.text.failure_text import failure_text
from flakecore.timeline import Case, Failure, load_cases
from program import SAMPLE
from timeline.captures import Capture, capture
from toolchains import NEWEST


def _text(run: Capture) -> str:
    return render_text(run.bundle, [run.case])


def _whole(path: Path) -> str:
    with open_bundle(path) as bundle:
        return render_text(bundle, load_cases(bundle))


def test_a_hanging_tests_goroutines_are_told() -> None:
    run = capture(NEWEST, "stuck", "-run=^(TestDeadlock|TestLostWakeup)$", "-timeout=1s", "-cpu=4")
    text = _text(run)
    own, *takers = run.schedule.goroutines_of(run.test("TestDeadlock").index)
    assert text.count("Its goroutines at that moment:") == 2
    assert re.search(rf"^ +G{own} +wait group +\S+ +stuck_test.go:\d+ +stuck\.TestD", text, re.M)
    first = min(takers, key=lambda number: text.find(f"G{number} ×2") % len(text))
    assert re.search(rf"^ +G{first} ×2 +mutex +\S+ +stuck_test.go:\d+ +stuck\.TestD", text, re.M)
    assert "no goroutine is left that signals it" in text
    assert "(inferred)" in text
    lines = text.splitlines()
    (head,) = (at for at, line in enumerate(lines) if line.startswith("✗ TestDeadlock  "))
    assert lines[head + 1].startswith("  Deadlock: G")


def test_goroutines_are_not_listed_where_they_have_no_part_in_a_failure() -> None:
    asserts = _text(capture(NEWEST, "endings/asserts"))
    assert "✗ Test" in asserts
    assert "Its goroutines at that moment:" not in asserts
    crash = _text(capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestPanics)$"))
    assert "  panic at " in crash
    assert "Its goroutines at that moment:" not in crash


def test_what_only_went_on_beside_a_failure_does_not_have_its_message_told_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = Finding("leak", "G9 is left.", Certainty.SEEN, Weight.CIRCUMSTANCE)
    run = capture(NEWEST, "endings/asserts")
    monkeypatch.setattr(Explainer, "findings", lambda *_: (beside,))
    text = _text(run)
    assert "  - G9 is left." in text
    assert "Assertion in Test" not in text


def test_the_headline_stands_once_and_what_it_rests_on_below_the_message() -> None:
    run = capture(NEWEST, "stuck", "-run=^TestLostWakeup$", "-timeout=1s", "-cpu=4")
    failure = run.case.failures[0]
    text = _text(run)
    headline = Explainer(run.bundle).headline(run.case, failure)
    assert text.count(headline) == 1
    lines = text[text.index(headline) :].splitlines()
    said = lines.index(f"    {failure.message.splitlines()[0]}")
    assert lines[said - 1].startswith(headline)
    assert next(line for line in lines[said:] if line.startswith("    · "))


def test_evidence_that_two_failures_share_stands_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    says, likewise = (Evidence(text, None, 0) for text in ("it says so", "likewise"))
    made = (Certainty.SEEN, Weight.CAUSE)
    cause = Finding("env", "The port is in use", *made, evidence=(says,))
    beside = Finding("env", "So is another one", *made, evidence=(likewise,))
    run = capture(NEWEST, "endings/asserts")
    monkeypatch.setattr(Explainer, "findings", lambda *_: (cause, beside))
    text = _text(run)
    first, *later = (failure.test_name for failure in run.case.failures)
    assert later
    assert text.count("    · it says so") == text.count("      · likewise") == 1
    assert text.count(f"    as for {first}, above") == len(later)
    assert text.count(f"  - So is another one, as for {first}.") == len(later)


def test_a_test_that_had_passed_when_its_goroutine_panicked_is_said_to(tmp_path: Path) -> None:
    log = (
        "=== RUN   TestStop\n--- PASS: TestStop (0.00s)\npanic: close of closed channel\n\n"
        "goroutine 27 [running]:\nexample.com/s.TestStop.func1()\n\t/s/s_test.go:19 +0x1\n"
        "created by example.com/s.TestStop in goroutine 26\n\t/s/s_test.go:17 +0x1\n"
        "exit status 2\nFAIL\texample.com/s\t0.010s\n"
    )
    (tmp_path / "test.log").write_text(log)
    passed = _whole(tmp_path)
    assert "✗ TestStop  panic, when the test had passed  /s/s_test.go:19" in passed
    (tmp_path / "test.log").write_text(log.replace("--- PASS: TestStop (0.00s)\n", ""))
    assert "✗ TestStop  panic  /s/s_test.go:19" in _whole(tmp_path)


class _TimedByFailure(Explainer):
    """Finds the same on each failure, at the time of that one."""

    def findings(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        found = super().findings(case, case.failures[0])
        return tuple(
            replace(
                each,
                evidence=tuple(replace(fact, time_ns=failure.at_ns) for fact in each.evidence),
            )
            for each in found
        )


def test_what_is_found_again_at_another_time_is_told_by_the_first_failure() -> None:
    with open_bundle(SAMPLE) as bundle:
        (case,) = load_cases(bundle)
        first = case.failures[0]
        again = replace(first, at_ns=first.at_ns + 7)
        explainer, explained = _TimedByFailure(bundle), dict[tuple[str, ...], Failure]()
        told = list(failure_text(case, first, explainer, explained))
        repeated = list(failure_text(case, again, explainer, explained))
    assert not any("as for " in line for line in told)
    assert f"    as for {first.test_name}, above" in repeated
    assert told[1] == repeated[1]
