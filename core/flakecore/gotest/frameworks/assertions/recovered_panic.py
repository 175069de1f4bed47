"""Panics that a test framework recovers from and reports as an error, with the stack below.

testify's suites do (``suite.failOnPanic``: ``test panicked: ``), and package testing while it
fuzzes (``testing.go:1591: panic: ``). The place they name is where they recovered.
"""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.frames import own_frame
from flakecore.gotest.crashes.goroutine_blocks import HEADER, BlockReader
from flakecore.gotest.frameworks.messages import Message

RECOVERED = "recovered panic"
"""The ``library`` of such messages."""

_OPENING = re.compile(r"(?:test panicked|panic): ")
_VALUE_LINES = 50
"""How many lines a panic's value may have."""


def recovered_panic(message: Message) -> Message | None:
    """Return a message of a panic at the place that panicked, None if it is none."""
    opening = _OPENING.match(message.message)
    if opening is None:
        return None
    lines = message.message.split("\n")
    start = next((at for at, text in enumerate(lines[:_VALUE_LINES]) if HEADER.match(text)), None)
    if start is None:
        return None
    goroutines, _ = BlockReader(lines).blocks(start, lambda _: False)
    frame = own_frame(goroutines[0].frames) if goroutines else None
    file, line = (frame.file, frame.line) if frame else (message.file, message.line)
    value = "\n".join(lines[:start])[opening.end() :]
    return replace(message, file=file, line=line, message=f"panic: {value}", library=RECOVERED)
