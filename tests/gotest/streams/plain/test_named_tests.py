"""gotestsum's format testname: what stands above a test's line is that test's, of that package."""

from __future__ import annotations

from flakecore.gotest import Outcome, TestLog, read_text

LOG = """\
EMPTY empty
PASS reed.TestBend (0.00s)
=== RUN   TestFlow/east
opening the sluice
    pond_test.go:13: level is 3, want 4
--- FAIL: TestFlow/east (0.01s)
FAIL pond.TestFlow/east (0.01s)
=== RUN   TestBreak
--- FAIL: TestBreak (0.00s)
panic: assignment to entry in nil map [recovered, repanicked]

goroutine 19 [running]:
example.com/marsh/reed.TestBreak(0x32bd4f5c8488?)
\t/src/marsh/reed/reed_test.go:11 +0x28
created by testing.(*T).Run in goroutine 1
\t/go/src/testing/testing.go:2260 +0x4d4
FAIL reed.TestBreak (0.00s)
FAIL reed
PASS pond.TestFlow/west (0.02s)
=== RUN   TestFlow
--- FAIL: TestFlow (0.02s)
FAIL pond.TestFlow (0.02s)
PASS pond.TestStill (0.00s)
FAIL pond
"""
SUMMARY = """\

=== Skipped
=== SKIP: pond TestDrain (0.00s)
    pond_test.go:21: no pump

=== Failed
=== FAIL: pond TestFlow/east (0.01s)
    pond_test.go:13: level is 3, want 4

=== FAIL: pond TestFlow (0.02s)

=== FAIL: reed TestBreak (0.00s)
panic: assignment to entry in nil map [recovered, repanicked]

DONE 7 tests, 1 skipped, 3 failures in 1.811s
"""


def read(text: str) -> TestLog:
    return read_text(text.encode(), name="test.log")


def told(log: TestLog) -> dict[str, dict[str, Outcome]]:
    return {
        run.package: {test.name: test.outcome for test in run.tests}
        for run in log.packages
        if run.package or run.tests
    }


def test_tests_of_packages_that_take_turns_are_each_their_own_packages() -> None:
    assert told(read(LOG)) == {
        "reed": {"TestBend": Outcome.PASS, "TestBreak": Outcome.FAIL},
        "pond": {
            "TestFlow/east": Outcome.FAIL,
            "TestFlow/west": Outcome.PASS,
            "TestFlow": Outcome.FAIL,
            "TestStill": Outcome.PASS,
        },
    }


def test_a_panic_is_the_test_s_whose_line_stands_below_it() -> None:
    (crash,) = (crash for run in read(LOG).packages for crash in run.crashes)
    (run,) = (run for run in read(LOG).packages if run.crashes)
    assert (run.package, run.tests[crash.test].name) == ("reed", "TestBreak")


def test_the_summary_adds_only_what_the_lines_did_not_tell() -> None:
    alone, both = told(read(LOG)), told(read(LOG + SUMMARY))
    assert both == {**alone, "pond": {**alone["pond"], "TestDrain": Outcome.SKIP}}
    assert [len(run.crashes) for run in read(LOG + SUMMARY).packages] == [1, 0]


def test_output_without_packages_is_given_to_those_that_the_summary_names() -> None:
    shown = "\n".join(
        line for line in LOG.splitlines() if not line.startswith(("EMPTY", "PASS", "FAIL "))
    )
    named = {package: tests for package, tests in told(read(shown + SUMMARY)).items() if package}
    assert {name: set(tests) for name, tests in named.items()} == {
        "reed": {"TestBreak"},
        "pond": {"TestFlow/east", "TestFlow", "TestDrain"},
    }


def test_a_test_that_prints_such_a_line_makes_no_package() -> None:
    text = (
        "=== RUN   TestA\nFAIL pond.TestB (0.01s)\nFAIL pond\n--- PASS: TestA (0.00s)\nPASS\n"
        "ok  \tp\t0.1s\n"
    )
    assert told(read(text)) == {"p": {"TestA": Outcome.PASS}}
