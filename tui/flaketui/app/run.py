"""Runs the explorer in a terminal, and returns how it ended."""

from __future__ import annotations

import os
from pathlib import Path

from flakecore.bundle import Bundle
from flaketui.app.explorer import Explorer
from flaketui.app.loading.read_ahead import ReadAhead
from flaketui.app.saved.links import Link
from flaketui.app.terminal.settings import DisplaySettings
from flaketui.app.terminal.terminal_watch import leaving_with_terminal


def run_explorer(
    bundle: Path,
    *,
    opened: Bundle | ReadAhead | None = None,
    called: tuple[str, ...] = (),
    link: Link | None = None,
    ascii: bool = False,  # noqa: A002 (the option's own name)
    mouse: bool = True,
    fps: int | None = None,
) -> int:
    """Show a bundle until the person leaves.

    Args:
        bundle: a file or folder that ``open_bundle`` takes.
        opened: the bundle itself, where it has been opened already, or is read already.
        called: the words that name it on the command line; the path, if left out.
        link: where to open, instead of on the first failure.
        ascii: draw with ASCII characters only; a Linux console is drawn so in any case.
        mouse: ask the terminal for mouse events.
        fps: frames a second at most; None chooses by whether the terminal is far away.

    Returns:
        0, or 1 after an internal error, whose log has been named on stderr. It does not return
        where the terminal goes away: the process is left with what had been arranged kept.

    Raises:
        FlakeError: the bundle cannot be shown; the terminal is as it was before.
    """
    if not os.environ.get("NO_COLOR"):
        # Only a value that is not empty asks for no colour; Textual looks at its presence.
        os.environ.pop("NO_COLOR", None)
    settings = DisplaySettings.for_terminal(ascii_glyphs=ascii, mouse=mouse, fps=fps)
    explorer = Explorer(bundle, opened=opened, called=called, link=link, settings=settings)
    if not settings.animated:
        explorer.animation_level = "none"
    with leaving_with_terminal(explorer.keep_place):
        explorer.run(mouse=settings.mouse)
    if explorer.failed is not None:
        raise explorer.failed
    return explorer.return_code or 0
