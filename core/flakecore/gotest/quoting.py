"""Strings in Go's quotes, as strconv.Quote and the runtime write them."""

from __future__ import annotations

import re

QUOTED = r'"(?:[^"\\]|\\.)*"'
"""What a quoted string looks like, for use in a regular expression."""
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unquoted(text: str) -> str:
    """Return the value of a string in quotes, and any other text as it is.

    The value may hold what is not safe to show. A byte that is no UTF-8 becomes U+FFFD.
    """
    return _ESCAPE.sub(_plain, text[1:-1]) if text.startswith('"') else text


def _plain(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _SHORT.get(found[4], found[4])
    number = int(code, 16)
    if (found[1] and number >= 0x80) or number >= 0x110000 or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return chr(number)
