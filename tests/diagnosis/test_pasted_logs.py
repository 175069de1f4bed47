"""Logs as people paste them: who failed, where, and the first sentence on why.

Each is cut, stamped or mixed as logs of that kind are; beside it stands one as alike as possible
that must not be told so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.checked_findings import explain
from timeline.captures import read

LATE = """\
panic: {} in goroutine after {} has completed{}

goroutine 25 [running]:
testing.(*common).Fail(0xc4201a2000)
\t/usr/local/go/src/testing/testing.go:502 +0x1bd
github.com/hull/tlog@v0.2.0.Logger.Printf(...)
\t/root/go/pkg/mod/github.com/hull/tlog@v0.2.0/tlog.go:13
example.com/quay.(*Crane).stop(0xc420080780)
\t/src/quay/crane.go:127 +0x149
created by example.com/quay.TestCrane.func1
"""
RACE = """\
==================
WARNING: DATA RACE
Read at 0x00c000f78108 by goroutine 67:
  example.com/quay.TestCrane.func2()
      quay/crane_test.go:69 +0x2f
Previous write at 0x00c000f78108 by goroutine 68:
  example.com/quay.TestCrane.func2()
      quay/crane_test.go:69 +0x46
"""
WINDOWS = (
    "=== RUN   TestCrane\n    crane_test.go:48: \n"
    "        \tError Trace:\tD:\\a\\quay\\quay\\crane_test.go:48\n"
    "        \t            \t\t\t\tD:\\a\\quay\\quay\\crane_test.go:38\n"
    "        \tError:      \tReceived unexpected error:\n"
    "        \t            \tlisten tcp 127.0.0.1:29018: bind: Only one usage of each socket"
    " address (protocol/network address/port) is normally permitted.\n"
    "        \tTest:       \tTestCrane\n--- FAIL: TestCrane (0.00s)\n"
)
FULL = """\
# example.com/quay
write /tmp/go-build182506727/b481/_testmain.go: no space left on device
FAIL    example.com/quay [setup failed]
"""
LONG = f"    crane_test.go:9: copying: write /{'deep/' * 24}disk.img: no space left on device\n"
ASLEEP = """\
fatal error: all goroutines are asleep - deadlock!

goroutine 18 [{}]:
example.com/quay.TestCrane(0xc000118680)
\t/src/quay/crane_test.go:571 +0x487
testing.tRunner(0xc000118680, 0x551b10)
\t/usr/lib/go/src/testing/testing.go:1446 +0x10b
created by testing.(*T).Run
\t/usr/lib/go/src/testing/testing.go:1493 +0x35f
"""
ONE_OF_A_DUMP = """\
=== FAIL: example.com/quay  (0.00s)
panic: test timed out after 5m0s
running tests:
\tTestCrane (4m59s)

goroutine 9738 [{}, 4 minutes]:
example.com/quay.(*Crane).Lift(0xc000394150)
\t/src/quay/crane.go:170 +0x3cc
"""
NIL = """\
--- FAIL: TestCrane (0.40s)
    crane_test.go:164: {}
panic: runtime error: invalid memory address or nil pointer dereference [recovered]
\tpanic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0xa3c470]

goroutine 37 [running]:
testing.tRunner.func1(0xc42019ab40)
\t/usr/local/go/src/testing/testing.go:742 +0x29d
panic(0xb2a5e0, 0x135c390)
\t/usr/local/go/src/runtime/panic.go:502 +0x229
example.com/quay.TestCrane(0xc42019ab40)
\t/src/quay/crane_test.go:167 +0xea0
"""
FUZZ = """\
fuzz: elapsed: 3s, execs: 2 (1/sec), new interesting: 0 (total: 1)
--- FAIL: FuzzCrane (18.97s)
    --- FAIL: FuzzCrane (0.00s)
        crane_test.go:55: it is not the same again
    {}
    Failing input written to testdata/fuzz/FuzzCrane/dca2f7e73d28e4f4
    To re-run:
    go test -run=FuzzCrane/dca2f7e73d28e4f4
FAIL
exit status 1
FAIL\texample.com/quay\t18.970s
"""
LEAKTEST = """\
--- FAIL: TestCrane (5.04s)
    leaktest.go:150: leaktest: leaked goroutine: goroutine 21 [chan send]:
        example.com/quay.Start.func1()
        \t/src/quay/crane.go:141 +0xcd
        created by example.com/quay.Start
        \t/src/quay/crane.go:136 +0x2c6
    leaktest.go:150: leaktest: leaked goroutine: goroutine 22 [chan send]:
        example.com/quay.Start.func1()
        \t/src/quay/crane.go:141 +0xcd
        created by example.com/quay.Start
        \t/src/quay/crane.go:136 +0x2c6
