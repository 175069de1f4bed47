"""Who had the procs: shares of a whole window, by test and by goroutine."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of
from diagnosis.program_runs import failure_of
from flakecore.diagnosis.proc_users import IDLE, ProcUser, proc_users
from flakecore.diagnosis.time_shares import longest_wait
from flakecore.timeline import Lane, LaneKind, State
from toolchains import NEWEST


def test_the_only_proc_ran_the_goroutine_that_spun() -> None:
    case = case_of("measured_time", NEWEST)
    failure = failure_of(case, "TestStarves")
    assert case.schedule is not None
    spinning = next(
        found
        for number in case.schedule.goroutines_of(failure.test)
        if (found := case.schedule.goroutine(number)) and found.function.endswith("Starves.func1")
    )
    lane = Lane(LaneKind.GOROUTINE, spinning.id)
    ran = longest_wait(case, lane, State.RUNNING.label, 0, failure.at_ns)
    assert ran is not None
    window = ran.interval.start_ns, ran.interval.end_ns
    users = proc_users(case, *window, failure.test)
    assert sum(share for _, share in users) == pytest.approx(1)
    user, share = users[0]
    assert share > 0.99
    assert user == ProcUser(f"G{spinning.id} (TestStarves.func1)", spinning.id)
    # Seen from another test, all goroutines of one are the test.
    assert proc_users(case, *window, -1)[0][0] == ProcUser("TestStarves")


def test_procs_that_nothing_runs_on_are_idle() -> None:
    case = case_of("measured_time", NEWEST)
    failure = failure_of(case, "TestSleepsTooLong")
    lane = Lane(LaneKind.GOROUTINE, failure.goroutine)
    asleep = longest_wait(case, lane, State.SLEEP.label, 0, failure.at_ns)
    assert asleep is not None
    window = asleep.interval.start_ns, asleep.interval.end_ns
    (user, share), *_ = proc_users(case, *window, failure.test)
    assert user == ProcUser(IDLE)
    assert share > 0.9


def test_an_empty_window_has_no_users() -> None:
    assert proc_users(case_of("measured_time", NEWEST), 5, 5, 0) == []
