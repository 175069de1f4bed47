"""Quoting as mail and Markdown do it: ``> `` before every line, several times where nested."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.gotest.streams.wrappings.landmarks import landmark_in
from flakecore.gotest.streams.wrappings.rows import Wrapping, of_each_line

_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ ]?)+")
_SHARE = 0.9
"""Share of lines behind a quote mark, from which on the log is quoted. Chosen."""


def find_quoting(lines: Sequence[str]) -> Wrapping | None:
    """Return quoting, where go's own lines stand behind it."""
    found = [line for line in lines if landmark_in(line)]
    quoted = [line for line in found if _QUOTE.match(line)]
    if not found or len(quoted) < _SHARE * len(found):
        return None
    # Of quotes without a blank behind them the blanks are the text's own.
    spaced = all(line.rstrip()[-1:] == ">" or "> " in line for line in quoted)
    mark = _QUOTE if spaced else re.compile(r"[ \t]{0,3}>+")
    return Wrapping("quoting", of_each_line(lambda line: mark.sub("", line, count=1)))
