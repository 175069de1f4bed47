"""The Source pane: from place to place, and to who stands there."""

from __future__ import annotations

from flaketui.app.explorer import Explorer
from program import SAMPLE
from tui.driving import exploring, press


async def test_every_place_leads_to_the_goroutine_that_stands_there() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "right_square_bracket", "right_square_bracket", "9")
        assert app.scene.failure is not None
        assert app.scene.failure.test_name == "TestLedgerTransfersBothWays"
        seen = []
        for _ in range(2):
            await press(pilot, "j")
            seen.append(str(app.view.selection.lane))
        assert seen[0] in ("G39", "G40")
        assert seen[1] in ("G39", "G40")
        await press(pilot, "z")
        assert app.view.selection.failure == 2


async def test_every_place_of_the_sample_has_its_text() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot)
        for _ in app.case.failures:
            assert "not at hand" not in app.layout["source"].plain_text
            await press(pilot, "right_square_bracket")
