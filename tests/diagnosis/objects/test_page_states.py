"""What goroutines did by a page, and which page shows a failure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.objects.made_case import goroutine, lock, made_case
from flakecore.diagnosis.objects.page_states import (
    page_at_the_end,
    page_of_failure,
    states_of_page,
)
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.objects import PageReason
from flakecore.timeline import FailureKind
from objects.made_pages import page

A, B = 0xC000000010, 0xC000000020


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FailureKind.TIMEOUT, PageReason.HANG),
        (FailureKind.EXIT, PageReason.EXIT),
        (FailureKind.ASSERTION, PageReason.FAIL),
        (FailureKind.PANIC, None),
        (FailureKind.RACE, None),
    ],
)
def test_a_failure_is_shown_by_the_last_page_of_its_moment(
    tmp_path: Path, kind: FailureKind, reason: PageReason | None
) -> None:
    pages = [
        *(page(why="fail", test="TestBoth/sub"), page(why="fail", test="TestOther")),
        *(page(why="deadline"), page(why="hang"), page(why="exit"), page(why="end")),
    ]
    case = made_case(tmp_path, *pages)
    found = page_of_failure(case, replace(case.failures[0], kind=kind))
    assert (found.reason if found is not None else None) == reason
    if found is not None and found.reason is PageReason.FAIL:
        assert found.test == "TestBoth/sub"
    end = page_at_the_end(case)
    assert end is not None
    assert end.reason is PageReason.END
    silent = [{"id": 8, "state": "waiting", "stack": 0}]
    assert page_at_the_end(made_case(tmp_path, page(why="end", goroutines=silent))) is None


def test_goroutines_have_what_the_page_has_of_them(tmp_path: Path) -> None:
    waiting = goroutine(8, (A, "lock"), reason="sync.Mutex.Lock", parent=7, created_at=1)
    others = [
        {"id": 9, "state": "running", "stack": 1, "live": True, "test": "TestNone"},
        *({"id": 2, "state": "system", "stack": 0}, {"id": 3, "state": "ended"}),
    ]
    case = made_case(tmp_path, page(goroutines=[waiting, *others], objects=[lock(A, 9)]))
    (found,) = case.objects
    states = states_of_page(case, found, 1, 0)
    assert sorted(states.by_number) == [8, 9]
    one, other = states.by_number[8], states.by_number[9]
    assert (one.blocked_on, one.live, one.creator) == (BlockedOn.MUTEX, False, 7)
    assert case.tests[one.test].name == "TestBoth/sub"
    assert one.created_at is not None
    assert one.created_at.place == "bank.go:20"
    assert one.since_ns == found.at_ns - 1_000
    assert (other.blocked_on, other.live, other.test) == (BlockedOn.RUNNING, True, -1)
    assert states.complete


def test_a_page_that_left_goroutines_out_is_not_complete(tmp_path: Path) -> None:
    case = made_case(tmp_path, page(lost={"goroutines": 2}))
    assert not states_of_page(case, case.objects[0], -1, 0).complete


def test_locks_alone_show_who_is_stuck_where_the_page_does_not_say(tmp_path: Path) -> None:
    waits = {8: B, 9: A, 10: A, 11: 0xC000000030}
    waiting = [goroutine(number, (address, "lock"), live=None) for number, address in waits.items()]
    running = {"id": 12, "state": "running", "stack": 1}
    held = [lock(A, 8), lock(B, 9), lock(0xC000000030, 12)]
    case = made_case(tmp_path, page(goroutines=[*waiting, running], objects=held))
    states = states_of_page(case, case.objects[0], -1, 0)
    assert [each.live for each in states] == [False, False, False, None, None]


def test_without_a_clock_in_common_a_wait_has_no_time(tmp_path: Path) -> None:
    case = made_case(tmp_path, page(unix_ns=0, goroutines=[goroutine(8, (A, "lock"))]))
    states = states_of_page(case, case.objects[0], -1, 77)
    assert (states.at_ns, states.by_number[8].since_ns) == (77, None)
