"""Lines on their way through the wrappings that are taken off them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flakecore.gotest.streams.runs import Stamps

Row = tuple[int | None, str]
"""When a line was stamped, in nanoseconds since 1970 or of a time of its own (None for no time),
and its text."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """One thing that was done to the lines of a log.

    Attributes:
        name: what it is, for people.
        unwrap: returns rows without it. It counts in the second argument, by ``UNSTAMPED``, lines
            that lack what the others have.
        stamps: what kind of times it holds.
        resolution_ns: the smallest step between such times.
    """

    name: str
    unwrap: Callable[[Iterable[Row], Counter[str]], Iterator[Row]]
    stamps: Stamps = Stamps.NONE
    resolution_ns: int = 1


BOUNDARY = "\x1c"
"""A line between what two processes wrote, which no wrapping changes: ASCII's file separator."""

UNSTAMPED = "lines without the stamp that the others have"

Find = Callable[[Sequence[str]], Wrapping | None]
"""Returns the wrapping of a sample of a log's lines, None where it has not this one."""


def of_each_line(change: Callable[[str], str]) -> Callable[..., Iterator[Row]]:
    """Return how rows are unwrapped where each line is changed by itself."""

    def unwrap(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
        for wall, text in rows:
            yield wall, change(text)

    return unwrap
