"""What a test says with ``t.Log``, ``t.Error`` and their kin: file, line and text.

testing (``src/testing/testing.go``, common.log) puts ``file.go:12: `` before the text, and indents
its first line by four spaces and the further ones by eight. A subtest that is not shown with ``-v``
adds four for each level. Only Go 1.27 says which of them are errors (``Line.output_type``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flakecore.gotest.streams.lines import Line

_FIRST = re.compile(r"((?: {4})+)(\S.*?\.go|\?\?\?):(\d{1,9}):(?: (.*)|\Z)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a test.

    Attributes:
        file: base name of the source file (its path with ``-fullpath``); ``???`` if unknown.
        line: in that file.
        message: the text, its further lines without their indentation.
        position: of its first line, ``Line.position``.
        output_type: of its first line: ``error`` for t.Error and t.Fatal since Go 1.27.
    """

    file: str
    line: int
    message: str
    position: int
    output_type: str


def read_messages(lines: Iterable[Line]) -> tuple[Message, ...]:
    """Return the messages among the lines of one test, in their order."""
    messages = []
    first: Line | None = None
    found: re.Match[str] | None = None
    texts: list[str] = []

    def close() -> None:
        if first is not None and found is not None:
            # A message that starts on the line below its place, as testify's do, starts there.
            text = "\n".join(texts[1:] if len(texts) > 1 and not texts[0] else texts)
            messages.append(
                Message(found[2], int(found[3]), text, first.position, first.output_type)
            )

    for line in lines:
        text = line.text
        # Further lines are four spaces deeper, whatever they look like.
        if found is not None and text.startswith(found[1] + "    "):
            texts.append(text[len(found[1]) + 4 :])
            continue
        close()
        found = _FIRST.match(text) if text.startswith("    ") else None
        first = line
        texts = [found[4] or ""] if found is not None else []
    close()
    return tuple(messages)
