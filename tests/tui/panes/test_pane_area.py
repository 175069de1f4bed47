"""The panes are laid out by their placements, and anew when these change."""

from __future__ import annotations

from flaketui.panes.pane_area import PaneArea
from tui.driving import exploring, press, settle


async def test_rows_take_their_new_heights_though_no_pane_has_asked_for_it() -> None:
    async with exploring(size=(160, 45)) as pilot:
        app = await press(pilot)
        area = app.layout["why"].parent
        assert isinstance(area, PaneArea)
        for lines in (9, 12):
            area.placement.heights = {0: lines}
            area.arrange_anew()
            await settle(pilot)
            assert app.layout["why"].size.height == lines
