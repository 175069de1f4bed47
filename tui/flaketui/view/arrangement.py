"""What the person has arranged around the viewport: pins, folds, filters, orders, marks, views.

It is a value like the viewport, handed to every pane with the scene, and stored between sessions.
Unlike the viewport it has no history: going back in time unpins nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from flakecore.gotest.logs.levels import Level
from flakecore.timeline import Lane
from flaketui.view.viewport import Viewport


class TestsShown(StrEnum):
    """Which tests the Tests pane lists."""

    __test__ = False

    ALL = "all"
    FAILED = "failed"
    SLOW = "slow"
    SKIPPED = "skipped"


class WaitsShown(StrEnum):
    """Which waits the Blocking pane lists."""

    ALL = "all"
    UNENDED = "never ended"
    OF_TEST = "of the selected test"


class SpansShown(StrEnum):
    """Which of the collector's spans the GC pane lists."""

    ALL = "all"
    STOPS = "stops of the world"
    ASSISTS = "mark assists"


class GoroutinesShown(StrEnum):
    """Which goroutines the Goroutines pane lists."""

    ALL = "all"
    WAITING = "those that wait"
    OF_TEST = "those of the selected test"


class GoroutineOrder(StrEnum):
    """The order of the Goroutines pane."""

    FAILURE_FIRST = "those of the failure first"
    MOST = "the most numerous first"
    LONGEST = "the longest waits first"
    NUMBER = "by number"


class Grouping(StrEnum):
    """What the Timeline's groups of goroutines have in common."""

    TEST = "test"
    CREATOR = "creator"


class TestOrder(StrEnum):
    """The order of the Tests pane."""

    __test__ = False

    TREE = "as they ran"
    LONGEST = "the longest first"


class WaitOrder(StrEnum):
    """The order of the Blocking pane's waits; those that never end always stand first."""

    LONGEST = "the longest first"
    EARLIEST = "the earliest first"
    GOROUTINE = "by goroutine"
    REASON = "by reason"
    PLACE = "by source line"


class WaitTotals(StrEnum):
    """Whether the Blocking pane lists each wait or sums them up."""

    EACH = "each wait"
    REASON = "totals by reason"
    PLACE = "totals by source line"


@dataclass(frozen=True, slots=True)
class WaitsOf:
    """One total of the Blocking pane, whose waits alone are listed.

    Attributes:
        totals: what the waits were summed up by.
        key: the reason, or the source line.
    """

    totals: WaitTotals
    key: str


@dataclass(frozen=True, slots=True)
class OutputFilter:
    """Which lines the Output pane shows; a test is chosen by ``Viewport.only_test``.

    Attributes:
        goroutine: only lines that this one printed; 0 for all.
        level: only lines of this level and above; NONE for all.
        last_ns: only lines of so long before the failure (else the end), and after; 0 for all.
        text: only lines that contain this, in any case.
    """

    goroutine: int = 0
    level: Level = Level.NONE
    last_ns: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A viewport with the name the person gave it.

    Attributes:
        name: the name.
        view: the viewport.
        pane: the name of the pane that keys went to; "" for the one that they go to.
        arranged: what was arranged, as ``name=value``; nothing where all was as at first.
    """

    name: str
    view: Viewport
    pane: str = ""
    arranged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything arranged for one case.

    Attributes:
        pinned: lanes that stand above all groups, in the order they were pinned.
        hidden: lanes left out of their groups.
        turned: groups and folds opened (True) or folded (False) by hand.
        unfolded: whether long lines of output are shown whole.
        waits_of: the total whose waits alone are listed, None for all.
        dump: index of the dump that the Goroutines pane shows; -1 for the one of the moment.
        marks: marked moments, in the order they were marked.
        views: saved viewports, in the order they were saved.
        left: where the person was when the bundle was closed, or None.
    """

    pinned: tuple[Lane, ...] = ()
    hidden: frozenset[Lane] = frozenset()
    turned: tuple[tuple[str, bool], ...] = ()
    grouping: Grouping = Grouping.TEST
    tests: TestsShown = TestsShown.ALL
    test_order: TestOrder = TestOrder.TREE
    waits: WaitsShown = WaitsShown.ALL
    wait_order: WaitOrder = WaitOrder.LONGEST
    totals: WaitTotals = WaitTotals.EACH
    waits_of: WaitsOf | None = None
    spans: SpansShown = SpansShown.ALL
    goroutines: GoroutinesShown = GoroutinesShown.ALL
    goroutine_order: GoroutineOrder = GoroutineOrder.FAILURE_FIRST
    dump: int = -1
    output: OutputFilter = field(default_factory=OutputFilter)
    unfolded: bool = False
    marks: tuple[int, ...] = ()
    views: tuple[SavedView, ...] = ()
    left: Viewport | None = None

    def turn(self, key: str, *, opened: bool) -> Arrangement:
        """Open or fold a group."""
        others = tuple(one for one in self.turned if one[0] != key)
        return replace(self, turned=(*others, (key, opened)))

    def pin(self, lane: Lane) -> Arrangement:
        """Pin a lane, or let go of it."""
        if lane in self.pinned:
            return replace(self, pinned=tuple(one for one in self.pinned if one != lane))
        return replace(self, pinned=(*self.pinned, lane), hidden=self.hidden - {lane})

    def hide(self, lane: Lane) -> Arrangement:
        """Leave a lane out."""
        pinned = tuple(one for one in self.pinned if one != lane)
        return replace(self, pinned=pinned, hidden=self.hidden | {lane})

    def mark(self, time_ns: int) -> Arrangement:
        """Mark a moment, or take its mark away."""
        if time_ns in self.marks:
            return replace(self, marks=tuple(one for one in self.marks if one != time_ns))
        return replace(self, marks=(*self.marks, time_ns))

    def save(self, saved: SavedView) -> Arrangement:
        """Save a view, in place of one of the same name."""
        others = tuple(one for one in self.views if one.name != saved.name)
        return replace(self, views=(*others, saved))

    def forget(self, name: str) -> Arrangement:
        """Forget the saved view of a name."""
        return replace(self, views=tuple(one for one in self.views if one.name != name))


_E = TypeVar("_E", bound=StrEnum)


def following(choice: _E) -> _E:
    """Return the choice after this one, the first again after the last."""
    choices = list(type(choice))
    return choices[(choices.index(choice) + 1) % len(choices)]


def order_words(order: TestOrder | WaitOrder | GoroutineOrder) -> str:
    """Return an order as words after a noun: ``by reason``, ``with the longest first``."""
    return order.value if order.startswith(("by ", "as ")) else f"with {order}"
