"""A whole trace of the old format, which has no generations: one file is read as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import Annotated
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.tables import RawFrame
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import HEADER_SIZE, read_version
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.v1.annotations import find_annotations
from flakecore.gotrace.v1.events import EventSorter, OldEvents
from flakecore.gotrace.v1.format.records import merged_gaps, read_records
from flakecore.gotrace.v1.format.tables import read_frequency, read_stacks, read_strings
from flakecore.gotrace.v1.format.wire import REASONS, EvV1, stop_the_world_kinds
from flakecore.gotrace.v1.goroutines import OldCreations, find_creations, goroutine_transitions
from flakecore.gotrace.v1.procs import ThreadLanes, proc_transitions
from flakecore.gotrace.v1.ranges import OldMarks, OldMetric, find_marks, find_metric, join_marks
from flakecore.gotrace.v1.samples import OldSamples, join_samples, read_samples
from flakecore.gotrace.v1.segments import Segment, find_stretches
from flakecore.gotrace.v1.sequence import read_sequence
from flakecore.loss import Loss
from flakecore.times import format_time

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)

LIKELY_FREQUENCY = 40_000_000
"""Ticks a second where the file's end, which tells, is lost: a processor of about 2.6 GHz, whose
cycles the runtime divides by 64 (``traceTimeDiv``, amd64)."""
_METRICS = (EvV1.HEAP_ALLOC, EvV1.HEAP_GOAL, EvV1.GOMAXPROCS)
_STRINGS = 1 << 21
"""More strings than any trace holds."""
_PIECE = 1 << 20
"""Values looked at together."""
_GAPS_TOLD = 20
"""Damaged stretches that are told one by one; more are counted."""


@dataclass(frozen=True, slots=True)
class OpenedOld:
    """The bare events of an old trace, and what their numbers stand for.

    Attributes:
        version: minor Go version in the header.
        frequency: ticks a second; ``LIKELY_FREQUENCY`` where it is lost.
        start_tick, end_tick: the first event's and the last one's; 0 where there is none.
        events: the timed events.
        sequence: of those that name a goroutine, in which turn.
        samples: CPU samples.
        strings, stacks: by number; frames innermost first.
        losses: what could not be read.
    """

    version: int
    frequency: int
    start_tick: int
    end_tick: int
    events: OldEvents
    sequence: IntColumn
    samples: OldSamples
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class OldLanes:
    """The state changes that a stretch of time holds, in true order lane by lane."""

    goroutines: Transitions
    procs: Transitions
    threads: Transitions


@dataclass(frozen=True, slots=True)
class OldTrace:
    """What an execution trace of Go 1.11 to 1.21 holds.

    Attributes:
        version: minor Go version in the header.
        frequency: ticks a second; ``LIKELY_FREQUENCY`` where it is lost.
        start_tick, end_tick: the first event's and the last one's; 0 where there is none.
        events: how many timed events were read.
        creations: goroutines created while the trace ran.
        marks: beginnings and ends of ranges.
        heap, heap_goal, gomaxprocs: metrics, bytes and procs.
        annotated: tasks, regions, logs, labels and CPU samples, in nanoseconds.
        strings: by number; the numbers of reasons, kinds and messages too.
        stacks: by number, innermost frame first.
    """

    version: int
    frequency: int
    start_tick: int
    end_tick: int
    events: int
    creations: OldCreations
    marks: OldMarks
    heap: OldMetric
    heap_goal: OldMetric
    gomaxprocs: OldMetric
    annotated: Annotated
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]
    _opened: OpenedOld
    _reasons: dict[EvV1, int]

    def stretches(self) -> Iterator[OldLanes]:
        """Yield the state changes of all lanes, a stretch of time after the other.

        They are made anew each time: together they are many times larger than the file.
        """
        threads = ThreadLanes()
        for stretch in self._stretches():
            goroutines = goroutine_transitions(stretch, self._reasons)
            yield OldLanes(goroutines, proc_transitions(stretch), threads.transitions(stretch))

    @property
    def goroutines(self) -> Transitions:
        """State changes of goroutines over the whole trace; made anew each time."""
        return _by_lane(goroutine_transitions(each, self._reasons) for each in self._stretches())

    @property
    def procs(self) -> Transitions:
        """State changes of procs over the whole trace; made anew each time."""
        return _by_lane(map(proc_transitions, self._stretches()))

    @property
    def threads(self) -> Transitions:
        """State changes of threads over the whole trace; made anew each time."""
        return _by_lane(map(ThreadLanes().transitions, self._stretches()))

    def _stretches(self) -> Iterator[Segment]:
        return find_stretches(self._opened.events, self._opened.sequence)


def _by_lane(parts: Iterable[Transitions]) -> Transitions:
    """Return the changes of all stretches, by lane."""
    joined = _joined(list(parts))
    order = lane_order(joined.lane, np.zeros(len(joined.lane), np.int32))
    return Transitions(*(getattr(joined, field.name)[order] for field in fields(joined)))


def _joined(parts: Sequence[Columns]) -> Columns:
    """Return columns one after another; there is at least one part."""
    if len(parts) == 1:
        return parts[0]
    names = [field.name for field in fields(parts[0])]
    columns = ([getattr(part, name) for part in parts] for name in names)
    return type(parts[0])(*map(np.concatenate, columns))


def open_old(data: memoryview, *, name: str) -> OpenedOld:
    """Read the bare events of a trace of the old format.

    Args:
        data: the file's bytes.
        name: what to call the file in errors and losses.

    Raises:
        TraceError: the bytes are no execution trace of a readable format.
    """
    version = read_version(bytes(data[:HEADER_SIZE]), name=name)
    sorter, samples, gaps = EventSorter(), [], [np.zeros((0, 2), np.int64)]
    strings: dict[int, str] = {0: ""}
    stacks: dict[int, tuple[RawFrame, ...]] = {}
    headers = [np.zeros((2, 0), np.int64)]
    frequency = 0
    for records in read_records(data):
        sorter.add(records)
        samples.append(read_samples(records))
        gaps.append(records.gaps)
        batches = np.flatnonzero(records.type == EvV1.BATCH)
        headers.append(np.stack((records.place(batches), records.number(1, batches))))
        strings |= read_strings(data, records)
        stacks |= read_stacks(records)
        frequency = read_frequency(records) or frequency
    events = sorter.sort()
    passed = merged_gaps(np.concatenate(gaps))
    clock = TickClock(events.first_tick, frequency or LIKELY_FREQUENCY)
    told = _gaps(passed, np.concatenate(headers, axis=1), clock, name, len(data))
    losses = [*told, *_missing(events, stacks, frequency, name)]
    return OpenedOld(
        version=version,
        frequency=clock.frequency,
        start_tick=clock.zero,
        end_tick=events.last_tick,
        events=events,
        sequence=read_sequence(events),
        samples=join_samples(samples),
        strings=strings,
        stacks=stacks,
        losses=tuple(losses),
    )


def read_old(data: memoryview, *, name: str) -> OldTrace:
    """Read an execution trace of the old format.

    Args:
        data: the file's bytes.
        name: what to call the file in errors and losses.

    Raises:
        TraceError: the bytes are no execution trace of a readable format.
    """
    opened = open_old(data, name=name)
    numbers = _StringNumbers(opened.strings)
    reasons = {event: numbers.of(reason) for event, reason in REASONS.items()}
    kinds = [numbers.of(kind) for kind in (*stop_the_world_kinds(opened.version), "")]
    to_ns = TickClock(opened.start_tick, opened.frequency).to_ns
    marks, created, metrics, annotated = [], [], [], []
    for stretch in find_stretches(opened.events, opened.sequence):
        samples = opened.samples.between(stretch.first, stretch.after)
        annotated.append(find_annotations(stretch, samples, to_ns, numbers.of_all, data))
        marks.append(find_marks(stretch, np.array(kinds, np.int64)))
        created.append(find_creations(stretch))
        metrics.append([find_metric(stretch, kind) for kind in _METRICS])
    heap, heap_goal, gomaxprocs = (_joined(parts) for parts in zip(*metrics, strict=True))
    return OldTrace(
        version=opened.version,
        frequency=opened.frequency,
        start_tick=opened.start_tick,
        end_tick=opened.end_tick,
        events=len(opened.events),
        creations=_joined(created),
        marks=join_marks(marks),
        heap=heap,
        heap_goal=heap_goal,
        gomaxprocs=gomaxprocs,
        annotated=Annotated(
            **{
                field.name: _joined([getattr(each, field.name) for each in annotated])
                for field in fields(Annotated)
            }
        ),
        strings=opened.strings,
        stacks=opened.stacks,
        losses=opened.losses,
        _opened=opened,
        _reasons=reasons,
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

    def of_all(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Return the numbers of strings."""
        return np.array([self.of(text) for text in texts], np.int64)


