"""State transitions of procs and threads."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace import State
from flakecore.gotrace.v1 import segments as module
from flakecore.gotrace.v1.procs import ThreadLanes, proc_transitions
from gotrace.v1.opened import NEWEST, OLDEST, segments


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_an_idle_proc_has_neither_goroutine_nor_thread(name: str) -> None:
    for segment in segments(name):
        found = proc_transitions(segment)
        idle = found.state == State.IDLE
        assert np.all(found.goroutine[idle] == -1)
        assert np.all(found.thread[idle] == -1)
        assert np.all(found.lane >= 0)


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_a_thread_without_a_proc_is_idle_or_in_a_syscall(name: str) -> None:
    threads = ThreadLanes()
    for segment in segments(name):
        found = threads.transitions(segment)
        unbound = found.proc == -1
        assert set(found.state[unbound].tolist()) <= {State.IDLE, State.SYSCALL}
        assert np.all(np.diff(found.lane) >= 0)


def test_a_thread_is_first_seen_once_however_many_segments_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_SEGMENT_EVENTS", 256)
    threads, first = ThreadLanes(), []
    for segment in segments(NEWEST):
        found = threads.transitions(segment)
        first += found.lane[found.status].tolist()
    assert len(first) == len(set(first)) > 0
