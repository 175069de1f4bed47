"""The context of a generation's events, computed only for the events that need it.

The context of every event takes as much memory as the events do. The compiled loops follow each
thread's stream again instead wherever they need it; for all other uses the context of the rare
events suffices.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, Statuses, bind, initial_goroutines
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.validation import (
    REQUIRED_CONTEXT,
    context_losses,
    missing_context_loss,
)
from flakecore.gotrace.native.thread_context import NativeEvents, bind_some
from flakecore.loss import Loss


class LazyContext:
    """A generation's events and their context.

    Attributes:
        events, statuses: the generation's.
        native: the events in the form of the compiled loops; None where these cannot take them.
    """

    def __init__(self, events: EventColumns, statuses: Statuses) -> None:
        """Take the events of a generation, and the goroutine statuses among them."""
        self.events, self.statuses = events, statuses
        self.native: NativeEvents | None = events.native(initial_goroutines(events, statuses))
        self._rare_context = None
        if self.native is not None:
            self._rare_context = bind_some(self.native, events.rare_rows, REQUIRED_CONTEXT)
        if self._rare_context is None:
            self.native = None

    @cached_property
    def full(self) -> Context:
        """The context of every event; computed in columns the first time it is asked for."""
        return bind(self.events, self.statuses)

    def at(self, rows: NDArray[np.intp]) -> Context:
        """Return the context of some of ``events.rare_rows``."""
        if self._rare_context is None:
            return self.full.at(rows)
        return Context(*self._rare_context.bound).at(np.searchsorted(self.events.rare_rows, rows))

    def losses(self, where: str) -> tuple[Loss, ...]:
        """Return the loss of events without the context they need; ``where`` is its place."""
        if self._rare_context is None:
            return context_losses(self.events, self.full, where=where)
        return missing_context_loss(
            self.events, self._rare_context.lacking, self._rare_context.first, where=where
        )
