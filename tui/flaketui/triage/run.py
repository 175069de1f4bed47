"""Runs the triage screen, and the explorer on each failure that is opened from it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from flakecore.bundle import open_bundle
from flakecore.errors import FlakeError
from flakecore.fleet import TriageFilter, TriageSession
from flakecore.fleet.triage.clusters import FailurePlace
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.app.terminal.terminal_watch import leaving_with_terminal
from flaketui.triage.screen_state import ScreenState
from flaketui.triage.triage_app import TriageApp


def run_triage(
    session: TriageSession,
    read: Callable[[TriageFilter], TriageSession],
) -> int:
    """Show a fleet until the person leaves.

    Args:
        session: the fleet as it is looked at first.
        read: looks at it by another filter.

    Returns:
        0, or 1 after an internal error, whose log has been named on stderr.
    """
    if not os.environ.get("NO_COLOR"):
        # Only a value that is not empty asks for no colour; Textual looks at its presence.
        os.environ.pop("NO_COLOR", None)
    settings, state = DisplaySettings.for_terminal(), ScreenState()
    while True:
        screen = TriageApp(session, read, state, settings)
        if not settings.animated:
            screen.animation_level = "none"
        with leaving_with_terminal(lambda: None):
            screen.run(mouse=settings.mouse)
        session = screen.session
        if screen.to_open is None:
            return screen.return_code or 0
        try:
            _explore(screen.to_open)
        except FlakeError as error:
            state.notice = str(error)


def _explore(place: FailurePlace) -> None:
    """Open the explorer at a failure.

    Raises:
        FlakeError: the bundle cannot be opened: it was moved or deleted since it was scanned.
    """
    # Imported here: the list of a fleet needs none of the explorer.
    from flaketui.app.run import run_explorer
    from flaketui.app.saved.links import Link

    link = Link(package=place.package, attempt=place.attempt, test=place.test)
    run_explorer(
        Path(place.bundle), opened=open_bundle(place.bundle), called=(place.bundle,), link=link
    )
