"""The panes of the explorer, one line each: everything else that names panes is made from this.

Keys, help, palette, README, ``--pane`` and the layout read the entries. The classes are imported
when they are asked for: the command line reads this and loads no Textual.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from flaketui.panes.placement import Placement

if TYPE_CHECKING:
    from flaketui.panes.pane import Pane
    from flaketui.view.search import Search


@dataclass(frozen=True, slots=True)
class PaneEntry:
    """One pane.

    Attributes:
        key: the key that brings it up, also its name for ``--pane``.
        name: its folder in ``panes/``, its id in the layout, and the word in its title.
        help: what the key brings up, in full words.
        implementation: its class, as ``module:Class`` within its folder.
        placement: where it stands on a large screen, unless something else is asked for.
    """

    key: str
    name: str
    help: str
    implementation: str
    placement: Placement

    def load(self) -> type[Pane]:
        """Return the pane's class."""
        module, _, name = self.implementation.partition(":")
        found: type[Pane] = getattr(import_module(f"flaketui.panes.{self.name}.{module}"), name)
        return found


PANES: tuple[PaneEntry, ...] = (
    PaneEntry("1", "tests", "the tests", "tests_pane:TestsPane", Placement(0, 1, 1, 28, 34, 56)),
    PaneEntry("2", "timeline", "the timeline", "timeline_pane:TimelinePane", Placement(0, 2)),
    PaneEntry("3", "gc", "the garbage collector", "gc_pane:CollectorPane", Placement(2, 2, 2)),
    PaneEntry(
        "4",
        "blocking",
        "blocking: who waits for what",
        "blocking_pane:BlockingPane",
        Placement(1, 1),
    ),
    PaneEntry("5", "output", "the output", "output_pane:OutputPane", Placement(1, 2)),
    PaneEntry("6", "details", "the details", "details_pane:DetailsPane", Placement(2, 1, 3)),
)
INITIAL = "timeline"
"""The pane that keys go to at first."""


def searches() -> list[Search]:
    """Return the search of each pane."""
    return [entry.load().search for entry in PANES]


def entry_of(key: str) -> PaneEntry | None:
    """Return the pane that a key brings up, or None."""
    return next((entry for entry in PANES if entry.key == key), None)
