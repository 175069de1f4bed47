"""Fields of events that an earlier event decides."""

from __future__ import annotations

import pytest

from gotrace.constructed import P_ABANDONED, P_IDLE, P_RUNNING, WAITING, starts, trace_of
from gotrace.parsed_events import parsed_events


def _texts(data: bytes, kind: str = "StateTransition", since: int = 0) -> list[str]:
    return [e.text for e in parsed_events(data) if e.kind == kind and e.time >= since]


def test_a_task_that_ends_in_a_later_generation_has_the_type_and_parent_it_began_with() -> None:
    begins = [*starts(1, 7, 0), "UserTaskBegin dt=1 task=5 parent=3 name=1 stack=0"]
    ends = [*starts(1, 7, 0), "UserTaskEnd dt=1 task=5 stack=0"]
    data = trace_of({1: begins}, {1: ends}, strings=["fetch"])
    assert _texts(data, "TaskEnd") == ['ID=5 Parent=3 Type="fetch"']


def test_a_task_whose_begin_is_not_in_the_trace_ends_without_a_type() -> None:
    data = trace_of({1: [*starts(1, 7, 0), "UserTaskEnd dt=1 task=5 stack=0"]}, strings=["fetch"])
    assert _texts(data, "TaskEnd") == [f'ID=5 Parent={2**64 - 1} Type=""']


@pytest.mark.parametrize("apart", [False, True])
def test_a_stop_the_world_ends_with_the_reason_it_began_with(apart: bool) -> None:
    begin, end = "STWBegin dt=1 kind=1 stack=0", "STWEnd dt=1"
    again = {1: [*starts(1, 7, 0), end]}
    whole = {1: [*starts(1, 7, 0), begin, end]}
    generations = ({1: [*starts(1, 7, 0), begin]}, again) if apart else (whole,)
    (text,) = _texts(trace_of(*generations, strings=["GOMAXPROCS"]), "RangeEnd")
    assert 'Name="stop-the-world (GOMAXPROCS)" Scope=Goroutine(7)' in text


def test_the_first_status_of_a_goroutine_comes_from_an_undetermined_state() -> None:
    thread = [*starts(1, 7, 0), f"GoStatus dt=1 g=9 m=-1 gstatus={WAITING}".replace("-1", "0")]
    data = trace_of({1: thread}, {1: thread})
    assert [text for text in _texts(data) if text.startswith("GoID=9")] == [
        'GoID=9 Undetermined->Waiting Reason=""',
        'GoID=9 Waiting->Waiting Reason=""',
    ]


def test_a_proc_first_seen_in_a_later_generation_did_not_exist() -> None:
    more = [*starts(1, 7, 0), f"ProcStatus dt=1 p=1 pstatus={P_IDLE}"]
    data = trace_of({1: starts(1, 7, 0)}, {1: more})
    assert 'ProcID=1 NotExist->Idle Reason=""' in _texts(data)
    assert 'ProcID=0 Running->Running Reason=""' in _texts(data)


@pytest.mark.parametrize(("status", "before"), [(P_ABANDONED, "Idle"), (P_RUNNING, "Running")])
def test_a_proc_is_stolen_from_the_state_that_its_status_left_it_in(
    status: int, before: str
) -> None:
    """Without a syscall seen before, an abandoned proc is idle already when it is stolen."""
    steal = [*starts(1, 7, 0), f"ProcStatus dt=1 p=1 pstatus={status}"]
    data = trace_of({1: [*steal, "ProcSteal dt=1 p=1 p_seq=1 m=2"]})
    assert f'ProcID=1 {before}->Idle Reason=""' in _texts(data)
