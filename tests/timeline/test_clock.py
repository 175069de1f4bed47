"""How the stamps of test output and the ticks of a trace become one clock."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotest import PackageRun, read_json
from flakecore.timeline import ClockMethod, TimeSource
from flakecore.timeline.clock import align
from timeline.captures import RELEASES, Capture, capture, read
from toolchains import NEWEST


@pytest.fixture(scope="module", params=RELEASES)
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "pairing")


def _log(run: Capture) -> PackageRun:
    (package,) = read_json((run.folder / "test.json").read_bytes(), name="test.json").packages
    return package


def test_lines_that_are_paired_with_their_writes_tie_the_clocks(run: Capture) -> None:
    assert run.case.clock.method is ClockMethod.WRITES
    exact = {
        line.text: line.time_ns for line in run.case.output if line.time_source is TimeSource.EXACT
    }
    zero = run.case.clock.zero_wall_ns
    assert zero is not None
    lags = [
        line.wall_ns - zero - exact[line.text]
        for line in _log(run).lines
        if line.wall_ns is not None and line.text in exact
    ]
    assert len(lags) > 400
    assert max(map(abs, lags)) <= run.case.clock.error_ns


def test_the_stated_error_holds_for_the_start_of_every_test(run: Capture) -> None:
    clock, log = run.case.clock, _log(run)
    assert clock.zero_wall_ns is not None
    compared = 0
    for test, stamped in zip(run.case.tests, log.tests, strict=True):
        if test.goroutine:
            assert stamped.run_wall_ns is not None
            by_stamp = stamped.run_wall_ns - clock.zero_wall_ns
            assert abs(by_stamp - test.start_ns) <= clock.error_ns
            compared += 1
    assert compared > 200
    assert clock.error_ns < 500_000_000


def test_starts_that_are_stamped_later_than_every_paired_line_count_in_the_error(
    run: Capture,
) -> None:
    log, late = _log(run), 400_000_000
    assert run.case.trace is not None
    zero = run.case.clock.zero_wall_ns
    assert zero is not None
    stamped = [test.run_wall_ns for test in log.tests]
    created = [None if stamp is None else stamp - zero - late for stamp in stamped]
    paired = np.array([zero], np.int64), np.array([0], np.int64)
    clock = align(run.case.trace, log, created, paired)
    assert clock.method is ClockMethod.WRITES
    assert late - 1_000_000 <= clock.error_ns < late + 1_000_000
    assert align(run.case.trace, log, [None] * len(created), paired).error_ns < late


def test_what_a_test_logs_was_written_while_it_ran(run: Capture) -> None:
    for line in run.case.output:
        if "runs on goroutine" in line.text:
            test = run.case.tests[line.reported_test]
            assert line.time_source is TimeSource.EXACT
            assert line.error_ns == 0
            assert test.start_ns <= line.time_ns <= test.end_ns


def test_what_was_printed_before_the_trace_has_a_negative_time() -> None:
    run = capture(NEWEST, "work")
    first = run.case.output[0]
    assert first.text == "before the trace"
    assert run.case.start_ns <= first.time_ns < -20_000_000
    assert all(test.start_ns >= 0 for test in run.case.tests)


def test_without_a_trace_the_stamps_are_the_clock() -> None:
    run = capture(NEWEST, "endings/asserts", trace=False)
    assert run.case.clock.method is ClockMethod.STAMPS
    assert run.case.clock.zero_wall_ns == _log(run).start_wall_ns
    assert run.case.start_ns == 0
    assert all(line.time_ns >= 0 for line in run.case.output)
    assert run.case.schedule is None
    assert run.case.gc is None


def test_without_test_output_the_trace_is_the_clock(run: Capture) -> None:
    alone = read(run.folder / "trace.out").case
    assert alone.clock.method in (ClockMethod.TRACE, ClockMethod.SNAPSHOT)
    assert (alone.start_ns, alone.end_ns) == (0, run.schedule.end_ns)
    assert len(alone.tests) == len(alone.failures) == 0
    assert len(alone.output) == 0
