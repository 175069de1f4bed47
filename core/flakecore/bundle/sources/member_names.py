"""Whether a path inside an archive is one that can be used, and how one that cannot is shown."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LONGEST, _SHOWN = 4096, 200
# Control characters, and what breaks a line elsewhere: they would write over somebody's terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def why_unusable(name: str) -> str:
    """Return why a member of this name is left out, or an empty text.

    Nothing is ever written under such a name; but what is shown must not look like something
    that lies elsewhere.
    """
    path = PurePosixPath(name)
    if not name:
        return "it has no name, so it is left out"
    if _CONTROL.search(name):
        return "its path holds control characters, so it is left out"
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        return "its path climbs out of the bundle, so it is left out"
    if len(name) > _LONGEST:
        return "its path is longer than any real one, so it is left out"
    return ""


def shown_name(name: str) -> str:
    """Return a path as it can be printed on one line, however it was made."""
    plain = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", name)
    return f"{plain[:_SHOWN]}…" if len(plain) > _SHOWN else plain
