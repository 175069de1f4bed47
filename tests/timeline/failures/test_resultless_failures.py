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


SUITE = """\
=== RUN   TestQuays/TestAnchor
    quay_test.go:84:
        \tError Trace:\t/w/quay_test.go:84
        \tError:      \tShould be false
        \tTest:       \tTestQuays/TestAnchor
{}--- FAIL: TestQuays (3.14s)
    --- PASS: TestQuays/TestRope (0.38s)
    --- PASS: TestQuays/TestIs
"""


def test_a_parent_whose_subtest_has_a_message_and_no_result_adds_nothing(tmp_path: Path) -> None:
    case = case_of(tmp_path, SUITE.format(""))
    assert [each.test_name for each in case.failures] == ["TestQuays/TestAnchor"]


def test_a_parent_that_fails_beside_a_subtest_that_logs_fails_itself(tmp_path: Path) -> None:
    case = case_of(tmp_path, "=== RUN   TestA/b\nso far\n--- FAIL: TestA (3.14s)\n")
    assert [each.test_name for each in case.failures] == ["TestA"]


LEAK = """\
goleak: Errors on successful test run: found unexpected goroutines:
[Goroutine 36 in state chan send, with example.com/pond.Serve.func1 on top of the stack:
example.com/pond.Serve.func1()
\t/w/serve.go:49 +0xc9
created by example.com/pond.Serve in goroutine 34
\t/w/serve.go:47 +0x336
]
"""


def test_goleak_s_last_word_fails_a_package_whose_verdict_is_cut_off(tmp_path: Path) -> None:
    (failure,) = case_of(tmp_path, LEAK).failures
    assert (failure.test, failure.kind) == (-1, FailureKind.EXIT)
    assert failure.message == LEAK.partition(":\n")[0]


def test_it_fails_none_that_passed_or_that_has_a_verdict(tmp_path: Path) -> None:
    passed = "=== RUN   TestA\n{}--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.1s\n"
    assert case_of(tmp_path, passed.format(LEAK)).failures == ()
    (failure,) = case_of(tmp_path, f"PASS\n{LEAK}exit status 1\nFAIL\tp\t0.9s\n").failures
    assert failure.message.startswith("the package failed (exit status 1)")
