"""Structured lines: what slog, zap, zerolog, logrus and logfmt wrote into a line of output.

Three shapes are told apart by how a line begins: a JSON object, ``key=value`` pairs throughout
(logfmt, slog's text handler, logrus), and the forms meant for people, where a level and a message
come before the pairs (slog's default, zap's and zerolog's console, logrus on a terminal). A line
is taken apart when somebody asks for it; most never are.
"""

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
from flakecore.printable import clean
from flakecore.times import MICROSECOND, MILLISECOND, SECOND

_LONGEST = 64 * 1024
"""Characters of a line that is still taken apart."""
_DEPTH = 8
"""How deep objects inside objects are followed."""
_TESTING = re.compile(r" *(?:[^\s:]+\.go:\d+: )?")
_LEVEL_KEYS = ("level", "lvl", "severity", "L")
_MESSAGE_KEYS = ("msg", "message", "M")
_TIME_KEYS = ("time", "ts", "timestamp", "@timestamp", "T")
_SOURCE_KEYS = ("source", "caller", "file", "C")
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
_SLOG = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:(\S+\.go:\d+): )?", re.ASCII)
_SLOG_LEVEL = re.compile(r"((?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d+)?) ", re.ASCII)
_ZAP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) {4}(DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL) {4}",
    re.ASCII,
)
_ZEROLOG = re.compile(
    r"(?:\d{1,2}:\d\d[AP]M|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*)|<nil>) "
    r"(TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:(\S+:\d+) > )?",
    re.ASCII,
)
_LOGRUS = re.compile(r"(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?:\d{4,}|\S+)\](\S+:\d+)? ", re.ASCII)
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
        source: where it was logged, as the line says: ``pool/pool.go:12``; empty for nowhere.
    """

    level: Level
    message: str
    attributes: tuple[tuple[str, str], ...]
    time_ns: int | None
    source: str


def read_record(text: str) -> Record | None:
    """Return what a logger wrote in a line of cleaned text; None if it is no logger's line."""
    start = _TESTING.match(text)
    body = text[start.end() :] if start is not None else text
    if len(body) > _LONGEST:
        return None
    if body.startswith("{"):
        return _of_json(body)
    pair = _PAIR.match(body)
    if pair is not None:
        pairs = _pairs(body)
        return _of_pairs(pairs) if pairs else None
    return _for_people(body)


def _of_json(body: str) -> Record | None:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    pairs: list[tuple[str, Any]] = []
    _flatten("", fields, pairs, _DEPTH)
    return _of_pairs(pairs)


def _flatten(prefix: str, fields: dict[str, Any], pairs: list[tuple[str, Any]], depth: int) -> None:
    """Add the fields of an object, those of objects in it by their keys joined with points."""
    for key, value in fields.items():
        if isinstance(value, dict) and value and depth:
            _flatten(f"{prefix}{key}.", value, pairs, depth - 1)
        else:
            pairs.append((prefix + key, value))


def _of_pairs(pairs: Iterable[tuple[str, Any]]) -> Record | None:
    """Sort keys into what every logger has and the rest; None if it has too little of it."""
    level = time = message = None
    source = ""
    place: dict[str, Any] = {}
    rest = []
    for key, value in pairs:
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
            rest.append((clean(key), _text(value)))
    if level is None and (message is None or time is None):
        return None
    if place:
        source = f"{place.get('source.file', '')}:{place.get('source.line', 0)}"
    told = Level.NONE if level is None else _level(str(level))
    return Record(told, _text(message), tuple(rest), _time(time), clean(source))


def _for_people(body: str) -> Record | None:
    """Read a line in which the level and the message come before the pairs."""
    if found := _ZAP.match(body):
        *parts, last = body[found.end() :].split("    ")
        fields = _object(last)
        if fields is None:
            parts.append(last)
        source = next((part for part in parts[:2] if re.search(r"\.go:\d+\Z", part)), "")
        message = parts[-1] if parts else ""
        logger = [("logger", parts[0])] if len(parts) > 1 and parts[0] != source else []
        pairs: list[tuple[str, Any]] = []
        _flatten("", fields or {}, pairs, _DEPTH)
        rest = [*logger, *((clean(key), _text(value)) for key, value in pairs)]
        return Record(_level(found[2]), message, tuple(rest), _time(found[1]), source)
    if found := _ZEROLOG.match(body):
        return _with_pairs(found[2], body[found.end() :], _time(found[1]), found[3] or "")
    if found := _LOGRUS.match(body):
        return _with_pairs(found[1], body[found.end() :], None, found[2] or "")
    if found := _SLOG.match(body):
        named = _SLOG_LEVEL.match(body, found.end())
        if named is not None:
            return _with_pairs(named[1], body[named.end() :], None, found[1] or "")
    return None


def _with_pairs(level: str, body: str, time_ns: int | None, source: str) -> Record:
    """Part a message from the pairs at the end of the line."""
    # A message may hold what looks like a pair, but is none up to the end.
    for start in islice(_PAIRS_BEGIN.finditer(body), _TRIES):
        if pairs := _pairs(body[start.end() :]):
            rest = tuple((clean(key), _text(value)) for key, value in pairs)
            return Record(_level(level), body[: start.start()].rstrip(), rest, time_ns, source)
    return Record(_level(level), body.rstrip(), (), time_ns, source)


def _pairs(body: str) -> list[tuple[str, str]] | None:
    """Return the pairs that a text consists of; None if it has anything else in it."""
    pairs = []
    at = 0
    while at < len(body):
        found = _PAIR.match(body, at)
        if found is None:
            return None
        pairs.append((unquoted(found[1]), unquoted(found[2])))
        at = found.end()
    return pairs


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def _text(value: Any) -> str:
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


def _level(name: str) -> Level:
    found = _OFFSET.match(name)
    if found is not None:  # slog's INFO+2
        value = _SLOG_LEVELS[found[1]] + int(found[2])
        reached = [each for each, least in _SLOG_LEVELS.items() if value >= least]
        return Level[reached[-1]] if reached else Level.DEBUG
    return _LEVELS.get(name[:3].lower(), Level.NONE)


def _time(value: Any) -> int | None:
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
