"""Goroutines whose creation the trace holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.format.clock import TickClock
from flakecore.gotrace.format.columns import chosen, one_after_another
from flakecore.gotrace.format.varint import IntColumn
from flakecore.gotrace.format.wire import Ev, of_types

_CREATES = of_types(Ev.GO_CREATE, Ev.GO_CREATE_BLOCKED)


@dataclass(frozen=True, slots=True)
class Creations:
    """Goroutines whose creation the trace holds; every column (n,).

    Attributes:
        goroutine: int64; ascending over the whole trace, unordered within a generation.
        creator: int64; -1 where no goroutine created it.
        time: int64, nanoseconds since the trace began.
        stack: stack number of the ``go`` statement.
        function: stack number of a stack whose only frame is its first function.
    """

    goroutine: NDArray[np.int64]
    creator: NDArray[np.int64]
    time: NDArray[np.int64]
    stack: IntColumn
    function: IntColumn


def find_creations(context: LazyContext, clock: TickClock) -> Creations:
    """Return the goroutines created in a generation."""
    events = context.events
    rows = events.of_types(_CREATES)
    return Creations(
        goroutine=events.argument(0, rows).astype(np.int64),
        creator=context.at(rows).goroutine.astype(np.int64),
        time=clock.to_ns(events.tick[rows]),
        stack=events.argument(2, rows),
        function=events.argument(1, rows),
    )


def join_creations(generations: Sequence[Creations]) -> Creations:
    """Return the creations of all generations, by goroutine."""
    created = one_after_another(generations)
    return chosen(created, np.argsort(created.goroutine, kind="stable"))
