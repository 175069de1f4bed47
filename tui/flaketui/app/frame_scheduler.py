"""Drawing: what the panes are to show, and when.

Panes are handed one scene, once a frame, at most so many times a second; a held key draws only the
latest viewport. What a frame needs that takes a while, a part of the trace, what led to a wait, why
a failure happened, is worked out in threads, and the frame is drawn again when it is there.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from flakecore.bundle import Bundle
from flakecore.diagnosis import Finding
from flakecore.diagnosis.wait_chain import WaitLink, wait_chain
from flakecore.timeline import Case, Failure, FrameQuery
from flakecore.timeline.sources import Sources
from flaketui.app.case_loader import Reading
from flaketui.app.links import Link
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import Scene, Waiting, case_name, waiting_at

NARROW, SHORT = 110, 27
"""Below this width or height one pane fills the screen."""
_CHAINS = 500
"""Chains behind waits that are kept."""


class Drawing(Reading):
    """Knows the scene, and draws it when it has changed."""

    def __init__(self, bundle: Path, *, opened: Bundle | None, link: Link | None, fps: int) -> None:
        super().__init__(bundle, opened=opened, link=link)
        self._sources: dict[str, Sources] = {}
        self._period = 1 / max(1, fps)
        self._drawn_at = 0.0
        self._frame_due = False
        self._fetching = False
        self._had: FrameQuery | None = None
        self._findings: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._explaining: set[tuple[int, int]] = set()
        self._chains: dict[Waiting, tuple[WaitLink, ...]] = {}
        self._following: set[Waiting] = set()

    @property
    def arrangement(self) -> Arrangement:
        """What is arranged for the case on screen."""
        return self._arrangements.get(case_name(self.case), Arrangement())

    @property
    def scene(self) -> Scene:
        """What the panes are to show now."""
        # While the moment's generation is decoded, asking what happens in it would wait for that.
        waiting = None if self._fetching else waiting_at(self.case, self.view)
        chain = self._chains.get(waiting) if waiting is not None else ()
        return replace(self._plain_scene, chain=chain)

    @property
    def _plain_scene(self) -> Scene:
        """The scene as far as it is known without a look at the trace."""
        failure = self.view.selection.failure
        findings = self._findings.get((self.case_index, failure)) if failure >= 0 else ()
        return Scene(
            case=self.case,
            view=self.view,
            findings=findings,
            look=self.look,
            compact=self.is_compact,
            arrangement=self.arrangement,
            sources=self._sources_of(self.case),
            others=self.cases,
            progress=self._progress,
        )

    def _sources_of(self, case: Case) -> Sources:
        sources = self._sources.get(case.package)
        if sources is None:
            sources = self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled,
                working=Path.cwd(),
            )
        return sources

    @property
    def is_compact(self) -> bool:
        """Whether one pane fills the screen."""
        return self.size.width < NARROW or self.size.height < SHORT

    @property
    def is_drawing_due(self) -> bool:
        """Whether the screen does not show the viewport yet."""
        return self._frame_due or self._fetching

    def _schedule_frame(self) -> None:
        """Draw soon: behind the keys that already wait, and not before the next frame is due."""
        if self._frame_due:
            return
        self._frame_due = True
        wait = self._drawn_at + self._period - time.monotonic()
        if wait > 0:
            # Not by a timer of the framework: one that is due as soon as it starts never fires.
            asyncio.get_running_loop().call_later(wait, self.call_later, self._draw_frame)
        else:
            self.call_later(self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._drawn_at = time.monotonic()
        if self.cases and not self._fetch():
            scene = self.scene
            self.stage.show(scene)
            if scene.chain is None:
                self._follow_chain()
            if scene.findings is None:
                self._explain_failure(self.case_index, self.view.selection.failure)

    def _fetch(self) -> bool:
        """Have what the view needs of the trace looked up; True if the frame has to wait for it."""
        schedule = self.case.schedule
        if schedule is None:
            return False
        needs = self.stage.timeline.needs(self._plain_scene)
        if needs == self._had or schedule.is_cached(needs):
            return False
        if not self._fetching:
            self._fetching = True
            self.say("reading this part of the trace")

            def fetch() -> None:
                schedule.fetch(needs)
                self.call_from_thread(self._fetched, needs)

            self.run_worker(fetch, thread=True, group="fetch")
        return True

    def _fetched(self, needs: FrameQuery) -> None:
        self._fetching, self._had = False, needs
        self.say("")
        self._schedule_frame()

    def _follow_chain(self) -> None:
        """Work out in a thread what led to the end of the wait at the cursor, once."""
        waiting = waiting_at(self.case, self.view)
        if waiting is None or waiting in self._following:
            return
        self._following.add(waiting)

        def follow_back() -> None:
            links = wait_chain(*waiting)
            self.call_from_thread(self._followed, waiting, links)

        self.run_worker(follow_back, thread=True, group="chain")

    def _followed(self, waiting: Waiting, links: tuple[WaitLink, ...]) -> None:
        self._following.discard(waiting)
        if len(self._chains) >= _CHAINS:
            self._chains.clear()
        self._chains[waiting] = links
        self._schedule_frame()

    def _explain_failure(self, case_index: int, failure: int) -> None:
        """Work out in a thread why a failure happened, once."""
        key = (case_index, failure)
        if key in self._explaining:
            return
        self._explaining.add(key)
        case = self.cases[case_index]

        def work_out() -> None:
            findings = self.explain(case, case.failures[failure])
            self.call_from_thread(self._explained, key, findings)

        self.run_worker(work_out, thread=True, group="explain")

    def _explained(self, key: tuple[int, int], findings: tuple[Finding, ...]) -> None:
        self._findings[key] = findings
        self._schedule_frame()

    def forget_findings(self, index: int) -> None:
        """Let go of what was found of a case that is known better now."""
        self._findings = {key: found for key, found in self._findings.items() if key[0] != index}
        self._explaining = {key for key in self._explaining if key[0] != index}

    def explain(self, case: Case, failure: Failure) -> tuple[Finding, ...]:
        """Return why a failure happened; runs in a thread of its own."""
        from flakecore.diagnosis import explain

        return explain(case, failure, self._sources_of(case))
