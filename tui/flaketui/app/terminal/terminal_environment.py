"""What the terminal around the explorer can do, by its environment variables."""

from __future__ import annotations

import os

from flaketui.drawing.palettes import DARK, LIGHT, PLAIN, SIXTEEN, Palette

LOCAL_FPS, REMOTE_FPS = 60, 15


def is_remote() -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(os.environ.get("SSH_CONNECTION"))


def is_linux_console() -> bool:
    """Whether the terminal is a Linux console, whose font lacks most glyphs."""
    return os.environ.get("TERM") == "linux"


def is_ascii_locale() -> bool:
    """Whether the locale that was asked for has no letters but those of ASCII.

    Python turns such a ``LC_CTYPE`` into ``C.UTF-8`` (PEP 538), so it is ``LANG`` that shows where
    ``LC_ALL`` is not set. None set at all, as in many a container, asks for nothing.
    """
    asked = os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return asked in ("C", "POSIX")


def frames_per_second() -> int:
    """Return how many frames a second are worth sending."""
    return REMOTE_FPS if is_remote() else LOCAL_FPS


def chosen_palette() -> Palette:
    """Choose colours by what the terminal can show and how bright its ground is."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    many = os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    if not many and "256" not in os.environ.get("TERM", ""):
        return SIXTEEN
    # COLORFGBG, which some terminals set, ends with the number of the background's colour.
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if ground in ("7", "15") else DARK
