"""slog's default handler: package log's time and place, level, message, pairs."""

from __future__ import annotations

import re

from flakecore.gotest.logs.fields import Record, level_named, record_with_pairs

_LINE = re.compile(
    r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:(\S+\.go:\d+): )?"
    r"((?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d+)?) ",
    re.ASCII,
)


def slog(body: str) -> Record | None:
    """Return the record of a line of slog's default handler, None if it is none."""
    found = _LINE.match(body)
    if found is None:
        return None
    return record_with_pairs(level_named(found[2]), body[found.end() :], None, found[1] or "")
