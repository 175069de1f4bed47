"""Old traces as whole traces, like those of the newer format."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import RangeKind, State, Trace, read_trace
from gotrace.lane_states import EVERY_WAIT, states_of
from gotrace.v1.samples import FRESH, GOLDEN, sample_path


def _trace(name: str) -> Trace:
    return read_trace(sample_path(name).read_bytes(), name=name)


@pytest.mark.parametrize("name", GOLDEN)
def test_old_traces_are_read_like_new_ones(name: str) -> None:
    trace = _trace(name)
    assert trace.complete
    assert f"_1_{trace.version}_" in name
    assert trace.generations == (0,)
    assert len(trace.goroutines.lanes)
    for columns in (trace.goroutines, trace.procs, trace.threads):
        for lane in columns.lanes.tolist():
            found = columns.of(lane)
            assert np.all(found.end >= found.start)
            assert int(found.end.max()) <= trace.end_ns
            assert np.array_equal(found.end[:-1], found.start[1:])


def test_a_trace_of_go_1_21_tells_every_kind_of_wait() -> None:
    trace = _trace(FRESH)
    assert states_of(trace) >= EVERY_WAIT | {State.GC}
    assert set(trace.ranges.kind.tolist()) >= {
        RangeKind.COLLECTION,
        RangeKind.STOP_THE_WORLD,
        RangeKind.SWEEP,
    }
    assert len(np.unique(trace.gomaxprocs.value)) > 1


def test_creations_name_the_function_and_the_go_statement() -> None:
    trace = _trace(FRESH)
    created = trace.creations
    assert np.all(np.diff(created.goroutine) > 0)
    started = {trace.table.stack(number)[0].function for number in created.function.tolist()}
    assert "main.main.func3" in started
    # What a timer starts is stated by no goroutine, and has no stack.
    stacks = [trace.table.stack(number) for number in created.stack.tolist()]
    stated = {stack[0].function for stack in stacks if stack}
    assert {"main.main", "main.mutexes", "main.network"} <= stated


def test_a_goroutine_older_than_the_trace_is_known_by_its_function() -> None:
    trace = _trace(FRESH)
    functions = set()
    for part in trace.goroutines.parts():
        before = np.flatnonzero(part.before)
        assert not part.start[before].any()
        for stack in part.stack[before].tolist():
            functions |= {frame.function for frame in trace.table.stack(stack)}
    assert {"runtime.bgsweep", "runtime.main", "runtime.forcegchelper"} <= functions
