"""Structured lines: what a logger wrote into a line of output, in JSON, as pairs, or for people.

Three shapes are distinguished by how a line begins: a JSON object, ``key=value`` pairs throughout
(logfmt, slog's text handler, logrus), and the forms meant for people, of which each logger has its
own. A line is taken apart when somebody asks for it; most never are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flakecore.gotest.logs.fields import (
    Record,
    begins_with_pair,
    flat,
    json_object,
    level_named,
    pairs,
    shown_fields,
    stamp_ns,
    value_text,
)
from flakecore.gotest.logs.klog import klog
from flakecore.gotest.logs.levels import Level
from flakecore.gotest.logs.logrus import logrus
from flakecore.gotest.logs.slog import slog
from flakecore.gotest.logs.zap import zap
from flakecore.gotest.logs.zerolog import zerolog
from flakecore.text.printable import clean

FORMS: tuple[Callable[[str], Record | None], ...] = (zap, zerolog, logrus, slog, klog)
"""Of lines meant for people; the first form that a line has is its own."""

_LONGEST = 64 * 1024
"""Characters of a line that is still taken apart."""
_TESTING = re.compile(r" *(?:[^\s:]+\.go:\d+: )?")
_LEVEL_KEYS = ("level", "lvl", "severity", "L")
_MESSAGE_KEYS = ("msg", "message", "M")
_TIME_KEYS = ("time", "ts", "timestamp", "@timestamp", "T")
_SOURCE_KEYS = ("source", "caller", "file", "C")


def read_record(text: str) -> Record | None:
    """Return what a logger wrote in a line of cleaned text; None if it is no logger's line."""
    start = _TESTING.match(text)
    body = text[start.end() :] if start is not None else text
    if len(body) > _LONGEST:
        return None
    if body.startswith("{"):
        fields = json_object(body)
        return _of_fields(flat(fields)) if fields is not None else None
    if begins_with_pair(body):
        found = pairs(body)
        return _of_fields(found) if found else None
    return next((record for form in FORMS if (record := form(body)) is not None), None)


def _of_fields(fields: Iterable[tuple[str, Any]]) -> Record | None:
    """Sort keys into what every logger has and the rest; None if it has too little of it."""
    level = time = message = None
    source = ""
    place: dict[str, Any] = {}
    rest = []
    for key, value in fields:
        if level is None and key in _LEVEL_KEYS:
            level = value
        elif message is None and key in _MESSAGE_KEYS:
            message = value
        elif time is None and key in _TIME_KEYS:
            time = value
        elif not source and key in _SOURCE_KEYS and isinstance(value, str):
            source = value
        elif key in ("source.file", "source.line", "source.function"):  # slog's JSON
            place[key] = value
        else:
            rest.append((key, value))
    if level is None and (message is None or time is None):
        return None
    if place:
        source = f"{place.get('source.file', '')}:{place.get('source.line', 0)}"
    known = Level.NONE if level is None else level_named(str(level))
    return Record(known, value_text(message), shown_fields(rest), stamp_ns(time), clean(source))
