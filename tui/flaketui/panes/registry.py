"""The panes of the explorer, one line each: everything else that names panes is made from this.

Keys, help, palette, README, ``--pane`` and the layout read the entries. The classes are imported
when they are asked for: the command line reads this and loads no Textual.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from flaketui.panes.placement import Placement

if TYPE_CHECKING:
    from flaketui.panes.pane import Pane
    from flaketui.view.search import Search


_RIGHT = Placement(0, 2)
"""Beside the findings."""


@dataclass(frozen=True, slots=True)
class PaneEntry:
    """One pane.

    Attributes:
        key: the key that brings it up, also its name for ``--pane``.
        name: its folder in ``panes/``, its id in the layout, and the word in its title.
        tab: the word beside its key in the bottom line of a small screen; where not all fit, those
            of the last panes are left out.
        help: what the key brings up, in full words.
        implementation: its class, as ``module:Class`` within its folder.
        placement: where it stands on a large screen, unless something else is asked for; the one
            that stands there gives way.
    """

    key: str
    name: str
    tab: str
    help: str
    implementation: str
    placement: Placement

    def load(self) -> type[Pane]:
        """Return the pane's class."""
        module, _, name = self.implementation.partition(":")
        found: type[Pane] = getattr(import_module(f"flaketui.panes.{self.name}.{module}"), name)
        return found


PANES: tuple[PaneEntry, ...] = (
    PaneEntry(
        "1", "tests", "tests", "the tests", "tests_pane:TestsPane", Placement(1, 1, 1, 28, 34, 56)
    ),
    PaneEntry(
        "2", "timeline", "time", "the timeline", "timeline_pane:TimelinePane", Placement(1, 2)
    ),
    PaneEntry("3", "gc", "gc", "the garbage collector", "gc_pane:CollectorPane", Placement(2, 1)),
    PaneEntry(
        "4",
        "blocking",
        "wait",
        "blocking: who waits for what",
        "blocking_pane:BlockingPane",
        Placement(2, 1),
    ),
    PaneEntry("5", "output", "out", "the output", "output_pane:OutputPane", Placement(2, 2)),
    PaneEntry("6", "details", "info", "the details", "details_pane:DetailsPane", _RIGHT),
    PaneEntry(
        "7",
        "goroutines",
        "Gs",
        "the goroutines: where each stands",
        "goroutines_pane:GoroutinesPane",
        Placement(2, 1),
    ),
    PaneEntry("8", "why", "why", "why it failed: findings", "why_pane:WhyPane", Placement(0, 1)),
    PaneEntry("9", "source", "src", "the source of the finding", "source_pane:SourcePane", _RIGHT),
    PaneEntry(
        "r",
        "runs",
        "runs",
        "the runs: how often, and under which conditions",
        "runs_pane:RunsPane",
        Placement(2, 1),
    ),
    PaneEntry(
        "P",
        "profile",
        "prof",
        "the profile: where time, memory and waiting went",
        "profile_pane:ProfilePane",
        Placement(1, 2),
    ),
)


class Basis(StrEnum):
    """What a case has of its goroutines, which decides the panes that are shown at first."""

    TRACE = "trace"
    DUMPS = "dumps"
    """Stacks of goroutines that the output or files of their own hold, reports of races too."""
    OUTPUT = "output"


class Occasion(StrEnum):
    """What a case is looked at for, which decides the panes that have a part in it."""

    HANG = "hang"
    RACE = "race"
    CHECK = "check"
    """Anything else that failed."""
    PASSED = "passed"


_SHOWN = {
    Basis.TRACE: ("why", "source", "timeline", "blocking", "output"),
    Basis.DUMPS: ("why", "source", "goroutines", "tests", "output"),
    Basis.OUTPUT: ("why", "source", "tests", "output"),
}
_ROOMY = {
    "details": Placement(0, 3),
    "tests": Placement(1, 1, 1, 28, 34, 56),
}
"""The places of panes that a roomy screen shows besides."""
_INITIAL = {Basis.TRACE: "timeline", Basis.DUMPS: "goroutines", Basis.OUTPUT: "output"}
_MOVED = {Basis.DUMPS: {"goroutines": Placement(1, 2)}}
"""Places that differ from the panes' own."""
_WAITS_BESIDE = {"output": Placement(2, 2, 3), "blocking": Placement(2, 1, 2)}
"""Where the output has more than the waits, it is wider."""
_SOURCE_WIDE = {"why": Placement(0, 1, 2), "source": Placement(0, 2, 3)}
"""Of a race the source of both accesses stands side by side."""
STACK = {"why": Placement(0, 1), "source": Placement(1, 1), "output": Placement(2, 1)}
"""The panes that share a small screen while the findings are read, from the top."""
STACK_WITHOUT_OUTPUT = {
    "why": STACK["why"],
    "source": STACK["source"],
    "goroutines": Placement(2, 1),
}
"""The same where there is no output."""


def default_places(
    basis: Basis,
    occasion: Occasion = Occasion.HANG,
    *,
    roomy: bool = False,
    low: bool = False,
    lacking: Set[str] = frozenset(),
) -> dict[str, Placement]:
    """Return the panes that a large screen shows at first, each with its place.

    Args:
        basis: what is known of the goroutines.
        occasion: what the case is looked at for.
        roomy: whether there is room for tests and details as well.
        low: whether there is none for a pane that has no part in what is looked at.
        lacking: panes that would be empty; details take the place of the output.
    """
    wanted = set(_SHOWN[basis]) - lacking
    own = {entry.name: entry.placement for entry in PANES if entry.name in wanted}
    places = own | {name: one for name, one in _MOVED.get(basis, {}).items() if name in own}
    if occasion is Occasion.RACE:
        places |= _SOURCE_WIDE
    if "output" in lacking:
        places["details"] = Placement(2, 1)
        return places
    if basis is Basis.TRACE and occasion is not Occasion.HANG:
        places |= _WAITS_BESIDE
        if low:
            del places["blocking"]
    if not roomy:
        return places
    besides = _ROOMY if basis is Basis.TRACE else {"details": _ROOMY["details"]}
    return places | besides


def initial_pane(basis: Basis, *, compact: bool = False) -> str:
    """Return the pane that keys go to at first; a small screen begins with the findings."""
    return "why" if compact else _INITIAL[basis]


def searches() -> list[Search]:
    """Return the search of each pane."""
    return [entry.load().search for entry in PANES]


def entry_of(key: str) -> PaneEntry | None:
    """Return the pane that a key brings up, or None."""
    return next((entry for entry in PANES if entry.key == key), None)
