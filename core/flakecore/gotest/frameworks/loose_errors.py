"""Errors that assertion libraries print among lines of no test: an excerpt without any result.

A log is often pasted from a failure's message to its end, without the result line that names the
test. What a library's form makes certain is an error all the same; testify names the test as well.
So is what package testing prints itself of a race.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from flakecore.gotest.frameworks.messages import RACE_MESSAGE, Message, read_messages
from flakecore.gotest.frameworks.registry import read_reports, recognised
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Line, Lines

_PLACE = re.compile(r"\S+\.go:\d{1,9}:(?: |\Z)", re.ASCII)
_TRACE = re.compile(r"\s*Error Trace:\s")
_DEEP = " " * 8
"""What a message's further lines are indented by."""
_ERROR_LINE = re.compile(r"\s*([\w.-]+_test\.go:\d{1,9}: \S.*)", re.ASCII)
_MANY = 100
"""Messages that are looked at for one that reads like an error."""
_LONGEST = 160
"""Characters of a message that are shown where nothing else is known."""
_RESULT = "--- FAIL: "


def first_message(lines: Lines) -> str:
    """Return what a test prints among lines of no test, with its place; "" for nothing.

    That is the first message that reads like an error, or else the first. Of such a message alone
    it is not known whether it is one.
    """
    texts = lines.texts
    at_hand = (texts[at] for at in positions_of(texts, ("_test.go:",)) if lines.tests[at] < 0)
    found = [each[1] for text in islice(at_hand, _MANY) if (each := _ERROR_LINE.match(text))]
    reading = (each for each in found if Message("", 0, each, 0, "").reads_as_error)
    return next(reading, found[0] if found else "")[:_LONGEST].rstrip()


def _with_places(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines, before a block of testify that was copied without it a line with a place.

    The block itself names the place of its test.
    """
    before = ""
    is_open = False
    for line in lines:
        text = line.text
        if _TRACE.match(text) and not _PLACE.match(before.lstrip()):
            yield line._replace(text="    ???:0: ")
            is_open = True
        is_open = is_open and bool(text.strip()) and not text.startswith(("--- ", "=== "))
        yield line._replace(text=f"{_DEEP}{text}") if is_open else line
        before = text


def read_loose_errors(lines: Lines) -> tuple[Message, ...]:
    """Return the errors among the lines of no test, in their order; never raises.

    A message counts by its library's form alone. A framework's report counts where no result
    follows that it could belong to.
    """
    loose = np.flatnonzero(lines.tests < 0).tolist()
    texts = lines.texts
    found: list[Message] = []
    if any(".go:" in texts[at] for at in loose):
        # A block that is copied from its first word on lacks what that line was indented by.
        with_places = _with_places(
            line._replace(text=f"    {line.text}") if _PLACE.match(line.text) else line
            for line in (lines[at] for at in loose)
        )
        found += (
            each
            for each in recognised(read_messages(with_places))
            if each.library or (each.message == RACE_MESSAGE and each.file == "testing.go")
        )
    last = max(positions_of(texts, (_RESULT,)), default=-1)
    reports = (each for each in read_reports(texts) if each.position > last)
    found += (each for each in reports if lines.tests[each.position] < 0)
    return tuple(sorted(found, key=lambda each: each.position))
