"""A logger's line taken apart: its record, and what the lines of all loggers have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import orjson

from flakecore.gotest.logs.levels import Level
from flakecore.gotest.quoting import QUOTED, unquoted
from flakecore.gotest.streams.stamps import wall_ns
from flakecore.text.printable import clean
from flakecore.times import MICROSECOND, MILLISECOND, SECOND

_DEPTH = 8
"""How deep objects inside objects are followed."""
_LEVELS = {
    "tra": Level.DEBUG,
    "trc": Level.DEBUG,
    "deb": Level.DEBUG,
    "dbg": Level.DEBUG,
    "inf": Level.INFO,
    "not": Level.INFO,
    "war": Level.WARN,
    "wrn": Level.WARN,
    "err": Level.ERROR,
    "fat": Level.ERROR,
    "ftl": Level.ERROR,
    "pan": Level.ERROR,
    "pnc": Level.ERROR,
    "dpa": Level.ERROR,
    "cri": Level.ERROR,
}
_SLOG_LEVELS = {"DEBUG": -4, "INFO": 0, "WARN": 4, "ERROR": 8}
_OFFSET = re.compile(r"(DEBUG|INFO|WARN|ERROR)([+-]\d{1,6})\Z", re.ASCII)
_PAIR = re.compile(rf'({QUOTED}|[^\s="]+)=({QUOTED}|[^\s"]*)(?: +|\Z)')
_PAIRS_BEGIN = re.compile(rf'(?:^| )(?=(?:{QUOTED}|[^\s="]+)=)')
_TRIES = 8
"""Places of a message at which its pairs are looked for."""
_SHORT_ZONE = re.compile(r"([+-]\d\d)(\d\d)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Record:
    """What a logger wrote in one line.

    Attributes:
        level: NONE where the line names none.
        message: the text of it; empty where the line has none.
        attributes: the other keys and values in their order, those of a group as ``group.key``.
        time_ns: the line's own time in Unix nanoseconds, as exact as the logger wrote it; None
            where it has none, or one without a zone.
        source: where it was logged, as the line has it: ``pool/pool.go:12``; empty for nowhere.
    """

    level: Level
    message: str
    attributes: tuple[tuple[str, str], ...]
    time_ns: int | None
    source: str


def record_with_pairs(level: Level, body: str, time_ns: int | None, source: str) -> Record:
    """Return the record of a line whose message comes before its pairs, which end the line."""
    # A message may hold what looks like a pair, but is none up to the end.
    for start in islice(_PAIRS_BEGIN.finditer(body), _TRIES):
        if found := pairs(body[start.end() :]):
            return Record(
                level, body[: start.start()].rstrip(), shown_fields(found), time_ns, source
            )
    return Record(level, body.rstrip(), (), time_ns, source)


def begins_with_pair(body: str) -> bool:
    """Return whether a text begins with ``key=value``."""
    return _PAIR.match(body) is not None


def pairs(body: str) -> list[tuple[str, str]] | None:
    """Return the pairs that a text consists of; None if it has anything else in it."""
    found_pairs = []
    at = 0
    while at < len(body):
        found = _PAIR.match(body, at)
        if found is None:
            return None
        found_pairs.append((unquoted(found[1]), unquoted(found[2])))
        at = found.end()
    return found_pairs


def json_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a text is, None if it is none."""
    if not text.startswith("{"):
        return None
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def flat(fields: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the fields of an object, those of objects in it by their keys joined with points."""
    found: list[tuple[str, Any]] = []
    _flatten("", fields, found, _DEPTH)
    return found


def _flatten(prefix: str, fields: dict[str, Any], found: list[tuple[str, Any]], depth: int) -> None:
    for key, value in fields.items():
        if isinstance(value, dict) and value and depth:
            _flatten(f"{prefix}{key}.", value, found, depth - 1)
        else:
            found.append((prefix + key, value))


def shown_fields(fields: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return keys and values as text that is safe to show."""
    return tuple((clean(key), value_text(value)) for key, value in fields)


def value_text(value: Any) -> str:
    """Return a value as the text handlers would write it, safe to show."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value.replace("\n", " "))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return "…"  # nested beyond all sense


def level_named(name: str) -> Level:
    """Return the level of a name or its abbreviation, in whatever case; NONE for other words."""
    found = _OFFSET.match(name)
    if found is not None:  # slog's INFO+2
        value = _SLOG_LEVELS[found[1]] + int(found[2])
        reached = [each for each, least in _SLOG_LEVELS.items() if value >= least]
        return Level[reached[-1]] if reached else Level.DEBUG
    return _LEVELS.get(name[:3].lower(), Level.NONE)


def stamp_ns(value: Any) -> int | None:
    """Return Unix nanoseconds from a time stamp with a zone, or from a count of some unit."""
    if isinstance(value, str):
        try:
            return wall_ns(_SHORT_ZONE.sub(r"\1:\2", value))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e8 < value < 1e19:
        return None
    unit = SECOND
    for limit, smaller in ((1e11, MILLISECOND), (1e14, MICROSECOND), (1e17, 1)):
        if value >= limit:
            unit = smaller
    return int(Decimal(repr(value)) * unit)  # exactly what is written, where a float is not
