"""The states that each goroutine or proc went through, in the reference's words."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from flakecore.gotrace import Intervals, State, Trace
from gotrace.reference import ReferenceEvent

STATES = {
    State.RUNNING: "Running",
    State.RUNNABLE: "Runnable",
    State.SYSCALL: "Syscall",
    State.IDLE: "Idle",
}


def lane_states(intervals: Intervals) -> dict[int, list[str]]:
    """Return each lane's states in the reference's words, as "state", repeats left out."""
    lanes: dict[int, list[str]] = {}
    for lane in intervals.lanes.tolist():
        states = [State(state) for state in intervals.of(lane).state.tolist()]
        lanes[lane] = _merged([STATES.get(state, "Waiting") for state in states])
    return lanes


def reference_states(events: list[ReferenceEvent], *, of_proc: bool) -> dict[int, list[str]]:
    """Return each goroutine's or proc's states in order, repeats left out."""
    lanes: defaultdict[int, list[str]] = defaultdict(list)
    for event in without_instants(events):
        change = event.change
        if change is not None and event.of_proc is of_proc:
            number, _, new, _ = change
            if new != "NotExist":
                lanes[number].append(new)
    return {lane: _merged(states) for lane, states in lanes.items()}


def without_instants(events: list[ReferenceEvent]) -> list[ReferenceEvent]:
    """Leave out the first of the three events into which the reference splits a switch.

    For it a coroutine that is switched to becomes runnable and runs in the same moment; the
    three follow one another a nanosecond apart on one thread, and the one between tells of no
    reason for which the coroutine before it stops, and none has a stack. A goroutine that wakes
    another as the last thing it does may look alike; but what it wakes had a reason to wait.
    """
    waits_for: dict[int, str] = {}
    kept = []
    for event, second, third in zip(events, events[1:], events[2:], strict=False):
        change = event.change
        splits = (
            change is not None
            and "Waiting->Runnable" in event.text
            and not waits_for.get(change[0])
            and not event.stack
            and "Running->" in second.text
            and second.text.endswith('Reason=""')
            and event.thread == second.thread == third.thread
            and third.time - event.time == 2
            and third.text == event.text.replace("Waiting->Runnable", "Runnable->Running")
        )
        if not splits:
            kept.append(event)
        # A status at the beginning of a generation repeats the wait, but not what for.
        waits = change is not None and change[2] == "Waiting" and not event.of_proc
        if change is not None and waits and not (event.status and change[0] in waits_for):
            waits_for[change[0]] = change[3]
    return [*kept, *events[-2:]]


def _merged(states: list[str]) -> list[str]:
    # A proc's syscall is a running proc to the reference; a status repeats what was so.
    plain = ["Running" if state == "Syscall" else state for state in states]
    return [state for place, state in enumerate(plain) if not place or plain[place - 1] != state]


EVERY_WAIT = frozenset(
    {
        State.RUNNING,
        State.RUNNABLE,
        State.SYSCALL,
        State.CHAN_SEND,
        State.CHAN_RECEIVE,
        State.SELECT,
        State.MUTEX,
        State.COND,
        State.WAIT_GROUP,
        State.NETWORK,
        State.SLEEP,
    }
)
"""States of goroutines in the traces of a program that waits for everything there is."""


def states_of(trace: Trace) -> set[State]:
    """Return the states of all goroutines of a trace."""
    parts = trace.goroutines.parts()
    return {State(state) for part in parts for state in np.unique(part.state).tolist()}
