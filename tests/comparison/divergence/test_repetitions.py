"""Repetitions of one test in a process: what not all of them printed alike."""

from __future__ import annotations

from pathlib import Path

from flakecore.bundle import open_bundle
from flakecore.comparison import repeated_tests, runs_of_bundle
from flakecore.comparison.divergence.repetitions import RepeatedLine
from flakecore.timeline import Case, TestStatus, load_cases
from timeline.captures import capture
from toolchains import NEWEST

PASS, FAIL = TestStatus.PASS, TestStatus.FAIL


def case() -> Case:
    return capture(NEWEST, "repeated", "-count=4").case


def test_lines_that_differ_are_told_whichever_repetition_printed_them() -> None:
    cache, *others = repeated_tests(case())
    assert (cache.name, cache.statuses) == ("TestCache", (PASS, FAIL, FAIL, FAIL))
    assert cache.ended_otherwise
    assert cache.ended() == "pass, 3 × fail"
    assert [(each.text, each.counts, each.words()) for each in cache.lines] == [
        ("init done", (1, 0, 0, 0), "only in repetition 1"),
        ("stale entry", (0, 1, 1, 1), "not in repetition 1"),
        ("state reset after N runs", (0, 0, 1, 0), "only in repetition 3"),
    ]
    # What reports the failure is none of them, and a test that always ran alike is not told.
    assert [each.name for each in others] == ["TestRetries"]


def test_a_line_that_is_printed_more_often_is_told_as_such() -> None:
    retries = repeated_tests(case())[1]
    assert not retries.ended_otherwise
    (line,) = retries.lines
    assert (line.text, line.counts) == ("retry", (1, 2, 3, 4))
    assert line.words() == "1 to 4 times in each"


def test_many_repetitions_are_counted() -> None:
    assert RepeatedLine("x", (0, 1) * 20).words() == "in 20 of 40, first in repetition 2"
    assert RepeatedLine("x", (1, 0) * 2).words() == "only in repetitions 1 and 3"


def test_runs_have_the_repetitions_of_those_that_failed(tmp_path: Path) -> None:
    log = tmp_path / "test.log"
    log.write_text(
        "=== RUN   TestA\nonce\n--- PASS: TestA (0.00s)\n"
        "=== RUN   TestA\n    a_test.go:7: got 3\n--- FAIL: TestA (0.00s)\nFAIL\n"
        "FAIL\texample.com/p\t0.020s\n"
    )
    with open_bundle(log) as bundle:
        (run,) = runs_of_bundle(bundle)
        (alone,) = load_cases(bundle)
    (test,) = run.repetitions
    assert test == repeated_tests(alone)[0]
    assert [(each.text, each.words()) for each in test.lines] == [("once", "only in repetition 1")]
