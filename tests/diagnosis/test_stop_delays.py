"""Whom a stopped world held up, held to a walk over all goroutines."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.stop_delays import delayed_by
from flakecore.timeline import CollectionKind, Lane, LaneKind, State
from timeline.captures import RELEASES, Capture, capture
from timeline.lane_spans import spans
from toolchains import NEWEST


@pytest.fixture(scope="module", params=(RELEASES[0], NEWEST))
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "chains")


def test_a_stop_holds_up_those_that_ran_before_it_and_would_have_run_on(run: Capture) -> None:
    trace, gc = run.case.trace, run.case.gc
    assert trace is not None
    assert gc is not None
    lanes = run.schedule.lanes(LaneKind.GOROUTINE)
    walked = {lane.id: spans(trace, lane) for lane in lanes}
    seen = 0
    for stop in gc.spans(0, run.schedule.end_ns, CollectionKind.STOP_THE_WORLD):
        held_up = {}
        for number, row in walked.items():
            before = [one for one in row if one.start < stop.start_ns <= one.end]
            if number == stop.goroutine or not any(one.state is State.RUNNING for one in before):
                continue
            after = [one for one in row if one.covers(stop.end_ns)]
            if not after or after[-1].state not in (State.RUNNING, State.RUNNABLE):
                continue
            again = [one.start for one in row if one.start > stop.end_ns]
            waited = after[-1].state is State.RUNNABLE
            until = (again or [after[-1].end])[0] if waited else stop.end_ns
            held_up[number] = until - stop.start_ns
        delays = delayed_by(run.schedule, stop)
        found = {delay.goroutine: delay.delayed_ns for delay in delays}
        # Within one tick a proc may change hands: the walk then knows more than one moment.
        assert found.items() <= held_up.items()
        assert [delay.delayed_ns for delay in delays] == sorted(found.values(), reverse=True)
        seen += len(found)
    assert seen


def test_it_names_the_proc_on_which_the_goroutine_ran(run: Capture) -> None:
    assert run.case.gc is not None
    for stop in run.case.gc.spans(0, run.schedule.end_ns, CollectionKind.STOP_THE_WORLD):
        for delay in delayed_by(run.schedule, stop):
            lane = Lane(LaneKind.GOROUTINE, delay.goroutine)
            before = run.schedule.at(lane, stop.start_ns - 1)
            assert before is not None
            assert before.proc == delay.proc
