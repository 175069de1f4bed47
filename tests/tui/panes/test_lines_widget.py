"""Only changed lines are sent again."""

from __future__ import annotations

import pytest
from textual.strip import Strip

from flaketui.panes.output.output_pane import OutputPane
from flaketui.panes.pane import Pane
from flaketui.panes.timeline.timeline_pane import TimelinePane
from tui.driving import exploring, press, settle


async def test_a_key_refreshes_only_the_lines_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0")
        refreshed: list[int] = []

        def note(self: Pane, *regions: object, **_: object) -> Pane:
            refreshed.append(len(regions))
            return self

        monkeypatch.setattr(Pane, "refresh", note)
        app.go(app.view.nudge(0.02), "nudge")
        await settle(pilot)
        timeline = app.layout["timeline"]
        assert refreshed
        assert 0 not in refreshed  # a whole pane
        assert sum(refreshed) < sum(pane.size.height for pane in app.layout.panes) // 2
        assert timeline.lines


async def test_a_pane_whose_drawing_fails_says_so_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def draw(*_: object) -> list[Strip]:
        raise ZeroDivisionError

    monkeypatch.setattr(OutputPane, "draw", draw)
    async with exploring() as pilot:
        pane = pilot.app.query_one(OutputPane)
        assert "it cannot be drawn: an error of the" in " ".join(pane.plain_text.split())
        assert "ZeroDivisionError" in pane.plain_text
        assert "cannot be drawn" not in pilot.app.query_one(TimelinePane).plain_text
