from __future__ import annotations

import pytest

from flakecore.gotest import Message, errors_among, read_messages, read_reports, recognised
from gotest.go_runs import as_lines


def _messages(text: str) -> tuple[Message, ...]:
    return recognised(read_messages(as_lines(*text.split("\n"))))


TESTIFY = """\
    helpers_test.go:7:
            Error Trace:    /w/helpers_test.go:7
                                        /w/tide_test.go:58
            Error:          Not equal:
                            expected: 1
                            actual  : 2
            Test:           TestTide
            Messages:       after 3 tries"""
TESTIFY_1_2 = """\
    assertions.go:225:                               Error Trace:    tide_test.go:58
            Error:          Should be true"""
GOMEGA = """\
    tide_test.go:58:
        Expected
            <int>: 1
        to equal
            <int>: 2"""
GOMEGA_OLD = """\
    testing_t_support.go:22:
            /w/tide_test.go:58 +0x4d

        Expected
            <bool>: false
        to be true"""
QUICKTEST = """\
    helpers_test.go:7:
        error:
          values are not equal
        got:
          int(1)
        want:
          int(2)
        stack:
          /w/helpers_test.go:7
            c.Assert(got, qt.Equals, want)
          /w/tide_test.go:58
            check(c, 1, 2)"""
GOTEST_TOOLS = "    tide_test.go:58: assertion failed: 1 (got int) != 2 (want int)"
ALECTHOMAS_ASSERT = """\
    tide_test.go:58: Expected values to be equal:
        -2
        +1"""
CMP = """\
    tide_test.go:58: Level() mismatch (-want +got):
          int(
        -     1,
        +     2,
          )"""

GOMOCK = """\
    controller.go:243: missing call(s) to *pond.MockRain.Pour(is anything) /w/tide_test.go:58"""
SUITE_PANIC = """\
    panic.go:262: test panicked: no water
        goroutine 161 [running]:
        runtime/debug.Stack()
            /usr/local/go/src/runtime/debug/stack.go:26 +0x68
        github.com/stretchr/testify/suite.failOnPanic(0xc0012e5180, {0x5d8fcc0, 0x91410e0})
            /go/pkg/mod/github.com/stretchr/testify@v1.10.0/suite/suite.go:89 +0x5b
        panic({0x5d8fcc0?, 0x91410e0?})
            /usr/local/go/src/runtime/panic.go:783 +0x132
        example.com/pond.(*Suite).TestTide(0x0)
            /w/tide_test.go:58 +0x2c"""


@pytest.mark.parametrize(
    ("text", "library", "said"),
    [
        (TESTIFY, "testify", "Not equal:\nexpected: 1\nactual  : 2\nafter 3 tries"),
        (TESTIFY_1_2, "testify", "Should be true"),
        (GOMEGA, "gomega", "Expected\n    <int>: 1\nto equal\n    <int>: 2"),
        (GOMEGA_OLD, "gomega", "Expected\n    <bool>: false\nto be true"),
        (QUICKTEST, "quicktest", "error:\n  values are not equal\ngot:\n  int(1)\nwant:\n  int(2)"),
        (GOTEST_TOOLS, "gotest.tools", "assertion failed: 1 (got int) != 2 (want int)"),
        (ALECTHOMAS_ASSERT, "alecthomas/assert", "Expected values to be equal:\n-2\n+1"),
        ("    tide_test.go:58: Expected expression to be true", "alecthomas/assert", None),
        (CMP, "go-cmp", None),
        (GOMOCK, "gomock", None),
        (SUITE_PANIC, "recovered panic", "panic: no water"),
    ],
    ids=[
        "testify",
        "testify 1.2",
        "gomega",
        "old gomega",
        "quicktest",
        "gotest.tools",
        "alecthomas/assert",
        "alecthomas/assert, one line",
        "go-cmp",
        "gomock",
        "panic",
    ],
)
def test_a_library_s_block_is_an_error_at_the_place_of_the_test(
    text: str, library: str, said: str | None
) -> None:
    (message,) = _messages(text)
    assert message.library == library
    assert (message.file.rpartition("/")[2], message.line) == ("tide_test.go", 58)
    assert message.is_error
    if said is not None:
        assert message.message == said


@pytest.mark.parametrize(
    "text",
    [
        "    tide_test.go:58: Error: none so far",
        "    tide_test.go:58: the value we Expected came",
        "    tide_test.go:58: all is well",
        "    tide_test.go:58: Expected expression to be true, and so it is",
        "    tide_test.go:58: stack:\n          nothing",
    ],
)
def test_what_only_resembles_a_library_s_block_is_a_plain_message(text: str) -> None:
    (message,) = _messages(text)
    assert (message.library, message.is_error) == ("", False)


def test_errors_that_a_library_wrote_stand_before_what_was_logged_before_and_after() -> None:
    log = "    tide_test.go:{}: got ready, no error yet"
    said = _messages("\n".join([log.format(50), TESTIFY, GOTEST_TOOLS, log.format(60)]))
    assert [each.library for each in errors_among(said)] == ["testify", "gotest.tools"]


