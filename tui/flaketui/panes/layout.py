"""The panes and bars in their places, and which pane is the current one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from flakecore.timeline import FrameQuery
from flaketui.panes.bars import KeyBar, SummaryBar
from flaketui.panes.lines_widget import LinesWidget
from flaketui.panes.pane import Pane
from flaketui.panes.placement import Placement, boxes, is_beside
from flaketui.panes.registry import PANES, Basis, default_places, initial_pane
from flaketui.view.scene import Scene

ROOMY = (160, 45)
"""From this width and height on, tests and details are shown as well."""


class PlacementLayout(Layout):
    """Arranges the panes that are displayed by their placements."""

    name = "placement"

    def __init__(self) -> None:
        self.placements: Mapping[str, Placement] = default_places(Basis.TRACE)

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where each displayed pane stands in an area of this size."""
        del parent, greedy
        panes = [child for child in children if isinstance(child, Pane)]
        places = [self.placement_of(pane) for pane in panes]
        return [
            WidgetPlacement(Region(*box), NULL_OFFSET, NULL_SPACING, pane)
            for pane, box in zip(panes, boxes(places, *size), strict=True)
        ]

    def placement_of(self, pane: Pane) -> Placement:
        """Return a pane's placement: the one asked for, else its own."""
        return self.placements.get(pane.entry.name, pane.entry.placement)


class PaneArea(Container):
    """Holds all panes, of which some are displayed."""

    def __init__(self, panes: Sequence[Pane]) -> None:
        super().__init__(*panes, id="panes")
        self.placement = PlacementLayout()

    @property
    def layout(self) -> Layout:
        """How Textual arranges the panes, whatever a style sheet says."""
        return self.placement


class PaneLayout(Container):
    """All that shows a scene, and which of the panes is current.

    On a large screen the panes that have been placed stand between the bars; a small one shows
    the current pane only.

    Attributes:
        panes: every pane of the registry, in its order.
        current: the pane that keys go to.
    """

    def __init__(self, prompt: Widget, hints: Sequence[tuple[str, str]]) -> None:
        """Make all panes.

        Args:
            prompt: what stands above the bottom line while it is open.
            hints: (keys, word) for the bottom line, the most useful first.
        """
        super().__init__(id="layout")
        self.summary = SummaryBar(id="summary")
        self.panes: tuple[Pane, ...] = tuple(entry.load()(entry) for entry in PANES)
        self.keys = KeyBar([(entry.key, entry.tab) for entry in PANES], hints)
        self._prompt = prompt
        self._area = PaneArea(self.panes)
        self._by_name = {pane.entry.name: pane for pane in self.panes}
        self._shown_for: tuple[Basis, bool, bool] | None = None
        self._touched = False
        self.current: Pane = self[initial_pane(Basis.TRACE)]
        self.place(default_places(Basis.TRACE))

    def __getitem__(self, name: str) -> Pane:
        """Return a pane by its name in the registry."""
        return self._by_name[name]

    def compose(self) -> ComposeResult:
        """Lay out the panes between the bars."""
        yield self.summary
        yield self._area
        yield self._prompt
        yield self.keys

    def on_mount(self) -> None:
        """Make the initial pane the current one."""
        self._make_current(self.current)

    def place(self, placements: Mapping[str, Placement]) -> None:
        """Show these panes on a large screen, each in its place, and no others."""
        self._area.placement.placements = dict(placements)
        for name, pane in self._by_name.items():
            placement = placements.get(name)
            beside = placement is not None and is_beside(placement, [*placements.values()])
            pane.set_class(placement is not None, "-placed")
            pane.set_class(beside, "-beside")
        if self._area.is_mounted:
            self._area.refresh(layout=True)

    def bring_up(self, pane: Pane) -> None:
        """Make a pane the current one: keys go to it, and a small screen shows only it.

        A pane that has no place on a large screen takes its own, and the one that stands there
        gives way.
        """
        self._touched = True
        self._make_current(pane)

    def _make_current(self, pane: Pane) -> None:
        self.current.active = False
        self.current.redraw()
        self.current = pane
        pane.active = True
        compact = pane.scene is None or pane.scene.compact
        if not compact:
            self._give_place(pane)
        pane.redraw()
        if compact:
            self._lay_out_current()
        self.keys.show_current(pane.entry.key)

    def _give_place(self, pane: Pane) -> None:
        if pane.has_class("-placed"):
            return
        own = pane.entry.placement
        others = {
            name: one
            for name, one in self._area.placement.placements.items()
            if (one.row, one.column) != (own.row, own.column)
        }
        self.place({**others, pane.entry.name: own})

    def _lay_out_current(self) -> None:
        """Mark the current pane for the small screen's layout.

        On a large screen that would only send the whole screen again.
        """
        if self.current.has_class("-current"):
            return
        for other in self.panes:
            other.set_class(other is self.current, "-current")

    def neighbour(self, delta: int) -> Pane:
        """Return the pane after or before the current one, in the registry's order."""
        at = self.panes.index(self.current)
        return self.panes[(at + delta) % len(self.panes)]

    @property
    def describing(self) -> Pane:
        """The pane that describes the selection."""
        return next(pane for pane in self.panes if pane.describes_selection)

    @property
    def columns(self) -> int:
        """How many cells the widest time axis has; 1 where there is none."""
        return max(1, *(pane.columns for pane in self.panes))

    def needs(self, scene: Scene) -> FrameQuery | None:
        """Return what all panes look up in the trace to draw a scene; None for nothing."""
        wanted = [needs for pane in self.panes if (needs := pane.needs(scene)) is not None]
        if len(wanted) < 2:
            return wanted[0] if wanted else None
        return wanted[0]._replace(
            lanes=tuple(dict.fromkeys(lane for needs in wanted for lane in needs.lanes)),
            beside=tuple(dict.fromkeys(lane for needs in wanted for lane in needs.beside)),
        )

    def _place_defaults(self, scene: Scene) -> None:
        """Show the panes that fit the case and the screen, unless a person chose others."""
        screen = self.app.size  # its own is not known before it has been displayed
        roomy = screen.width >= ROOMY[0] and screen.height >= ROOMY[1]
        now = (_basis_of(scene), roomy, scene.compact)
        before, self._shown_for = self._shown_for, now
        if now == before:
            return
        basis, _, compact = now
        if before is None or before[0] is not basis or not self._touched:
            self.place(default_places(basis, roomy=roomy))
        if not self._touched:
            self._make_current(self[initial_pane(basis, compact=compact)])
        if not compact:
            self._give_place(self.current)

    def show(self, scene: Scene) -> None:
        """Hand a scene to everything that draws."""
        self._place_defaults(scene)
        if scene.compact:
            self._lay_out_current()
        drawn: tuple[LinesWidget, ...] = (self.summary, *self.panes, self.keys)
        for one in drawn:
            one.show(scene)


def _basis_of(scene: Scene) -> Basis:
    # While a bundle is read, a trace may be yet to come.
    if scene.case.schedule is not None or scene.progress:
        return Basis.TRACE
    return Basis.DUMPS if scene.case.dumps else Basis.OUTPUT
