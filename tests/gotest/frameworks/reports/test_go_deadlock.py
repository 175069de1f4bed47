"""go-deadlock's reports, as the library writes them and as people cut them."""

from __future__ import annotations

import pytest

from flakecore.gotest.frameworks.reports.go_deadlock import locks

WAITS = """\
POTENTIAL DEADLOCK:
Previous place where the lock was grabbed
goroutine 240 lock 0xc820160440
crane.go:799 quay.(*Crane).lower { c.mu.RLock() } <<<<<
crane_test.go:125 quay.TestCrane.func5 { c.lower() }

Have been trying to lock it again for more than 40ms
goroutine 68 lock 0xc820160440
crane.go:785 quay.(*Crane).lift { c.mu.Lock() } <<<<<
crane_test.go:111 quay.TestCrane.func3 { c.lift() }

Here is what goroutine 240 doing now
goroutine 240 [select]:
Other goroutines holding locks:
goroutine 5 lock 0xc000
crane.go:11 quay.f { m.Lock() } <<<<<"""
AGAIN = """\
POTENTIAL DEADLOCK: Recursive locking:
current goroutine 35 lock 0xc0000140d0
crane.go:25 quay.lift { mu.Lock() } <<<<<
crane.go:30 quay.move { lift() }

Previous place where the lock was grabbed (same goroutine)
crane.go:29 quay.move { mu.Lock() } <<<<<"""
ORDERS = """\
POTENTIAL DEADLOCK: Inconsistent locking. saw this ordering in one goroutine:
happened before
crane.go:623 quay.lift { a.mu.Lock() } <<<<<

happened after
crane.go:629 quay.lift { b.mu.RLock() } <<<<<

in another goroutine: happened before
crane.go:799 quay.lower { b.mu.RLock() } <<<<<

happened after
crane.go:814 quay.lower { a.mu.Lock() } <<<<<"""
CUT = """\
POTENTIAL DEADLOCK:
Previous place where the lock was grabbed
goroutine 15 lock 0xc00048e7d0
/w/quay/mutex.go:48 quay.(*Mutex).Lock ??? <<<<<
...
Have been trying to lock it again for more than 5m0s
goroutine 16 lock 0xc00048e7d0
Here is what goroutine 15 doing now"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            WAITS,
            785,
            "goroutine 68 has been trying for more than 40ms to take at crane.go:785 the lock that"
            " goroutine 240 took at crane.go:799",
        ),
        (
            AGAIN,
            25,
            "Recursive locking: goroutine 35 locks at crane.go:25 what it locked at crane.go:29",
        ),
        (
            ORDERS,
            629,
            "Inconsistent locking: crane.go:623 before crane.go:629, in another goroutine"
            " crane.go:799 before crane.go:814",
        ),
        (
            CUT,
            48,
            "goroutine 16 has been trying for more than 5m0s to take the lock that goroutine 15"
            " took at mutex.go:48",
        ),
    ],
)
def test_a_report_says_who_waits_where_for_whom(text: str, line: int, said: str) -> None:
    report = locks(text.split("\n"), 0)
    assert report is not None
    assert (report.line, report.message) == (line, f"POTENTIAL DEADLOCK: {said}")


@pytest.mark.parametrize(
    "text",
    [
        "POTENTIAL DEADLOCK:",
        "we saw POTENTIAL DEADLOCK: before",
        WAITS.partition("Have been")[0],
        ORDERS.partition("in another")[0],
    ],
)
def test_what_names_one_side_is_none(text: str) -> None:
    assert locks(text.split("\n"), 0) is None
