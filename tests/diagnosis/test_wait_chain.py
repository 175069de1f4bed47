"""Chains behind waits lead back to what held everybody up, on runs whose causes are known."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.wait_chain import LIMIT, Hop, Leaf, wait_chain
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


def chain(run: Capture, number: int) -> tuple[Hop, ...]:
    wait = longest_wait(run, number)
    return wait_chain(run.schedule, wait.lane, wait.start_ns + wait.duration_ns // 2)


def test_a_relay_is_followed_through_everybody_to_the_timer(run: Capture) -> None:
    own = run.test("TestRelay").goroutine
    second, third = (goroutine(run, "TestRelay", name) for name in ("second", "third"))
    hops = chain(run, own)
    assert [hop.wait.lane.id for hop in hops] == [own, second, third]
    assert [hop.waker for hop in hops] == [second, third, 0]
    assert [hop.leaf for hop in hops] == [None, None, Leaf.TIMER]
    assert hops[2].wait.state is State.SLEEP


def test_every_hop_is_proven_by_the_moment_at_which_the_waker_ran(run: Capture) -> None:
    for hop in chain(run, run.test("TestRelay").goroutine):
        if hop.waker:
            assert hop.wait.wake is not None
            assert hop.wait.wake.goroutine == hop.waker
            assert hop.doing is not None
            assert hop.doing.state is State.RUNNING
            assert hop.doing.start_ns <= hop.wait.wake.time_ns <= hop.doing.end_ns


def test_a_waker_that_worked_all_the_while_is_the_end_of_the_chain(run: Capture) -> None:
    hops = chain(run, run.test("TestBusy").goroutine)
    assert [hop.waker for hop in hops] == [goroutine(run, "TestBusy", "busy")]
    assert [hop.leaf for hop in hops] == [Leaf.AT_WORK]


def test_bytes_from_outside_end_a_wait_for_the_network(run: Capture) -> None:
    hops = chain(run, run.test("TestNetwork").goroutine)
    assert hops[0].wait.state is State.NETWORK
    assert hops[-1].leaf in (Leaf.NETWORK, Leaf.TIMER)
    if hops[0].waker:  # a goroutine that polled the network itself while it looked for work
        assert hops[0].leaf is not Leaf.NEVER
    else:
        assert hops[0].leaf is Leaf.NETWORK


def test_a_wait_that_nothing_ended_ends_in_never(run: Capture) -> None:
    hops = chain(run, goroutine(run, "TestStuck", "stuck"))
    assert [(hop.waker, hop.leaf) for hop in hops] == [(0, Leaf.NEVER)]


def test_who_does_not_wait_has_no_chain(run: Capture) -> None:
    busy = Lane(LaneKind.GOROUTINE, goroutine(run, "TestBusy", "busy"))
    working = run.schedule.longest(busy, State.RUNNING, 0, run.schedule.end_ns, 1)[0]
    assert wait_chain(run.schedule, busy, working.start_ns) == ()
    assert wait_chain(run.schedule, run.schedule.lanes(LaneKind.PROC)[0], 0) == ()


def test_every_wait_of_a_run_has_a_chain_that_ends_in_one_leaf_and_goes_back_in_time(
    run: Capture,
) -> None:
    for wait in run.schedule.waits(0, run.schedule.end_ns):
        hops = wait_chain(run.schedule, wait.lane, wait.start_ns)
        if not hops:  # over within a tick: the next interval begins where it does
            assert wait.duration_ns == 0
            continue
        assert len(hops) <= LIMIT
        assert [hop.leaf is None for hop in hops] == [True] * (len(hops) - 1) + [False]
        ends = [hop.wait.end_ns for hop in hops]
        assert ends == sorted(ends, reverse=True)
        assert all(end > hops[0].wait.start_ns for end in ends[1:])
