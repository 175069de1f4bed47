"""A run's failures decide how tests without a result ended, and whose the lines of a crash are."""

from __future__ import annotations

from flakecore.timeline import TestStatus
from timeline.captures import Capture, capture
from toolchains import NEWEST


def _run() -> Capture:
    return capture(NEWEST, "endings/crashes", "-run=^(TestBefore|TestSubtestPanics)$")


def test_a_test_without_a_result_fails_with_the_subtest_that_panicked() -> None:
    run = _run()
    assert run.test("TestSubtestPanics/inner").status is TestStatus.FAIL
    assert run.test("TestSubtestPanics").status is TestStatus.FAIL


def test_a_panic_has_the_first_dump_and_its_lines_are_of_the_test_that_panicked() -> None:
    run = _run()
    inner = run.test("TestSubtestPanics/inner")
    (failure,) = run.case.failures
    assert failure.goroutine == run.case.dumps[0].goroutines[0].stack.number
    (line,) = (line for line in run.case.output if line.text.startswith("panic: broken: 7"))
    assert line.test == inner.index
