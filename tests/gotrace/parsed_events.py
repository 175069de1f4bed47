"""Our stream of events in the words of ``go tool trace -d=parsed``, to be compared with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flakecore.gotrace.events.event_blocks import EventBlock
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import EventKind, ResourceKind, ResourceState
from flakecore.gotrace.events.stream import EventStream
from gotrace.reference import ReferenceEvent


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """One event; ``text`` is what the reference prints beyond its kind, as far as we tell it."""

    time: int
    thread: int
    proc: int
    goroutine: int
    kind: str
    text: str
    stack: tuple[tuple[str, int], ...]


def parsed_events(data: bytes, event_filter: EventFilter | None = None) -> list[ParsedEvent]:
    """Return the events of a trace in true order, CPU samples left out."""
    return parsed_stream(EventStream(data, name="trace", event_filter=event_filter))


def parsed_stream(stream: Iterable[EventBlock]) -> list[ParsedEvent]:
    """Return the events of a stream, CPU samples left out."""
    return [event for block in stream for event in _parsed(block) if event.kind != "StackSample"]


def _parsed(block: EventBlock) -> Iterator[ParsedEvent]:
    for row in range(len(block)):
        kind = EventKind(int(block.kind[row]))
        yield ParsedEvent(
            int(block.time[row]),
            int(block.thread[row]),
            int(block.proc[row]),
            int(block.goroutine[row]),
            kind.label,
            _text(block, row, kind),
            tuple((f.function, f.line) for f in block.tables.stack(int(block.stack[row]))),
        )


def _text(block: EventBlock, row: int, kind: EventKind) -> str:
    words, value, more = block.tables, int(block.value[row]), int(block.second_value[row])
    name = words.string(int(block.name[row]))
    subject, number = ResourceKind(int(block.resource_kind[row])), int(block.resource[row])
    if kind is EventKind.STATE_TRANSITION:
        before, after = (
            ResourceState(int(block.from_state[row])).label,
            ResourceState(int(block.to_state[row])).label,
        )
        of_what = {ResourceKind.GOROUTINE: "GoID", ResourceKind.PROC: "ProcID"}[subject]
        reason = words.string(int(block.reason[row]))
        return f'{of_what}={number} {before}->{after} Reason="{reason}"'
    if kind is EventKind.METRIC:
        return f'Name="{name}" Value=Value{{Uint64({value})}}'
    if kind is EventKind.LABEL:
        return f'Label="{name}" Resource=Goroutine({number})'
    if kind in (EventKind.RANGE_BEGIN, EventKind.RANGE_ACTIVE, EventKind.RANGE_END):
        scope = {ResourceKind.GOROUTINE: "Goroutine", ResourceKind.PROC: "Proc"}.get(subject)
        text = f'Name="{name}" Scope=' + (f"{scope}({number})" if scope else "None")
        if kind is EventKind.RANGE_END and scope == "Proc":
            text += f' Attributes=["bytes swept"=Value{{Uint64({value})}} '
            text += f'"bytes reclaimed"=Value{{Uint64({more})}}]'
        elif kind is EventKind.RANGE_END:
            text += " Attributes=[]"
        return text
    if kind in (EventKind.TASK_BEGIN, EventKind.TASK_END):
        return f'ID={value} Parent={more or 2**64 - 1} Type="{name}"'
    if kind in (EventKind.REGION_BEGIN, EventKind.REGION_END):
        return f'Task={value} Type="{name}"'
    return f'Task={value} Category="{name}" Message="{words.string(more)}"'


def counts(events: Sequence[ParsedEvent | ReferenceEvent]) -> Counter[str]:
    """Return how many events there are of each kind."""
    return Counter(event.kind for event in events)


def by_thread(events: Sequence[ParsedEvent | ReferenceEvent]) -> dict[int, list[object]]:
    """Return each thread's events in order, with what it had just before each."""
    threads: defaultdict[int, list[object]] = defaultdict(list)
    for event in events:
        threads[event.thread].append((event.proc, event.goroutine, event.kind, event.text))
    return threads


def by_lane(events: Sequence[ParsedEvent | ReferenceEvent]) -> dict[str, list[str]]:
    """Return each goroutine's and proc's changes in order, statuses too."""
    lanes: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        if event.kind == "StateTransition":
            lane, _, change = event.text.partition(" ")
            lanes[lane].append(change)
    return lanes


def is_status(kind: str, text: str) -> bool:
    """Whether an event states what was so already, as every generation does at its beginning."""
    if kind != "StateTransition":
        return False
    lane, change, *_ = text.split()
    before, after = change.split("->")
    new_proc = before == "NotExist" and lane.startswith("ProcID")
    return before in (after, "Undetermined") or new_proc
