"""alecthomas/assert, whose messages begin with a sentence that is always the same."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.messages import Message

_SENTENCE = re.compile(
    r"(?:Expected values to (?:be equal|not be equal but both were):"
    r"|Expected a zero value but got:|Did not expect (?:the zero value|an error but got):"
    r"|Haystack (?:does|should) not contain needle\.|Error message not as expected:)\n"
    r"|Expected (?:expression to be (?:true|false)|function (?:not )?to panic)\Z"
)


def alecthomas_assert(message: Message) -> Message | None:
    """Return a failure of alecthomas/assert that states no words of the test's own."""
    found = _SENTENCE.match(message.message)
    return replace(message, library="alecthomas/assert") if found else None
