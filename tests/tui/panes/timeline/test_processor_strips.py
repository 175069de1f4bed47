"""Where lanes do not fit, procs and threads are summed up below them."""

from __future__ import annotations

from flaketui.app.explorer import Explorer
from program import SAMPLE
from tui.driving import exploring, press, timeline_of


async def test_at_120x40_procs_and_threads_stand_below_the_lanes() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot)
        rows = timeline_of(app).plain_text.split("\n")
        assert rows[-2].startswith(" P 4 procs")
        assert rows[-1].startswith(" M ")
        assert "threads" in rows[-1]
        assert "█" in rows[-2]
        assert len(rows) == timeline_of(app).size.height


async def test_where_all_lanes_fit_they_are_not_summed_up() -> None:
    async with exploring(size=(160, 60)) as pilot:
        app = await press(pilot, "2")
        text = timeline_of(app).plain_text
        assert "P 2 procs" not in text


async def test_a_small_screen_keeps_its_lines_for_lanes() -> None:
    async with exploring(Explorer(SAMPLE), size=(80, 24)) as pilot:
        app = await press(pilot, "2")
        assert " P 4 procs" not in timeline_of(app).plain_text