def test_of_plain_messages_the_first_that_reads_like_an_error_is_taken_for_it() -> None:
    said = _messages(
        '    a_test.go:1: ready\n    a_test.go:2: level=info msg="no error"\n'
        "    a_test.go:3: got 1, want 2\n    a_test.go:4: done"
    )
    assert [each.line for each in errors_among(said)] == [3]


def test_without_any_such_message_the_last_one_is_taken() -> None:
    said = _messages("    a_test.go:1: ready\n    a_test.go:2: the roof")
    assert [each.line for each in errors_among(said)] == [2]


GINKGO_1 = """\
• Failure [1.006 seconds]
Pond
/w/pond_test.go:10
  when it rains
  /w/pond_test.go:12
    fills up [It]
    /w/pond_test.go:14

    Expected
        <int>: 0
    to equal
        <int>: 2

    /w/pond_test.go:38
------------------------------"""
GINKGO_2 = """\
• [FAILED] [1.006 seconds]
Pond when it rains [It] fills up
/w/pond_test.go:14

  Timeline >>
  poured
  [FAILED] in [It] - /w/pond_test.go:38 @ 01/04/24 12:19:00.265
  << Timeline

  [FAILED] Expected
      <int>: 0
  to equal
      <int>: 2
  In [It] at: /w/pond_test.go:38 @ 01/04/24 12:19:00.265
------------------------------"""
GINKGO_PANIC = """\
•! [PANICKED] [0.002 seconds]
Pond when it rains [It] fills up
/w/pond_test.go:14

  [PANICKED] Test Panicked
  In [It] at: /usr/local/go/src/runtime/panic.go:115 @ 01/04/24 12:19:00.265

  assignment to entry in nil map

  Full Stack Trace
    example.com/pond.init.func1.1()
        /w/pond_test.go:38 +0x2c
------------------------------"""
GINKGO_SUMMARY = """\
Summarizing 1 Failure:
  [FAIL] Pond when it rains [It] fills up
  /w/pond_test.go:38"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GINKGO_1, "<int>: 2"),
        (GINKGO_2, "<int>: 2"),
        (GINKGO_PANIC, "nil map"),
        (GINKGO_SUMMARY, "not in the log"),
        (f"{GINKGO_2}\n\n{GINKGO_SUMMARY}", "<int>: 2"),
    ],
    ids=["version 1", "version 2", "panic", "summary alone", "summary too"],
)
def test_a_spec_of_ginkgo_fails_once_at_its_place(text: str, said: str) -> None:
    (report,) = read_reports(text.split("\n"))
    assert (report.file, report.line) == ("/w/pond_test.go", 38)
    assert "when it rains" in report.subject
    assert "fills up" in report.subject
    assert said in report.message
    assert "poured" not in report.message


GINKGO_WINDOWS = """\
+ Failure [1.135 seconds]
Pond when it rains [It] fills up
c:/w/pond_test.go:14
  Timed out after 1.004s.
  Expected it to be full.
  c:/w/pond_test.go:38
