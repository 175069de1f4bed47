"""What the garbage collector did, held to what the program measured of itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from flakecore.timeline import CollectionKind, Collections, TestSpan
from flakecore.timeline.lanes.folded_time import axis_of
from timeline.captures import RELEASES, Capture, capture
from toolchains import NEWEST

MIB = 1 << 20


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "work")


def _gc(run: Capture) -> Collections:
    assert run.case.gc is not None
    return run.case.gc


def _collecting(run: Capture) -> tuple[TestSpan, int, int]:
    """Return the test, and the cycles and bytes that it measured."""
    found = re.search(r"cycles=(\d+) heap=(\d+)", "\n".join(run.texts_of("TestCollects")))
    assert found is not None
    return run.test("TestCollects"), int(found[1]), int(found[2])


def test_every_collection_is_a_cycle_and_stops_the_world_twice(run: Capture) -> None:
    test, cycles, _ = _collecting(run)
    spans = _gc(run).spans(test.start_ns, test.end_ns)
    of_kind = {kind: [span for span in spans if span.kind is kind] for kind in CollectionKind}
    # One more, before it began to count.
    assert len(of_kind[CollectionKind.CYCLE]) == cycles + 1 == 3
    names = [span.name for span in of_kind[CollectionKind.STOP_THE_WORLD]]
    assert names.count("stop-the-world (GC sweep termination)") == 3
    assert names.count("stop-the-world (GC mark termination)") == 3
    assert names.count("stop-the-world (read mem stats)") == 2
    for cycle in of_kind[CollectionKind.CYCLE]:
        assert cycle.name == "GC concurrent mark phase"
        assert 0 < cycle.duration_ns < test.duration_ns


def test_whoever_stops_the_world_is_named(run: Capture) -> None:
    test, _, _ = _collecting(run)
    stops = _gc(run).spans(test.start_ns, test.end_ns, CollectionKind.STOP_THE_WORLD)
    (first, _) = (span for span in stops if "read mem stats" in span.name)
    assert first.goroutine == test.goroutine
    functions = [frame.function for frame in first.stack]
    assert functions[0].startswith("runtime.")
    assert "example.com/work.TestCollects" in functions


def test_spans_come_in_order_and_touch_the_window(run: Capture) -> None:
    gc, end = _gc(run), run.schedule.end_ns
    everything = gc.spans(0, end)
    starts = [span.start_ns for span in everything]
    assert starts == sorted(starts)
    for start, until in ((0, end // 3), (end // 3, end // 2), (end - 1, end)):
        touching = [s for s in everything if s.start_ns <= until and s.end_ns >= start]
        assert list(gc.spans(start, until)) == touching
    for kind in CollectionKind:
        assert list(gc.spans(0, end, kind)) == [s for s in everything if s.kind is kind]


def test_the_heap_is_as_large_as_the_program_measures(run: Capture) -> None:
    test, _, measured = _collecting(run)
    heap, goal = _gc(run).heap(axis_of(test.start_ns, test.end_ns, (), 1))
    assert 64 * MIB <= measured <= int(heap[0]) * 1.02
    assert int(heap[0]) <= measured * 1.1
    assert goal[0] > 0


def test_the_heap_of_a_column_is_its_highest(run: Capture) -> None:
    trace = run.case.trace
    assert trace is not None
    end, columns = run.schedule.end_ns, 37
    heap, _ = _gc(run).heap(axis_of(0, end, (), columns))
    edges = [place * end // columns for place in range(columns + 1)]
    for place in range(columns):
        low, high = edges[place], edges[place + 1]
        inside = trace.heap.value[(trace.heap.time > low) & (trace.heap.time <= high)]
        carried = trace.heap.value[trace.heap.time <= low][-1:]
        assert heap[place] == max([-1, *inside.tolist(), *carried.tolist()])
    assert np.any(heap > 64 * MIB)
    before, _ = _gc(run).heap(axis_of(-1_000, -1, (), 4))
    assert before.tolist() == [-1] * 4
