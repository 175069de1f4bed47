"""One generation decoded alone: its summary, and its intervals where they are asked for."""

from __future__ import annotations

import pytest

from flakecore.gotrace import State
from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.stacks import StackTable
from flakecore.gotrace.format.table_remap import TableRemap
from flakecore.gotrace.format.wire import Ev, GoStatus
from flakecore.gotrace.generation import read_generation
from flakecore.gotrace.intervals.generation_cache import LaneType
from gotrace.constructed import NANOSECOND, batch, event, starts, trace, trace_of

EVENTS = [
    *starts(1, 7, 0),
    "GoCreate dt=10 new_g=8 new_stack=0 stack=0",
    "HeapAlloc dt=10 value=70000",
    "GoBlock dt=10 reason=1 stack=0",
    "GoStart dt=10 g=8 g_seq=1",
    "GoDestroy dt=10",
]


def _generation(data: bytes) -> tuple[memoryview, GenerationIndex]:
    view = memoryview(data)
    return view, index_trace(view, name="made").generations[0]


def test_the_summary_holds_the_extent_and_the_rare_events() -> None:
    found = _generation(trace_of({1: EVENTS}, strings=["sleep"]))
    summary, columns = read_generation(*found, NANOSECOND, name="made")
    assert columns is None
    assert (summary.start_ns, summary.end_ns, summary.event_count) == (0, 52, 7)
    assert summary.events is not None
    assert summary.events.creations.goroutine.tolist() == [8]
    assert summary.events.heap.value.tolist() == [70_000]
    assert summary.goroutines.edges.lanes.tolist() == [7, 8]
    assert summary.procs.edges.lanes.tolist() == [0]
    assert summary.threads.edges.lanes.tolist() == [1]
    assert summary.losses == ()


@pytest.mark.parametrize("alone", [True, False])
def test_with_a_target_the_intervals_come_under_its_numbers(alone: bool) -> None:
    table = StackTable()
    table.add_string("of another generation")
    found = _generation(trace_of({1: EVENTS}, strings=["sleep"]))
    target = TableRemap(table, {1: "sleep"}, {})
    _, columns = read_generation(*found, NANOSECOND, name="made", target=target, alone=alone)
    assert columns is not None
    goroutines = columns[LaneType.GOROUTINES]
    states = [State(each) for each in goroutines.state[goroutines.rows(8)].tolist()]
    assert states == [State.RUNNABLE, State.RUNNING]
    assert len(columns[LaneType.PROCS].lanes) == len(columns[LaneType.THREADS].lanes) == 1


def test_a_wait_within_the_generation_is_retained_under_its_own_numbers() -> None:
    events = [*EVENTS[:5], "GoUnblock dt=10 g=7 g_seq=1 stack=0"]
    other = [*starts(2, 9, 1), "HeapAlloc dt=100 value=1", "GoUnblock dt=1 g=7 g_seq=1 stack=0"]
    found = _generation(trace_of({1: events[:5], 2: other}, strings=["sleep"]))
    summary, _ = read_generation(*found, NANOSECOND, name="made")
    waits = summary.retained.waits
    assert (waits.goroutine.tolist(), waits.reason.tolist()) == ([7], [1])
    assert waits.waker.tolist() == [9]


def _cut() -> tuple[memoryview, GenerationIndex]:
    status = event(Ev.GO_STATUS, 1, 7, 3, GoStatus.RUNNING)
    return _generation(trace(batch(status + event(Ev.GO_DESTROY, 5))))


def test_a_generation_without_its_end_is_a_loss_that_names_what_is_lost() -> None:
    summary, _ = read_generation(*_cut(), NANOSECOND, name="made")
    (loss,) = [each for each in summary.losses if "cut off" in each.what]
    assert loss.where == "made, generation 1"
    assert loss.what.endswith("its stacks and reasons are lost, its events are kept")
    assert summary.event_count == 2


def test_a_generation_without_events_has_no_lanes_and_lasts_no_time() -> None:
    found = _generation(trace(batch(b"")))
    summary, _ = read_generation(*found, NANOSECOND, name="made")
    assert summary.start_ns == summary.end_ns
    assert (summary.event_count, len(summary.goroutines.edges.lanes)) == (0, 0)
