"""A made-up case whose every fact is known: a lock-order deadlock among parallel tests.

Its schedule is scripted instead of read from a trace, so that a test can say exactly what stands
where. Looks, and the panes together, are tested on the real sample as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flakecore.diagnosis import Certainty, Evidence, Finding
from flakecore.timeline import (
    Case,
    Clock,
    ClockMethod,
    Failure,
    FailureKind,
    OutputLine,
    OutputLines,
    TestSpan,
    TestStatus,
    TimeSource,
)
from tui.scripted_collections import ScriptedCollections
from tui.scripted_schedule import END, MS, PACKAGE, ScriptedSchedule

TESTS = (
    TestSpan(
        0,
        "TestDrain",
        -1,
        1,
        TestStatus.FAIL,
        20 * MS,
        3_520 * MS,
        ((21 * MS, 22 * MS),),
        21,
        "TestDrain",
        0,
    ),
    TestSpan(1, "TestDrain/fast", 0, 1, TestStatus.PASS, 28 * MS, 32 * MS, (), 36, "fast", 1),
    TestSpan(2, "TestFill", -1, 1, TestStatus.FAIL, 5 * MS, 17 * MS, (), 18, "TestFill", 0),
    TestSpan(3, "TestReset", -1, 1, TestStatus.PASS, 18 * MS, 19 * MS, (), 0, "TestReset", 0),
)

_OUTPUT = (
    (5, 2, 2, 18, "=== RUN   TestFill"),
    (16, 2, 2, 18, "    pool_test.go:21: got 3 items, want 4"),
    (17, 2, 2, 18, "--- FAIL: TestFill (0.01s)"),
    (20, 0, 0, 21, "=== RUN   TestDrain"),
    (26, 0, 0, 34, "drain: begin"),
    (131, 0, 2, 35, "worker: [bold]flush[/bold] first"),
    (420, 0, 0, 21, "drain: waiting for the pool"),
    (3500, 0, 0, 21, "panic: test timed out after 3.5s"),
    (3510, 0, 0, 0, "FAIL\texample.com/pool\t3.51s"),
)

FAILURES = (
    Failure(
        0,
        2,
        "TestFill",
        FailureKind.ASSERTION,
        16 * MS,
        "got 3 items, want 4",
        "pool_test.go",
        21,
        18,
        1,
    ),
    Failure(
        1,
        0,
        "TestDrain",
        FailureKind.TIMEOUT,
        3_500 * MS,
        "test timed out after 3.5s",
        "pool_test.go",
        40,
        21,
        7,
    ),
)

FINDINGS = (
    Finding(
        rule="blocked",
        claim="G34 and G35 each wait for a mutex, woken by nobody until the end.",
        certainty=Certainty.SEEN,
        evidence=(Evidence("G34 waits for a mutex at pool.go:88", 421 * MS, 34),),
    ),
)


def output(texts: Sequence[tuple[int, int, int, int, str]] = _OUTPUT) -> OutputLines:
    lines = [
        OutputLine(index, time * MS, 0, TimeSource.STAMPED, test, reported, goroutine, text)
        for index, (time, test, reported, goroutine, text) in enumerate(texts)
    ]
    return OutputLines(lines, {test.index: test.parent for test in TESTS})


def deadlock() -> Case:
    """The whole case: two failures, the second a deadlock that a timeout ends."""
    return Case(
        package=PACKAGE,
        go_version="go1.27.3",
        race=True,
        start_ns=0,
        end_ns=END,
        clock=Clock(ClockMethod.SNAPSHOT, 64, 1_700_000_000_000_000_000),
        tests=TESTS,
        failures=FAILURES,
        output=output(),
        trace=None,
        schedule=ScriptedSchedule(),
        gc=ScriptedCollections(),
        crashes=(),
        races=(),
        losses=(),
    )


def without_trace() -> Case:
    """The same run, of which only the output was kept."""
    return replace(deadlock(), schedule=None, gc=None)


def all_passed() -> Case:
    """A run in which nothing failed."""
    passed = tuple(replace(test, status=TestStatus.PASS) for test in TESTS)
    return replace(deadlock(), tests=passed, failures=())
