"""Chains behind waits lead back to what held everybody up, on runs whose causes are known."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.waits.wait_chain import MAX_LINKS, ChainEnd, WaitLink, wait_chain
from flakecore.timeline import Interval, Lane, LaneKind, State
from timeline.captures import RELEASES, Capture, capture


@pytest.fixture(scope="module", params=RELEASES)
def run(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "chains")


def longest_wait(run: Capture, number: int) -> Interval:
    """Return the longest wait of a goroutine."""
    lane = Lane(LaneKind.GOROUTINE, number)
    now, found = run.schedule.after(lane, -1), []
    while now is not None:
        found += [now] if now.state.waiting else []
        now = run.schedule.after(lane, now.start_ns)
    return max(found, key=lambda wait: wait.duration_ns)


def goroutine(run: Capture, test: str, function: str) -> int:
    (found,) = (
        number
        for number in run.schedule.goroutines_of(run.test(test).index)
        if (known := run.schedule.goroutine(number)) and known.function.endswith(f".{function}")
    )
    return found


def chain(run: Capture, number: int) -> tuple[WaitLink, ...]:
    wait = longest_wait(run, number)
    return wait_chain(run.schedule, wait.lane, wait.start_ns + wait.duration_ns // 2)


def test_a_relay_is_followed_through_everybody_to_the_timer(run: Capture) -> None:
    own = run.test("TestRelay").goroutine
    second, third = (goroutine(run, "TestRelay", name) for name in ("second", "third"))
    links = chain(run, own)
    assert [link.wait.lane.id for link in links] == [own, second, third]
    assert [link.waker for link in links] == [second, third, 0]
    assert [link.end for link in links] == [None, None, ChainEnd.TIMER]
    assert links[2].wait.state is State.SLEEP


def test_every_hop_is_proven_by_the_moment_at_which_the_waker_ran(run: Capture) -> None:
    for link in chain(run, run.test("TestRelay").goroutine):
        if link.waker:
            assert link.wait.wake is not None
            assert link.wait.wake.goroutine == link.waker
            assert link.waker_interval is not None
            assert link.waker_interval.state is State.RUNNING
            assert (
                link.waker_interval.start_ns <= link.wait.wake.time_ns <= link.waker_interval.end_ns
            )


def test_a_waker_that_worked_all_the_while_is_the_end_of_the_chain(run: Capture) -> None:
    links = chain(run, run.test("TestBusy").goroutine)
    assert [link.waker for link in links] == [goroutine(run, "TestBusy", "busy")]
    assert [link.end for link in links] == [ChainEnd.BUSY]


def test_bytes_from_outside_end_a_wait_for_the_network(run: Capture) -> None:
    links = chain(run, run.test("TestNetwork").goroutine)
    assert links[0].wait.state is State.NETWORK
    assert links[-1].end in (ChainEnd.NETWORK, ChainEnd.TIMER)
    if links[0].waker:  # a goroutine that polled the network itself while it looked for work
        assert links[0].end is not ChainEnd.NEVER
    else:
        assert links[0].end is ChainEnd.NETWORK


def test_a_wait_that_nothing_ended_ends_in_never(run: Capture) -> None:
    links = chain(run, goroutine(run, "TestStuck", "stuck"))
    assert [(link.waker, link.end) for link in links] == [(0, ChainEnd.NEVER)]


def test_who_does_not_wait_has_no_chain(run: Capture) -> None:
    busy = Lane(LaneKind.GOROUTINE, goroutine(run, "TestBusy", "busy"))
    working = run.schedule.longest(busy, State.RUNNING, 0, run.schedule.end_ns, 1)[0]
    assert wait_chain(run.schedule, busy, working.start_ns) == ()
    assert wait_chain(run.schedule, run.schedule.lanes(LaneKind.PROC)[0], 0) == ()


def test_every_wait_of_a_run_has_a_chain_that_ends_in_one_leaf_and_goes_back_in_time(
    run: Capture,
) -> None:
    for wait in run.schedule.waits(0, run.schedule.end_ns):
        links = wait_chain(run.schedule, wait.lane, wait.start_ns)
        if not links:  # over within a tick: the next interval begins where it does
            assert wait.duration_ns == 0
            continue
        assert len(links) <= MAX_LINKS
        assert [link.end is None for link in links] == [True] * (len(links) - 1) + [False]
        ends = [link.wait.end_ns for link in links]
        assert ends == sorted(ends, reverse=True)
        assert all(end > links[0].wait.start_ns for end in ends[1:])
