"""What the program and its profiler wrote into an old trace, as columns like those of new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import Annotated, Labels, Logs, Marks, Samples
from flakecore.gotrace.v1.format.wire import EvV1, of_types
from flakecore.gotrace.v1.samples import OldSamples
from flakecore.gotrace.v1.segments import NO_THREAD, Segment

_ANNOTATIONS = of_types(
    EvV1.USER_TASK_CREATE, EvV1.USER_TASK_END, EvV1.USER_REGION, EvV1.USER_LOG, EvV1.GO_START_LABEL
)
_TASKS = of_types(EvV1.USER_TASK_CREATE, EvV1.USER_TASK_END)
_REGION_ENDS = 1


def find_annotations(
    stretch: Segment,
    samples: OldSamples,
    to_ns: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    number_texts: Callable[[Iterable[str]], NDArray[np.int64]],
    data: memoryview,
) -> Annotated:
    """Return the annotations of a stretch, under the file's numbers of strings and stacks.

    Args:
        stretch: the events.
        samples: the stretch's CPU samples.
        to_ns: from ticks to nanoseconds since the trace began.
        number_texts: gives numbers to strings; messages of logs have none.
        data: the file's bytes.
    """
    rows = np.flatnonzero(_ANNOTATIONS[stretch.type])
    # On a goroutine: by the turn in which it ran, then by the place in that proc's stream.
    rows = rows[np.argsort(stretch.sequence[rows], kind="stable")]
    kind = stretch.type[rows]

    def time(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return to_ns(stretch.tick[which])

    def goroutine(which: NDArray[np.intp]) -> NDArray[np.int64]:
        return stretch.running[which].astype(np.int64)

    def marks(which: NDArray[np.intp], is_end: NDArray[np.bool_], first: bool) -> Marks:
        """Return tasks, or regions; ``first`` says that only beginnings are named."""
        name = stretch.argument(2, which)
        parent = stretch.argument(1, which) if first else np.zeros(len(which), np.int64)
        if first:
            name[is_end] = parent[is_end] = 0
        return Marks(
            task=stretch.argument(0, which),
            parent=parent,
            name=name,
            time=time(which),
            goroutine=goroutine(which),
            stack=stretch.stack(which),
            is_end=is_end,
        )

    tasks, regions = rows[_TASKS[kind]], rows[kind == EvV1.USER_REGION]
    mode = stretch.argument(1, regions)
    known = (mode >= 0) & (mode <= _REGION_ENDS)
    regions, mode = regions[known], mode[known]
    logs, labels = rows[kind == EvV1.USER_LOG], rows[kind == EvV1.GO_START_LABEL]
    return Annotated(
        tasks=marks(tasks, stretch.type[tasks] == EvV1.USER_TASK_END, first=True),
        regions=marks(regions, mode == _REGION_ENDS, first=False),
        logs=Logs(
            time=time(logs),
            goroutine=goroutine(logs),
            task=stretch.argument(0, logs),
            category=stretch.argument(1, logs),
            message=number_texts(stretch.events.texts(data, stretch.rows[logs])),
            stack=stretch.stack(logs),
        ),
        labels=Labels(
            time=time(labels),
            goroutine=stretch.named[labels].astype(np.int64),
            label=stretch.argument(2, labels),
        ),
        samples=Samples(
            time=to_ns(samples.tick),
            thread=np.full(len(samples.tick), NO_THREAD, np.int64),
            proc=samples.proc,
            goroutine=samples.goroutine,
            stack=samples.stack,
        ),
    )
