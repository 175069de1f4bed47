"""Annotations of a trace of Go 1.11 to 1.21, in the columns of the newer format."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import (
    GenerationAnnotations,
    Labels,
    Logs,
    Samples,
    SpanEvents,
)
from flakecore.gotrace.v1.format.wire import EvV1, of_types
from flakecore.gotrace.v1.proc_bindings import NO_THREAD
from flakecore.gotrace.v1.samples import SamplesV1
from flakecore.gotrace.v1.segments import Segment

_ANNOTATIONS = of_types(
    EvV1.USER_TASK_CREATE, EvV1.USER_TASK_END, EvV1.USER_REGION, EvV1.USER_LOG, EvV1.GO_START_LABEL
)
_TASKS = of_types(EvV1.USER_TASK_CREATE, EvV1.USER_TASK_END)
_REGION_ENDS = 1


def find_annotations(
    segment: Segment,
    samples: SamplesV1,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    number_texts: Callable[[Iterable[str]], NDArray[np.int64]],
    data: memoryview,
) -> GenerationAnnotations:
    """Return the annotations of a segment, under the file's string and stack numbers.

    Args:
        segment: the events.
        samples: the segment's CPU samples.
        to_ns: converts ticks to nanoseconds since the trace began.
        number_texts: numbers strings; messages of logs have no numbers in the file.
        data: the file's bytes.
    """
    rows = np.flatnonzero(_ANNOTATIONS[segment.type])
    # In the order of each goroutine: by the sequence number with which it ran, then by row.
    rows = rows[np.argsort(segment.sequence[rows], kind="stable")]
    kind = segment.type[rows]

    def time(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return to_ns(segment.tick[which])

    def goroutine(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return segment.running[which].astype(np.int64)

    def span_events(
        which: NDArray[np.intp], is_end: NDArray[np.bool_], is_task: bool
    ) -> SpanEvents:
        """Return begin and end events of tasks, of which only begins have a name, or of regions."""
        name = segment.argument(2, which)
        parent = segment.argument(1, which) if is_task else np.zeros(len(which), np.int64)
        if is_task:
            name[is_end] = parent[is_end] = 0
        return SpanEvents(
            task=segment.argument(0, which),
            parent=parent,
            name=name,
            time=time(which),
            goroutine=goroutine(which),
            stack=segment.stack(which),
            is_end=is_end,
        )

    tasks, regions = rows[_TASKS[kind]], rows[kind == EvV1.USER_REGION]
    mode = segment.argument(1, regions)
    valid = (mode >= 0) & (mode <= _REGION_ENDS)
    regions, mode = regions[valid], mode[valid]
    logs, labels = rows[kind == EvV1.USER_LOG], rows[kind == EvV1.GO_START_LABEL]
    return GenerationAnnotations(
        tasks=span_events(tasks, segment.type[tasks] == EvV1.USER_TASK_END, is_task=True),
        regions=span_events(regions, mode == _REGION_ENDS, is_task=False),
        logs=Logs(
            time=time(logs),
            goroutine=goroutine(logs),
            task=segment.argument(0, logs),
            category=segment.argument(1, logs),
            message=number_texts(segment.events.texts(data, segment.rows[logs])),
            stack=segment.stack(logs),
        ),
        labels=Labels(
            time=time(labels),
            goroutine=segment.named[labels].astype(np.int64),
            label=segment.argument(2, labels),
        ),
        samples=Samples(
            time=to_ns(samples.tick),
            thread=np.full(len(samples.tick), NO_THREAD, np.int64),
            proc=samples.proc,
            goroutine=samples.goroutine,
            stack=samples.stack,
        ),
    )
