"""Reading goes on in a thread, for as long as somebody waits for it."""

from __future__ import annotations

import threading
import time

from flakecore.timeline import Case
from flaketui.app.loading.case_loader import Progress
from tui.driving import STUCK_S, ScenarioExplorer


async def test_reading_ends_when_the_person_leaves() -> None:
    ended = threading.Event()

    def endless(progress: Progress) -> tuple[Case, ...]:
        try:
            for _ in range(int(STUCK_S / 0.01)):
                progress("reading", 0.5)
                time.sleep(0.01)
        finally:
            ended.set()
        return ()

    async with ScenarioExplorer(load=endless).run_test() as pilot:
        await pilot.pause(0.05)
        await pilot.press("q")
    assert ended.wait(STUCK_S / 6)