FAIL
"""
GOLEAK = """\
=== RUN   TestCrane
    crane_test.go:158: found unexpected goroutines:
        [Goroutine 13 in state chan send, with example.com/quay.Start.func1 on top of the stack:
        example.com/quay.Start.func1()
        \t/src/quay/crane.go:141 +0xcd
        created by example.com/quay.Start in goroutine 12
        \t/src/quay/crane.go:136 +0x2c6
         Goroutine 127 in state chan send, with example.com/quay.Sta
"""


def told(folder: Path, text: str) -> list[tuple[str, str, str]]:
    """Return of each failure its test, its kind and place, and the first finding's claim."""
    (folder / "test.log").write_text(text)
    case = read(folder).case
    return [
        (
            each.test_name,
            f"{each.kind.value} {each.file.rpartition('/')[2]}:{each.line}",
            next((finding.claim for finding in explain(case, each)), ""),
        )
        for each in case.failures
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            LATE.format("Log", "TestCrane", ""),
            ("TestCrane", "panic crane.go:127", "G25 logged at crane.go:127 after TestCrane had"),
        ),
        (
            LATE.format("Fail", "", ""),
            (
                "",
                "panic crane.go:127",
                "G25 failed a test at crane.go:127 after that had",
            ),
        ),
        (
            LATE.format("Log", "TestCrane", ": \n\tError:      \tNot equal: ").replace(
                "\n\ng", "\ng"
            ),
            ("TestCrane", "panic crane.go:127", "G25 logged at crane.go:127 after TestCrane had"),
        ),
        (
            RACE,
            (
                "TestCrane",
                "race crane_test.go:69",
                "Race: two goroutines in TestCrane.func2 at crane_test.go:69: one writes",
            ),
        ),
        (
            WINDOWS,
            (
                "TestCrane",
                "assertion crane_test.go:38",
                "System error (crane_test.go:38): Only one usage of each socket address (protocol",
            ),
        ),
        (
            FULL,
            (
                "example.com/quay",
                "build :0",
                "example.com/quay met a system error: write /tmp/go-build182506727/b481/_testmain",
            ),
        ),
        (
            "compile: writing output: write $WORK/b30/_pkg_.a: no space left on device\n",
            ("", "build :0", "The build met a system error: write $WORK/b30/_pkg_.a: no space"),
        ),
        (
            f"--- FAIL: TestCrane (0.10s)\n{LONG}FAIL\n",
            (
                "TestCrane",
                "assertion crane_test.go:9",
                "System error (crane_test.go:9): no space left on device",
            ),
        ),
        (
            ASLEEP.format("chan send"),
            (
                "TestCrane",
                "fatal crane_test.go:571",
                "G18, the test's own, waits to send at crane_test.go:571",
            ),
        ),
        (
            ONE_OF_A_DUMP.format("select"),
            ("TestCrane", "timeout :0", "G9738 waits in a select at crane.go:170 for 4 minutes"),
        ),
        (
            LEAKTEST,
            (
                "TestCrane",
                "assertion leaktest.go:150",
                "leaktest found G21 and G22 left in a channel send at crane.go:141, started at "
                "crane",
            ),
        ),
        (
            GOLEAK,
            (
                "TestCrane",
                "assertion crane_test.go:158",
                "goleak found G13 left in a channel send at crane.go:141, started at crane.go:136",
            ),
        ),
    ],
    ids=[
        "a logger of another module",
        "a test without a name",
        "a value of several lines",
        "a race that is cut",
        "a port on Windows",
        "no room for a test's main",
        "no room for a build",
        "a path too long to tell",
        "a test that sends, all being asleep",
        "one goroutine of a dump",
        "leaktest",
        "goleak without a result",
    ],
)
def test_the_first_sentence_names_who_where_and_why(
    text: str, expected: tuple[str, str, str], tmp_path: Path
) -> None:
    ((test, where, claim),) = told(tmp_path, text)
    assert (test, where) == expected[:2]
    assert claim.startswith(expected[2])


