"""klog and glog: a letter for the level, date and time without year and zone, process, place.

A structured message of klog stands in quotes, and its pairs behind it (``klog.go``, printS).
"""

from __future__ import annotations

import re

from flakecore.gotest.logs.fields import Record, level_named, pairs, shown_fields
from flakecore.gotest.quoting import QUOTED, unquoted
from flakecore.text.printable import clean

_LINE = re.compile(
    r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d{1,19} ([^\s:\]]+\.go:\d{1,9})\] ", re.ASCII
)
_NAMES = {"I": "info", "W": "warning", "E": "error", "F": "fatal"}
_MESSAGE = re.compile(rf"({QUOTED})(?: +|\Z)")


def klog(body: str) -> Record | None:
    """Return the record of a line of klog or glog, None if it is none."""
    found = _LINE.match(body)
    if found is None:
        return None
    level, rest = level_named(_NAMES[found[1]]), body[found.end() :]
    message = _MESSAGE.match(rest)
    fields = pairs(rest[message.end() :]) if message is not None else None
    if message is None or fields is None:
        return Record(level, rest.rstrip(), (), None, found[2])
    text = clean(unquoted(message[1]).replace("\n", " "))
    return Record(level, text, shown_fields(fields), None, found[2])
