"""The text of an output line as it is laid out: a logger's message first, then its attributes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from flakecore.gotest.logs.log_records import read_record
from flaketui.drawing.lines import width_of

_KEPT_BEFORE = 3
"""One part in so many of the room stands before a match that would otherwise be cut off."""
_OF_TESTING = re.compile(r" {4,}\S+\.go:\d+: ")
"""How testing begins what a test logged; its indentation has no meaning."""
_LINES_READ = 4096
"""Lines whose layout stays cached: many screens' worth."""


class LineText(NamedTuple):
    """What is shown of a line.

    Attributes:
        message: its message; of a line that no logger wrote all of it.
        attributes: what a logger added, as ``key=value`` in its order; "" for nothing.
    """

    message: str
    attributes: str

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.message}  {self.attributes}" if self.attributes else self.message


@lru_cache(maxsize=_LINES_READ)
def line_text(text: str) -> LineText:
    """Return a line of output taken apart; stamp and level stand in columns of their own."""
    text = text.expandtabs(4)
    record = read_record(text)
    if record is None:
        return LineText(text.lstrip() if _OF_TESTING.match(text) else text, "")
    shown = [f"{key}={value}" for key, value in record.attributes]
    return LineText(record.message, "  ".join(shown))


def with_match_in_view(text: str, needle: str, room: int, ellipsis: str) -> str:
    """Return a text so that what was searched for is within ``room`` cells, its beginning cut."""
    at = text.lower().find(needle.lower()) if needle else -1
    if at < 0 or width_of(text[: at + len(needle)]) <= room:
        return text
    return ellipsis + text[max(0, at - room // _KEPT_BEFORE) :]
