"""The line in which a logger gives the reason why it ends the process: ``log.Fatal`` and its kin.

glog and klog mark it by an F (``F0305 10:11:13.000002   12345 sync.go:77] lost lease``, with a
year since 2016 in CockroachDB's), zap and logrus by the level. Package log has no levels: what it
printed last is taken for it, as ``log.Fatal`` prints a line and exits at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SOURCE = r"(?P<file>[^\s:\]]+\.go):(?P<line>\d{1,9})"
_FATAL = re.compile(
    rf"F(?:\d{{2}})?\d{{4}} \d\d:\d\d:\d\d\.\d{{1,9}} +\d{{1,19}} {_SOURCE}\]?\s+\S"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s+FATAL\s+"
    r"(?:(?P<file2>\S+\.go):(?P<line2>\d{1,9}))?"
    r"|FATA\[\d{4,}\]|(?:.{0,200}\s)?(?:level|lvl|severity)=fatal\b"
    r'|\{.{0,400}"(?:level|severity)": ?"(?:fatal|FATAL)"'
    r"|\S{3,35} FTL ",
    re.ASCII,
)
_OF_LOG = re.compile(rf"\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:{_SOURCE}: )?\S", re.ASCII)
_LOOKED_AT = 200
"""How many of the last lines may hold it; a dump may stand below it."""


@dataclass(frozen=True, slots=True)
class FatalLine:
    """What a logger printed before it ended the process.

    Attributes:
        text: the line.
        file, line: where it was logged, as the line has it; "" and 0 if it does not.
    """

    text: str
    file: str
    line: int


def fatal_line(texts: Sequence[str]) -> FatalLine | None:
    """Return the last line that was logged as fatal, None if there is none.

    Args:
        texts: what the process printed, in order; package log's line counts as the last alone.
    """
    last = next((text for text in reversed(texts) if text.strip()), "")
    found = _OF_LOG.match(last)
    if found is not None:
        return FatalLine(last, found["file"] or "", int(found["line"] or 0))
    for text in reversed(texts[-_LOOKED_AT:]):
        if found := _FATAL.match(text):
            file, line = found["file"] or found["file2"], found["line"] or found["line2"]
            return FatalLine(text, file or "", int(line or 0))
    return None
