"""Only changed lines are sent again."""

from __future__ import annotations

import pytest

from flaketui.panes.pane import Pane
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
