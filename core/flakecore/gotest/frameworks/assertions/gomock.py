"""gomock's controller, which reports calls that were not expected or never came."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_CALL = re.compile(r"(?:missing call\(s\) to|Unexpected call to|expected call at) ")
_PLACE = re.compile(r"(?<!\S)(\S+_test\.go):(\d{1,9})\b", re.ASCII)


def gomock(message: Message) -> Message | None:
    """Return a report of gomock at the line of the test that expects or makes the call."""
    if not _CALL.match(message.message):
        return None
    found = _PLACE.search(message.message[:4_000])
    file, line = (found[1], int(found[2])) if found else (message.file, message.line)
    return replace(message, file=file, line=line, library="gomock")
