"""Annotations among the events of one generation."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace.annotations.annotation_rows import find_annotations
from flakecore.gotrace.annotations.annotations import GenerationAnnotations
from flakecore.gotrace.format.tables import CpuSamples
from gotrace.constructed import NANOSECOND, first_generation, starts, trace_of

STRINGS = ["fetch", "parse", "size", "17"]


def _found(threads: dict[int, list[str]], sampled: int = 0) -> GenerationAnnotations:
    _, context, _ = first_generation(trace_of(threads, strings=STRINGS))
    sample = CpuSamples(*(np.array([each], np.int64) for each in (5, 1, 0, sampled, 3)))
    return find_annotations(context, sample, NANOSECOND.to_ns)


def test_a_task_has_its_type_and_parent_where_it_begins_and_neither_where_it_ends() -> None:
    thread = [
        *starts(1, 7, 0),
        "UserTaskBegin dt=1 task=5 parent=3 name=1 stack=0",
        "UserTaskEnd dt=1 task=5 stack=0",
    ]
    tasks = _found({1: thread}).tasks
    assert tasks.task.tolist() == [5, 5]
    assert tasks.parent.tolist() == [3, 0]
    assert tasks.name.tolist() == [1, 0]
    assert tasks.is_end.tolist() == [False, True]
    assert tasks.goroutine.tolist() == [7, 7]


def test_regions_are_in_the_order_of_their_goroutine_where_clocks_disagree() -> None:
    """Goroutine 7 moves from thread 1 to thread 2, whose clock is behind."""
    first = [
        *starts(1, 7, 0),
        "UserRegionBegin dt=50 task=0 name=2 stack=0",
        "GoStop dt=1 reason=0 stack=0",
    ]
    then = [
        "ProcStatus dt=1 p=1 pstatus=1",
        "GoStart dt=1 g=7 g_seq=1",
        "UserRegionEnd dt=1 task=0 name=2 stack=0",
    ]
    regions = _found({2: then, 1: first}).regions
    assert regions.is_end.tolist() == [False, True]
    assert regions.name.tolist() == [2, 2]
    assert regions.goroutine.tolist() == [7, 7]


def test_a_log_has_its_category_and_message() -> None:
    logs = _found({1: [*starts(1, 7, 0), "UserLog dt=1 task=0 key=3 value=4 stack=0"]}).logs
    assert (logs.category.tolist(), logs.message.tolist()) == ([3], [4])
    assert logs.time.tolist() == [3]


def test_a_sample_taken_on_no_goroutine_has_none() -> None:
    threads = {1: starts(1, 7, 0)}
    assert _found(threads).samples.goroutine.tolist() == [-1]
    assert _found(threads, sampled=7).samples.goroutine.tolist() == [7]
