"""gotestsum's summaries name packages, tests and durations; what is told twice counts once."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, read_text

SUMMARY = """\
=== Skipped
=== SKIP: pond TestIce (0.00s)
    ice_test.go:4: too warm

=== Failed
=== FAIL: pond TestFlow/east (0.31s)
    flow_test.go:20: got 3 drops, want 4
    --- FAIL: TestFlow/east (0.31s)

=== FAIL: pond TestFlow (0.32s)

=== FAIL: pond TestFlow (re-run 1) (0.30s)
    flow_test.go:20: got 2 drops, want 4

DONE 2 runs, 14 tests, 1 skipped, 3 failures in 1.402s
"""


def told(text: str) -> list[tuple[str, Outcome, dict[str, Outcome]]]:
    log = read_text(text.encode(), name="test.log")
    assert log.losses == ()
    return [
        (run.package, run.status, {test.name: test.outcome for test in run.tests})
        for run in log.packages
        if run.package
    ]


def test_a_summary_alone_tells_of_packages_tests_and_runs() -> None:
    first = {"TestIce": Outcome.SKIP, "TestFlow/east": Outcome.FAIL, "TestFlow": Outcome.FAIL}
    assert told(f"✓  pond/reed (12ms)\n✖  pond (1.21s)\n\n{SUMMARY}") == [
        ("pond/reed", Outcome.PASS, {}),
        ("pond", Outcome.FAIL, first),
        ("pond", Outcome.FAIL, {"TestFlow": Outcome.FAIL}),
    ]


def test_durations_are_those_of_the_summary() -> None:
    log = read_text(f"✖  pond (1.21s)\n{SUMMARY}".encode(), name="test.log")
    run = next(run for run in log.packages if run.package)
    assert run.elapsed_ns == 1_210_000_000
    assert {test.name: test.elapsed_ns for test in run.tests}["TestFlow/east"] == 310_000_000


def test_what_the_log_told_already_is_not_told_again() -> None:
    log = (
        "=== RUN   TestFlow\n=== RUN   TestFlow/east\n    flow_test.go:20: got 3 drops, want 4\n"
        "--- FAIL: TestFlow (0.32s)\n    --- FAIL: TestFlow/east (0.31s)\n"
        "=== RUN   TestIce\n    ice_test.go:4: too warm\n--- SKIP: TestIce (0.00s)\nFAIL\n"
        "FAIL\texample.com/pond\t0.40s\n"
    )
    summary = SUMMARY.replace("=== FAIL: pond TestFlow (re-run 1) (0.30s)\n", "")
    assert [package for package, _, _ in told(log + summary)] == ["example.com/pond"]


def test_a_test_that_prints_a_check_mark_makes_no_package() -> None:
    text = "=== RUN   TestA\n✓  done (12ms)\n--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.1s\n"
    assert [package for package, _, _ in told(text)] == ["p"]


FAILED_ALONE = """\
--- FAIL: TestFlow (0.31s)
    flow_test.go:20: got 3 drops, want 4
FAIL pond.TestFlow (0.31s)

=== Failed
=== FAIL: pond TestFlow (0.31s)
    flow_test.go:20: got 3 drops, want 4

"""


def test_a_failed_test_that_the_summary_tells_again_has_its_package_and_counts_once() -> None:
    log = f"{FAILED_ALONE}DONE 3 tests, 1 failure in 0.402s\n"
    assert told(log) == [("pond", Outcome.FAIL, {"TestFlow": Outcome.FAIL})]
    assert len(read_text(log.encode(), name="test.log").packages) == 1


def test_a_test_of_two_packages_of_the_summary_is_in_neither() -> None:
    log = f"{FAILED_ALONE}=== FAIL: reed TestFlow (0.20s)\n\nDONE 3 tests, 2 failures in 0.4s\n"
    assert [package for package, _, _ in told(log)] == ["pond", "reed"]


def test_a_test_that_passed_when_it_was_run_again_has_failed_before() -> None:
    log = FAILED_ALONE.partition("\n\n")[2]
    again = f"PASS pond.TestFlow (re-run 1) (0.30s)\n\n{log}DONE 2 runs, 2 tests, 1 failure in 1s\n"
    (run,) = read_text(again.encode(), name="test.log").packages
    assert [(test.name, test.outcome) for test in run.tests] == [
        ("TestFlow", Outcome.PASS),
        ("TestFlow", Outcome.FAIL),
    ]


UNKNOWN = """\
=== Failed
=== FAIL: pond TestFlow (unknown)
fatal error: concurrent map writes

=== FAIL: pond TestEbb (1.20s)

DONE 3 tests, 2 failures in 0.402s
"""


def test_a_test_of_unknown_duration_ran_when_its_process_ended() -> None:
    (run,) = read_text(UNKNOWN.encode(), name="test.log").packages
    assert {test.name: test.outcome for test in run.tests} == {
        "TestFlow": Outcome.UNFINISHED,
        "TestEbb": Outcome.FAIL,
    }
    assert run.status is Outcome.FAIL


@pytest.mark.parametrize("above", ["", "    flow_test.go:20: got 3 drops, want 4\n"])
def test_what_a_test_printed_is_taken_from_the_summary_if_it_is_not_above(above: str) -> None:
    log = (
        f"--- FAIL: TestFlow (0.31s)\n{above}FAIL pond.TestFlow (0.31s)\n"
        f"{FAILED_ALONE.partition(chr(10) * 2)[2]}DONE 1 tests, 1 failure in 0.4s\n"
    )
    (run,) = read_text(log.encode(), name="test.log").packages
    assert [line.text.strip() for line in run.lines if "_test.go" in line.text] == [
        "flow_test.go:20: got 3 drops, want 4"
    ]
    assert [test.name for test in run.tests] == ["TestFlow"]
