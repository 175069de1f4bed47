"""How grave a line of output is, as its logger or the testing package marks it."""

from __future__ import annotations

import re
from enum import IntEnum


class Level(IntEnum):
    """Levels of log/slog, in their order; NONE for a line that names none."""

    NONE = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4


_WORDS = {
    "trace": Level.DEBUG,
    "debug": Level.DEBUG,
    "info": Level.INFO,
    "notice": Level.INFO,
    "warn": Level.WARN,
    "warning": Level.WARN,
    "err": Level.ERROR,
    "error": Level.ERROR,
    "fatal": Level.ERROR,
    "panic": Level.ERROR,
    "critical": Level.ERROR,
}
_LONGEST = 400
"""Characters of a line that are looked at: loggers name the level near its beginning."""
_NAMES = "|".join(sorted(_WORDS, key=len, reverse=True))
# slog's text and JSON, logrus, zap, zerolog; then "[WARN] ", "WARN: ", and the bare word that
# slog's default handler puts after the time.
_KEYED = re.compile(rf"""\b(?:level|lvl|severity)"?\s*[=:]\s*"?({_NAMES})\b""", re.IGNORECASE)
_MARKED = re.compile(rf"(?:^|\s)(?:\[({_NAMES})\]|({_NAMES}):)(?:\s|$)", re.IGNORECASE)
_BARE = re.compile(r"(?:^|\d{2}\s+|\t)(DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b")
# glog and klog: I0102 15:04:05.000000
_GLOG = re.compile(r"^([DIWEF])\d{4} \d{2}:\d{2}:\d{2}\.")
_GLOG_LEVELS = {"D": "debug", "I": "info", "W": "warn", "E": "error", "F": "fatal"}
_FAILING = re.compile(
    r"^\s*--- FAIL: |^FAIL(?:\s|$)|^panic: |^fatal error: |^WARNING: DATA RACE|^exit status "
)


def level_of(text: str) -> Level:
    """Return the level that a line names; ERROR for what means a failure by itself."""
    head = text[:_LONGEST]
    if _FAILING.match(head):
        return Level.ERROR
    if keyed := _KEYED.search(head):
        return _WORDS[keyed[1].lower()]
    if glog := _GLOG.match(head):
        return _WORDS[_GLOG_LEVELS[glog[1]]]
    if marked := _MARKED.search(head):
        return _WORDS[(marked[1] or marked[2]).lower()]
    if bare := _BARE.search(head):
        return _WORDS[bare[1].lower()]
    return Level.NONE
