"""When a frame is drawn: at most so many times a second, and not before its data is decoded.

The panes are handed one scene a frame; a held key draws only the latest viewport. A part of the
trace that a frame needs and that is not decoded yet is decoded in a thread first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from flakecore.timeline import FrameQuery
from flaketui.app.host import ExplorerHost
from flaketui.app.scene_builder import SceneBuilder
from flaketui.view.scene import Scene


class FrameScheduler:
    """Draws the scene when it has changed."""

    def __init__(
        self, host: ExplorerHost, scenes: SceneBuilder, call_later: Callable[..., object], fps: int
    ) -> None:
        """Draw the scenes of a builder.

        Args:
            host: the explorer.
            scenes: builds the scenes.
            call_later: calls a function behind the messages that already wait.
            fps: frames a second at most.
        """
        self._host = host
        self._scenes = scenes
        self._call_later = call_later
        self._period = 1 / max(1, fps)
        self._drawn_at = 0.0
        self._frame_due = False
        self._fetching = False
        self._fetched: FrameQuery | None = None

    @property
    def scene(self) -> Scene:
        """What the panes show from the next frame on."""
        # While the moment's generation is decoded, asking what happens in it would wait for that.
        return self._scenes.scene_without_chain() if self._fetching else self._scenes.scene()

    @property
    def is_drawing_due(self) -> bool:
        """Whether the screen does not show the viewport yet."""
        return self._frame_due or self._fetching

    @property
    def next_frame_at(self) -> float:
        """The moment, of the monotonic clock, from which the next frame may be drawn."""
        return self._drawn_at + self._period

    def draw_soon(self) -> None:
        """Draw behind the keys that already wait, and not before the next frame is due."""
        if self._frame_due:
            return
        self._frame_due = True
        wait = self.next_frame_at - time.monotonic()
        if wait > 0:
            # Not by a timer of the framework: one that is due as soon as it starts never fires.
            asyncio.get_running_loop().call_later(wait, self._call_later, self._draw)
        else:
            self._call_later(self._draw)

    def _draw(self) -> None:
        self._frame_due = False
        self._drawn_at = time.monotonic()
        if self._host.cases and not self._fetch():
            scene = self.scene
            self._host.layout.show(scene)
            self._scenes.complete(scene)

    def _fetch(self) -> bool:
        """Decode what the view needs of the trace; returns whether the frame has to wait for it."""
        schedule = self._host.case.schedule
        if schedule is None:
            return False
        needs = self._host.layout.needs(self._scenes.scene_without_chain())
        if needs is None or needs == self._fetched or schedule.is_cached(needs):
            return False
        if not self._fetching:
            self._fetching = True
            self._host.layout.keys.show_progress("reading this part of the trace")
            self._host.background.run(
                lambda: schedule.fetch(needs), lambda _: self._draw_fetched(needs), group="fetch"
            )
        return True

    def _draw_fetched(self, needs: FrameQuery) -> None:
        self._fetching, self._fetched = False, needs
        self._host.layout.keys.show_progress("")
        self.draw_soon()
