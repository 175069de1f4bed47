"""The events of a bundle's trace, written out block by block as they are decoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.errors import BundleError, FlakeError
from flakecore.gotrace import EventFilter, EventKind, event_stream
from flakecore.loss import Loss
from flakecore.report.events.event_lines import json_lines, text_lines
from flakecore.timeline.case_index import list_cases
from flakecore.timeline.windows import open_windows, windows_of


@dataclass(frozen=True, slots=True)
class EventRequest:
    """What to write of a trace's events.

    Attributes:
        from_ns, to_ns: nanoseconds since the case began, both included; None for no bound.
        goroutine: events on this goroutine or about it; None for all.
        types: names of the kinds of events, in any case; none for all.
        trace: name or package of the trace, where a bundle has several.
        json: JSON instead of text.
        stacks: the stacks too.
        count: how many there are of each kind, instead of the events.
    """

    from_ns: int | None = None
    to_ns: int | None = None
    goroutine: int | None = None
    types: tuple[str, ...] = ()
    trace: str = ""
    json: bool = False
    stacks: bool = False
    count: bool = False


@dataclass
class EventWriter:
    """Writes what a request asks for. Iterate over it once.

    Attributes:
        bundle: whose trace it is.
        request: which events, and how they are written.
        losses: what could not be read, complete when the iteration has ended.
    """

    bundle: Bundle
    request: EventRequest
    losses: list[Loss] = field(default_factory=list)

    def __iter__(self) -> Iterator[bytes]:
        """Yield lines, some thousands at a time.

        Raises:
            FlakeError: there is no such trace or kind of event, or the trace holds no events.
        """
        request = self.request
        kinds = frozenset(_kind(name) for name in request.types) or None
        artefact, windows = _trace(self.bundle, request.trace)
        event_filter = EventFilter(request.from_ns, request.to_ns, request.goroutine, kinds)
        zero = None
        if windows:
            file, data = open_windows(self.bundle, windows, _began_wall_ns(self.bundle, artefact))
            zero = file.zero
        else:
            data = self.bundle.read(artefact)
        stream = event_stream(data, name=artefact.name, event_filter=event_filter, zero=zero)
        if request.count:
            yield _table(stream.counts().tolist(), json=request.json)
        else:
            lines = json_lines if request.json else text_lines
            for block in stream:
                yield lines(block, stacks=request.stacks)
        self.losses = stream.losses


def _kind(name: str) -> EventKind:
    for kind in EventKind:
        if kind.label.lower() == name.lower():
            return kind
    known = ", ".join(kind.label for kind in EventKind)
    raise FlakeError(f"there is no type of event {name!r}", remedy=f"it is one of {known}")


def _began_wall_ns(bundle: Bundle, artefact: Artefact) -> int | None:
    """Return when the run began that an artefact is of."""
    for entry in list_cases(bundle):
        if artefact in entry.artefacts and entry.run is not None:
            return entry.run.start_wall_ns
    return None


def _trace(bundle: Bundle, wanted: str) -> tuple[Artefact, list[Artefact]]:
    """Return the wanted trace, and the windows of a flight recorder that it is the first of."""
    traces = bundle.of_kind(Kind.TRACE)
    if not traces:
        raise BundleError(
            f"{bundle.place} holds no execution trace",
            remedy="record one with: flaketui collect, or go test -trace",
        )
    if wanted:
        traces = tuple(trace for trace in traces if wanted in (trace.name, trace.package))
    windows = windows_of(traces)
    if windows and len({(each.attempt, each.package) for each in traces}) == 1:
        return windows[0], windows
    if len(traces) == 1:
        return traces[0], []
    names = ", ".join(trace.name for trace in bundle.of_kind(Kind.TRACE))
    problem = (
        f"{bundle.place} holds no trace {wanted!r}"
        if wanted
        else f"{bundle.place} holds several traces"
    )
    raise BundleError(problem, remedy=f"choose one with --trace: {names}")


def _table(counts: list[int], *, json: bool) -> bytes:
    """Return how many events there are of each kind that there is, the most frequent first."""
    by_kind = Counter({kind.label: counts[kind] for kind in EventKind if counts[kind]})
    if json:
        return orjson.dumps(dict(by_kind.most_common()), option=orjson.OPT_APPEND_NEWLINE)
    rows = [*by_kind.most_common(), ("total", by_kind.total())]
    width = max(len(f"{count:,}") for _, count in rows)
    return "".join(f"{count:>{width},}  {label}\n" for label, count in rows).encode()
