"""Tasks, regions, logs, labels and CPU samples of old traces are those that Go's reader finds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import join_annotations
from gotrace.v1.samples import NAMES, Sample, sample
from gotrace.v1.test_against_reference import EARLY_NS, LATE_NS

TASKS = "user_task_region_1_21_good"
SAMPLED = "fmt_1_21_pprof_good"


@pytest.fixture(params=NAMES)
def old(request: pytest.FixtureRequest) -> Sample:
    return sample(request.param)


def _strings(old: Sample, numbers: NDArray[Any]) -> list[str]:
    return [old.trace.strings[number] for number in numbers.tolist()]


def _rows(*columns: NDArray[Any] | list[Any]) -> list[tuple[Any, ...]]:
    lists = (each if isinstance(each, list) else each.tolist() for each in columns)
    return list(zip(*lists, strict=True))


def _same(ours: list[tuple[Any, ...]], old: Sample, *kinds: str) -> None:
    """Compare what we say, the time first and the kind second, with the reference's events."""
    theirs = [event for event in old.reference if event.kind in kinds]
    assert Counter(mine[1:] for mine in ours) == Counter(
        (its.kind, its.goroutine, its.text, tuple(its.stack)) for its in theirs
    )
    for mine, its in zip(sorted(ours), theirs, strict=True):
        assert -EARLY_NS <= its.time - mine[0] < LATE_NS


def test_tasks_begin_and_end_as_the_reference_says(old: Sample) -> None:
    marks = old.trace.annotations.tasks
    named = {
        task: (parent, name)
        for task, parent, name, is_end in _rows(
            marks.task, marks.parent, _strings(old, marks.name), marks.is_end
        )
        if not is_end
    }
    ours = []
    for time, goroutine, task, stack, is_end in _rows(
        marks.time, marks.goroutine, marks.task, marks.stack, marks.is_end
    ):
        parent, name = named.get(task, (None, ""))
        # At the end of a task the reference says 0 for none, at its beginning the largest number.
        none = 0 if is_end and parent is not None else 2**64 - 1
        text = f'ID={task} Parent={parent or none} Type="{name}"'
        kind = "TaskEnd" if is_end else "TaskBegin"
        ours.append((time, kind, goroutine, text, tuple(old.stacks[stack])))
    _same(ours, old, "TaskBegin", "TaskEnd")


def test_regions_begin_and_end_as_the_reference_says(old: Sample) -> None:
    marks = old.trace.annotations.regions
    names = _strings(old, marks.name)
    ours = [
        (
            time,
            "RegionEnd" if is_end else "RegionBegin",
            goroutine,
            f'Task={task} Type="{name}"',
            tuple(old.stacks[stack]),
        )
        for time, goroutine, task, name, stack, is_end in _rows(
            marks.time, marks.goroutine, marks.task, names, marks.stack, marks.is_end
        )
    ]
    _same(ours, old, "RegionBegin", "RegionEnd")


def test_logs_are_the_references(old: Sample) -> None:
    logs = old.trace.annotations.logs
    category, message = _strings(old, logs.category), _strings(old, logs.message)
    ours = [
        (
            time,
            "Log",
            goroutine,
            f'Task={task} Category="{key}" Message="{text}"',
            tuple(old.stacks[stack]),
        )
        for time, goroutine, task, key, text, stack in _rows(
            logs.time, logs.goroutine, logs.task, category, message, logs.stack
        )
    ]
    _same(ours, old, "Log")


def test_labels_are_the_references(old: Sample) -> None:
    labels = old.trace.annotations.labels
    ours = [
        (time, "Label", goroutine, f'Label="{label}" Resource=Goroutine({goroutine})', ())
        for time, goroutine, label in _rows(
            labels.time, labels.goroutine, _strings(old, labels.label)
        )
    ]
    _same(ours, old, "Label")


def test_annotations_pair_as_those_of_new_traces_do() -> None:
    old = sample(TASKS)
    found = join_annotations([old.trace.annotations], 1_000_000_000)
    assert _strings(old, found.tasks.name) == ["task0"]
    assert not found.tasks.last.any()
    assert _strings(old, found.regions.name) == ["region0", "region1", "post-existing region"]
    assert found.regions.depth.tolist() == [0, 1, 0]
    assert found.regions.last.tolist() == [False, False, True]
    assert np.all(found.regions.end >= found.regions.start)
    assert _strings(old, found.logs.message) == ["0123456789abcdef"]


def test_cpu_samples_have_a_stack_and_a_proc() -> None:
    old = sample(SAMPLED)
    samples = old.trace.annotations.samples
    assert len(samples.time) == 4
    assert np.all(np.diff(samples.time) >= 0)
    assert np.all((samples.time >= 0) & (samples.proc >= 0) & (samples.goroutine > 0))
    assert all(old.stacks[stack] for stack in samples.stack.tolist())
