"""Tasks, regions, logs, labels and CPU samples are those that Go's own reader reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotrace.annotations.annotation_rows import find_annotations
from flakecore.gotrace.annotations.annotations import (
    Annotations,
    GenerationAnnotations,
    Labels,
    Logs,
    Samples,
    SpanEvents,
    join_annotations,
)
from flakecore.gotrace.events.context import read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.tables import read_cpu_samples, read_stacks, read_strings
from gotrace.recordings import FORMATS, Recording, record
from gotrace.reference import ReferenceEvent


def _read(recording: Recording) -> tuple[Annotations, StackTable]:
    view, clock, table, found = memoryview(recording.data), recording.trace.clock, StackTable(), []
    for index in index_trace(view, name="trace").generations:
        events, _ = decode_events(view, index, name="trace")
        strings, _ = read_strings(view, index, name="trace")
        stacks, _ = read_stacks(view, index, name="trace")
        scheduling = LazyContext(events, read_statuses(events))
        own = find_annotations(scheduling, read_cpu_samples(view, index), clock.to_ns)
        found.append(TableRemap(table, strings, stacks).translate(own))
    return join_annotations(found, recording.trace.end_ns), table


class Read:
    """A recording's annotations, and how to compare them with what the reference says."""

    def __init__(self, release: str) -> None:
        self.recording = record(release)
        self.all, self.table = _read(self.recording)
        clock = self.recording.trace.clock
        self._zero = clock.zero * (1_000_000_000 // clock.frequency)

    def of_kind(self, *kinds: str) -> list[ReferenceEvent]:
        return [event for event in self.recording.every if event.kind in kinds]

    def is_at(self, event: ReferenceEvent, time: int) -> bool:
        return event.is_at(self._zero + time)

    def stack(self, number: int) -> list[tuple[str, int]]:
        return [(frame.function, frame.line) for frame in self.table.stack(number)]


@pytest.fixture(scope="module", params=FORMATS)
def read(request: pytest.FixtureRequest) -> Read:
    return Read(request.param)


def _fields(pattern: str) -> Callable[[ReferenceEvent], tuple[str, ...]]:
    def fields(event: ReferenceEvent) -> tuple[str, ...]:
        found = re.match(pattern, event.text)
        assert found is not None, event
        return found.groups()

    return fields


_TASK = _fields(r'ID=(\d+) Parent=(\d+) Type="(.*)"')
_REGION = _fields(r'Task=(\d+) Type="(.*)"')
_LOG = _fields(r'Task=(\d+) Category="(.*)" Message="(.*)"')
_LABEL = _fields(r'Label="(.*)" Resource=Goroutine\((\d+)\)')


def test_tasks_begin_and_end_as_the_reference_says(read: Read) -> None:
    tasks = read.all.tasks
    begins: dict[int, ReferenceEvent] = {}
    ends: dict[int, ReferenceEvent] = {}
    for event in read.of_kind("TaskBegin", "TaskEnd"):
        by_task = begins if event.kind == "TaskBegin" else ends
        by_task.setdefault(int(_TASK(event)[0]), event)
    rows = {int(task): row for row, task in enumerate(tasks.task)}
    assert rows.keys() == begins.keys() | ends.keys()
    assert len(rows) == len(tasks.task) > 50
    assert np.all(np.diff(tasks.start) >= 0)
    for task, row in rows.items():
        assert tasks.before[row] == (task not in begins)
        assert tasks.last[row] == (task not in ends)
        if task in begins:
            its, (_, parent, name) = begins[task], _TASK(begins[task])
            assert read.is_at(its, int(tasks.start[row]))
            assert (tasks.creator[row], read.stack(tasks.stack[row])) == (its.goroutine, its.stack)
            assert (tasks.parent[row] or 2**64 - 1) == int(parent)
            assert read.table.string(tasks.name[row]) == name
        else:
            assert (tasks.start[row], tasks.name[row], tasks.creator[row]) == (0, 0, -1)
        if task in ends:
            assert read.is_at(ends[task], int(tasks.end[row]))
        else:
            assert tasks.end[row] == read.recording.trace.end_ns


def _one(read: Read, name: str) -> int:
    names = [read.table.string(number) for number in read.all.tasks.name]
    assert names.count(name) == 1
    return names.index(name)


def test_a_task_may_go_on_over_generations(read: Read) -> None:
    tasks, begins = read.all.tasks, read.recording.trace.generations
    long, endless = _one(read, "long"), _one(read, "endless")
    assert tasks.start[long] < begins[1] <= begins[-1] < tasks.end[long]
    assert tasks.parent[endless] == tasks.task[long]
    assert tasks.last[endless]
    assert np.count_nonzero(tasks.before) == 1


def _reference_regions(
    read: Read,
) -> list[tuple[int, int, int, str, ReferenceEvent, ReferenceEvent | None]]:
    """Return each region's goroutine, depth, task, name, beginning and end."""
    going: defaultdict[int, list[list[Any]]] = defaultdict(list)
    every = []
    for event in read.of_kind("RegionBegin", "RegionEnd"):
        inside = going[event.goroutine]
        task, name = _REGION(event)
        if event.kind == "RegionEnd":
            inside.pop()[-1] = event
        else:
            inside.append([event.goroutine, len(inside), int(task), name, event, None])
            every.append(inside[-1])
    return [(goroutine, *rest) for goroutine, *rest in every]


def test_regions_lie_within_one_another_as_the_reference_says(read: Read) -> None:
    regions, theirs = read.all.regions, _reference_regions(read)
    assert len(regions.task) == len(theirs) > 100
    assert not regions.before.any()
    assert set(regions.depth.tolist()) == {0, 1, 2, 3}
    order = np.lexsort((regions.depth, regions.start, regions.goroutine)).tolist()
    theirs.sort(key=lambda region: (region[0], region[4].time))
    for row, (goroutine, depth, task, name, begin, end) in zip(order, theirs, strict=True):
        assert (regions.goroutine[row], regions.depth[row], regions.task[row]) == (
            goroutine,
            depth,
            task,
        )
        assert read.table.string(regions.name[row]) == name
        assert read.stack(regions.stack[row]) == begin.stack
        assert read.is_at(begin, int(regions.start[row]))
        assert regions.last[row] == (end is None)
        if end is not None:
            assert read.is_at(end, int(regions.end[row]))


def test_logs_are_the_references(read: Read) -> None:
    logs, theirs = read.all.logs, read.of_kind("Log")
    assert np.all(np.diff(logs.time) >= 0)
    order = np.argsort(logs.goroutine, kind="stable").tolist()
    theirs.sort(key=lambda event: event.goroutine)
    for row, event in zip(order, theirs, strict=True):
        texts = (read.table.string(logs.category[row]), read.table.string(logs.message[row]))
        assert (str(logs.task[row]), *texts) == _LOG(event)
        assert (logs.goroutine[row], read.stack(logs.stack[row])) == (event.goroutine, event.stack)
        assert read.is_at(event, int(logs.time[row]))


def test_labels_are_the_references(read: Read) -> None:
    labels, theirs = read.all.labels, read.of_kind("Label")
    order = np.argsort(labels.goroutine, kind="stable").tolist()
    theirs.sort(key=lambda event: event.goroutine)
    assert len(order) > 10
    for row, event in zip(order, theirs, strict=True):
        assert (read.table.string(labels.label[row]), str(labels.goroutine[row])) == _LABEL(event)
        assert read.is_at(event, int(labels.time[row]))


def test_cpu_samples_are_the_references(read: Read) -> None:
    samples, theirs = read.all.samples, read.of_kind("StackSample")
    order = np.argsort(samples.thread, kind="stable").tolist()
    theirs.sort(key=lambda event: event.thread)
    assert len(order) > 10
    for row, event in zip(order, theirs, strict=True):
        bound = samples.thread[row], samples.proc[row], samples.goroutine[row]
        assert bound == (event.thread, event.proc, event.goroutine)
        assert read.stack(samples.stack[row]) == event.stack
        assert read.is_at(event, int(samples.time[row]))


def _marked(*marks: tuple[int, int, bool]) -> GenerationAnnotations:
    """Return a generation with region marks of (goroutine, name, is_end), 10 ns apart."""
    wide, narrow = np.zeros(0, np.int64), np.zeros(0, np.int32)
    goroutine, name, is_end = (np.array([m[place] for m in marks], np.int64) for place in range(3))
    count = len(marks)
    regions = SpanEvents(
        task=np.zeros(count, np.int64),
        parent=np.zeros(count, np.int64),
        name=name.astype(np.int32),
        time=10 * np.arange(1, count + 1),
        goroutine=goroutine,
        stack=np.zeros(count, np.int32),
        is_end=is_end.astype(np.bool_),
    )
    return GenerationAnnotations(
        SpanEvents(wide, wide, narrow, wide, wide, narrow, np.zeros(0, np.bool_)),
        regions,
        Logs(wide, wide, wide, narrow, narrow, narrow),
        Labels(wide, wide, narrow),
        Samples(wide, wide, wide, wide, narrow),
    )


def _spans(*marks: tuple[int, int, bool]) -> list[tuple[int, int, int, int]]:
    """Return name, start, end and depth of each region."""
    regions = join_annotations([_marked(*marks)], 1_000).regions
    columns = (regions.name, regions.start, regions.end, regions.depth)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_a_region_may_end_before_one_that_began_within_it() -> None:
    crossed = _spans((7, 1, False), (7, 2, False), (7, 1, True), (7, 2, True))
    assert crossed == [(1, 10, 30, 0), (2, 20, 40, 1)]


def test_a_region_within_one_of_the_same_name_ends_first() -> None:
    recursive = _spans((7, 1, False), (7, 1, False), (7, 1, True), (7, 1, True))
    assert recursive == [(1, 10, 40, 0), (1, 20, 30, 1)]


def test_a_region_that_was_there_before_the_trace_lies_around_the_rest() -> None:
    assert _spans((7, 1, False), (7, 1, True), (7, 2, True)) == [(2, 0, 30, 0), (1, 10, 20, 1)]


def test_a_task_that_is_ended_twice_ends_the_first_time() -> None:
    end = np.array([False, True, True])
    times, none = np.array([10, 20, 30]), np.zeros(3, np.int64)
    marks = SpanEvents(
        none + 4, none, none.astype(np.int32), times, none, none.astype(np.int32), end
    )
    tasks = join_annotations([replace(_marked(), tasks=marks)], 1_000).tasks
    assert (tasks.task.tolist(), tasks.start.tolist(), tasks.end.tolist()) == ([4], [10], [20])


def test_a_trace_without_annotations_has_none() -> None:
    nothing = join_annotations([], 1_000)
    assert len(nothing.tasks.task) == len(nothing.regions.task) == len(nothing.logs.time) == 0


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 2), st.booleans()), min_size=1))
def test_regions_whose_marks_make_no_sense_still_end_after_they_begin(
    marks: list[tuple[int, int, bool]],
) -> None:
    regions = join_annotations([_marked(*marks)] * 2, 1_000).regions
    assert np.all(regions.end >= regions.start)
    assert np.all(regions.depth >= 0)
    whole = np.count_nonzero(~(regions.before | regions.last))
    known = sum(goroutine >= 0 for goroutine, _, _ in marks)
    assert len(regions.task) + whole == 2 * known
