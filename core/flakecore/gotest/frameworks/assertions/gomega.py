"""gomega without ginkgo, which fails its test with ``t.Fatalf``."""

from __future__ import annotations

import re
from dataclasses import replace

from flakecore.gotest.frameworks.assertions.callers import callers_place
from flakecore.gotest.frameworks.messages import Message

_GOMEGA = re.compile(
    r"(?:[^\n]*\n){0,2}?\s*(?:Expected|Unexpected error:|Timed out after [\d.]+s?\.)\s*\n"
    r"|(?:Expected|Unexpected error)[^\n]*\n\s*<[^>\n]*>: "
)


def gomega(message: Message) -> Message | None:
    """Return a failed expectation of gomega used without ginkgo (``NewWithT``).

    Before 1.10 the message stood in gomega's own file and began with the stack of the caller.
    """
    text = message.message
    old = message.file.endswith("testing_t_support.go")
    if not old and not _GOMEGA.match(text):
        return None
    place = (message.file, message.line)
    if old:
        stack, _, rest = text.partition("\n\n")
        place = callers_place(stack.split("\n"), place)
        text = rest or text
    return replace(message, file=place[0], line=place[1], message=text.strip(), library="gomega")
