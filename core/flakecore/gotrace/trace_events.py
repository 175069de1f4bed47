"""The events of a trace of any format, as a stream of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.stream import EventStream
from flakecore.gotrace.format.wire import FIRST_WITH_GENERATIONS, HEADER_SIZE, read_version

if TYPE_CHECKING:
    from flakecore.gotrace.v1.stream import EventStreamV1


def event_stream(
    data: memoryview | bytes,
    *,
    name: str,
    event_filter: EventFilter | None = None,
    zero: int | None = None,
) -> EventStream | EventStreamV1:
    """Return a stream of a trace's events in true order, block by block.

    Args:
        data: the file's bytes.
        name: name of the file in errors and losses.
        event_filter: which events to yield; None for all.
        zero: the tick of its time 0; None for its first one, and for a trace before Go 1.22.

    Raises:
        TraceError: the bytes are no trace of a readable format.
    """
    if read_version(bytes(data[:HEADER_SIZE]), name=name) >= FIRST_WITH_GENERATIONS:
        return EventStream(data, name=name, event_filter=event_filter, zero=zero)
    # Imported for traces before Go 1.22 only: it would delay every start of the program.
    from flakecore.gotrace.v1.stream import EventStreamV1

    return EventStreamV1(data, name=name, event_filter=event_filter)
