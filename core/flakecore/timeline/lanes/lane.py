"""Lanes, and the small read-only views of their intervals that panes and reports show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from flakecore.gotrace import Stack, State


class LaneKind(StrEnum):
    """A lane is a goroutine, a proc or a thread; the letter is the runtime's own."""

    GOROUTINE = "G"
    PROC = "P"
    THREAD = "M"


class Lane(NamedTuple):
    """One G, P or M by its number in the trace."""

    kind: LaneKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}{self.id}"


@dataclass(frozen=True, slots=True)
class Wake:
    """The end of a wait.

    Attributes:
        time_ns: when it was made runnable.
        goroutine: the waker; 0 where no goroutine did (a timer, the network poller, the runtime).
        stack: the waker's stack.
    """

    time_ns: int
    goroutine: int
    stack: Stack


@dataclass(frozen=True, slots=True)
class Interval:
    """A lane's state from one time to another.

    Attributes:
        lane: whose state it is.
        start_ns, end_ns: since the case began.
        state: what the lane was in.
        reason: the runtime's own words for the transition into it ("chan receive"); "" if none.
        stack: where the lane entered it; empty where the trace has none.
        goroutine, proc, thread: what ran together over the interval: a running goroutine's proc
            and thread, a proc's goroutine and thread, a thread's goroutine and proc. -1 for none.
        before_trace: it was so already when the trace began.
        to_the_end: nothing had ended it when the trace stopped.
        wake: what ended a wait, or None.
        cut: the trace has nothing of the time behind it, as behind a flight recorder's window.
    """

    lane: Lane
    start_ns: int
    end_ns: int
    state: State
    reason: str
    stack: Stack
    goroutine: int
    proc: int
    thread: int
    before_trace: bool
    to_the_end: bool
    wake: Wake | None
    cut: bool = False

    @property
    def duration_ns(self) -> int:
        """Length of the interval."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Goroutine:
    """One goroutine: its creation, its end, and the test it belongs to.

    Attributes:
        id: its number.
        function: the function it was started with; "" if unknown.
        creator: the goroutine that created it; 0 where unknown or the runtime.
        created_ns: when; where it was there before, the start of the trace, or of the stretch of it
            that has it first.
        ended_ns: when it ended, or None where it was still there when the trace stopped.
        creation_stack: where the ``go`` statement stands.
        test: index in ``Case.tests`` of the test it belongs to by ancestry, or -1.
        system: one of the runtime's own.
        there_before: its creation is from before the trace, or not recorded.
    """

    id: int
    function: str
    creator: int
    created_ns: int
    ended_ns: int | None
    creation_stack: Stack
    test: int
    system: bool
    there_before: bool = False

    @property
    def short_function(self) -> str:
        """The start function without its package's path."""
        return self.function.rpartition("/")[2]
