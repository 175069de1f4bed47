"""Frames whose two lines became one, as pages join them: ``  f()      /w/f.go:9 +0x1``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_JOINED = re.compile(
    r"([ \t]*)((?:created by )?"
    r"[\w./*%\[\]-]++(?:\(\*?[\w.*\[\]]++\)[\w.\[\]-]++)?(?:\([^()\n]*+\))?)"
    r"[ \t]+((?:/|[A-Za-z]:[\\/]|[\w.@-]+/|_?[\w-]+\.go:)\S*\.(?:go|s|c):\d{1,9} \+0x[0-9a-f]+)"
    r"[ \t]*\Z",
    re.ASCII,
)
_OFFSET = " +0x"


def find_joined_frames(lines: Sequence[str]) -> Wrapping | None:
    """Return that functions and their places stand on one line, where any do."""
    if not any(_OFFSET in line and _JOINED.match(line) for line in lines):
        return None
    return Wrapping("joined frames", _parted)


def _parted(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    for wall, text in rows:
        found = _JOINED.match(text) if _OFFSET in text else None
        if found is None:
            yield wall, text
        else:
            yield wall, found[1] + found[2]
            yield wall, f"{found[1]}    {found[3]}"
