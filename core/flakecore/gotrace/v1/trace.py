"""A whole trace of Go 1.11 to 1.21, a format without generations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.annotations.annotations import GenerationAnnotations
from flakecore.gotrace.events.sequence import lane_order
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.tables import RawFrame
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import HEADER_SIZE, read_version
from flakecore.gotrace.intervals.transitions import Transitions
from flakecore.gotrace.v1.annotations import find_annotations
from flakecore.gotrace.v1.events import EventSorter, EventsV1
from flakecore.gotrace.v1.format.records import merged_gaps, read_records
from flakecore.gotrace.v1.format.tables import read_frequency, read_stacks, read_strings
from flakecore.gotrace.v1.format.wire import REASONS, EvV1, stop_the_world_kinds
from flakecore.gotrace.v1.goroutines import CreationsV1, find_creations, goroutine_transitions
from flakecore.gotrace.v1.procs import ThreadLanes, proc_transitions
from flakecore.gotrace.v1.ranges import (
    MetricV1,
    RangeEventsV1,
    find_metric,
    find_range_events,
    join_range_events,
)
from flakecore.gotrace.v1.samples import SamplesV1, join_samples, read_samples
from flakecore.gotrace.v1.segments import Segment, find_segments
from flakecore.gotrace.v1.sequence import read_sequence
from flakecore.loss import Loss
from flakecore.times import format_time

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Columns = TypeVar("Columns", bound=DataclassInstance)

ASSUMED_FREQUENCY = 40_000_000
"""Ticks a second where the frequency, at the file's end, is lost: a processor of about 2.6 GHz,
whose cycles the runtime divides by 64 (``traceTimeDiv``, amd64)."""
_METRICS = (EvV1.HEAP_ALLOC, EvV1.HEAP_GOAL, EvV1.GOMAXPROCS)
_STRINGS = 1 << 21
"""String numbers from here on are ignored when new numbers are given: only damage holds them."""
_PIECE = 1 << 20
"""Values sorted at a time, which bounds the memory of temporary columns."""
_LISTED_GAPS = 20
"""Damaged ranges of the file that are listed as losses of their own; more are only counted."""


@dataclass(frozen=True, slots=True)
class OpenedTraceV1:
    """The event columns of a trace of Go 1.11 to 1.21, and its tables.

    Attributes:
        version: minor Go version in the header.
        frequency: ticks a second; ``ASSUMED_FREQUENCY`` where it is lost.
        start_tick, end_tick: the first event's and the last one's; 0 where there is none.
        events: the timed events.
        sequence: (n,), sequence number of the events that name a goroutine.
        samples: CPU samples.
        strings, stacks: by number; frames innermost first.
        losses: what could not be read.
    """

    version: int
    frequency: int
    start_tick: int
    end_tick: int
    events: EventsV1
    sequence: IntColumn
    samples: SamplesV1
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class TransitionsV1:
    """The state transitions of a segment, by lane and in true order within each."""

    goroutines: Transitions
    procs: Transitions
    threads: Transitions


@dataclass(frozen=True, slots=True)
class TraceV1:
    """An execution trace of Go 1.11 to 1.21.

    Attributes:
        version: minor Go version in the header.
        frequency: ticks a second; ``ASSUMED_FREQUENCY`` where it is lost.
        start_tick, end_tick: the first event's and the last one's; 0 where there is none.
        events: number of timed events.
        creations: goroutines created while the trace ran.
        range_events: beginnings and ends of ranges.
        heap, heap_goal, gomaxprocs: metrics, bytes and procs.
        annotations: tasks, regions, logs, labels and CPU samples, in nanoseconds.
        strings: by number; with those of reasons, kinds and messages, which have no file number.
        stacks: by number, innermost frame first.
        losses: what of the file cannot be read.
    """

    version: int
    frequency: int
    start_tick: int
    end_tick: int
    events: int
    creations: CreationsV1
    range_events: RangeEventsV1
    heap: MetricV1
    heap_goal: MetricV1
    gomaxprocs: MetricV1
    annotations: GenerationAnnotations
    strings: dict[int, str]
    stacks: dict[int, tuple[RawFrame, ...]]
    losses: tuple[Loss, ...]
    _opened: OpenedTraceV1
    _reasons: dict[EvV1, int]

    def segments(self) -> Iterator[TransitionsV1]:
        """Yield the state transitions of all lanes, segment by segment.

        They are computed at each call: together they are many times larger than the file.
        """
        threads = ThreadLanes()
        for segment in self._segments():
            goroutines = goroutine_transitions(segment, self._reasons)
            yield TransitionsV1(goroutines, proc_transitions(segment), threads.transitions(segment))

    @property
    def goroutines(self) -> Transitions:
        """State transitions of goroutines over the whole trace; computed at each access."""
        return _by_lane(goroutine_transitions(each, self._reasons) for each in self._segments())

    @property
    def procs(self) -> Transitions:
        """State transitions of procs over the whole trace; computed at each access."""
        return _by_lane(map(proc_transitions, self._segments()))

    @property
    def threads(self) -> Transitions:
        """State transitions of threads over the whole trace; computed at each access."""
        return _by_lane(map(ThreadLanes().transitions, self._segments()))

    def _segments(self) -> Iterator[Segment]:
        return find_segments(self._opened.events, self._opened.sequence)


def _by_lane(parts: Iterable[Transitions]) -> Transitions:
    """Return the transitions of all segments, by lane."""
    joined = _concatenated(list(parts))
    order = lane_order(joined.lane, np.zeros(len(joined.lane), np.int32))
    return Transitions(*(getattr(joined, field.name)[order] for field in fields(joined)))


def _concatenated(parts: Sequence[Columns]) -> Columns:
    """Return the rows of all parts, concatenated; there is at least one part."""
    if len(parts) == 1:
        return parts[0]
    names = [field.name for field in fields(parts[0])]
    columns = ([getattr(part, name) for part in parts] for name in names)
    return type(parts[0])(*map(np.concatenate, columns))


def open_v1(data: memoryview, *, name: str) -> OpenedTraceV1:
    """Read the event columns and tables of a trace of Go 1.11 to 1.21.

    Args:
        data: the file's bytes.
        name: name of the file in errors and losses.

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
        headers.append(np.stack((records.offset(batches), records.number(1, batches))))
        strings |= read_strings(data, records)
        stacks |= read_stacks(records)
        frequency = read_frequency(records) or frequency
    events = sorter.sort()
    merged = merged_gaps(np.concatenate(gaps))
    clock = TickClock(events.first_tick, frequency or ASSUMED_FREQUENCY)
    gap_losses = _gap_losses(merged, np.concatenate(headers, axis=1), clock, name, len(data))
    losses = [*gap_losses, *_table_losses(events, stacks, frequency, name)]
    return OpenedTraceV1(
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


def read_v1(data: memoryview, *, name: str) -> TraceV1:
    """Read an execution trace of Go 1.11 to 1.21.

    Args:
        data: the file's bytes.
        name: name of the file in errors and losses.

    Raises:
        TraceError: the bytes are no execution trace of a readable format.
    """
    opened = open_v1(data, name=name)
    numbers = _StringNumbers(opened.strings)
    reasons = {event: numbers.of(reason) for event, reason in REASONS.items()}
    kinds = [numbers.of(kind) for kind in (*stop_the_world_kinds(opened.version), "")]
    to_ns = TickClock(opened.start_tick, opened.frequency).to_ns
    range_events, created, metrics, annotations = [], [], [], []
    for segment in find_segments(opened.events, opened.sequence):
        samples = opened.samples.between(segment.first, segment.after)
        annotations.append(find_annotations(segment, samples, to_ns, numbers.of_all, data))
        range_events.append(find_range_events(segment, np.array(kinds, np.int64)))
        created.append(find_creations(segment))
        metrics.append([find_metric(segment, kind) for kind in _METRICS])
    heap, heap_goal, gomaxprocs = (_concatenated(parts) for parts in zip(*metrics, strict=True))
    return TraceV1(
        version=opened.version,
        frequency=opened.frequency,
        start_tick=opened.start_tick,
        end_tick=opened.end_tick,
        events=len(opened.events),
        creations=_concatenated(created),
        range_events=join_range_events(range_events),
        heap=heap,
        heap_goal=heap_goal,
        gomaxprocs=gomaxprocs,
        annotations=GenerationAnnotations(
            **{
                field.name: _concatenated([getattr(each, field.name) for each in annotations])
                for field in fields(GenerationAnnotations)
            }
        ),
        strings=opened.strings,
        stacks=opened.stacks,
        losses=opened.losses,
        _opened=opened,
        _reasons=reasons,
    )


class _StringNumbers:
    """Gives numbers to strings that the file does not hold."""

    def __init__(self, strings: dict[int, str]) -> None:
        self._strings = strings
        self._given = {"": 0}
        # Above the file's own numbers, but for those too large to be undamaged.
        self._last = max(number for number in strings if 0 <= number < _STRINGS)

    def of(self, text: str) -> int:
        """Return the number of a string, a new one at its first use."""
        number = self._given.setdefault(text, self._last + len(self._given))
        self._strings[number] = text
        return number

    def of_all(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Return the numbers of strings; int64."""
        return np.array([self.of(text) for text in texts], np.int64)


def _gap_losses(
    gaps: NDArray[np.int64], headers: NDArray[np.int64], clock: TickClock, name: str, size: int
) -> list[Loss]:
    """Return a loss for each damaged range, with the times of the batches around it.

    Args:
        gaps: int64, (g, 2), first byte of each damaged range, and the byte after it.
        headers: int64, (2, batches), offset in the file and tick of each batch that was read.
        clock: converts ticks to nanoseconds.
        name: name of the file.
        size: of the file, in bytes.
    """
    losses = []
    # A batch begins a little before its first event.
    times = np.maximum(clock.to_ns(np.append(headers[1], clock.zero)), 0)
    for begin, end in gaps[:_LISTED_GAPS].tolist():
        before, after = np.searchsorted(headers[0], [begin, end]).tolist()
        since = format_time(int(times[before - 1])) if before else "0"
        what = f"a damaged stretch was passed over at byte {begin:,}"
        if end == size:
            what = f"the file is cut off, or damaged to its end, at byte {begin:,}"
            losses.append(Loss(name, f"{what}, in what began at {since} s", bytes=end - begin))
        else:
            until = format_time(int(times[min(after, len(headers[0]) - 1)]))
            losses.append(Loss(name, f"{what}, between {since} and {until} s", bytes=end - begin))
    rest = gaps[_LISTED_GAPS:]
    if len(rest):
        lost = int((rest[:, 1] - rest[:, 0]).sum())
        losses.append(Loss(name, "more damaged stretches", count=len(rest), bytes=lost))
    return losses


def _table_losses(
    events: EventsV1,
    stacks: dict[int, tuple[RawFrame, ...]],
    frequency: int,
    name: str,
) -> list[Loss]:
    """Return the losses of tables at the end of the file: the frequency, and the stacks."""
    losses = []
    if not frequency:
        what = "cut off before its end: its events are kept, how fast time passed is guessed"
        losses.append(Loss(name, what))
    present = np.array([0, *stacks], np.int64)
    lost = np.setdiff1d(_distinct(events.stack), present)
    if len(lost):
        losses.append(Loss(name, "stacks are lost", count=len(lost)))
    return losses


def _distinct(column: IntColumn) -> IntColumn:
    """Return the values of a column, ascending, without sorting all of it at once."""
    pieces = (np.unique(column[at : at + _PIECE]) for at in range(0, len(column), _PIECE))
    return np.unique(np.concatenate([column[:0], *pieces]))
