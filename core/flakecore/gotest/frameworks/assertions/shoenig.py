"""shoenig/test: what was expected, then arrows."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_SHOENIG = re.compile(r"\s*(?:expected [^\n]*\n)(?:↪|\s*(?:↪|Assertion ))")


def shoenig(message: Message) -> Message | None:
    """Return a failure of shoenig/test: what was expected, then arrows."""
    found = _SHOENIG.match(message.message)
    return replace(message, library="shoenig/test") if found else None
