"""What is noted of a test's run: the first time of each event, and when it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SCHEMA = "flaketui.predicates/1"
"""Names the form in which records of runs are written."""


class RunEvent(NamedTuple):
    """Something that happens in one run of a test and not in another.

    Attributes:
        kind: start, end, wait, woken, starved, collection, line, overlap or earlier.
        who: the goroutine, by its role, ``it`` for the test's own; "" for none.
        what: the rest of the sentence: ``waits (chan receive) at pool.go:40``.
    """

    kind: str
    who: str
    what: str

    def words(self) -> str:
        """Return it as a clause."""
        return f"{self.who} {self.what}" if self.who else self.what


@dataclass(frozen=True, slots=True)
class TestRecord:
    """The events of one run of a test.

    Attributes:
        table: all events of the bundle.
        event: int32, (n,), places in ``table``, each once.
        at_ns: int64, (n,), when each happened first, since the test began.
        failed_ns: when the test failed, since it began; -1 where it did not. No event is later.
    """

    __test__ = False

    table: list[RunEvent]
    event: NDArray[np.int32]
    at_ns: NDArray[np.int64]
    failed_ns: int
