"""The waits that are shown beside goroutines, in reports and in the explorer."""

from __future__ import annotations

from pathlib import Path

from diagnosis.objects.made_case import channel, goroutine, lock, made_case
from flakecore.diagnosis import waits_during, waits_of_failure
from objects.made_pages import page

A, B = 0xC000000140, 0xC000000150
WAITING = [
    goroutine(8, (A, "lock")),
    goroutine(9, (B, "send"), (A, "receive")),
    goroutine(10, (A, "lock"), test="TestBoth"),
]
OBJECTS = [lock(A, 9), channel(B, last_receive={"goroutine": 8, "at": 2_500, "stack": 1})]


def test_the_waits_of_the_failed_test_have_their_counterparts(tmp_path: Path) -> None:
    case = made_case(tmp_path, page(goroutines=WAITING, objects=OBJECTS))
    found = waits_of_failure(case, case.failures[0])
    told = [(each.goroutine, each.operation, each.name, each.live) for each in found]
    assert told == [
        (8, "lock", "mutex 0x…140", False),
        (9, "send", "channel 0x…150", False),
        (9, "receive", "mutex 0x…140", False),
    ]
    (holder,) = found[0].counterparts
    assert (holder.role, holder.goroutine, holder.ended) == ("holds", 9, False)
    assert holder.frame is not None
    assert holder.frame.place == "bank.go:18"
    assert [each.role for each in found[1].counterparts] == ["last_receive"]


def test_one_goroutine_may_be_asked_for_whatever_its_test(tmp_path: Path) -> None:
    case = made_case(tmp_path, page(goroutines=WAITING, objects=OBJECTS))
    found = waits_of_failure(case, case.failures[0], only=10)
    assert [each.goroutine for each in found] == [10]


def test_during_a_wait_the_last_page_counts_that_was_written_in_it(tmp_path: Path) -> None:
    unlocked = page(goroutines=WAITING, objects=[lock(A)])
    case = made_case(tmp_path, page(goroutines=WAITING, objects=OBJECTS), unlocked)
    at_ns = case.objects[0].at_ns
    (found,) = waits_during(case, 8, at_ns - 10, at_ns + 10)
    assert found.counterparts == ()
    assert waits_during(case, 8, at_ns + 1, at_ns + 10) == ()
    assert waits_during(case, 77, at_ns - 10, at_ns + 10) == ()


def test_without_a_page_nothing_is_shown(tmp_path: Path) -> None:
    case = made_case(tmp_path)
    assert waits_of_failure(case, case.failures[0]) == ()
