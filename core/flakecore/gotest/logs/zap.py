"""zap's console encoder: time, level, logger, caller, message and a JSON object between tabs.

A tab is four spaces in cleaned text (``zapcore/console_encoder.go``).
"""

from __future__ import annotations

import re

from flakecore.gotest.logs.fields import (
    Record,
    flat,
    json_object,
    level_named,
    shown_fields,
    stamp_ns,
)

_LINE = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) {4}(DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL) {4}",
    re.ASCII,
)
_CALLER = re.compile(r"\.go:\d+\Z")


def zap(body: str) -> Record | None:
    """Return the record of a line of zap's console, None if it is none."""
    found = _LINE.match(body)
    if found is None:
        return None
    *parts, last = body[found.end() :].split("    ")
    fields = json_object(last)
    if fields is None:
        parts.append(last)
    source = next((part for part in parts[:2] if _CALLER.search(part)), "")
    message = parts[-1] if parts else ""
    logger = [("logger", parts[0])] if len(parts) > 1 and parts[0] != source else []
    rest = (*logger, *shown_fields(flat(fields or {})))
    return Record(level_named(found[2]), message, rest, stamp_ns(found[1]), source)
