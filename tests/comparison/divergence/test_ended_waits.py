"""Waits that were ended have who ended them and where; a timer is nobody."""

from __future__ import annotations

from comparison.divergence.firstparts import cases, line
from flakecore.comparison.divergence.ended_waits import NOBODY, EndedWait, ended_waits
from flakecore.comparison.divergence.roles import roles_of_test
from flakecore.timeline import Case, State


def of_test(case: Case, name: str) -> list[EndedWait]:
    (test,) = (each for each in case.tests if each.name == name)
    return ended_waits(case, roles_of_test(case, test.index))


def test_a_wait_has_both_sides_and_both_places() -> None:
    failed, _ = cases()
    (job,) = (each for each in of_test(failed, "TestJob") if each.wakes_at == line("job"))
    assert (job.at, job.state, job.by.test) == (line("taken"), State.CHAN_RECEIVE, "TestJob")
    assert job.matters
    assert job.start_ns <= job.time_ns


def test_what_a_timer_ended_was_ended_by_nobody() -> None:
    failed, _ = cases()
    found = of_test(failed, "TestTimer")
    timed_out = [each for each in found if each.who.test and each.state is State.SELECT]
    assert [each.by for each in timed_out] == [NOBODY]
    sleeps = [each for each in of_test(failed, "TestJob") if each.state is State.SLEEP]
    assert sleeps
    assert not any(each.matters or each.waker for each in sleeps)


def test_they_come_in_order_of_their_ends() -> None:
    for case in cases():
        times = [each.time_ns for each in of_test(case, "TestSelect")]
        assert times == sorted(times)
