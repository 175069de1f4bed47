"""A filter over a trace's events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

    def matches(
        self, kind: NDArray[np.uint8], times: Callable[[], NDArray[np.int64]]
    ) -> NDArray[np.bool_]:
        """Return (rows,) whether events lie in the window and are of the kinds.

        Args:
            kind: (rows,) ``EventKind`` of each.
            times: returns (rows,) nanoseconds since the trace began; asked only for a window.
        """
        found = np.ones(len(kind), np.bool_)
        if self.from_ns is not None or self.to_ns is not None:
            time = times()
            if self.from_ns is not None:
                found &= time >= self.from_ns
            if self.to_ns is not None:
                found &= time <= self.to_ns
        if self.kinds is not None:
            found &= np.isin(kind, list(self.kinds))
        return found