def _gaps(
    gaps: NDArray[np.int64], headers: NDArray[np.int64], clock: TickClock, name: str, size: int
) -> list[Loss]:
    """Return what was passed over, with the time that the batches around it tell.

    ``headers`` are places in the file and ticks of all batches that were read, (2, batches).
    """
    losses = []
    # A batch begins a little before its first event.
    times = np.maximum(clock.to_ns(np.append(headers[1], clock.zero)), 0)
    for begin, end in gaps[:_GAPS_TOLD].tolist():
        before, after = np.searchsorted(headers[0], [begin, end]).tolist()
        since = format_time(int(times[before - 1])) if before else "0"
        what = f"a damaged stretch was passed over at byte {begin:,}"
        if end == size:
            what = f"the file is cut off, or damaged to its end, at byte {begin:,}"
            losses.append(Loss(name, f"{what}, in what began at {since} s", bytes=end - begin))
        else:
            until = format_time(int(times[min(after, len(headers[0]) - 1)]))
            losses.append(Loss(name, f"{what}, between {since} and {until} s", bytes=end - begin))
    rest = gaps[_GAPS_TOLD:]
    if len(rest):
        passed = int((rest[:, 1] - rest[:, 0]).sum())
        losses.append(Loss(name, "more damaged stretches", count=len(rest), bytes=passed))
    return losses


def _missing(
    events: OldEvents,
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
    lost = np.setdiff1d(_distinct(events.stack), known)
    if len(lost):
        losses.append(Loss(name, "stacks are lost", count=len(lost)))
    return losses


def _distinct(column: IntColumn) -> IntColumn:
    """Return the values of a column, ascending, without sorting all of it at once."""
    pieces = (np.unique(column[at : at + _PIECE]) for at in range(0, len(column), _PIECE))
    return np.unique(np.concatenate([column[:0], *pieces]))
