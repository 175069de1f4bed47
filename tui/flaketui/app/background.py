"""Work in threads whose result is handed back to the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from textual.app import App
from textual.worker import get_current_worker

T = TypeVar("T")


class Background:
    """Runs work of an application in threads."""

    def __init__(self, app: App[None]) -> None:
        self._app = app

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        *,
        group: str,
        exclusive: bool = False,
    ) -> None:
        """Run ``work`` in a thread, then call ``done`` with its result in the event loop.

        ``done`` is not called for work that was cancelled, which happens on leaving, and where
        ``exclusive``, when other work of the group begins. An exception ends the application.
        """

        def run() -> None:
            worker = get_current_worker()
            result = work()
            if not worker.is_cancelled:
                self._app.call_from_thread(done, result)

        self._app.run_worker(run, thread=True, group=group, exclusive=exclusive)
