"""What stands out in a profile stands below it, where there is room."""

from __future__ import annotations

import pytest

from diagnosis.program_bundles import collected_program
from flaketui.app.explorer import Explorer
from flaketui.app.terminal.settings import DisplaySettings
from tui.driving import exploring, press

pytestmark = pytest.mark.needs_go


async def _shown(test: str) -> list[str]:
    run = collected_program("lock_rings", "--no-race", "-run", f"^{test}$")
    app = Explorer(run.folder, settings=DisplaySettings(fps=1000))
    async with exploring(app, (80, 24)) as pilot:
        await press(pilot, "P", "F")
        await app.workers.wait_for_complete()
        await pilot.pause()
        app.layout["profile"].redraw()
        return app.layout["profile"].plain_text.splitlines()


async def test_a_ring_of_locks_is_told_in_three_rows_below_the_waits() -> None:
    rows = await _shown("TestRingOfThree")
    assert rows[0].startswith(" PROFILE  block · ")
    assert rows[-3].startswith(" ! orders was waited for once at lockrings.refund")
    assert rows[-1].rstrip().endswith("…")


async def test_one_order_leaves_the_room_to_the_table() -> None:
    assert not any("waited for" in row for row in await _shown("TestOneOrderOfThree"))
