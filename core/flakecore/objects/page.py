"""A page: every goroutine of a test binary and the objects that they wait on, at one moment.

``collect`` builds test binaries whose runtime notes who locked, sent, received, closed and
signalled last, and writes it down in one stop of the world. So what a page has of one moment is
consistent, and what it names as the holder of a lock is the holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class PageReason(StrEnum):
    """Why a page was written."""

    DEADLINE = "deadline"
    END = "end"
    EXIT = "exit"
    HANG = "hang"
    QUIT = "quit"
    FAIL = "fail"
    UNKNOWN = "unknown"


class ObjectKind(StrEnum):
    """What an object is."""

    MUTEX = "mutex"
    RWMUTEX = "rwmutex"
    ONCE = "once"
    CHANNEL = "chan"
    WAIT_GROUP = "waitgroup"
    COND = "cond"
    CONTEXT = "context"
    TIMER = "timer"
    SEMAPHORE = "sema"
    UNKNOWN = "unknown"


LOCKS = (ObjectKind.MUTEX, ObjectKind.RWMUTEX, ObjectKind.ONCE)
"""Objects that a goroutine holds."""


@dataclass(frozen=True, slots=True)
class PageFrame:
    """One frame of a stack.

    Attributes:
        function: qualified name.
        file, line: "" and 0 if unknown.
    """

    function: str
    file: str
    line: int


PageStack = tuple[PageFrame, ...]
"""Innermost frame first; empty if unknown."""


@dataclass(frozen=True, slots=True)
class PageEvent:
    """What a goroutine did last to an object.

    Attributes:
        goroutine: its number; 0 if unknown.
        at_ns: when; None if unknown.
        stack: where.
        amount: of an Add its delta, of a Broadcast 1; 0 where it has none.
    """

    goroutine: int
    at_ns: int | None
    stack: PageStack
    amount: int = 0


@dataclass(frozen=True, slots=True)
class PageHolder:
    """Who holds a lock, or is in the function of a Once.

    Attributes:
        goroutine: its number.
        reads: whether it holds it for reading.
        since_ns: since when; None if unknown.
        stack: where it locked it.
        ended: whether the goroutine has ended since.
    """

    goroutine: int
    reads: bool
    since_ns: int | None
    stack: PageStack
    ended: bool


@dataclass(frozen=True, slots=True)
class PageWait:
    """One object that a goroutine waits on; a goroutine in a select has one for each case.

    Attributes:
        address: the object's; 0 for none, as of a nil channel.
        operation: ``send``, ``receive``, ``lock``, ``rlock``, ``once``, ``wait``, ``cond`` and
            others, as the page names it.
    """

    address: int
    operation: str


@dataclass(frozen=True, slots=True)
class PageGoroutine:
    """One goroutine at the page's moment, or one that has ended and that an object refers to.

    Attributes:
        number: the runtime's own.
        test: name of the test that it belongs to; "" if unknown.
        state: ``waiting``, ``running``, ``runnable``, ``syscall``, ``ended`` or ``system``.
        reason: the runtime's wait reason; "" for none.
        since_ns: since when it waits; None if unknown.
        stack: where it stands.
        creator: number of the goroutine that created it; 0 if unknown.
        created_at: the frame that created it; None if unknown.
        labels: the program's own profiler labels.
        live: whether it can go on, by itself or because one that can may end its wait; None where
            the page does not have it.
        because: what makes it live: ``running``, ``sleep``, ``timer``, ``network``, ``object`` and
            others.
        waits: the objects that it waits on.
        ended_ns: when it ended; None if it has not, or that is unknown.
        function: the function that it was started with; "" if unknown.
    """

    number: int
    test: str
    state: str
    reason: str
    since_ns: int | None
    stack: PageStack
    creator: int
    created_at: PageFrame | None
    labels: tuple[tuple[str, str], ...]
    live: bool | None
    because: str
    waits: tuple[PageWait, ...]
    ended_ns: int | None
    function: str

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.state == "ended"


@dataclass(frozen=True, slots=True)
class PageObject:
    """An object that a goroutine waits on, that is held, or that such an object refers to.

    Attributes:
        address: where it lies.
        kind: what it is.
        holders: of a lock or Once, who holds it.
        capacity, length: of a channel; None if unknown.
        closed: whether a channel is closed; None if unknown.
        element: Go type of a channel's elements; "" if unknown.
        events: what was done to it last, by name: ``made``, ``last_send``, ``last_receive``,
            ``last_close``, ``last_add``, ``last_done``, ``last_signal``, ``cancel``.
        reachable_from: numbers of the goroutines that have its address besides those that wait;
            None where the page names none.
        is_global: whether a package variable leads to it.
        variable: that variable; "" if unknown.
        counter: of a wait group; None if unknown.
        locker: address of a Cond's lock; 0 if unknown.
        canceled: whether a context has been cancelled; None if unknown.
        cause: why it was.
        done: address of a context's channel; 0 if unknown.
        type_name: Go type of a context.
        due_ns: when a timer is due, or a context ends by itself; None where neither is set.
        period_ns: of a ticker; 0 for none.
        channel: address of a timer's channel; 0 for none.
    """

    address: int
    kind: ObjectKind
    holders: tuple[PageHolder, ...] = ()
    capacity: int | None = None
    length: int | None = None
    closed: bool | None = None
    element: str = ""
    events: tuple[tuple[str, PageEvent], ...] = ()
    reachable_from: tuple[int, ...] | None = None
    is_global: bool = False
    variable: str = ""
    counter: int | None = None
    locker: int = 0
    canceled: bool | None = None
    cause: str = ""
    done: int = 0
    type_name: str = ""
    due_ns: int | None = None
    period_ns: int = 0
    channel: int = 0

    def event(self, name: str) -> PageEvent | None:
        """Return what was done to it last of one kind; None where the page has none."""
        return next((each for key, each in self.events if key == name), None)

    @property
    def short_address(self) -> str:
        """Its address for a person."""
        return short_address(self.address)


def short_address(address: int) -> str:
    """Return an address for a person: ``0x…140``."""
    digits = f"{address:x}"
    return f"0x…{digits[-3:]}" if len(digits) > 3 else f"0x{digits}"


@dataclass(frozen=True, eq=False)
class ObjectsPage:
    """One page; two are equal only if they are the same.

    Attributes:
        reason: why it was written.
        test: name of the test that failed, of a page that was written for it; "" for others.
        at_ns: the moment that it shows. It and all its times are on the clock that the reader was
            listed.
        timed: whether that clock is tied to others; if not, only distances mean something.
        go_version: the release that wrote it.
        missing: what this release had no place for, as sentences; those objects are not known.
        lost: what was left out for want of room, by name, and how much of it.
        goroutines: in the order of the page.
        objects: in the order of the page.
    """

    reason: PageReason
    test: str
    at_ns: int
    timed: bool
    go_version: str
    missing: tuple[str, ...]
    lost: tuple[tuple[str, int], ...]
    goroutines: tuple[PageGoroutine, ...]
    objects: tuple[PageObject, ...]

    @cached_property
    def by_number(self) -> dict[int, PageGoroutine]:
        """The goroutines by their numbers."""
        return {each.number: each for each in reversed(self.goroutines)}

    @cached_property
    def by_address(self) -> dict[int, PageObject]:
        """The objects by their addresses."""
        return {each.address: each for each in reversed(self.objects)}

    @cached_property
    def has_liveness(self) -> bool:
        """Whether it marks which goroutines can go on."""
        return any(each.live is not None for each in self.goroutines)

    @property
    def is_whole(self) -> bool:
        """Whether every goroutine of the program is in it."""
        return not dict(self.lost).get("goroutines")
