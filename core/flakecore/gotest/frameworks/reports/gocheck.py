"""gocheck's reports of failed methods, between rules of dashes on the standard output.

``FAIL: file:line: Suite.Method`` names the method; what it logged follows, and each failed check
as ``file:line:``, its source and ``... `` lines (``reporter.go`` and ``helpers.go`` of check.v1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.frameworks.messages import Message

WORDS = ("FAIL: ", "PANIC: ")
"""What a line of interest holds."""

_OPENING = re.compile(r"(FAIL|PANIC): (\S+\.go):(\d{1,9}): (\S+)\s*\Z", re.ASCII)
_END = re.compile(r"-{60,}\s*\Z|(?:OOPS|OK): \d|--- (?:FAIL|PASS): |(?:FAIL|PANIC): \S+\.go:\d")
_PLACE = re.compile(r"(\S+\.go):(\d{1,9}):?\s*\Z", re.ASCII)
_LONGEST = 400
"""Lines of a report that are looked at."""


def methods(texts: Sequence[str], at: int) -> Message | None:
    """Return the failed method whose report begins at a position, None if none does."""
    found = _OPENING.match(texts[at])
    if found is None:
        return None
    end = at + 1
    while end < min(len(texts), at + _LONGEST) and not _END.match(texts[end]):
        end += 1
    body = texts[at + 1 : end]
    places = [(row, place) for row, text in enumerate(body) if (place := _PLACE.match(text))]
    if found[1] == "PANIC":
        # Below the panic stands its stack, innermost first: a place, and the function it is in.
        places = [each for each in places if each[1][1].endswith("_test.go")] or places
        message = [text for text in body if text.startswith("... ")]
    else:
        message = [text for text in body[places[0][0] + 1 :] if text.strip()] if places else []
    file, line = (places[0][1][1], int(places[0][1][2])) if places else (found[2], int(found[3]))
    text = "\n".join(message or [text for text in body if text.strip()])
    return Message(file, line, text or "failed without a message", at, "", "gocheck", found[4])
