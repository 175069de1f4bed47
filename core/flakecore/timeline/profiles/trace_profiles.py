"""Profiles of a window of the trace: where goroutines ran, by its CPU samples, and waited.

The samples that a trace holds are those of a CPU profile that was taken meanwhile. Each stands for
the time from one to the next, 10 ms at Go's rate of 100 a second (``runtime/pprof``), which is
stated nowhere in the trace. Waits are exact: each counts with the part of it in the window.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace import IntervalColumns, State, Trace, is_waiting
from flakecore.pprof import Label, Profile, ProfileFrame, ValueType, merged, stacks_of
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.test_spans import TestSpan
from flakecore.times import MILLISECOND

SAMPLE_NS = 10 * MILLISECOND
"""Processor time that one sample stands for (``src/runtime/pprof/pprof.go``: 100 Hz)."""
CPU_KIND, WAIT_KIND, WALL_KIND = "trace-cpu", "trace-wait", "trace-wall"
TRACE_KINDS = {
    CPU_KIND: "the trace's CPU samples: what ran",
    WAIT_KIND: "the trace's waits: what goroutines waited for",
    WALL_KIND: "both in one",
}
TEST_LABEL = "test"

Ints = NDArray[np.int64]


class TraceProfiles:
    """Makes profiles of windows of one trace."""

    def __init__(self, trace: Trace, tree: GoroutineTree, tests: Sequence[TestSpan]) -> None:
        """Look at a trace whose goroutines ``tree`` assigns to ``tests``."""
        self._trace = trace
        self._tree = tree
        self._tests = tests

    def is_decoded(self, start_ns: int, end_ns: int) -> bool:
        """Return whether a window's waits can be added up without decoding the trace again."""
        return self._trace.goroutines.is_cached(self._trace.goroutines.touched(start_ns, end_ns))

    def profile(
        self, kind: str, start_ns: int, end_ns: int, goroutines: Ints | None = None
    ) -> Profile:
        """Return the profile of a window.

        Args:
            kind: one of ``TRACE_KINDS``.
            start_ns: the window's beginning, nanoseconds since the trace began.
            end_ns: its end.
            goroutines: only these; None for all but the runtime's own waits.
        """
        if kind == CPU_KIND:
            return self._ran(start_ns, end_ns, goroutines)
        if kind == WAIT_KIND:
            return self._waited(start_ns, end_ns, goroutines)
        return merged(
            (self._ran(start_ns, end_ns, goroutines), self._waited(start_ns, end_ns, goroutines))
        )

    def _ran(self, start_ns: int, end_ns: int, goroutines: Ints | None) -> Profile:
        samples = self._trace.annotations.samples
        begin, end = np.searchsorted(samples.time, [start_ns, end_ns])
        goroutine, stack = samples.goroutine[begin:end], samples.stack[begin:end].astype(np.int64)
        if goroutines is not None:
            chosen = np.isin(goroutine, goroutines)
            goroutine, stack = goroutine[chosen], stack[chosen]
        time = np.full(len(stack), SAMPLE_NS, np.int64)
        return self._summed(
            goroutine, stack, time, np.zeros(len(stack), np.int64), start_ns, end_ns
        )

    def _waited(self, start_ns: int, end_ns: int, goroutines: Ints | None) -> Profile:
        intervals = self._trace.goroutines
        parts = [intervals.crossing.columns]
        parts += [intervals.generation(each) for each in intervals.touched(start_ns, end_ns)]
        found = [self._waits(part, start_ns, end_ns, goroutines) for part in parts]
        goroutine, stack, time, state = (
            np.concatenate(column) for column in zip(*found, strict=True)
        )
        return self._summed(goroutine, stack, time, state, start_ns, end_ns)

    def _waits(
        self, columns: IntervalColumns, start_ns: int, end_ns: int, goroutines: Ints | None
    ) -> tuple[Ints, Ints, Ints, Ints]:
        """Return goroutine, stack, time within a window and state of each wait."""
        states = columns.state
        rows = np.flatnonzero(is_waiting(states) & (states != State.GC) & (states != State.SYSTEM))
        start, end = columns.start[rows], columns.end[rows]
        inside = np.minimum(end, end_ns) - np.maximum(start, start_ns)
        goroutine = columns.goroutine[rows].astype(np.int64)
        wanted = inside > 0
        if goroutines is None:
            wanted &= ~np.isin(goroutine, self._tree.system)
        else:
            wanted &= np.isin(goroutine, goroutines)
        rows = rows[wanted]
        stack, state = (each[rows].astype(np.int64) for each in (columns.stack, states))
        return goroutine[wanted], stack, inside[wanted], state

    def _summed(
        self, goroutine: Ints, stack: Ints, time: Ints, state: Ints, start_ns: int, end_ns: int
    ) -> Profile:
        """Return samples of equal stack, test and state as one."""
        test = self._tree.tests_of(goroutine)
        tests = len(self._tests) + 1
        states = len(State)
        key = (stack * tests + test + 1) * states + state
        distinct, row = np.unique(key, return_inverse=True)
        values = np.zeros((len(distinct), 2), np.int64)
        np.add.at(values, row, np.stack((np.ones(len(row), np.int64), time), axis=1))
        stacks, stack_of = np.unique(distinct // states // tests, return_inverse=True)
        sets, set_of = np.unique(distinct % (states * tests), return_inverse=True)
        table = self._trace.table
        return Profile(
            sample_types=(ValueType("samples", "count"), ValueType("time", "nanoseconds")),
            values=values,
            stack_of_sample=stack_of.astype(np.int32),
            stacks=stacks_of(
                [ProfileFrame(*frame) for frame in table.stack(each)] for each in stacks.tolist()
            ),
            labels_of_sample=set_of.astype(np.int32),
            label_sets=tuple(self._labels(*divmod(each, states)) for each in sets.tolist()),
            default_type=1,
            period_type=ValueType("time", "nanoseconds"),
            period=1,
            time_ns=0,
            duration_ns=max(0, end_ns - start_ns),
        )

    def _labels(self, test: int, state: int) -> tuple[Label, ...]:
        found = []
        if test > 0:
            found.append(Label(TEST_LABEL, self._tests[test - 1].name, 0, ""))
        if state:
            found.append(Label("waits", State(state).label, 0, ""))
        return tuple(found)
