"""A call of t.Fatal that ends another goroutine than the test's is told with who waits on."""

from __future__ import annotations

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_runs import RELEASES, Level, program, reduced, sources_of, told
from diagnosis.rule_table import record
from flakecore.diagnosis import Weight
from flakecore.timeline import FailureKind, TimeSource
from timeline.captures import Capture

SHAPE = "fatal_elsewhere"
RULE = "fatal-elsewhere"
TOLD = {
    "TestFatalBeforeTheSend": ("t.Fatal", "sender"),
    "TestFatalOfOneWorker": ("t.Fatalf", "worker"),
    "TestFatalUnderDefer": ("t.Fatal", "under"),
}


def _causes(run: Capture, test: str, level: Level) -> list[str]:
    """Return the causes that are told of a test's timeout; it has failed by itself as well."""
    case = reduced(run.case, level)
    (failure,) = (
        each
        for each in case.failures
        if each.test_name == test and each.kind is FailureKind.TIMEOUT
    )
    found = explain(case, failure, sources_of(case) if level.has_source else None)
    return [told(each) for each in found if each.weight is Weight.CAUSE]


def _is_traced(run: Capture, test: str) -> bool:
    """Return whether the trace has the write of a message: it may lack the last one of a run."""
    lines = [
        run.case.output[each.output_line]
        for each in run.case.failures
        if each.test_name == test and each.kind is FailureKind.ASSERTION
    ]
    # Before Go 1.27 nothing tells an error of a test that has no result from a log line.
    return any(each.time_source is TimeSource.EXACT for each in lines)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_the_goroutine_that_ended_and_the_one_that_waits_are_told(test: str, release: str) -> None:
    run = program(SHAPE, release)
    call, mark = TOLD[test]
    places = f"[fails @fatal-{mark}; created @starts-{mark}; waits @waits-{mark}]"
    by_source = "inferred", "its own goroutine"
    by_trace = ("seen", "Ga") if _is_traced(run, test) else by_source
    for level, (how, whom) in ((Level.FULL, by_trace), (Level.LOG, by_source)):
        expected = [
            f"{RULE}, {how}: {call} (@fatal-{mark}) ended {whom}, not {test}, which waits at"
            f" @waits-{mark} {places}"
        ]
        found = _causes(run, test, level)
        record(RULE, level, expected, found)
        assert found == expected
    for level in (Level.BARE, Level.TRACE):
        assert RULE not in "".join(_causes(run, test, level))


@pytest.mark.parametrize("release", RELEASES)
def test_an_error_that_ends_nothing_is_not_told(release: str) -> None:
    run = program(SHAPE, release)
    for level in Level:
        found = _causes(run, "TestErrorBeforeTheWait", level)
        record(f"({SHAPE})", level, [], [each for each in found if each.startswith(RULE)])
        assert RULE not in "".join(found)
    failed = [e.kind for e in run.case.failures if e.test_name == "TestFatalWithDefer"]
    assert failed == [FailureKind.ASSERTION]
