"""quicktest and qt: sections, the last of them the stack of the caller."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.assertions.callers import callers_place
from flakecore.gotest.frameworks.messages import Message

_QUICKTEST = re.compile(r"\s*error:\n[ ]{2,}\S")
_SECTION = re.compile(r"([a-z][a-z ]{0,30}):\Z")


def quicktest(message: Message) -> Message | None:
    """Return a failure of quicktest or qt: sections, the last of them the stack."""
    if not _QUICKTEST.match(message.message):
        return None
    parts: list[str] = []
    stack: list[str] = []
    section = parts
    for text in message.message.split("\n"):
        if found := _SECTION.match(text):
            section = stack if found[1] == "stack" else parts
        section.append(text)
    named = [text for text in stack if text.startswith("  ") and text[2:3] != " "]
    file, line = callers_place(named, (message.file, message.line))
    text = "\n".join(parts).strip()
    return replace(message, file=file, line=line, message=text, library="quicktest")