------------------------------"""
PROW = """\
{A spec timeout occurred timedout [TIMEDOUT] A spec timeout occurred
In [It] at: /w/pond_test.go:38 @ 08/03/26 06:20:40.188

This is the Progress Report generated when the spec timeout occurred:"""


def test_version_1_says_what_failed_right_below_the_place_of_a_spec_without_containers() -> None:
    (report,) = read_reports(GINKGO_WINDOWS.split("\n"))
    assert report.subject == "Pond when it rains [It] fills up"
    assert report.message == "Timed out after 1.004s.\nExpected it to be full."


def test_a_verdict_that_was_copied_without_its_report_names_its_place() -> None:
    (report,) = read_reports(PROW.split("\n"))
    assert (report.file, report.line) == ("/w/pond_test.go", 38)
    assert report.message == "A spec timeout occurred"
    assert read_reports(PROW.split("\n")[:1]) == ()


@pytest.mark.parametrize(
    ("end", "flaked"),
    [
        ("SUCCESS! -- 97 Passed | 0 Failed | 1 Flaked | 3 Pending | 106 Skipped", True),
        ("FAIL! -- 96 Passed | 1 Failed | 1 Flaked | 3 Pending | 106 Skipped", False),
    ],
)
def test_a_spec_that_passed_at_a_later_try_is_said_to_have_flaked(end: str, flaked: bool) -> None:
    text = f"{GINKGO_SUMMARY}\n\nRan 97 of 206 Specs in 6461.578 seconds\n{end}"
    (report,) = read_reports(text.split("\n"))
    assert ("it flaked" in report.message) == flaked


def test_specs_that_passed_are_no_reports() -> None:
    text = "• [1.006 seconds]\nPond\n/w/pond_test.go:14\n------------------------------\nSSS•••"
    assert read_reports(text.split("\n")) == ()


GOCHECK = """\
----------------------------------------------------------------------
FAIL: pond_test.go:77: PondSuite.TestKeep

pond_test.go:89:
    c.Assert(wait(id), IsNil)
... value *errors.errorString = &errors.errorString{s:"late"} ("late")

----------------------------------------------------------------------
PANIC: pond_test.go:99: PondSuite.TestPour

... Panic: no water (PC=0x46E1A1)

/usr/local/go/src/runtime/panic.go:884
  in gopanic
pond_test.go:101
  in PondSuite.TestPour

OOPS: 11 passed, 1 FAILED, 1 PANICKED
--- FAIL: Test (5.03s)"""


def test_gocheck_names_method_place_and_value() -> None:
    failed, panicked = read_reports(GOCHECK.split("\n"))
    assert (failed.subject, failed.file, failed.line) == (
        "PondSuite.TestKeep",
        "pond_test.go",
        89,
    )
    assert "late" in failed.message
    assert (panicked.subject, panicked.line) == ("PondSuite.TestPour", 101)
    assert panicked.message == "... Panic: no water (PC=0x46E1A1)"


def test_goconvey_names_place_and_what_was_expected() -> None:
    text = "Failures:\n\n  * /w/pond_test.go \n  Line 12:\n  Expected: '2'\n  Actual:   '1'\n\n"
    (report,) = read_reports(text.split("\n"))
    assert (report.file, report.line) == ("/w/pond_test.go", 12)
    assert report.message == "Expected: '2'\nActual:   '1'"


def test_goconvey_s_stack_names_the_test_and_is_no_part_of_what_was_expected() -> None:
    text = (
        "  * /w/pond_test.go \n  Line 12:\n  Expected: nil\n  Actual:   'late'\n"
        "  goroutine 23 [running]:\n  \t/go/pkg/mod/convey/context.go:176 +0xec\n"
        "  example.com/pond.TestPond.func1.1()\n  \t/w/pond_test.go:12 +0xbd"
    )
    (report,) = read_reports(text.split("\n"))
    assert (report.test_name, report.message) == ("TestPond", "Expected: nil\nActual:   'late'")


AFTER_SUITE_1 = """\
------------------------------
Failure [0.000 seconds]
AfterSuite [AfterSuite]
/w/tide_suite_test.go:20

  Expected success, but got an error:
      still open

  /w/tide_suite_test.go:21
------------------------------
FAIL! -- 1 Passed | 0 Failed | 0 Pending | 0 Skipped"""


@pytest.mark.parametrize("ending", ["", " "])
def test_a_suites_own_node_of_ginkgo_1_fails_at_its_place(ending: str) -> None:
    text = AFTER_SUITE_1.replace("[AfterSuite]", f"[AfterSuite]{ending}")
    (report,) = read_reports(text.split("\n"))
    assert (report.file, report.line) == ("/w/tide_suite_test.go", 21)
    assert report.message == "Expected success, but got an error:\n    still open"
    assert report.subject == "AfterSuite [AfterSuite]"


def test_a_failure_that_a_program_times_is_no_suites() -> None:
    text = AFTER_SUITE_1.replace("AfterSuite [AfterSuite]", "retrying")
    assert read_reports(text.split("\n")) == ()


PANIC_ALONE = """\
PondMonitorTest
/w/pond/suite.go:461
  with water
  /w/pond/suite.go:461
    fills [It]
    /w/pond/suite.go:515

    Test Panicked
    runtime error: index out of range [5] with length 5
    /usr/local/go/src/runtime/panic.go:113

    Full Stack Trace
    runtime.goPanicIndex(0x5, 0x5)
    \t/usr/local/go/src/runtime/panic.go:113 +0x6b2
    example.com/pond.glob..func9.7.10()
    \t/w/pond/monitor.go:319 +0x6b2"""


def test_a_spec_that_panicked_is_one_without_what_stands_above_its_name() -> None:
    texts = PANIC_ALONE.replace("\t", "    ").split("\n")
    (report,) = read_reports(texts)
    assert (report.file, report.line) == ("/w/pond/monitor.go", 319)
    assert report.message == "panic: runtime error: index out of range [5] with length 5"
    assert report.subject == "PondMonitorTest with water fills [It]"
    (whole,) = read_reports(["• Panic [0.002 seconds]", *texts])
    assert whole.position == 0
    assert read_reports(["words", "", "    Test Panicked", "    no water"]) == ()


POLLED = """\
• [FAILED] [60.211 seconds]
Pond [It] fills
/w/pond/pond_test.go:43

  [FAILED] Timed out after 60.001s.
  The function passed to Eventually failed at /w/pond/pond_test.go:90 with:
  Expected
      <string>: 404"""


def test_a_report_that_is_cut_has_the_place_that_gomega_names() -> None:
    (report,) = read_reports(POLLED.split("\n"))
    assert (report.file, report.line) == ("/w/pond/pond_test.go", 90)
    (whole,) = read_reports([*POLLED.split("\n"), "  In [It] at: /w/pond/wait.go:7 @ 04/24/24"])
    assert (whole.file, whole.line) == ("/w/pond/wait.go", 7)
