"""Reads the bundle and its cases in threads, and opens each as soon as it can be shown.

A case that is known only in part is shown at once; nothing that is read keeps a key waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from textual.message import Message
from textual.worker import get_current_worker

from flakecore.bundle import Bundle
from flakecore.errors import FlakeError
from flakecore.gotest import PackageRun
from flakecore.timeline import Case, CaseProfile, load_profiles
from flaketui.app.host import ExplorerHost
from flaketui.app.loading.case_cache import CaseCache, carried_view, prepare_first_frames
from flaketui.app.loading.read_ahead import CancelledReadError, ReadAhead, read_bundle
from flaketui.app.saved.links import Link, follow
from flaketui.app.saved.saved_state import Arrangements
from flaketui.view.bundle_runs import BundleRuns
from flaketui.view.viewport import Viewport

_PROGRESS_PERIOD = 0.1
"""Seconds between two messages about progress, at least."""
Progress = Callable[[str, float], None]
"""Called with what is being read and the part of it that has been, from 0 to 1."""
Load = Callable[[Progress], tuple[Case, ...]]
"""Returns the cases of a bundle; a thread of its own calls it."""


class LoaderHost(ExplorerHost, Protocol):
    """What the loader asks of the explorer besides the rest."""

    def show_bundle(self, cases: tuple[Case, ...], arrangements: Arrangements) -> None:
        """Show the cases of the bundle for the first time."""

    def show_case(self, index: int, view: Viewport | None) -> None:
        """Show a case that has been read, at a view or else at its first failure."""

    def replace_case(self, case: Case) -> None:
        """Show a case of which more is known now in place of the one of the same name."""

    def leave_with(self, error: FlakeError) -> None:
        """End the explorer with an error."""

    def post_message(self, message: Message) -> bool:
        """Hand a message to the event loop; any thread may call this."""


class CaseLoader:
    """Reads what is asked for of one bundle.

    Attributes:
        progress: what is being read beside what is shown, in a few words; "" for nothing.
        runs: the runs that its manifest lists.
        bundled_sources: the source files that the bundle holds, by path.
        printed_runs: what each run printed, where the bundle has several.
    """

    class Loading(Message):
        """How far reading has come."""

        def __init__(self, what: str, fraction: float) -> None:
            super().__init__()
            self.what = what
            self.fraction = fraction

        @property
        def percent(self) -> str:
            """The part that has been read; "" before anything has."""
            return f"{self.fraction:.0%}" if self.fraction > 0 else ""

    def __init__(
        self,
        host: LoaderHost,
        bundle: Path,
        *,
        opened: Bundle | ReadAhead | None,
        link: Link,
        load: Load | None = None,
    ) -> None:
        """Prepare to read a bundle.

        Args:
            host: the explorer.
            bundle: where the bundle is.
            opened: the bundle itself, where it has been opened already, or is read already.
            link: names the case to read first.
            load: returns the cases in place of those of the bundle.
        """
        self._host = host
        self._bundle = bundle
        self._opened = opened
        self._link = link
        self._load = load or self._load_bundle
        self._cache: CaseCache | None = None
        self._read_from: Bundle | None = None
        self.progress = ""
        self.bundled_sources: dict[str, bytes] = {}
        self.runs = BundleRuns()
        self.printed_runs: tuple[PackageRun, ...] = ()

    @property
    def bundle(self) -> Bundle | None:
        """The bundle that the cases are of; None before it is open, or where they are of none."""
        return self._read_from

    def profiles_of(self, case: Case) -> tuple[CaseProfile, ...]:
        """Return the profiles of a case; a thread of its own calls this."""
        if self._read_from is None:
            return ()
        return tuple(load_profiles(self._read_from, case)[0])

    def begin(self) -> None:
        """Begin to read the bundle."""
        self._host.background.run(self._read_bundle, self._bundle_read, group="load")

    def _read_bundle(self) -> tuple[tuple[Case, ...], Arrangements] | FlakeError:
        arrangements = Arrangements.read(self._bundle)
        try:
            return self._load(self._reporter()), arrangements
        except CancelledReadError:
            return (), arrangements
        except FlakeError as error:
            return error

    def _bundle_read(self, outcome: tuple[tuple[Case, ...], Arrangements] | FlakeError) -> None:
        if isinstance(outcome, FlakeError):
            self._host.leave_with(outcome)
        else:
            self._host.show_bundle(*outcome)

    def _load_bundle(self, progress: Progress) -> tuple[Case, ...]:
        """Return the bundle's cases, of which the one to open has been read."""
        from flakecore.bundle import open_bundle

        ahead = self._opened
        if isinstance(ahead, ReadAhead):
            bundle, read = ahead.bundle, ahead.finished(progress)
        else:
            bundle = ahead or open_bundle(self._bundle, progress=progress)
            read = read_bundle(bundle, lambda cases: follow(self._link, cases).case, progress)
        self.bundled_sources, self.runs = read.sources, read.runs
        self._cache = read.cache
        self.printed_runs = self._cache.runs
        self._read_from = bundle
        cases = self._cache.cases
        prepare_first_frames(cases[follow(self._link, cases).case])
        return cases

    def _reporter(self) -> Progress:
        """Return what posts how far reading has come, and ends it when nobody waits for it."""
        reported = 0.0
        worker = get_current_worker()

        def progress(what: str, fraction: float) -> None:
            nonlocal reported
            if worker.is_cancelled:
                raise CancelledReadError
            if (now := time.monotonic()) - reported >= _PROGRESS_PERIOD:
                reported = now
                self._host.post_message(self.Loading(what, fraction))

        return progress

    def note_progress(self, message: Loading) -> None:
        """Take over how far the rest of a case that is on screen has been read."""
        self.progress = f"reading {message.percent}" if message.fraction < 1 else ""
        self._host.draw_soon()

    def open_case(self, index: int, view: Viewport | None = None) -> None:
        """Show a case; one whose trace has not been read yet, as soon as it has."""
        cache = self._cache
        if cache is not None and cache.has_part(index):
            # The part that is known comes on screen first: both would share the processors.
            self._host.layout.call_after_refresh(self._read_rest, cache, index)
        elif cache is not None and not cache.is_read(index):
            self._read_then_open(cache, index, view)
            return
        if cache is not None:
            cache.touch(index)
        self._host.show_case(index, view)

    def read_case(self, index: int) -> Case:
        """Return a case, its trace read; what is on screen stays. A thread of its own calls it."""
        if self._cache is None:
            return self._host.cases[index]
        self._cache.read(index)
        prepare_first_frames(self._cache.cases[index])
        return self._cache.cases[index]

    def _read_rest(self, cache: CaseCache, index: int) -> None:
        """Read all of a case that is on screen in part."""
        self.progress = "reading"

        def show(_: None) -> None:
            self.progress = ""
            self._host.replace_case(cache.cases[index])

        self._read(cache, index, show)

    def _read_then_open(self, cache: CaseCache, index: int, view: Viewport | None) -> None:
        """Read a case, then show it, unless another one was asked for meanwhile."""
        self.progress = "reading"
        self._host.draw_soon()
        sketch = self._host.cases[index]

        def show(_: None) -> None:
            self.progress = ""
            self._host.cases = cache.cases
            self.open_case(index, carried_view(sketch, self._host.cases[index], view))

        self._read(cache, index, show)

    def _read(self, cache: CaseCache, index: int, show: Callable[[None], None]) -> None:
        def read() -> None:
            with suppress(CancelledReadError):
                cache.read(index, self._reporter())
                prepare_first_frames(cache.cases[index])

        self._host.background.run(read, show, group="read", exclusive=True)
