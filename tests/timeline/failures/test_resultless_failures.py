"""Failures that a log without a result tells: of libraries, and of Bazel's own time limit."""

from __future__ import annotations

from pathlib import Path

from flakecore.timeline import Case, FailureKind, TestStatus
from timeline.captures import read

GOMEGA = """\
=== NAME  TestQuay
    quay_test.go:18:
        Timed out after 3.000s.
        Expected
            <int>: 2
        to equal
            <int>: 3
"""
BAZEL = """\
==================== Test output for //quay:quay_test (shard 2 of 5):
=== RUN   TestRope
--- PASS: TestRope (0.04s)
=== RUN   TestAnchor
=== RUN   TestAnchor/deep
-- Test timed out at 2024-03-07 15:37:05 CST --
================================================================================
"""


def case_of(folder: Path, text: str) -> Case:
    (folder / "test.log").write_text(text)
    return read(folder).case


def test_what_a_library_printed_fails_its_test_though_the_log_ends_there(tmp_path: Path) -> None:
    case = case_of(tmp_path, GOMEGA)
    (failure,) = case.failures
    assert (failure.test_name, failure.kind) == ("TestQuay", FailureKind.ASSERTION)
    assert (failure.file, failure.line) == ("quay_test.go", 18)
    assert failure.message.startswith("Timed out after 3.000s.")


def test_what_was_logged_fails_no_test_that_has_no_result(tmp_path: Path) -> None:
    case = case_of(tmp_path, "=== RUN   TestQuay\n    quay_test.go:18: want 3 boats, have 2 yet\n")
    assert case.failures == ()
    assert [test.status for test in case.tests] == [TestStatus.UNFINISHED]


def test_a_passed_test_keeps_its_result(tmp_path: Path) -> None:
    case = case_of(tmp_path, f"{GOMEGA}--- PASS: TestQuay (0.10s)\n")
    assert case.failures == ()


def test_bazels_time_limit_is_the_failure_of_what_ran(tmp_path: Path) -> None:
    case = case_of(tmp_path, BAZEL)
    (failure,) = case.failures
    assert (failure.test_name, failure.kind) == ("TestAnchor/deep", FailureKind.TIMEOUT)
    assert failure.message == "Test timed out at 2024-03-07 15:37:05 CST"


def test_each_shard_has_its_own_moment_of_bazels_time_limit(tmp_path: Path) -> None:
    later = BAZEL.replace("TestAnchor", "TestChain").replace("15:37:05", "15:39:41")
    case = case_of(tmp_path, f"{BAZEL}{later.replace('TestRope', 'TestKnot')}")
    assert {each.test_name: each.message.split()[-2] for each in case.failures} == {
        "TestAnchor/deep": "15:37:05",
        "TestChain/deep": "15:39:41",
    }


def test_a_test_that_prints_such_words_and_passes_has_not_failed(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        "=== RUN   TestRope\n-- Test timed out at 2024-03-07 15:37:05 CST --\n"
        "--- PASS: TestRope (0.04s)\nPASS\nok  \texample.com/quay\t0.041s\n",
    )
    assert case.failures == ()


def test_an_excerpt_of_testify_alone_fails_the_test_that_it_names(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        "    reef.go:9: \n        \tError Trace:\t/w/reef.go:9\n"
        "        \t            \t\t\t\t/w/reef_test.go:61\n"
        "        \tError:      \tShould be true\n        \tTest:       \tTestReef/low\n",
    )
    (failure,) = case.failures
    assert (failure.test_name, failure.file, failure.line) == (
        "TestReef/low",
        "/w/reef_test.go",
        61,
    )
    assert case.losses == ()
