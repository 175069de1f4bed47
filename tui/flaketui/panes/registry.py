"""The panes of the explorer, one line each: everything else that names panes is made from this.

Keys, help, palette, README, ``--pane`` and the layout read the entries. The classes are imported
when they are asked for: the command line reads this and loads no Textual.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from flaketui.panes.placement import Placement

if TYPE_CHECKING:
    from flaketui.panes.pane import Pane
    from flaketui.view.search import Search


_WIDE = Placement(0, 2)
"""The large place: the lanes', or without a trace the goroutines'."""


@dataclass(frozen=True, slots=True)
class PaneEntry:
    """One pane.

    Attributes:
        key: the key that brings it up, also its name for ``--pane``.
        name: its folder in ``panes/``, its id in the layout, and the word in its title.
        tab: the word beside its key in the bottom line of a small screen, where all have to fit.
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
        "1", "tests", "tests", "the tests", "tests_pane:TestsPane", Placement(0, 1, 1, 28, 34, 56)
    ),
    PaneEntry("2", "timeline", "time", "the timeline", "timeline_pane:TimelinePane", _WIDE),
    PaneEntry(
        "3", "gc", "gc", "the garbage collector", "gc_pane:CollectorPane", Placement(2, 2, 2)
    ),
    PaneEntry(
        "4",
        "blocking",
        "blocking",
        "blocking: who waits for what",
        "blocking_pane:BlockingPane",
        Placement(1, 1),
    ),
    PaneEntry("5", "output", "output", "the output", "output_pane:OutputPane", Placement(1, 2)),
    PaneEntry(
        "6", "details", "details", "the details", "details_pane:DetailsPane", Placement(2, 1, 3)
    ),
    PaneEntry(
        "7",
        "goroutines",
        "Gs",
        "the goroutines: where each stands",
        "goroutines_pane:GoroutinesPane",
        _WIDE,
    ),
)


class Basis(StrEnum):
    """What a case knows of its goroutines, which decides the panes that are shown at first."""

    TRACE = "trace"
    DUMPS = "dumps"
    OUTPUT = "output"


_SHOWN = {
    Basis.TRACE: ("timeline", "tests", "gc", "blocking", "output", "details"),
    Basis.DUMPS: ("goroutines", "tests", "output", "details"),
    Basis.OUTPUT: ("output", "tests", "details"),
}
"""Of each basis the panes on a large screen; keys go to the first of them."""


def default_places(basis: Basis) -> dict[str, Placement]:
    """Return the panes that a large screen shows at first, each with its place."""
    return {entry.name: entry.placement for entry in PANES if entry.name in _SHOWN[basis]}


def initial_pane(basis: Basis) -> str:
    """Return the name of the pane that keys go to at first."""
    return _SHOWN[basis][0]


def searches() -> list[Search]:
    """Return the search of each pane."""
    return [entry.load().search for entry in PANES]


def entry_of(key: str) -> PaneEntry | None:
    """Return the pane that a key brings up, or None."""
    return next((entry for entry in PANES if entry.key == key), None)
