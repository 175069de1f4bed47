"""A filter over a trace's events."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.gotrace.events.event_kinds import EventKind


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of a trace to yield; None is no bound.

    Attributes:
        from_ns, to_ns: nanoseconds since the trace began, both included.
        goroutine: events that happen on it or change its state.
        kinds: kinds of events.
    """

    from_ns: int | None = None
    to_ns: int | None = None
    goroutine: int | None = None
    kinds: frozenset[EventKind] | None = None
