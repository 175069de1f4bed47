"""The explorer driven without a terminal: opened, keys pressed, waited for, looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import textual.app
from textual.pilot import Pilot

from flakecore.diagnosis import Finding
from flakecore.loss import Loss
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources
from flaketui._textual_hooks import screen_lines
from flaketui.app.explorer import Explorer
from flaketui.app.loading.case_loader import Load
from flaketui.app.saved.links import Link
from flaketui.app.scene_builder import Explain
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.panes.timeline.timeline_pane import TimelinePane
from flaketui.view.bundle_runs import BundleRuns
from tui.scenario import FINDINGS, deadlock

STUCK_S = 60.0
"""After so long what has not been drawn never will be."""


def explain_deadlock(
    case: Case, failure: Failure, sources: Sources, known: BundleRuns, losses: list[Loss]
) -> tuple[Finding, ...]:
    del case, sources, known, losses
    return FINDINGS if failure.test == 0 else ()


class ScenarioExplorer(Explorer):
    """The explorer on made-up cases instead of a bundle."""

    def __init__(
        self,
        *cases: Case,
        link: Link | None = None,
        ascii_glyphs: bool = False,
        load: Load | None = None,
        explain: Explain = explain_deadlock,
    ) -> None:
        super().__init__(
            Path("scenario.zip"),
            link=link,
            settings=DisplaySettings(ascii_glyphs=ascii_glyphs, fps=1000),
            load=load or (lambda _: cases or (deadlock(),)),
            explain=explain,
            explain_passed=lambda _case, _sources, _losses: (),
        )


@asynccontextmanager
async def exploring(
    explorer: Explorer | None = None, size: tuple[int, int] = (160, 45)
) -> AsyncIterator[Pilot[None]]:
    """Run the explorer without a terminal until it shows its first view."""
    explorer = explorer or ScenarioExplorer()
    async with explorer.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until threads have answered and the last viewport is drawn.

    Twice over nothing may be left to run: what the screen does when it is updated may bring more.
    """
    app, quiet = pilot.app, 0
    async with asyncio.timeout(STUCK_S):
        while quiet < 2:
            await app.workers.wait_for_complete()
            await _all_else_waits()
            app.screen._on_timer_update()
            at_work = any(not worker.is_finished for worker in app.workers)
            owing = isinstance(app, Explorer) and app.frames.is_drawing_due
            if at_work or owing:
                quiet = 0
                await asyncio.sleep(0.001)
            else:
                quiet += 1


async def _all_else_waits(*_: float) -> None:
    """Let the event loop run until this task is the only one that can.

    Then no widget has a message left, as the one that it awaits would wake it. Messages to every
    widget that are awaited, as a pilot's own way is, take a sixth of the tests' processor time.
    """
    ready = vars(asyncio.get_running_loop())["_ready"]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


async def press(pilot: Pilot[None], *keys: str) -> Explorer:
    """Press keys one after the other, each drawn before the next; return the explorer."""
    for key in keys:
        with pytest.MonkeyPatch.context() as patch:
            # The pilot itself waits for 40 ms a key, and longer beside busy processes.
            patch.setattr(textual.app, "wait_for_idle", _all_else_waits)
            await pilot.press(key)
        await settle(pilot)
    assert isinstance(pilot.app, Explorer)
    return pilot.app


def screen_text(explorer: Explorer) -> str:
    """What stands on the screen."""
    return "\n".join(line.rstrip() for line in screen_lines(explorer.screen))


def timeline_of(explorer: Explorer) -> TimelinePane:
    pane = explorer.layout["timeline"]
    assert isinstance(pane, TimelinePane)
    return pane
