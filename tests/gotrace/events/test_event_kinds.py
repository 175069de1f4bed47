"""Kinds, resources and states by code: each timed type of the wire has one."""

from __future__ import annotations

import pytest

from flakecore.gotrace.events.event_kinds import (
    FIXED_NAMES,
    FROM_STATE,
    GOROUTINE_STATUS_STATE,
    KIND,
    NAMES_RESOURCE,
    PROC_STATUS_STATE,
    RESOURCE_KIND,
    TO_STATE,
    EventKind,
    ResourceKind,
    ResourceState,
    SyntheticCode,
)
from flakecore.gotrace.format.wire import STEPS, Ev, GoStatus, ProcStatus

TIMED = [event for event in Ev if STEPS[event]]


@pytest.mark.parametrize("event", TIMED, ids=lambda event: event.name)
def test_each_timed_type_has_a_kind_or_changes_a_state(event: Ev) -> None:
    is_transition = KIND[event] == EventKind.STATE_TRANSITION
    assert is_transition == (event.name.startswith(("GO_", "PROC_")) and event is not Ev.GO_LABEL)
    assert not is_transition or RESOURCE_KIND[event] != ResourceKind.NONE


def test_synthetic_codes_are_no_types_of_the_wire() -> None:
    assert min(SyntheticCode) > max(Ev)


def test_a_transition_goes_on_from_the_state_in_which_its_opposite_ends() -> None:
    assert TO_STATE[Ev.GO_SYSCALL_BEGIN] == FROM_STATE[Ev.GO_SYSCALL_END] == ResourceState.SYSCALL
    assert TO_STATE[Ev.GO_BLOCK] == FROM_STATE[Ev.GO_UNBLOCK] == ResourceState.WAITING
    assert TO_STATE[Ev.PROC_STOP] == FROM_STATE[Ev.PROC_START] == ResourceState.IDLE


def test_a_goroutine_is_named_where_another_one_changes_it() -> None:
    assert NAMES_RESOURCE[[Ev.GO_UNBLOCK, Ev.GO_CREATE, Ev.GO_START]].all()
    assert not NAMES_RESOURCE[[Ev.GO_BLOCK, Ev.GO_STOP, Ev.GO_DESTROY]].any()


def test_a_proc_in_a_syscall_runs_until_it_is_abandoned() -> None:
    assert PROC_STATUS_STATE[ProcStatus.SYSCALL] == ResourceState.RUNNING
    assert PROC_STATUS_STATE[ProcStatus.SYSCALL_ABANDONED] == ResourceState.IDLE


def test_each_status_has_its_state_and_unknown_ones_have_none() -> None:
    assert all(GOROUTINE_STATUS_STATE[each] for each in GoStatus)
    assert all(PROC_STATUS_STATE[each] for each in ProcStatus)
    assert GOROUTINE_STATUS_STATE[0] == PROC_STATUS_STATE[9] == ResourceState.NONE


def test_labels_are_the_names_that_go_prints() -> None:
    assert EventKind.STATE_TRANSITION.label == "StateTransition"
    assert ResourceState.NOT_EXIST.label == "NotExist"


def test_only_metrics_and_ranges_have_fixed_names() -> None:
    kinds = {EventKind(int(KIND[code])) for code in FIXED_NAMES}
    assert kinds == {
        EventKind.METRIC,
        EventKind.RANGE_ACTIVE,
        EventKind.RANGE_BEGIN,
        EventKind.RANGE_END,
    }
