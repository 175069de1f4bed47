from __future__ import annotations

import pytest

from flakecore.gotrace import Frame, Stack, State
from flakecore.gotrace.intervals.wait_states import wait_state


def _stack(*functions: str) -> Stack:
    return tuple(Frame(function, "file.go", 1) for function in functions)


@pytest.mark.parametrize(
    ("reason", "functions", "state"),
    [
        ("chan receive", (), State.CHAN_RECEIVE),
        ("sync", ("sync.(*Mutex).Lock", "main.main"), State.MUTEX),
        ("sync", ("sync.(*RWMutex).RLock", "main.main"), State.MUTEX),
        ("sync", ("sync.(*WaitGroup).Wait", "main.main"), State.WAIT_GROUP),
        ("sync", ("sync.(*Once).doSlow", "sync.(*Mutex).Lock"), State.MUTEX),
        ("sync", ("runtime.gcMarkDone", "runtime.mallocgc", "time.Sleep"), State.GC),
        ("sync", ("runtime.gcStart", "runtime.mallocgc", "runtime.chansend"), State.GC),
        ("sync", (), State.OTHER_WAIT),
        ("", ("runtime.gopark", "runtime.chanrecv", "runtime.chanrecv1"), State.CHAN_RECEIVE),
        ("", ("runtime.gopark", "runtime.selectgo", "main.main"), State.SELECT),
        ("", ("runtime.gopark", "runtime.goparkunlock", "runtime.bgsweep"), State.GC),
        ("", (), State.OTHER_WAIT),
        ("a reason of a later Go", ("main.main",), State.OTHER_WAIT),
    ],
)
def test_a_wait_is_told_by_its_reason_or_else_by_its_stack(
    reason: str, functions: tuple[str, ...], state: State
) -> None:
    assert wait_state(reason, _stack(*functions)) is state
