"""When frames are drawn."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tui.driving import exploring, press, settle
from tui.scripted_schedule import MS


async def test_a_held_key_draws_the_latest_viewport_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "plus")
        drawn = 0
        show = app.layout.show

        def count(scene: object) -> None:
            nonlocal drawn
            drawn += 1
            show(scene)  # type: ignore[arg-type]

        monkeypatch.setattr(app.layout, "show", count)
        for _ in range(20):
            app.actions.movement.pan(1)
        await settle(pilot)
        assert drawn == 1
        assert app.layout["timeline"].scene is not None
        assert app.layout["timeline"].scene.view == app.view


async def test_a_frame_that_is_due_in_almost_no_time_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        almost_due = app.frames.next_frame_at - 1e-9
        monkeypatch.setattr(
            "flaketui.app.frame_scheduler.time", SimpleNamespace(monotonic=lambda: almost_due)
        )
        app.go(app.view.at(7 * MS), "test")
        await settle(pilot)
        assert app.layout["timeline"].scene is not None
        assert app.layout["timeline"].scene.view.cursor_ns == 7 * MS
