"""Where the displayed panes stand in the area between the bars, as Textual lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from flaketui.panes.pane import Pane
from flaketui.panes.placement import Placement, boxes
from flaketui.panes.registry import STACK, STACK_WITHOUT_OUTPUT

STACKED = STACK | STACK_WITHOUT_OUTPUT
"""The places of panes that a small screen shows one under the other."""


class PlacementLayout(Layout):
    """Arranges the panes that are displayed by their placements.

    Attributes:
        placements: the panes' places on a large screen.
        heights: lines of each row by its index; rows that are left out share the rest.
    """

    name = "placement"

    def __init__(self) -> None:
        self.placements: Mapping[str, Placement] = {}
        self.heights: Mapping[int, int] = {}

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where each displayed pane stands in an area of this size."""
        del parent, greedy
        panes = [child for child in children if isinstance(child, Pane)]
        places = [self.placement_of(pane) for pane in panes]
        return [
            WidgetPlacement(Region(*box), NULL_OFFSET, NULL_SPACING, pane)
            for pane, box in zip(panes, boxes(places, *size, self.heights), strict=True)
        ]

    def placement_of(self, pane: Pane) -> Placement:
        """Return a pane's placement: the one asked for, else its own."""
        if pane.has_class("-current"):
            return STACKED.get(pane.entry.name, pane.entry.placement)
        return self.placements.get(pane.entry.name, pane.entry.placement)


class PaneArea(Container):
    """Holds all panes, of which some are displayed."""

    def __init__(self, panes: Sequence[Pane]) -> None:
        super().__init__(*panes, id="panes")
        self.placement = PlacementLayout()

    @property
    def layout(self) -> Layout:
        """How Textual arranges the panes, whatever a style sheet demands."""
        return self.placement

    def arrange_anew(self) -> None:
        """Arrange the panes by what has become of their placements.

        Textual keeps an arrangement until a child asks for another: asking itself is not enough.
        """
        if self.is_mounted:
            self.children[0].refresh(layout=True)
