"""Differences of go-cmp, as tests print them."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_CMP = re.compile(r"\((?:-\w+,? \+\w+)\):?\s*\n")


def go_cmp(message: Message) -> Message | None:
    """Return a message with a difference of go-cmp, which nobody logs in passing."""
    return replace(message, library="go-cmp") if _CMP.search(message.message[:500]) else None
