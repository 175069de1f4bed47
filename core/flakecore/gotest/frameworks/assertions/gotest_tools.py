"""gotest.tools' assert, whose messages begin alike."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_GOTEST_TOOLS = re.compile(r"(?:assertion failed|assert failed): ")


def gotest_tools(message: Message) -> Message | None:
    """Return a failure of gotest.tools' assert."""
    found = _GOTEST_TOOLS.match(message.message)
    return replace(message, library="gotest.tools") if found else None
