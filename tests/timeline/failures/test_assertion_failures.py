"""Where a test failed by its own words, and where those are package testing's."""

from __future__ import annotations

from pathlib import Path

from flakecore.timeline import Case
from timeline.captures import read


def case_of(folder: Path, text: str) -> Case:
    (folder / "test.log").write_text(text)
    return read(folder).case


def test_what_package_testing_says_itself_has_no_place_of_the_test(tmp_path: Path) -> None:
    said = "TempDir RemoveAll cleanup: unlinkat /tmp/TestFrame1/001: directory not empty"
    log = f"--- FAIL: TestFrame (0.01s)\n    testing.go:1231: {said}\nFAIL\n"
    (failure,) = case_of(tmp_path, f"{log}FAIL\texample.com/frame\t0.011s\n").failures
    assert (failure.message, failure.file, failure.line) == (said, "", 0)


def test_package_testing_has_its_own_places(tmp_path: Path) -> None:
    log = "--- FAIL: TestLog (0.01s)\n    testing.go:12: want 1, got 2\nFAIL\nFAIL\ttesting\t0.1s\n"
    (failure,) = case_of(tmp_path, log).failures
    assert (failure.file, failure.line) == ("testing.go", 12)


DEADLOCK = """\
=== RUN   TestCrane
POTENTIAL DEADLOCK:
Previous place where the lock was grabbed
goroutine 240 lock 0xc820160440
crane.go:799 quay.(*Crane).lower { c.mu.RLock() } <<<<<

Have been trying to lock it again for more than 40ms
goroutine 68 lock 0xc820160440
crane.go:785 quay.(*Crane).lift { c.mu.Lock() } <<<<<

"""


def test_a_deadlock_that_a_library_reports_fails_its_test_unless_that_passes(
    tmp_path: Path,
) -> None:
    failed = case_of(tmp_path, f"{DEADLOCK}FAIL\texample.com/quay\t0.1s\nFAIL\n")
    first = failed.failures[0]
    assert (first.test_name, first.file, first.line) == ("TestCrane", "crane.go", 785)
    passed = "--- PASS: TestCrane (0.10s)\nPASS\nok  \texample.com/quay\t0.1s\n"
    assert case_of(tmp_path, f"{DEADLOCK}{passed}").failures == ()
