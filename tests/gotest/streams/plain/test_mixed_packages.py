"""Packages that print to one log at once are told apart as far as their tests' order tells."""

from __future__ import annotations

from flakecore.gotest import Outcome, read_text

MIXED = """\
=== RUN   TestFlow
=== RUN   TestFlow/east
    pond_test.go:13: level is 3, want 4
--- FAIL: TestFlow/east (0.00s)
=== RUN   TestFlow/west
=== RUN   TestBend
    reed_test.go:6: bent
--- PASS: TestBend (0.00s)
=== RUN   TestBreak
--- FAIL: TestBreak (0.00s)
panic: assignment to entry in nil map [recovered, repanicked]

goroutine 5 [running]:
example.com/marsh/reed.TestBreak(0x2a045ad88488?)
\t/src/marsh/reed/reed_test.go:11 +0x28
created by testing.(*T).Run in goroutine 1
\t/go/src/testing/testing.go:2260 +0x4d4
exit status 2
FAIL\texample.com/marsh/reed\t0.005s
--- PASS: TestFlow/west (0.02s)
--- FAIL: TestFlow (0.02s)
=== RUN   TestFill
--- PASS: TestFill (0.00s)
FAIL
FAIL\texample.com/marsh/pond\t0.024s
"""


def told(text: str) -> list[tuple[str, Outcome, list[str]]]:
    log = read_text(text.encode(), name="test.log")
    return [
        (run.package, run.status, [test.name for test in run.tests])
        for run in log.packages
        if run.package or run.tests
    ]


def test_tests_that_cannot_be_of_one_process_are_of_two_packages() -> None:
    assert told(MIXED) == [
        ("example.com/marsh/reed", Outcome.FAIL, ["TestBend", "TestBreak"]),
        (
            "example.com/marsh/pond",
            Outcome.FAIL,
            ["TestFlow", "TestFlow/east", "TestFlow/west", "TestFill"],
        ),
    ]
    reed, pond = read_text(MIXED.encode(), name="test.log").packages
    assert (len(reed.crashes), len(pond.crashes)) == (1, 0)
    assert [line.text for line in reed.lines][-2:] == [
        "exit status 2",
        "FAIL    example.com/marsh/reed    0.005s",
    ]


def test_a_third_package_may_begin_before_the_first_goes_on() -> None:
    text = (
        "=== RUN   TestA\n=== RUN   TestB\n=== RUN   TestA/x\n--- PASS: TestB (0.00s)\nPASS\n"
        "ok  \tb\t0.1s\n=== RUN   TestC\n--- PASS: TestC (0.00s)\nPASS\nok  \tc\t0.1s\n"
        "--- PASS: TestA (0.00s)\nPASS\nok  \ta\t0.1s\n"
    )
    assert told(text) == [
        ("b", Outcome.PASS, ["TestB"]),
        ("c", Outcome.PASS, ["TestC"]),
        ("a", Outcome.PASS, ["TestA", "TestA/x"]),
    ]


def test_a_test_that_may_be_of_either_of_two_packages_is_said_to_be_of_neither() -> None:
    text = (
        "=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestA (0.00s)\n--- PASS: TestB (0.00s)\n"
        "=== RUN   TestC\n=== RUN   TestD\n--- FAIL: TestC (0.00s)\nFAIL\nFAIL\tc\t0.1s\n"
        "--- PASS: TestD (0.00s)\nPASS\nok  \td\t0.1s\n"
    )
    assert told(text) == [
        ("c", Outcome.FAIL, []),
        ("d", Outcome.PASS, []),
        ("", Outcome.UNFINISHED, ["TestA", "TestB", "TestC", "TestD"]),
    ]


def test_parallel_tests_of_one_process_are_of_one_package() -> None:
    text = (
        "=== RUN   TestA\n=== PAUSE TestA\n=== RUN   TestB\n=== PAUSE TestB\n=== CONT  TestA\n"
        "=== CONT  TestB\n--- PASS: TestA (0.00s)\n=== NAME  TestB\n    b_test.go:3: x\n"
        "panic: boo\n\ngoroutine 7 [running]:\nmain.f(...)\n\t/a/b_test.go:4\nexit status 2\n"
        "FAIL\tp\t0.1s\n=== RUN   TestC\n--- PASS: TestC (0.00s)\nPASS\nok  \tq\t0.1s\n"
    )
    assert [(package, tests) for package, _, tests in told(text)] == [
        ("p", ["TestA", "TestB"]),
        ("q", ["TestC"]),
    ]


def test_a_result_line_that_was_lost_makes_no_second_package() -> None:
    text = (
        "=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestB (0.00s)\nPASS\nok  \tp\t0.1s\n"
        "=== RUN   TestC\n--- PASS: TestC (0.00s)\nPASS\nok  \tq\t0.1s\n"
    )
    assert told(text) == [
        ("p", Outcome.PASS, ["TestA", "TestB"]),
        ("q", Outcome.PASS, ["TestC"]),
    ]


def test_tests_that_an_old_go_ran_in_parallel_without_saying_so_are_of_one_package() -> None:
    text = (
        "=== RUN   TestA\n=== RUN   TestB\n--- PASS: TestA (0.00s)\n=== RUN   TestC\n"
        "--- PASS: TestC (0.00s)\npanic: boo\n\ngoroutine 7 [running]:\nmain.f(...)\n"
        "\t/a/b_test.go:4\nexit status 2\nFAIL\tp\t0.1s\n=== RUN   TestD\n--- PASS: TestD (0.00s)\n"
        "PASS\nok  \tq\t0.1s\n"
    )
    assert [(package, tests) for package, _, tests in told(text)] == [
        ("p", ["TestA", "TestB", "TestC"]),
        ("q", ["TestD"]),
    ]
