"""Waits of tests' goroutines agree with the schedule that panes look at, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.comparison.predicates.case_waits import case_waits
from flakecore.timeline import Lane, LaneKind, State
from timeline.captures import capture
from toolchains import NEWEST


@pytest.mark.parametrize("release", ["1.21.13", NEWEST])
def test_each_wait_has_its_time_and_who_ended_it(release: str) -> None:
    case = capture(release, "parting", "-cpu=2").case
    assert case.trace is not None
    assert case.schedule is not None
    test = next(each for each in case.tests if each.name == "TestDelivery")
    numbers = case.schedule.goroutines_of(test.index)
    found = case_waits(case.trace, case.schedule).of(np.array(numbers, np.int64))
    assert len(found.goroutine) >= 2
    assert (np.diff(found.start_ns) >= 0).all()
    for row, number in enumerate(found.goroutine.tolist()):
        lane = Lane(LaneKind.GOROUTINE, number)
        interval = case.schedule.at(lane, int(found.start_ns[row]))
        if found.state[row] == State.RUNNABLE or interval is None:
            continue
        if interval.start_ns != found.start_ns[row]:
            continue  # shorter than a tick: another interval begins at the same moment
        assert interval.state == found.state[row]
        assert interval.end_ns == found.end_ns[row]
        assert (interval.wake.goroutine if interval.wake else 0) == found.waker[row]
    waited = {int(each) for each in found.waker if each}
    assert waited & set(numbers)
