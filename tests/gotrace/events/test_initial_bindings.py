"""What a thread has when a generation begins comes from the generation before."""

from __future__ import annotations

import pytest

from gotrace.constructed import P_ABANDONED, P_SYSCALL, SYSCALL, starts, trace_of
from gotrace.parsed_events import ParsedEvent, parsed_events

SECOND = 1_000


def _second(*generations: dict[int, list[str]]) -> list[ParsedEvent]:
    """Return the events of the second generation."""
    return [event for event in parsed_events(trace_of(*generations)) if event.time >= SECOND]


@pytest.mark.parametrize("blocks", [False, True])
def test_a_status_happens_on_what_the_thread_had_at_the_end_of_the_generation_before(
    blocks: bool,
) -> None:
    block = ["GoBlock dt=1 reason=0 stack=0"] if blocks else []
    first, *_ = _second({1: starts(1, 7, 0) + block}, {1: starts(1, 7, 0)})
    assert first.proc == 0
    assert first.goroutine == (-1 if blocks else 7)


def test_in_the_first_generation_it_happens_on_nothing() -> None:
    first, *_ = parsed_events(trace_of({1: starts(1, 7, 0)}))
    assert (first.proc, first.goroutine) == (-1, -1)


def test_the_status_of_a_goroutine_in_a_syscall_happens_on_its_own_thread() -> None:
    writes = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=2 gstatus={SYSCALL}"]
    before = {
        1: starts(1, 7, 0),
        2: [*starts(2, 9, 1), "GoSyscallBegin dt=1 p_seq=1 stack=0"],
    }
    (status,) = [e for e in _second(before, {1: writes}) if e.text.startswith("GoID=9 ")]
    assert (status.thread, status.goroutine) == (2, 9)


def test_a_proc_that_is_about_to_be_stolen_states_its_status_on_its_own_thread() -> None:
    before = {
        1: starts(1, 7, 0),
        2: [*starts(2, 9, 1), "GoSyscallBegin dt=1 p_seq=1 stack=0"],
    }
    writes = [
        *starts(1, 7, 0),
        f"ProcStatus dt=1 p=1 pstatus={P_ABANDONED}",
        "ProcSteal dt=1 p=1 p_seq=1 m=2",
    ]
    events = _second(before, {1: writes})
    status, steal = [e for e in events if e.text.startswith("ProcID=1 ")]
    assert (status.thread, status.goroutine, status.proc) == (2, 9, 1)
    assert status.text.startswith("ProcID=1 Running->Running")
    assert (steal.thread, steal.proc) == (1, 0)


def test_a_proc_in_a_syscall_that_its_own_thread_states_stays_there() -> None:
    thread = [*starts(2, 9, 1), "GoSyscallBegin dt=1 p_seq=1 stack=0"]
    again = [f"ProcStatus dt=1 p=1 pstatus={P_SYSCALL}", f"GoStatus dt=1 g=9 m=2 gstatus={SYSCALL}"]
    for event in _second({2: thread}, {2: again}):
        assert (event.thread, event.proc) == (2, 1)
