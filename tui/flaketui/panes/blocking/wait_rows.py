"""The waits of a window as the Blocking pane lists them: chosen, in order, or summed up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flakecore.frames import shown_frame
from flakecore.timeline import Case, Interval
from flaketui.view.arrangement import Arrangement, WaitOrder, WaitsShown, WaitTotals
from flaketui.view.scene import Scene, bare_function
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind

LISTED, ORDERED, SUMMED = 100, 500, 2000
"""Waits of a window that are listed at first, put in another order, summed up: the longest."""


_MAIN = 1
"""The main goroutine, which starts the tests; the runtime numbers it first."""
_AFTER = "testing.(*M).after"
"""Called behind the last test: profiles are written then, and the probe of ``collect`` looks at
what is left."""
_EXITS = "os.runtime_beforeExit"
"""Called by ``os.Exit``: the runtime itself waits for nothing there, the probe for its files."""
WAITS_SEARCHED = 2000
"""The longest waits of the case, whose reasons are searched."""


@dataclass(frozen=True, slots=True)
class Total:
    """Waits that have something in common.

    Attributes:
        key: the reason, or the source line.
        function: the function of the source line; "" for a reason.
        count: how many waits.
        waited_ns: how long they took together within the window.
        unended: how many of them nothing ended.
        longest: the one that took longest.
    """

    key: str
    function: str
    count: int
    waited_ns: int
    unended: int
    longest: Interval


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of the pane.

    Attributes:
        waits: one a row, where nothing is summed up.
        totals: one a row, the longest first, where something is.
        capped: whether the window has more waits than were looked at.
        main: whether the main goroutine's waits for the tests are left out.
    """

    waits: tuple[Interval, ...]
    totals: tuple[Total, ...]
    capped: bool
    main: bool = False

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.totals) or len(self.waits)

    def wait(self, row: int) -> Interval:
        """Return the wait of a row; of a total the longest."""
        return self.totals[row].longest if self.totals else self.waits[row]


def never_ends(wait: Interval) -> bool:
    """Whether nothing had ended a wait when the trace stopped, with the tests."""
    return wait.to_the_end and wait.wake is None and not wait.cut


def list_waits(scene: Scene, listed: int) -> Listed:
    """Return the rows for the window's waits, of which at most ``listed`` are looked up.

    Another order than the longest first, or a choice among them, needs more to choose from.
    """
    schedule, view, wanted = scene.case.schedule, scene.view, scene.arrangement
    if schedule is None:
        return Listed((), (), capped=False)
    limit = listed
    if wanted.totals is not WaitTotals.EACH or wanted.waits_of is not None:
        limit = SUMMED
    elif (wanted.waits, wanted.wait_order) != (WaitsShown.ALL, WaitOrder.LONGEST):
        limit = max(listed, ORDERED)
    found = schedule.waits(view.start_ns, view.end_ns, limit)
    others = [wait for wait in found if not _is_of_testing(wait)]
    main = len(others) < len(found)
    chosen = [one for one in others if not _is_of_exit(one) and _is_shown(scene, one, wanted)]
    if wanted.totals is WaitTotals.EACH:
        key = _ORDERS[wanted.wait_order](scene)
        chosen.sort(key=lambda wait: (not never_ends(wait), key(wait)))
        return Listed(tuple(chosen), (), capped=len(found) == limit, main=main)
    return Listed((), _sum_up(scene, chosen, wanted.totals), capped=len(found) == limit, main=main)


def _is_of_testing(wait: Interval) -> bool:
    """Return whether the main goroutine waits for a test, or behind the last one for profiles."""
    if wait.lane.id != _MAIN:
        return False
    if any(each.function == _AFTER for each in wait.stack):
        return True
    frame = next((each for each in wait.stack if not each.function.startswith("runtime.")), None)
    return frame is not None and frame.function.startswith("testing.")


def _is_of_exit(wait: Interval) -> bool:
    """Return whether a goroutine that ends the process waits until the probe has written."""
    return any(each.function == _EXITS for each in wait.stack)


def _is_shown(scene: Scene, wait: Interval, wanted: Arrangement) -> bool:
    if wanted.totals is WaitTotals.EACH and wanted.waits_of is not None:
        of = wanted.waits_of
        if total_key(scene, wait, of.totals)[0] != of.key:
            return False
    if wanted.waits is WaitsShown.UNENDED:
        return never_ends(wait)
    if wanted.waits is WaitsShown.OF_TEST and scene.view.selection.test >= 0:
        goroutine = scene.goroutine(wait.lane.id)
        return goroutine is not None and goroutine.test == scene.view.selection.test
    return True


def wait_place(scene: Scene, wait: Interval) -> tuple[str, str]:
    """Return the source line at which the person's code waits, and its function."""
    frame = shown_frame(wait.stack, scene.case.package)
    if frame is None:
        return "", ""
    return f"{frame.short_file}:{frame.line}", bare_function(frame.function)


_Key = Callable[[Interval], tuple[int | str, ...]]
_ORDERS: dict[WaitOrder, Callable[[Scene], _Key]] = {
    WaitOrder.LONGEST: lambda _: lambda wait: (-wait.duration_ns,),
    WaitOrder.EARLIEST: lambda _: lambda wait: (wait.start_ns,),
    WaitOrder.GOROUTINE: lambda _: lambda wait: (wait.lane.id, wait.start_ns),
    WaitOrder.REASON: lambda _: lambda wait: (wait.state.label, -wait.duration_ns),
    WaitOrder.PLACE: lambda scene: lambda wait: (*wait_place(scene, wait), -wait.duration_ns),
}


def total_key(scene: Scene, wait: Interval, totals: WaitTotals) -> tuple[str, str]:
    """Return what a wait is summed up under, and the function of a source line."""
    key = (wait.state.label, "") if totals is WaitTotals.REASON else wait_place(scene, wait)
    return key if key[0] else ("(place unknown)", "")


def _sum_up(scene: Scene, waits: Sequence[Interval], totals: WaitTotals) -> tuple[Total, ...]:
    view = scene.view
    together: dict[tuple[str, str], list[Interval]] = {}
    for wait in waits:
        together.setdefault(total_key(scene, wait, totals), []).append(wait)
    found = [
        Total(
            key=key,
            function=function,
            count=len(group),
            waited_ns=sum(
                min(one.end_ns, view.end_ns) - max(one.start_ns, view.start_ns) for one in group
            ),
            unended=sum(map(never_ends, group)),
            longest=max(group, key=lambda one: one.duration_ns),
        )
        for (key, function), group in together.items()
    ]
    return tuple(sorted(found, key=lambda total: -total.waited_ns))


def find_waits(case: Case, needle: str) -> list[Match]:
    """Return the waits whose reason or state contains a text in lower case."""
    if case.schedule is None:
        return []
    waits = case.schedule.waits(case.start_ns, case.end_ns, WAITS_SEARCHED)
    return [
        Match(wait.start_ns, 1, wait.lane.id, SelectionKind.LANE, f"{wait.lane} waits: {reason}")
        for wait in waits
        if needle in (reason := wait.reason or wait.state.label).lower()
        or needle in (reason := wait.state.label)
    ]
