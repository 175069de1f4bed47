"""What frameworks, tests and panics print tells what stands before all lines of a log."""

from __future__ import annotations

import pytest

from flakecore.gotest.streams.wrappings.unwrap import find_wrappings

GOCHECK = """\
16:04:52 ----------------------------------------------------------------------
16:04:52 FAIL: crane_test.go:31: Suite.TestCrane
16:04:52 crane_test.go:40:
16:04:52     c.Assert(depth, Equals, 3)
16:04:52 ... obtained int = 2"""
GINKGO = """\
726s Crane when it lifts [It] holds
726s /w/crane_test.go:14
726s   [FAILED] Expected
726s       <int>: 0
726s   In [It] at: /w/crane_test.go:38 @ 01/04/24 12:19:00.265
726s ------------------------------"""
GOCONVEY = """\
17:26:33 Failures:
17:26:33   * /w/crane_test.go
17:26:33   Line 27:
17:26:33   Expected: nil
17:26:33   goroutine 23 [running]:"""
RUNNER = """\
2024-08-17T05:23:55.8195622Z # example.com/quay.test
2024-08-17T05:23:55.8216855Z /usr/bin/ld: final link failed: No space left on device"""
BUILDKITE = """\
--- FAIL: TestCrane (0.05s)
--
  | crane_test.go:226: it fell"""
FROM_ITS_TEXT_ON = """\
--- FAIL: TestCrane (15.11s)
10:40:24     crane_test.go:18: it fell
10:40:24         from the top"""


@pytest.mark.parametrize(
    ("text", "width", "first"),
    [(GOCHECK, 9, 0), (GINKGO, 5, 0), (GOCONVEY, 9, 0), (RUNNER, 29, 0), (FROM_ITS_TEXT_ON, 9, 1)],
    ids=[
        "gocheck",
        "ginkgo",
        "goconvey",
        "a runner",
        "copied from the text of its first line on",
    ],
)
def test_stamps_are_known_by_what_frameworks_and_tests_say(
    text: str, width: int, first: int
) -> None:
    lines = text.split("\n")
    rows = [line for _, line in find_wrappings(text.encode()).rows(lines)]
    assert rows == [*lines[:first], *(line[width:] for line in lines[first:])]


def test_times_that_a_program_prints_below_a_test_s_first_line_are_its_own() -> None:
    text = "=== RUN   TestCrane\n10:40:24 crane up\n10:40:25 crane down\n10:40:26 crane up"
    assert not find_wrappings(text.encode()).wrappings


@pytest.mark.parametrize(
    "text",
    [
        "--- FAIL: TestCrane (0.02s)\n    crane_test.go:183: it fell",
        "panic: Log in goroutine after TestCrane has completed\n\ngoroutine 5 [running]:\nf()",
        "• Failure [41.394 seconds]\nCrane\n/w/crane_test.go:39\n  lifts [It]\n  /w/c_test.go:53",
        "Summarizing 1 Failure:\n\n[Fail] Crane [It] lifts\n/w/crane_test.go:52",
    ],
    ids=["a result", "a panic", "ginkgo's report", "ginkgo's summary"],
)
def test_what_is_never_indented_shows_what_all_lines_are_indented_by(text: str) -> None:
    indented = "".join(f"    {line}\n" for line in text.split("\n"))
    rows = [line for _, line in find_wrappings(indented.encode()).rows(indented.split("\n"))]
    assert rows[: len(text.split("\n"))] == text.split("\n")


def test_a_subtest_s_result_keeps_the_indentation_that_go_gave_it() -> None:
    text = "    --- FAIL: TestCrane/up (0.02s)\n        crane_test.go:183: it fell"
    assert not find_wrappings(text.encode()).wrappings


def test_a_runner_s_stamps_are_known_though_another_s_stand_behind_them() -> None:
    text = "\n".join(f"2024-08-17T05:23:55.8195622Z {line}" for line in GOCHECK.split("\n"))
    rows = [line for _, line in find_wrappings(text.encode()).rows(text.split("\n"))]
    assert rows == [line[9:] for line in GOCHECK.split("\n")]


def test_bars_of_buildkite_s_groups_are_taken_off_and_headings_stay() -> None:
    rows = [line for _, line in find_wrappings(BUILDKITE.encode()).rows(BUILDKITE.split("\n"))]
    assert rows == ["--- FAIL: TestCrane (0.05s)", "", "    crane_test.go:226: it fell"]


def test_a_table_that_a_failed_test_prints_is_no_group_of_buildkite() -> None:
    text = "--- FAIL: TestCrane (0.05s)\n    crane_test.go:3: table\n  | a | b\n  | 1 | 2"
    assert not find_wrappings(text.encode()).wrappings


def test_a_fatal_error_of_a_c_compiler_is_none_of_go() -> None:
    text = "sqlite3.c:228449:1: fatal error: error writing to /tmp/a.s: No space left on device"
    assert not find_wrappings(text.encode()).wrappings


def test_one_blank_too_many_before_the_first_line_is_no_indentation_of_all() -> None:
    text = " === FAIL: pond TestCrane (1.11s)\n    crane_test.go:18: it fell\n        far"
    rows = [line for _, line in find_wrappings(text.encode()).rows(text.split("\n"))]
    assert rows == [text.split("\n")[0][1:], *text.split("\n")[1:]]
