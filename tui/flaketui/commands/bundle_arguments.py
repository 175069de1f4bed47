"""How a bundle is named on the command line, and how far fetching it has come."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from flaketui.commands.writing.streams import CLEAR_LINE, stderr

_PERIOD = 0.2
_AFTER = 1.0
"""Seconds: what is there before that needs no word."""


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add the bundle's places to a command's arguments."""
    parser.add_argument(
        "bundle",
        nargs="+",
        help="a bundle: zip, tar, folder, address or - for standard input; or files of one",
    )


def add_case_choice(parser: argparse.ArgumentParser) -> None:
    """Add which cases of the bundle a command is about; all if left out."""
    parser.add_argument("--package", metavar="PATH", help="of several packages only this one")
    parser.add_argument("--attempt", metavar="N", help="of several attempts only this one")


def progress_line() -> Callable[[str, float], None] | None:
    """Return a callback that shows progress on a line of the terminal; None without a terminal."""
    if not stderr.is_terminal:
        return None
    begun = shown = time.monotonic()

    def progress(what: str, share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - begun < _AFTER or (now - shown < _PERIOD and share < 1):
            return
        shown = now
        text = f"{what[-60:]} {share:4.0%}" if share < 1 else ""
        stderr.write(f"{CLEAR_LINE}{text}")

    return progress
