"""A small timeline in text: what the goroutines of a failure were in until it failed.

One line a goroutine, one character a piece of the time: the state that the goroutine was in for
most of it. It fits a code block of an issue, where no picture can be pasted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flakecore.diagnosis import Finding
from flakecore.timeline import Case, Failure, Lane, LaneKind, Schedule, State
from flakecore.times import format_duration, format_time

COLUMNS = 60
"""Pieces that the time is cut into."""
_ROWS = 8
"""Goroutines that are shown at most: the test's own, then those that findings name."""
_LONGEST_NS = 10_000_000_000
"""Of a longer test the end is shown: what a failure is about stands there more often."""
_ABSENT = " "
_MARKS: dict[str, tuple[State, ...]] = {
    "#": (State.RUNNING,),
    "r": (State.RUNNABLE,),
    "s": (State.SYSCALL,),
    "c": (State.CHAN_SEND, State.CHAN_RECEIVE, State.SELECT),
    "m": (State.MUTEX,),
    "w": (State.WAIT_GROUP, State.COND, State.COROUTINE),
    "n": (State.NETWORK,),
    "z": (State.SLEEP,),
    "g": (State.GC, State.SYSTEM),
    "x": (State.FOREVER,),
    "o": (State.OTHER_WAIT, State.IDLE),
}
_WORDS = {
    "#": "running",
    "r": "ready, without a proc",
    "s": "in a system call",
    "c": "channel",
    "m": "lock",
    "w": "wait group or cond",
    "n": "network",
    "z": "asleep",
    "g": "collector",
    "x": "nothing that can come",
    "o": "another wait",
}


def text_timeline(case: Case, failure: Failure, findings: Sequence[Finding]) -> list[str]:
    """Return lines that show what goroutines were in until a test failed; empty without a trace.

    Args:
        case: the case.
        failure: one of its failures.
        findings: those on it, whose goroutines are shown.
    """
    schedule = case.schedule
    if schedule is None or failure.test < 0:
        return []
    test = case.tests[failure.test]
    end_ns = min(failure.at_ns, schedule.end_ns)
    start_ns = max(test.start_ns, schedule.start_ns, end_ns - _LONGEST_NS)
    if end_ns - start_ns < COLUMNS:
        return []
    numbers = [each for each in _goroutines(test.goroutine, findings) if schedule.goroutine(each)]
    numbers = numbers[:_ROWS]
    if not numbers:
        return []
    width = max(len(f"G{number}") for number in numbers)
    rows = {each: _row(schedule, each, start_ns, end_ns) for each in numbers}
    shown = [f"{f'G{number}':{width}} |{row}|" for number, row in rows.items()]
    used = [mark for mark in _MARKS if any(mark in row for row in rows.values())]
    return [
        _ruler(start_ns, end_ns, width),
        *shown,
        f"{'':{width}}  {', '.join(f'{mark} {_WORDS[mark]}' for mark in used)};"
        f" one character is {format_duration((end_ns - start_ns) // COLUMNS)}",
    ]


def _goroutines(own: int, findings: Sequence[Finding]) -> Iterator[int]:
    """Yield the test's own goroutine, then those that findings name, each once."""
    named = [place.goroutine for each in findings for place in each.places]
    named += [fact.goroutine for each in findings for fact in each.evidence]
    yield from (number for number in dict.fromkeys([own, *named]) if number > 0)


def _row(schedule: Schedule, number: int, start_ns: int, end_ns: int) -> str:
    """Return a goroutine's line: of each piece the state that it was in for most of it."""
    shares = schedule.shares(Lane(LaneKind.GOROUTINE, number), start_ns, end_ns, COLUMNS)
    marks = list(_MARKS)
    taken = np.zeros((len(marks), COLUMNS), np.int64)
    for at, states in enumerate(_MARKS.values()):
        for state in states:
            if state in shares:
                taken[at] += shares[state]
    most = taken.argmax(axis=0)
    is_there = taken.max(axis=0) > 0
    return "".join(
        marks[at] if there else _ABSENT for at, there in zip(most, is_there, strict=True)
    )


def _ruler(start_ns: int, end_ns: int, width: int) -> str:
    """Return the times at both ends, above the lines."""
    first, last = f"{format_time(start_ns, digits=3)}s", f"{format_time(end_ns, digits=3)}s: failed"
    return f"{'':{width}}  {first}{last:>{COLUMNS - len(first)}}"
