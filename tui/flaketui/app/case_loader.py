"""The explorer as far as reading is concerned: what arrives of the bundle, in threads of their own.

Threads come back as messages and calls; what they bring is shown at once, a case that is known
only in part as well, and nothing that is read keeps a key waiting.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.text import Text
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker, WorkerFailed, WorkerState, get_current_worker

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.timeline import Case
from flakecore.timeline.sources import bundled_sources
from flaketui.app.arranging import Arranging
from flaketui.app.case_cache import CaseCache, known_better
from flaketui.app.links import Link, follow
from flaketui.app.saved_state import content_key, recall
from flaketui.dialogs.search import Matches
from flaketui.view import navigation
from flaketui.view.arrangement import Arrangement
from flaketui.view.scene import case_name
from flaketui.view.viewport import History, Viewport

_PROGRESS_PERIOD = 0.1


class _NotWantedError(Exception):
    """What is being read is not wanted any more: the person left, or asked for something else."""


class Reading(Arranging):
    """Opens the bundle, and shows its cases as they become known."""

    class Loading(Message):
        """How far the loading thread has come."""

        def __init__(self, what: str, fraction: float) -> None:
            super().__init__()
            self.what = what
            self.fraction = fraction

    def __init__(self, bundle: Path, *, opened: Bundle | None, link: Link | None) -> None:
        # Said before any theme is: it decides how Textual keeps its own parts free of colours.
        super().__init__(ansi_color=True)
        self.bundle = bundle
        self.failed: FlakeError | None = None
        self._link = link or Link()
        self._memory = ""
        self._arrangements: dict[str, Arrangement] = {}
        self._bundled: dict[str, bytes] = {}
        self._progress = ""
        self._opened = opened
        self._shelf: CaseCache | None = None

    @abstractmethod
    def _schedule_frame(self) -> None:
        """Draw soon."""

    @abstractmethod
    def forget_findings(self, index: int) -> None:
        """Let go of what was found of a case that is known better now."""

    def read_bundle(self) -> None:
        """Begin to read, in a thread, so that no key waits for it."""
        self.run_worker(self._load_cases, thread=True, exit_on_error=False, group="load")

    def _load_cases(self) -> tuple[Case, ...]:
        self._memory = content_key(self.bundle)
        self._arrangements = recall(self._memory)
        try:
            return self.load(self._teller())
        except _NotWantedError:
            return ()

    def _teller(self) -> Callable[[str, float], None]:
        """Return what tells how far reading has come, and ends it when nobody waits for it."""
        said = 0.0

        worker = get_current_worker()

        def progress(what: str, fraction: float) -> None:
            nonlocal said
            if worker.is_cancelled:
                raise _NotWantedError
            if (now := time.monotonic()) - said >= _PROGRESS_PERIOD:
                said = now
                self.post_message(self.Loading(what, fraction))

        return progress

    def load(self, progress: Callable[[str, float], None]) -> tuple[Case, ...]:
        """Return the bundle's cases, the one to open read; runs in a thread of its own."""
        from flakecore.bundle import open_bundle

        bundle = self._opened or open_bundle(self.bundle, progress=progress)
        self._bundled = bundled_sources(bundle)
        self._shelf = CaseCache(bundle)
        self._shelf.read_first(follow(self._link, self._shelf.cases).case, progress)
        return self._shelf.cases

    def on_reading_loading(self, message: Loading) -> None:
        """Say how far loading has come: in the middle, or beside a part that is there already."""
        percent = f"{message.fraction:.0%}" if message.fraction > 0 else ""
        said = f"{message.what} {percent}".rstrip()
        if self.cases:
            self._progress = f"reading {percent}" if message.fraction < 1 else ""
            self._schedule_frame()
        else:
            self.query_one("#loading", Static).update(Text(said))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Open what was loaded; leave with the error where that failed."""
        if event.worker.group != "load":
            return
        if event.state is WorkerState.SUCCESS:
            self._open_first(event.worker.result or ())
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            if not isinstance(error, FlakeError):
                raise WorkerFailed(error or RuntimeError("the loading thread was ended"))
            self.failed = error
            self.exit(return_code=2)

    def _open_first(self, cases: tuple[Case, ...]) -> None:
        """Show the first view: the failure, or what the link asks for."""
        self.cases = cases
        self.query_one("#loading").display = False
        self.stage.display = True
        landing = follow(self._link, cases)
        self.open_case(landing.case, landing.view)
        pane = self._link.pane
        in_range = 1 <= pane <= len(self.stage.panes)
        self.stage.bring_up(self.stage.panes[pane - 1] if in_range else self.stage.current)
        left = self.arrangement.left
        if landing.missing:
            self.say(landing.missing)
        elif left is not None and self._link == Link():
            self.history.begin_at(navigation.fitted(self.case, left))
            self.say("z goes back to where you left this bundle; marks and views are as they were")

    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show a case, where nothing else is asked for at its first failure.

        One whose trace has not been read yet is shown as soon as it has.
        """
        if self._shelf is not None and self._shelf.has_part(index):
            # The part that is known comes on screen first: both would share the processors.
            self.call_after_refresh(self._read_rest, self._shelf, index)
        elif self._shelf is not None and not self._shelf.is_read(index):
            self._read_case(self._shelf, index, view)
            return
        if self._shelf is not None:
            self._shelf.touch(index)
        self.case_index = index
        self.history = History()
        self.matches = Matches("", [])
        self.view = view if view is not None else navigation.opening_view(self.cases[index])
        self._schedule_frame()

    def _read_rest(self, shelf: CaseCache, index: int) -> None:
        """Read all of a case that is on screen in part, in a thread."""
        self._progress = "reading"

        def read() -> None:
            worker = get_current_worker()
            with suppress(_NotWantedError):
                shelf.read(index, self._teller())
            if not worker.is_cancelled:
                self.call_from_thread(show)

        def show() -> None:
            self._progress = ""
            self.replace_case(shelf.cases[index])

        self.run_worker(read, thread=True, exclusive=True, group="read")

    def _read_case(self, shelf: CaseCache, index: int, view: Viewport | None) -> None:
        """Read a case in a thread, then show it, unless another one was asked for meanwhile."""
        self._progress = "reading"
        self._schedule_frame()
        sketch = self.cases[index]

        def read() -> None:
            worker = get_current_worker()
            with suppress(_NotWantedError):
                shelf.read(index, self._teller())
            if not worker.is_cancelled:
                self.call_from_thread(show)

        def show() -> None:
            self._progress = ""
            self.cases = shelf.cases
            self.open_case(index, known_better(sketch, self.cases[index], view))

        self.run_worker(read, thread=True, exclusive=True, group="read")

    def replace_case(self, case: Case) -> None:
        """Show a case of which more is known now, in place of the one of the same name.

        The window, the cursor, the selection and everything arranged stay as they are.
        """
        names = [case_name(one) for one in self.cases]
        if case_name(case) not in names:
            return
        index = names.index(case_name(case))
        before = self.cases[index]
        self.cases = (*self.cases[:index], case, *self.cases[index + 1 :])
        self.forget_findings(index)
        if index == self.case_index:
            self.view = navigation.carried_over(before, case, self.view)
            self.history.change(lambda view: navigation.carried_over(before, case, view))
            self.matches = Matches("", [])
        self._schedule_frame()
