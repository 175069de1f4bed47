"""Annotations among a generation's events, read from their rows alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import (
    GenerationAnnotations,
    Labels,
    Logs,
    Samples,
    SpanEvents,
)
from flakecore.gotrace.events.context import NO_GOROUTINE
from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.tables import CpuSamples
from flakecore.gotrace.format.wire import Ev, of_types

_IS_ANNOTATION = of_types(
    Ev.USER_TASK_BEGIN,
    Ev.USER_TASK_END,
    Ev.USER_REGION_BEGIN,
    Ev.USER_REGION_END,
    Ev.USER_LOG,
    Ev.GO_LABEL,
)
_TASK = of_types(Ev.USER_TASK_BEGIN, Ev.USER_TASK_END)
_REGION = of_types(Ev.USER_REGION_BEGIN, Ev.USER_REGION_END)


def find_annotations(
    context: LazyContext,
    cpu_samples: CpuSamples,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> GenerationAnnotations:
    """Return the annotations of a generation, under its string and stack numbers."""
    events = context.events
    rows = events.of_types(_IS_ANNOTATION)
    # In the order of each goroutine: by the sequence number with which it ran, then by row.
    rows = rows[np.argsort(context.at(rows).goroutine_span, kind="stable")]
    kind = events.type[rows]

    def time(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return to_ns(events.tick[which])

    def goroutine(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return context.at(which).goroutine.astype(np.int64)

    def argument(index: int, which: NDArray[np.intp]) -> NDArray[np.int64]:
        return events.argument(index, which).astype(np.int64)

    def span_events(
        which: NDArray[np.intp],
        is_end: NDArray[np.bool_],
        named: NDArray[np.bool_],
        name_index: int,
    ) -> SpanEvents:
        name, parent = np.zeros(len(which), np.int64), np.zeros(len(which), np.int64)
        name[named] = argument(name_index, which[named])
        begins_task = events.type[which] == Ev.USER_TASK_BEGIN
        parent[begins_task] = argument(1, which[begins_task])
        return SpanEvents(
            task=argument(0, which),
            parent=parent,
            name=name,
            time=time(which),
            goroutine=goroutine(which),
            stack=events.stack(which),
            is_end=is_end,
        )

    tasks, regions = rows[_TASK[kind]], rows[_REGION[kind]]
    ends_task = events.type[tasks] == Ev.USER_TASK_END
    ends_region = events.type[regions] == Ev.USER_REGION_END
    logs, labels = rows[kind == Ev.USER_LOG], rows[kind == Ev.GO_LABEL]
    sampled = cpu_samples.goroutine
    return GenerationAnnotations(
        tasks=span_events(tasks, ends_task, ~ends_task, 2),
        regions=span_events(regions, ends_region, np.ones(len(regions), np.bool_), 1),
        logs=Logs(
            time=time(logs),
            goroutine=goroutine(logs),
            task=argument(0, logs),
            category=argument(1, logs),
            message=argument(2, logs),
            stack=events.stack(logs),
        ),
        labels=Labels(time(labels), goroutine(labels), argument(0, labels)),
        samples=Samples(
            time=to_ns(cpu_samples.tick),
            thread=cpu_samples.thread,
            proc=cpu_samples.proc,
            goroutine=np.where(sampled == 0, NO_GOROUTINE, sampled),
            stack=cpu_samples.stack,
        ),
    )
