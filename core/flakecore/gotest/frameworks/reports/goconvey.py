"""goconvey's list of failures: a file, a line, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.frameworks.messages import Message

WORDS = ("  * ",)
"""What a line of interest holds."""

_FILE = re.compile(r"\s*\* (\S.*\.go)\s*\Z")
_LINE = re.compile(r"\s*Line (\d{1,9}):\s*\Z", re.ASCII)
_STACK = re.compile(r"\s*goroutine \d+ \[")
"""The stack of the assertion, which stands below what was expected (``reporting/problems.go``)."""
_TEST = re.compile(r"\s*\S+?\.(Test\w*)(?:\.func[\d.]+)?\(")
_LONGEST = 100
"""Lines of an entry that are looked at."""


def entries(texts: Sequence[str], at: int) -> Message | None:
    """Return the failure whose entry begins at a position, None if none does."""
    file = _FILE.match(texts[at])
    line = _LINE.match(texts[at + 1]) if file and at + 1 < len(texts) else None
    if file is None or line is None:
        return None
    message = []
    name = ""
    entry = texts[at + 2 : at + _LONGEST]
    for below, text in enumerate(entry):
        if _STACK.match(text):
            calls = (_TEST.match(each) for each in entry[below:])
            name = next((each[1] for each in calls if each is not None), "")
            break
        if not text.strip():
            break
        message.append(text.strip())
    return Message(file[1], int(line[1]), "\n".join(message), at, "", "goconvey", test_name=name)
