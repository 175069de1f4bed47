"""Garbage collections and stops of the world as a table."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace import RangeKind, Trace
from flakecore.timeline.lanes.collections import KIND_OF_RANGE, range_name
from flakecore.timeline.tables.columns import (
    NOWHERE,
    Table,
    numbered_text,
    places,
    stack_place,
    text_column,
)


def collection_table(trace: Trace | None, package: str) -> Table:
    """Return all phases of collections; ``CaseTables.collections`` documents the columns."""
    if trace is None:
        wide = np.zeros(0, np.int64)
        return {
            "kind": text_column(()),
            "name": text_column(()),
            "start_ns": wide,
            "end_ns": wide,
            "goroutine": wide,
            "proc": wide,
            **places(wide, lambda _: NOWHERE),
        }
    ranges, table = trace.ranges, trace.table
    # One number for each kind with each reason: a stop of the world has one, the others have 0.
    named = ranges.name.astype(np.int64) * len(RangeKind) + ranges.kind
    return {
        "kind": numbered_text(ranges.kind, lambda number: KIND_OF_RANGE[RangeKind(number)].value),
        "name": numbered_text(
            named,
            lambda number: range_name(
                RangeKind(number % len(RangeKind)), table.string(number // len(RangeKind))
            ),
        ),
        "start_ns": ranges.start,
        "end_ns": ranges.end,
        "goroutine": np.maximum(ranges.goroutine, 0),
        "proc": ranges.proc,
        **places(ranges.stack, lambda number: stack_place(table.stack(number), package)),
    }
