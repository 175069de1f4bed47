"""zerolog's console: time, level in three letters, caller and `` >``, message, pairs."""

from __future__ import annotations

import re

from flakecore.gotest.logs.fields import Record, level_named, record_with_pairs, stamp_ns

_LINE = re.compile(
    r"(?:\d{1,2}:\d\d[AP]M|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*)|<nil>) "
    r"(TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:(\S+:\d+) > )?",
    re.ASCII,
)


def zerolog(body: str) -> Record | None:
    """Return the record of a line of zerolog's console, None if it is none."""
    found = _LINE.match(body)
    if found is None:
        return None
    level, rest = level_named(found[2]), body[found.end() :]
    return record_with_pairs(level, rest, stamp_ns(found[1]), found[3] or "")