@pytest.mark.parametrize(
    "text",
    [
        "=== RUN   TestCrane\nfound unexpected goroutines: none, as it should be\n",
        "--- PASS: TestCrane (5.04s)\n    leaktest.go:150: Leaked goroutine: none\n",
        "--- PASS: TestCrane (0.10s)\n    crane_test.go:9: write /x: no space left on device\n",
        "cp: write /srv/disk.img: no space left on device\n",
        "    testing.go:12: it says: race detected during execution of test\n",
    ],
    ids=["goleak's words", "leaktest's words", "a passing test", "another program", "a quotation"],
)
def test_what_only_resembles_them_is_no_failure(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == []


def test_what_the_build_of_one_package_said_is_not_told_of_another(tmp_path: Path) -> None:
    text = (
        "# example.com/quay/crane.test\n/usr/local/go/pkg/tool/linux_amd64/link: signal: killed\n"
        "FAIL\texample.com/quay [build failed]\n"
    )
    told(tmp_path, text)
    (failure,) = read(tmp_path).case.failures
    assert failure.message == "the build failed; what it said is not in the log"
    told(tmp_path, text.replace("quay/crane.test", "quay"))
    (failure,) = read(tmp_path).case.failures
    assert "link: signal: killed" in failure.message


def test_where_nothing_is_recognised_what_a_test_says_is_told_and_blamed_on_nothing(
    tmp_path: Path,
) -> None:
    text = "crane_test.go:63: ran 314 times\ncrane_test.go:65: wrong value 100, want 99\n"
    (tmp_path / "test.log").write_text(text)
    opened = read(tmp_path)
    assert opened.case.failures == ()
    (loss,) = (each.what for each in opened.case.losses)
    assert loss.endswith("; a test says in it: crane_test.go:65: wrong value 100, want 99")


def test_what_runs_all_tests_is_no_test_that_raced(tmp_path: Path) -> None:
    text = """\
Previous write at 0x00c000a3e340 by goroutine 34:
  [failed to restore the stack]

Goroutine 133 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:1178 +0x796
  testing.(*M).Run()
      /usr/local/go/src/testing/testing.go:1357 +0x4f3
  example.com/quay.TestMain()
      /src/quay/quay_test.go:44 +0x4d

Goroutine 34 (running) created at:
  example.com/quay.TestCrane()
      /src/quay/crane_test.go:393 +0x61a
"""
    ((test, where, _),) = told(tmp_path, f"\n{text}")
    assert (test, where) == ("TestCrane", "race crane_test.go:393")


def test_what_testing_says_of_a_race_is_a_failure_though_the_report_is_cut_away(
    tmp_path: Path,
) -> None:
    said = "testing.go:1319: race detected during execution of test\n"
    assert told(tmp_path, said) == [("", "race :0", "")]
    assert told(tmp_path, f"=== CONT  TestCrane\n    {said}") == [("TestCrane", "race :0", "")]


def test_a_nil_pointer_is_told_with_the_assertion_that_had_failed_before_it(
    tmp_path: Path,
) -> None:
    claim = "G37 follows a nil pointer in TestCrane (crane_test.go:167)"
    failed = "assertion failed: error is not nil"
    (_, _, said), *_ = told(tmp_path, NIL.format(failed))
    assert said == f"{claim}, after the test had failed at line 164"
    (_, _, said), *_ = told(tmp_path, NIL.format("the crane is up"))
    assert said == claim


def test_what_a_fuzz_test_found_is_one_failure_with_the_input_that_shows_it(
    tmp_path: Path,
) -> None:
    assert told(tmp_path, FUZZ.format("")) == [("FuzzCrane", "assertion crane_test.go:55", "")]
    (failure,) = read(tmp_path).case.failures
    assert failure.message.splitlines() == [
        "it is not the same again",
        "Failing input written to testdata/fuzz/FuzzCrane/dca2f7e73d28e4f4",
        "To re-run:",
        "go test -run=FuzzCrane/dca2f7e73d28e4f4",
    ]


@pytest.mark.parametrize("state", ["running", "runnable", "sleep"])
def test_what_can_go_on_by_itself_is_not_said_to_wait_for_another(
    state: str, tmp_path: Path
) -> None:
    ((_, _, claim),) = told(tmp_path, ONE_OF_A_DUMP.format(state))
    assert "waits" not in claim


def test_a_place_that_is_cut_off_is_not_told(tmp_path: Path) -> None:
    cut = LATE.format("Log", "TestCrane", "").partition("\t/src/quay")[0]
    ((_, _, claim),) = told(tmp_path, cut)
    assert "()" not in claim
    assert "at  " not in claim
