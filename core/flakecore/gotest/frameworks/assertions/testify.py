"""testify's blocks: labelled fields below a message's place (``assert.Fail``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flakecore.gotest.frameworks.assertions.callers import callers_place
from flakecore.gotest.frameworks.messages import Message

_FIELD = re.compile(r"(\s*)(Error Trace|Location|Error|Test|Messages):(?:\s+(\S.*)|\s*)\Z")
_TRACES = ("Error Trace", "Location")
"""Fields that name the place, the first of a block."""


def testify(message: Message) -> Message | None:
    """Return a block of testify (``assert.Fail``): labelled fields, one below the other.

    The trace lists callers from the assertion outwards; the test itself stands last. Before 1.2
    it was called ``Location`` and named one place.
    """
    lines = message.message.split("\n")
    at = next((at for at, text in enumerate(lines[:3]) if _is_trace(text)), None)
    if at is None:
        return None
    fields: dict[str, list[str]] = {}
    margin = None
    current: list[str] = []
    for text in lines[at:]:
        found = _FIELD.match(text)
        # Before 1.2 the first field was pushed to the right, over the place in front of it.
        if fields and found is not None and found[2] in _TRACES:
            break  # the next block
        if found is not None and (margin is None or len(found[1]) <= margin):
            margin = len(found[1])
            current = fields.setdefault(found[2], [])
            current.append(found[3] or "")
        else:
            current.append(text)
    if "Error" not in fields:
        return None  # every block has one; a program may print the words of a trace
    trace = fields.get("Error Trace") or fields.get("Location") or []
    file, line = callers_place(trace, (message.file, message.line))
    parts = [_joined(fields[name]) for name in ("Error", "Messages") if name in fields]
    text = "\n".join(filter(None, parts)) or message.message
    name = fields.get("Test", [""])[0].strip()
    return replace(message, file=file, line=line, message=text, library="testify", test_name=name)


def _is_trace(text: str) -> bool:
    found = _FIELD.match(text)
    return found is not None and found[2] in _TRACES


def _joined(lines: Sequence[str]) -> str:
    """Return the lines of a field, the further ones without the margin that all of them have."""
    further = [text for text in lines[1:] if text.strip()]
    margin = min((len(text) - len(text.lstrip()) for text in further), default=0)
    return "\n".join([lines[0], *(text[margin:].rstrip() for text in lines[1:])]).strip()
