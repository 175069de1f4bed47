"""Events of ``go test -json`` that ``jq`` or an editor has spread over lines, a field on each."""

from __future__ import annotations

import re

_HEAD = 4096
_SPREAD = re.compile(
    rb'^\{\r?\n[ \t]+"(?:Time|Action|ImportPath|Package)": [^\n]*\r?\n[ \t]+"[A-Za-z]+": ',
    re.MULTILINE,
)
_BREAK = re.compile(rb'\r?\n(?:[ \t]+(?="[A-Za-z]+": )|(?=\}\r?(?:\n|\Z)))')
"""A newline within such an object. A string of JSON has none."""


def joined_events(data: bytes | memoryview) -> bytes | memoryview:
    """Return each event on a line of its own, and any other text as it is.

    Args:
        data: the stream in UTF-8.
    """
    if _SPREAD.search(bytes(data[:_HEAD])) is None:
        return data
    return _BREAK.sub(b"", bytes(data))
