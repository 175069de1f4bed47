"""State transitions of goroutines, and their creations."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.goroutines import find_creations, goroutine_transitions
from gotrace.v1.opened import NEWEST, OLDEST, segments

REASONS = {EvV1.GO_SLEEP: 7, EvV1.GO_BLOCK: 8}


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_a_goroutine_starts_only_from_runnable(name: str) -> None:
    for segment in segments(name):
        found = goroutine_transitions(segment, REASONS)
        same = found.lane[1:] == found.lane[:-1]
        before, after = found.state[:-1][same], found.state[1:][same]
        starts = (after == State.RUNNING) & (before != State.SYSCALL)
        assert np.all(before[starts] == State.RUNNABLE)
        assert np.all(found.proc[found.state == State.RUNNABLE] == -1)


def test_a_syscall_that_keeps_its_proc_ends_when_it_begins() -> None:
    (segment,) = segments(NEWEST)
    found = goroutine_transitions(segment, REASONS)
    calls = np.flatnonzero(found.state[:-1] == State.SYSCALL)
    calls = calls[found.state[calls + 1] == State.RUNNING]
    assert len(calls)
    assert np.array_equal(found.tick[calls], found.tick[calls + 1])
    assert np.array_equal(found.lane[calls], found.lane[calls + 1])


def test_a_wait_has_the_reason_of_its_type() -> None:
    (segment,) = segments(NEWEST)
    reasons = goroutine_transitions(segment, REASONS).reason
    assert set(np.unique(reasons).tolist()) <= {0, 7, 8}
    assert (reasons == 8).sum() == (segment.type == EvV1.GO_BLOCK).sum() > 0


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_goroutines_that_existed_before_the_trace_are_not_created_in_it(name: str) -> None:
    (segment,) = segments(name)
    created = find_creations(segment)
    existed = segment.named[segment.initial_rows()]
    assert not np.isin(created.goroutine, existed).any()
    transitions = goroutine_transitions(segment, REASONS)
    first = np.flatnonzero(np.diff(transitions.lane, prepend=-1))
    stated = transitions.lane[first[transitions.status[first]]]
    assert set(stated.tolist()) == set(existed[existed > 0].tolist())
