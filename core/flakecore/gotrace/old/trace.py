"""A whole trace of the old format, which has no generations: one file is read as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flakecore.gotrace.old.context import bind
from flakecore.gotrace.old.events import sort_events
from flakecore.gotrace.old.goroutines import OldCreations, find_creations, goroutine_transitions
from flakecore.gotrace.old.procs import proc_transitions, thread_transitions
from flakecore.gotrace.old.ranges import OldMarks, OldMetric, find_marks, find_metric
from flakecore.gotrace.old.records import Records, read_records
from flakecore.gotrace.old.sequence import read_named
from flakecore.gotrace.old.tables import read_frequency, read_stacks, read_strings
from flakecore.gotrace.old.wire import REASONS, Ev, stop_the_world_kinds
from flakecore.gotrace.tables import RawFrame
from flakecore.gotrace.transitions import Transitions
from flakecore.gotrace.wire import HEADER_SIZE, read_version
from flakecore.loss import Loss

LIKELY_FREQUENCY = 40_000_000
"""Ticks a second where the file's end, which tells, is lost: a processor of about 2.6 GHz, whose
cycles the runtime divides by 64 (``traceTimeDiv``, amd64)."""
_STRINGS = 1 << 21
"""More strings than any trace holds."""
_GAPS_TOLD = 20
"""Damaged stretches that are told one by one; more are counted."""


@dataclass(frozen=True, slots=True)
class OldTrace:
    """What an execution trace of Go 1.11 to 1.21 holds.

    Attributes:
        version: minor Go version in the header.
        frequency: ticks a second; ``LIKELY_FREQUENCY`` where it is lost.
        start_tick, end_tick: the first event's and the last one's; 0 where there is none.
        events: how many timed events were read.
        goroutines, procs, threads: state changes, in true order lane by lane.
        creations: goroutines created while the trace ran.
        marks: beginnings and ends of ranges.
        heap, heap_goal, gomaxprocs: metrics, bytes and procs.
        strings: by number; the numbers of reasons and kinds too.
        stacks: by number, innermost frame first.
    """

    version: int
    frequency: int
    start_tick: int
    end_tick: int
    events: int
    goroutines: Transitions
    procs: Transitions
    threads: Transitions
    creations: OldCreations
    marks: OldMarks
    heap: OldMetric
    heap_goal: OldMetric
    gomaxprocs: OldMetric
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]


def read_old(data: memoryview, *, name: str) -> OldTrace:
    """Read an execution trace of the old format.

    Args:
        data: the file's bytes.
        name: what to call the file in errors and losses.

    Raises:
        TraceError: the bytes are no execution trace of a readable format.
    """
    version = read_version(bytes(data[:HEADER_SIZE]), name=name)
    records = read_records(data)
    events = sort_events(records)
    named = read_named(events)
    context = bind(events, named)
    strings, stacks = read_strings(data, records), read_stacks(records)
    frequency = read_frequency(records)
    numbers = _StringNumbers(strings)
    reasons = {event: numbers.of(reason) for event, reason in REASONS.items()}
    kinds = [numbers.of(kind) for kind in (*stop_the_world_kinds(version), "")]
    goroutines = goroutine_transitions(events, context, named, reasons)
    losses = [*_gaps(records, name, len(data)), *_missing(goroutines, stacks, frequency, name)]
    return OldTrace(
        version=version,
        frequency=frequency or LIKELY_FREQUENCY,
        start_tick=int(events.tick.min()) if len(events) else 0,
        end_tick=int(events.tick.max()) if len(events) else 0,
        events=len(events),
        goroutines=goroutines,
        procs=proc_transitions(events, context, named),
        threads=thread_transitions(events, context, named),
        creations=find_creations(events, context),
        marks=find_marks(events, context, np.array(kinds, np.int64)),
        heap=find_metric(events, Ev.HEAP_ALLOC),
        heap_goal=find_metric(events, Ev.HEAP_GOAL),
        gomaxprocs=find_metric(events, Ev.GOMAXPROCS),
        strings=strings,
        stacks=stacks,
        losses=tuple(losses),
    )


class _StringNumbers:
    """Gives numbers to strings that the file implies and does not hold."""

    def __init__(self, strings: dict[int, str]) -> None:
        self._strings = strings
        self._given = {"": 0}
        # Above the file's own, but for such large ones as only damage makes.
        self._last = max(number for number in strings if 0 <= number < _STRINGS)

    def of(self, text: str) -> int:
        """Return the number of a string, giving it a new one if need be."""
        number = self._given.setdefault(text, self._last + len(self._given))
        self._strings[number] = text
        return number


def _gaps(records: Records, name: str, size: int) -> list[Loss]:
    losses = []
    for begin, end in records.gaps[:_GAPS_TOLD].tolist():
        what = "a damaged stretch was passed over"
        if end == size:
            what = "the file is cut off, or damaged to its end,"
        losses.append(Loss(name, f"{what} at byte {begin:,}", bytes=end - begin))
    rest = records.gaps[_GAPS_TOLD:]
    if len(rest):
        passed = int((rest[:, 1] - rest[:, 0]).sum())
        losses.append(Loss(name, "more damaged stretches", count=len(rest), bytes=passed))
    return losses


def _missing(
    goroutines: Transitions,
    stacks: dict[int, tuple[RawFrame, ...]],
    frequency: int,
    name: str,
) -> list[Loss]:
    """Return what the end of the file would have told: how long a tick is, and the stacks."""
    losses = []
    if not frequency:
        what = "cut off before its end: its events are kept, how fast time passed is guessed"
        losses.append(Loss(name, what))
    known = np.array([0, *stacks], np.int64)
    lost = np.setdiff1d(goroutines.stack, known)
    if len(lost):
        losses.append(Loss(name, "stacks are lost", count=len(lost)))
    return losses
