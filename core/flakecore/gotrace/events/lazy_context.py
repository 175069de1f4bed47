"""On what a generation's events happened, found out only for those of which it is asked.

The context of every event takes as much memory as the events do. The compiled loops follow each
thread's stream anew instead, wherever they need to know; what is left are the few events that are
no everyday scheduling.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses, bind, initial_goroutines
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.validation import NEEDS, contradictions, tell_lacking
from flakecore.gotrace.native.thread_context import NativeEvents, bind_some
from flakecore.loss import Loss


class LazyContext:
    """A generation's events, and on what they happened.

    Attributes:
        events, statuses: the generation's.
        outline: the events as the compiled loops take them; None where these give up.
    """

    def __init__(self, events: EventColumns, statuses: Statuses) -> None:
        """Take the events of a generation, and the goroutine statuses among them."""
        self.events, self.statuses = events, statuses
        self.outline: NativeEvents | None = events.outline(initial_goroutines(events, statuses))
        self._some = None
        if self.outline is not None:
            self._some = bind_some(self.outline, events.seldom, NEEDS)
        if self._some is None:
            self.outline = None

    @cached_property
    def context(self) -> Context:
        """The context of every event."""
        return bind(self.events, self.statuses)

    def at(self, rows: NDArray[np.intp]) -> Context:
        """Return the context of some events that are no everyday scheduling."""
        if self._some is None:
            return self.context.at(rows)
        return Context(*self._some.bound).at(np.searchsorted(self.events.seldom, rows))

    def contradictions(self, where: str) -> tuple[Loss, ...]:
        """Return the damage that the generation shows; ``where`` is what to call it."""
        if self._some is None:
            return contradictions(self.events, self.context, where=where)
        return tell_lacking(self.events, self._some.lacking, self._some.first, where=where)
