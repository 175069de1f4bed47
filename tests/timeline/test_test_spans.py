"""Tests on the case's clock: by the trace where it has them, else by stamps."""

from __future__ import annotations

import pytest

from flakecore.gotest import PackageRun
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.test_spans import TestSpan, TestStatus, parents_of, place_tests
from gotrace.constructed import starts
from timeline.constructed_runs import RUNNER, output, read, run_of

ZERO = 1_700_000_000_000_000_000
"""Unix time of the case's time 0, in nanoseconds."""
MS = 1_000_000
END = 900 * MS


def _at(ms: int) -> str:
    return f"2023-11-14T22:13:20.{ms:03d}Z"


def _run(*names: str, ended: bool = True) -> PackageRun:
    """Return a run whose tests begin every 100 ms; they end in reverse order, the first at 900."""
    events: list[dict[str, object]] = [
        {"Action": "run", "Test": name, "Time": _at(100 * at)} for at, name in enumerate(names, 1)
    ]
    if ended:
        events += [
            {"Action": "pass", "Test": name, "Time": _at(900 - 50 * at), "Elapsed": 0.1}
            for at, name in reversed(list(enumerate(names)))
        ]
    return run_of(*events)


def _stamped(run: PackageRun, end_ns: int = END) -> tuple[TestSpan, ...]:
    none = [0] * len(run.tests)
    return place_tests(run.tests, none, None, {}, {}, lambda wall_ns: wall_ns - ZERO, end_ns)


def test_without_a_trace_a_test_runs_from_its_stamps() -> None:
    outer, inner = _stamped(_run("TestA", "TestA/b"))
    assert (outer.start_ns, outer.end_ns) == (100 * MS, 900 * MS)
    assert (inner.start_ns, inner.end_ns) == (200 * MS, 850 * MS)
    assert (outer.parent, inner.parent, inner.depth, inner.short_name) == (-1, 0, 1, "b")
    assert inner.status is TestStatus.PASS


def test_stamps_after_the_end_of_the_case_are_moved_to_it() -> None:
    outer, _ = _stamped(_run("TestA", "TestA/b"), end_ns=150 * MS)
    assert (outer.start_ns, outer.end_ns) == (100 * MS, 150 * MS)


def test_a_test_that_never_ended_runs_to_the_end_of_the_case() -> None:
    (span,) = _stamped(_run("TestA", ended=False))
    assert (span.status, span.end_ns) == (TestStatus.UNFINISHED, END)


@pytest.mark.parametrize(
    ("names", "parents"),
    [
        (("TestA", "TestA/b", "TestA/b/c"), [-1, 0, 1]),
        (("TestA", "TestA/b/c"), [-1, 0]),
        (("TestA", "TestB", "TestA"), [-1, -1, -1]),
        (("TestA", "TestAB"), [-1, -1]),
        (("TestA/b",), [-1]),
    ],
)
def test_a_parent_is_the_longest_name_before_a_slash(
    names: tuple[str, ...], parents: list[int]
) -> None:
    run = _run(*names)
    assert parents_of(run.tests) == parents
    assert [span.parent for span in _stamped(run)] == parents


def test_a_repeated_test_is_the_next_attempt() -> None:
    events: list[dict[str, object]] = []
    for _ in range(2):
        events += [{"Action": "run", "Test": "TestA"}, {"Action": "pass", "Test": "TestA"}]
    assert [span.attempt for span in _stamped(run_of(*events))] == [1, 2]


def test_the_trace_gives_a_tests_beginning_its_end_and_its_parent() -> None:
    """Goroutine 7 runs TestA and creates 8, which runs TestA/b."""
    main = [*starts(1, 1, 0), "GoCreate dt=10 new_g=7 new_stack=1 stack=0"]
    seven = ["GoBlock dt=1 reason=0 stack=0", "GoStart dt=1 g=7 g_seq=1"]
    seven += ["GoCreate dt=20 new_g=8 new_stack=1 stack=0", "GoBlock dt=1 reason=0 stack=0"]
    eight = ["GoStart dt=1 g=8 g_seq=1", "GoDestroy dt=30"]
    trace = read({1: [*main, *seven, *eight]}, stacks=[[RUNNER]])
    tree = GoroutineTree(trace, {7: 0, 8: 1})
    runs = _run("TestA", "TestA/b").tests
    placed = place_tests(runs, [7, 8], tree, {8: 50}, {}, lambda wall: wall - ZERO, END)
    outer, inner = placed
    created = tree.goroutine(8)
    assert created is not None
    assert (inner.start_ns, inner.end_ns, inner.goroutine) == (created.created_ns, 50, 8)
    assert (inner.parent, outer.end_ns) == (0, END)


def test_a_pause_is_that_of_the_trace_where_it_has_one() -> None:
    stamped = run_of(
        {"Action": "run", "Test": "TestA", "Time": _at(100)},
        {"Action": "pause", "Test": "TestA", "Time": _at(110)},
        {"Action": "cont", "Test": "TestA", "Time": _at(300)},
        output("--- PASS: TestA (0.10s)", "TestA", Time=_at(400)),
        {"Action": "pass", "Test": "TestA", "Time": _at(400)},
    ).tests
    for parallel, waits in (({}, (110 * MS, 300 * MS)), ({7: (5, 9)}, (5, 9))):
        (span,) = place_tests(stamped, [7], None, {}, parallel, lambda wall: wall - ZERO, END)
        assert span.waits == (waits,)
