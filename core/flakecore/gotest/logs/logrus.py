"""logrus on a terminal: level in four letters, seconds or time in brackets, message, pairs."""

from __future__ import annotations

import re

from flakecore.gotest.logs.fields import Record, level_named, record_with_pairs

_LINE = re.compile(r"(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?:\d{4,}|\S+)\](\S+:\d+)? ", re.ASCII)


def logrus(body: str) -> Record | None:
    """Return the record of a line of logrus on a terminal, None if it is none."""
    found = _LINE.match(body)
    if found is None:
        return None
    return record_with_pairs(level_named(found[1]), body[found.end() :], None, found[2] or "")
