"""Packages of one log that are indented differently, as where a log was put together from several.

What go prints of a package ends in its verdict. So each is as far indented as its verdict is, if
none of go's own lines above that stands further left. Within a package nothing changes: what stands
further right there, a test may have printed of some other go test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK, may_be_indented, starts
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping

_VERDICT = re.compile(r"([ \t]*)(?:ok {2}|FAIL|\? {3})\s+[\w./~-]*[./]\S*\s+[\d(\[]")
_BLANKS = re.compile(r"[ \t]*")
_MESSAGE = re.compile(r"([ \t]+)\S+\.go:\d+: ")
"""What a test prints: go's own lines that stand further right below it are part of it."""
_FEWEST = 2
"""Packages from which on their indentation counts as different."""


def find_indented_packages(lines: Sequence[str]) -> Wrapping | None:
    """Return the indentation of packages that have one and others that have another."""
    verdicts = [found[1] for line in lines if (found := _VERDICT.match(line))]
    if len(verdicts) < _FEWEST or len(set(verdicts)) < _FEWEST:
        return None
    own = [(line, at) for line, at in starts(lines) if not may_be_indented(line, at)]
    blanks = {line[:at] for line, at in own if not line[:at].strip()}
    if not blanks <= set(verdicts):
        return None  # a test printed what another go test did
    return Wrapping("indentation of packages", _unindented)


def _unindented(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        verdict = _VERDICT.match(row[1])
        if verdict is not None:
            yield from _moved(held, verdict[1])
            held.clear()
    yield from _moved(held, _leftmost(held))


def _moved(rows: Sequence[Row], blanks: str) -> Iterator[Row]:
    """Yield a package's lines without its indentation, unless go's own stand further left."""
    said = [len(each[1]) for _, text in rows if (each := _MESSAGE.match(text))]
    is_said = min(said, default=len(blanks)) < len(blanks)
    if not blanks or is_said or not _leftmost(rows).startswith(blanks):
        yield from rows
        return
    for wall, text in rows:
        found = _BLANKS.match(text)
        yield wall, text[min(len(blanks), found.end() if found is not None else 0) :]


def _leftmost(rows: Sequence[Row]) -> str:
    """Return the blanks before the one of go's own lines that stands furthest left."""
    found = [(text, each.start()) for _, text in rows if (each := LANDMARK.search(text))]
    own = [text[:at] for text, at in found if not may_be_indented(text, at)]
    return min((each for each in own if not each.strip()), key=len, default="")
