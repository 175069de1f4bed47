"""Whether a path inside an archive is one that can be shown and used."""

from __future__ import annotations

from pathlib import PurePosixPath

_LONGEST = 4096


def why_unusable(name: str) -> str:
    """Return why a member of this name is left out, or an empty text.

    Nothing is ever written under such a name; but what is shown must not look like something
    that lies elsewhere.
    """
    path = PurePosixPath(name)
    if not name:
        return "it has no name, so it is left out"
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        return "its path climbs out of the bundle, so it is left out"
    if len(name) > _LONGEST:
        return "its path is longer than any real one, so it is left out"
    return ""
