"""Blocks of events: resources, states, names and values of each event; some are several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.gotrace import EventBlock, EventKind, EventStream, ResourceKind
from flakecore.gotrace.events.event_kinds import ResourceState
from gotrace.constructed import SYSCALL, WAITING, starts, trace_of

STRINGS = ["chan send", "order", "checkout"]


@dataclass(frozen=True)
class Row:
    """One event: what it is about, its states, its strings and its values."""

    kind: EventKind
    resource: tuple[ResourceKind, int]
    states: tuple[ResourceState, ResourceState]
    reason: str
    name: str
    values: tuple[int, int]


def _blocks(*events: str) -> list[EventBlock]:
    """Return the blocks of a thread that runs goroutine 7 on proc 0."""
    data = trace_of({1: [*starts(1, 7, 0), *events]}, strings=STRINGS)
    return list(EventStream(data, name="trace"))


def _rows(*events: str) -> list[Row]:
    """Return the events after the two statuses."""
    return [_row(block, at) for block in _blocks(*events) for at in range(len(block))][2:]


def _row(block: EventBlock, at: int) -> Row:
    return Row(
        kind=EventKind(int(block.kind[at])),
        resource=(ResourceKind(int(block.resource_kind[at])), int(block.resource[at])),
        states=(ResourceState(int(block.from_state[at])), ResourceState(int(block.to_state[at]))),
        reason=block.tables.string(int(block.reason[at])),
        name=block.tables.string(int(block.name[at])),
        values=(int(block.value[at]), int(block.second_value[at])),
    )


def test_a_goroutine_that_blocks_changes_from_running_to_waiting_for_its_reason() -> None:
    (row,) = _rows("GoBlock dt=1 reason=1 stack=0")
    assert row.resource == (ResourceKind.GOROUTINE, 7)
    assert row.states == (ResourceState.RUNNING, ResourceState.WAITING)
    assert row.reason == "chan send"


def test_a_transition_that_names_a_goroutine_is_about_that_one() -> None:
    waiting = f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"
    row = _rows(waiting, "GoUnblock dt=1 g=9 g_seq=1 stack=0")[-1]
    assert row.resource == (ResourceKind.GOROUTINE, 9)
    assert row.states == (ResourceState.WAITING, ResourceState.RUNNABLE)


def test_a_status_at_the_beginning_changes_from_undetermined() -> None:
    block = _blocks()[0]
    states = [_row(block, at).states for at in range(2)]
    assert states == [(ResourceState.UNDETERMINED, ResourceState.RUNNING)] * 2


def test_a_coroutine_switch_is_three_transitions_at_one_time() -> None:
    waiting = f"GoStatus dt=1 g=9 m=0 gstatus={WAITING}"
    rows = _rows(waiting, "GoSwitch dt=5 g=9 g_seq=1")[1:]
    assert [(row.resource[1], row.states[1]) for row in rows] == [
        (9, ResourceState.RUNNABLE),
        (7, ResourceState.WAITING),
        (9, ResourceState.RUNNING),
    ]
    (times,) = [block.time[-3:] for block in _blocks(waiting, "GoSwitch dt=5 g=9 g_seq=1")]
    assert len(np.unique(times)) == 1


def test_a_goroutine_destroyed_in_a_syscall_first_loses_its_proc() -> None:
    rows = _rows("GoSyscallBegin dt=1 p_seq=1 stack=0", "GoDestroySyscall dt=1")[1:]
    assert [row.resource for row in rows] == [(ResourceKind.PROC, 0), (ResourceKind.GOROUTINE, 7)]
    assert [row.states[1] for row in rows] == [ResourceState.IDLE, ResourceState.NOT_EXIST]


def test_one_destroyed_in_a_syscall_without_a_proc_is_one_transition() -> None:
    data = trace_of({1: [f"GoStatus dt=1 g=7 m=1 gstatus={SYSCALL}", "GoDestroySyscall dt=1"]})
    (block,) = EventStream(data, name="trace")
    assert block.resource.tolist() == [7, 7]


def test_a_metric_has_its_name_and_value() -> None:
    (row,) = _rows("HeapAlloc dt=1 value=70000")
    assert row.kind is EventKind.METRIC
    assert (row.name, row.values) == ("/memory/classes/heap/objects:bytes", (70_000, 0))


def test_a_stopped_world_begins_and_ends_under_the_name_with_its_reason() -> None:
    begun, ended = _rows("STWBegin dt=1 kind_string=1 stack=0", "STWEnd dt=1")
    assert begun.name == ended.name == "stop-the-world (chan send)"
    assert (begun.kind, ended.kind) == (EventKind.RANGE_BEGIN, EventKind.RANGE_END)


def test_a_task_ends_under_the_name_it_began_with() -> None:
    begins = "UserTaskBegin dt=1 task=4 parent_task=2 name_string=2 stack=0"
    begun, ended = _rows(begins, "UserTaskEnd dt=1 task=4 stack=0")
    assert (begun.name, begun.values) == ("order", (4, 2))
    assert (ended.name, ended.values[0]) == ("order", 4)


def test_a_log_has_its_task_its_category_and_its_message() -> None:
    (row,) = _rows("UserLog dt=1 task=4 key_string=2 value_string=3 stack=0")
    assert (row.name, row.values) == ("order", (4, 3))


def test_rows_of_a_block_are_those_asked_for_under_the_same_tables() -> None:
    block = _blocks("HeapAlloc dt=1 value=5")[0]
    found = block.rows(block.kind == EventKind.METRIC)
    assert (len(found), found.value.tolist()) == (1, [5])
    assert found.tables is block.tables
