"""Goroutines as a table."""

from __future__ import annotations

import numpy as np

from flakecore.gotrace import Trace
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.tables.columns import NOWHERE, Table, places, stack_place, text_column


def goroutine_table(trace: Trace | None, tree: GoroutineTree | None, package: str) -> Table:
    """Return all goroutines, by number; ``CaseTables.goroutines`` documents the columns."""
    if trace is None or tree is None:
        wide, flag = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return {
            "goroutine": wide,
            "start_function": text_column(()),
            "creator": wide,
            "created_ns": wide,
            "ended_ns": wide,
            "to_the_end": flag,
            **places(wide, lambda _: NOWHERE),
            "test": np.zeros(0, np.int32),
            "system": flag,
        }
    found, created = tree.columns(), trace.creations
    known = found.creation >= 0
    stack, created_ns = (np.zeros(len(known), np.int64) for _ in range(2))
    stack[known] = created.stack[found.creation[known]]
    created_ns[known] = created.time[found.creation[known]]
    ended_ns = trace.goroutines.ends_of(found.goroutine)
    return {
        "goroutine": found.goroutine,
        "start_function": text_column(tree.functions()),
        "creator": found.creator,
        "created_ns": created_ns,
        "ended_ns": np.where(ended_ns < 0, trace.end_ns, ended_ns),
        "to_the_end": ended_ns < 0,
        **places(stack, lambda number: stack_place(trace.table.stack(number), package)),
        "test": found.test.astype(np.int32),
        "system": np.isin(found.goroutine, tree.system),
    }
