"""The tests of a case on its clock, each with the goroutine that ran it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from flakecore.gotest import Outcome, TestRun
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree


class TestStatus(StrEnum):
    """How a test ended, in ``go test``'s own words."""

    __test__ = False

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    UNFINISHED = "unfinished"
    """It began and has no result: the process died or the output was cut."""


@dataclass(frozen=True, slots=True)
class TestSpan:
    """One attempt of one test: when it ran, and on which goroutine.

    Attributes:
        index: its index in ``Case.tests``.
        name: full name, subtests joined by a slash: ``TestDrain/slow``.
        parent: index of the test that ran it, or -1 for a top-level test.
        attempt: 1 for the first run of this name, 2 for the next (``-count``, ``-cpu``).
        status: how it ended.
        start_ns, end_ns: from its ``run`` to its end on the case's clock.
        waits: from ``pause`` to ``cont`` (``t.Parallel``), as (start_ns, end_ns).
        goroutine: the goroutine that ran it, 0 if unknown.
        short_name: its own part of the name, ``slow`` of ``TestDrain/slow``; it may hold slashes.
        depth: 0 for a top-level test, 1 for its subtests, and so on.
        elapsed_ns: its duration as its result reports it; None if it does not.
        timed: whether the trace or stamps give its begin and end. If not, only the distance
            of ``start_ns`` and ``end_ns`` means something, and only where ``elapsed_ns`` is known.
    """

    __test__ = False

    index: int
    name: str
    parent: int
    attempt: int
    status: TestStatus
    start_ns: int
    end_ns: int
    waits: tuple[tuple[int, int], ...]
    goroutine: int
    short_name: str
    depth: int
    elapsed_ns: int | None = None
    timed: bool = True

    @property
    def has_duration(self) -> bool:
        """Whether its duration is known from the trace, from stamps or from its result."""
        return self.timed or self.elapsed_ns is not None

    @property
    def duration_ns(self) -> int:
        """From start to end, pauses included."""
        return self.end_ns - self.start_ns


def _find_parent(name: str, names: Container[str]) -> str:
    """Return the name of the test that ran a subtest, "" for a top-level test.

    A subtest's own part of the name may hold slashes, so it is the longest of ``names`` before one.
    """
    parent = name.rpartition("/")[0]
    while parent and parent not in names:
        parent = parent.rpartition("/")[0]
    return parent


def place_tests(
    runs: Sequence[TestRun],
    goroutines: Sequence[int],
    tree: GoroutineTree | None,
    results: Mapping[int, int],
    parallel: Mapping[int, tuple[int, int]],
    to_case: Callable[[int], int],
    end_ns: int,
    laid: Sequence[tuple[int, int]] | None = None,
    running: Mapping[str, int] | None = None,
    *,
    from_start: bool = True,
) -> tuple[TestSpan, ...]:
    """Put test runs on the case's clock.

    Args:
        runs: in the order they began; a test's subtests follow it.
        goroutines: of each run, 0 where unknown.
        tree: the trace's goroutines, or None.
        results: when goroutines wrote the result of their test.
        parallel: when they wrote that it pauses, and that it goes on.
        to_case: from a wall clock stamp to the case's clock.
        end_ns: the case's end, where a test that never ended still ran.
        laid: where each ran if nothing gives its time (``reported_times``); None if stamps do.
        running: of the tests that a timeout names, for how long they had run.
        from_start: whether a goroutine that the trace does not see end was there to the end.
    """
    running = running or {}
    latest: dict[str, int] = {}
    spans: list[TestSpan] = []
    for index, (run, number) in enumerate(zip(runs, goroutines, strict=True)):
        goroutine = tree.goroutine(number) if tree is not None and number else None
        # Stamps come late: what ran within the case may seem to have run after it.
        ended = min(to_case(run.end_wall_ns), end_ns) if run.end_wall_ns is not None else end_ns
        elapsed = run.elapsed_ns if run.elapsed_ns is not None else running.get(run.name)
        if run.run_wall_ns is not None:
            started = min(to_case(run.run_wall_ns), end_ns)
        else:
            started = ended - (elapsed or 0)  # without -v only its result has a stamp
        if laid is not None:
            started, ended = laid[index]
        if goroutine is not None:
            if not goroutine.there_before:
                started = goroutine.created_ns
            # A test that the process died in is reported as ended only when the process is gone.
            if goroutine.ended_ns is not None or from_start:
                ended = goroutine.ended_ns if goroutine.ended_ns is not None else end_ns
            ended = results.get(number, ended)
        parent = latest.get(_find_parent(run.name, latest), -1)
        if tree is not None and goroutine is not None:
            # Only the trace distinguishes a subtest ``a/b`` from the subtest ``b`` of ``a``.
            parent = tree.test_of(goroutine.creator)
        if parent >= 0 and laid is None:
            # Its goroutine may end only after it has reported to its parent.
            ended = min(ended, spans[parent].end_ns)
        parent_name = spans[parent].name if parent >= 0 else ""
        latest[run.name] = index
        waits = tuple(
            (to_case(pause), to_case(go_on) if go_on is not None else max(ended, started))
            for pause, go_on in run.waits
        )
        if len(waits) == 1 and number in parallel:
            waits = (parallel[number],)
        spans.append(
            TestSpan(
                index=index,
                name=run.name,
                parent=parent,
                attempt=run.attempt + 1,
                status=TestStatus(Outcome(run.outcome).value),
                start_ns=started,
                end_ns=max(ended, started),
                waits=waits,
                goroutine=number,
                short_name=run.name[len(parent_name) + 1 :] if parent_name else run.name,
                depth=spans[parent].depth + 1 if parent >= 0 else 0,
                elapsed_ns=elapsed,
                timed=laid is None and (goroutine is not None or run.run_wall_ns is not None),
            )
        )
    return _one_after_another(spans, runs) if laid is None else tuple(spans)


def with_subtests(tests: Sequence[TestSpan], test: int) -> list[int]:
    """Return the indices of a test and its subtests at any depth, ascending."""
    within = {test}
    for span in tests:  # a subtest begins after the test that it is part of
        if span.parent in within:
            within.add(span.index)
    return sorted(within)


def parents_of(runs: Sequence[TestRun]) -> list[int]:
    """Return the index of each test's parent by their names, -1 for a top-level test."""
    latest: dict[str, int] = {}
    parents = []
    for index, run in enumerate(runs):
        parents.append(latest.get(_find_parent(run.name, latest), -1))
        latest[run.name] = index
    return parents


def _one_after_another(spans: Sequence[TestSpan], runs: Sequence[TestRun]) -> tuple[TestSpan, ...]:
    """Return tests of which one that never paused has ended when its next sibling begins.

    Its result may be printed, and stamped, only with that of its parent.
    """
    following: dict[int, int] = {}  # by parent, when the sibling behind began
    bounded = []
    for span, run in zip(reversed(spans), reversed(runs), strict=True):
        after = following.get(span.parent)
        if after is not None and span.timed and not run.paused and not span.goroutine:
            span = replace(span, end_ns=max(span.start_ns, min(span.end_ns, after)))
        if span.timed:
            following[span.parent] = span.start_ns
        bounded.append(span)
    return tuple(reversed(bounded))
