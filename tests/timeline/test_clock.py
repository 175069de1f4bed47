"""How the stamps of test output and the ticks of a trace become one clock."""

from __future__ import annotations

import pytest

from flakecore.gotest import PackageRun, read_json
from flakecore.timeline import ClockMethod
from timeline.captures import RELEASES, Capture, capture, read
from toolchains import NEWEST


@pytest.fixture(scope="module", params=RELEASES)
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "pairing")


def _log(run: Capture) -> PackageRun:
    (package,) = read_json((run.folder / "test.json").read_bytes(), name="test.json").packages
    return package


def test_the_trace_says_what_time_it_was_from_go_1_25_on() -> None:
    methods = [capture(release, "pairing").case.clock.method for release in RELEASES]
    assert methods == [ClockMethod.TEST_STARTS, ClockMethod.SNAPSHOT, ClockMethod.SNAPSHOT]


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


def test_what_a_test_logs_is_stamped_after_the_test_began(run: Capture) -> None:
    """The two clocks differ by little, and the stamp is taken when the line is read."""
    for line in run.case.output:
        if "runs on goroutine" in line.text:
            test = run.case.tests[line.reported_test]
            assert line.time_ns >= test.start_ns - 1_000_000
            assert line.error_ns == run.case.clock.error_ns


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
