"""Reads a bundle in a thread of its own, while the program loads what it draws with.

Loading Textual takes a fifth of a second in which the loops over a trace, which are no Python, can
run on another processor. Nothing here loads Textual, nor a pane: two threads that load the same
modules would wait for one another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from flakecore.bundle import Bundle
from flakecore.timeline import Case, Progress
from flakecore.timeline.sources import bundled_sources
from flaketui.app.loading.case_cache import CaseCache
from flaketui.view.bundle_runs import BundleRuns, bundle_runs

_LOOK_S = 0.05
"""Seconds between reports of progress to whoever waits for it."""


class CancelledReadError(BaseException):
    """What is being read is not wanted any more: the person left, or asked for something else.

    It is no error that a reader may turn into a loss.
    """


@dataclass(frozen=True, slots=True)
class ReadBundle:
    """A bundle of which the case to open has been read.

    Attributes:
        cache: its cases.
        sources: the source files that it holds, by path.
        runs: the runs that its manifest lists.
    """

    cache: CaseCache
    sources: dict[str, bytes]
    runs: BundleRuns


def read_bundle(
    bundle: Bundle, opened: Callable[[tuple[Case, ...]], int], progress: Progress
) -> ReadBundle:
    """Read of a bundle what the first view shows.

    Args:
        bundle: where it lies.
        opened: returns the index of the case to open.
        progress: called while its trace is read.
    """
    sources, runs = bundled_sources(bundle), bundle_runs(bundle)
    cache = CaseCache(bundle)
    cache.read_first(opened(cache.cases), progress)
    return ReadBundle(cache, sources, runs)


class ReadAhead:
    """A bundle that is being read, of its cases the first."""

    def __init__(self, bundle: Bundle) -> None:
        """Begin to read it."""
        self.bundle = bundle
        self._outcome: ReadBundle | BaseException | None = None
        self._reached = ("reading", 0.0)
        self._stopped = False
        self._thread = threading.Thread(target=self._read, name="read-ahead", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            self._outcome = read_bundle(self.bundle, lambda _: 0, self._note)
        except BaseException as error:  # whoever waits for it deals with it
            self._outcome = error

    def _note(self, what: str, fraction: float) -> None:
        if self._stopped:
            raise CancelledReadError
        self._reached = what, fraction

    def finished(self, progress: Progress) -> ReadBundle:
        """Wait until it has been read.

        Args:
            progress: called meanwhile; what it raises ends the reading.

        Raises:
            FlakeError: the bundle cannot be read.
        """
        try:
            while self._thread.is_alive():
                progress(*self._reached)
                self._thread.join(_LOOK_S)
        finally:
            self._stopped = True
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        assert self._outcome is not None
        return self._outcome
