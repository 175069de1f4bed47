"""Logs whose every line is a JSON object with the text in one field and mostly a time in another.

So Docker's json-file driver writes (``log``, ``time``), so do Kubernetes' and the clouds' exporters
(``message``, ``textPayload``, ``jsonPayload.message``, ``@timestamp``, ``timestamp``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from orjson import JSONDecodeError, loads

from flakecore.gotest.streams.runs import Stamps
from flakecore.gotest.streams.stamps import wall_ns
from flakecore.gotest.streams.wrappings.landmarks import LANDMARK, landmark_in
from flakecore.gotest.streams.wrappings.rows import UNSTAMPED, Row, Wrapping

_TIMES = ("time", "timestamp", "@timestamp", "ts", "receiveTimestamp", "Timestamp")
_SHARE = 0.9
"""Share of lines that are objects, from which on a log is one of records. Chosen."""
_STRING = re.compile(r'[ \t]*(?:"[^"\\]{1,100}"[ \t]*:[ \t]*)?("(?:[^"\\]|\\.)*+")[ \t]*,?\s*\Z')
_PUNCTUATION = " \t\r{}[],"
_STACKS = re.compile(r"stack|trace", re.IGNORECASE)
"""In the names of fields that hold a stack, beside a field with what happened."""
_Key = tuple[str, ...]
"""A field's name, behind that of the field that it lies in, if any."""


def find_json_records(lines: Sequence[str]) -> Wrapping | None:
    """Return the field that holds the text, if nearly all lines are objects that have it."""
    filled = [line for line in lines if line.strip()]
    objects = [each for line in filled if (each := _object(line)) is not None]
    if not objects or len(objects) < _SHARE * len(filled) or any("Action" in o for o in objects):
        return None
    for key in _texts_in(objects[0]):
        texts = [value for each in objects if isinstance(value := _value(each, key), str)]
        if len(texts) >= _SHARE * len(objects) and any(map(LANDMARK.search, texts)):
            time = next((name for name in _TIMES if _wall(objects[0].get(name)) is not None), "")
            stamps = Stamps.CI if time else Stamps.NONE
            return Wrapping("JSON records", partial(_unwrap, key, time), stamps)
    return None


def _texts_in(record: dict[str, Any]) -> list[_Key]:
    """Return the fields that hold text, those inside other fields included."""
    found: list[_Key] = [(key,) for key, value in record.items() if isinstance(value, str)]
    for key, value in record.items():
        if isinstance(value, dict):
            found += [(key, inner) for inner, text in value.items() if isinstance(text, str)]
    return [each for each in found if not _STACKS.search(each[-1])]


def _value(record: dict[str, Any], key: _Key) -> object:
    value: object = record
    for part in key:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _unwrap(key: _Key, time: str, rows: Iterable[Row], counts: Counter[str]) -> Iterator[Row]:
    for wall, line in rows:
        record = _object(line)
        text = _value(record, key) if record is not None else None
        if record is None or not isinstance(text, str):
            counts[UNSTAMPED] += bool(line.strip())
            yield wall, line
            continue
        when = _wall(record.get(time)) if time else None
        for each in text.removesuffix("\n").split("\n"):
            yield when if when is not None else wall, each.removesuffix("\r")


def find_json_string(lines: Sequence[str]) -> Wrapping | None:
    """Return that a text is a string of JSON, with or without its key, and stands on one line."""
    held = [(line, _string(line)) for line in lines if line.strip()]
    if not any(text is not None and LANDMARK.search(text) for _, text in held):
        return None
    if any(text is None and landmark_in(line) for line, text in held):
        return None  # a program prints it among other lines
    return Wrapping("JSON string", _unwrap_strings)


def _unwrap_strings(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    for wall, line in rows:
        text = _string(line)
        if text is not None:
            for each in text.removesuffix("\n").split("\n"):
                yield wall, each.removesuffix("\r")
        elif line.strip(_PUNCTUATION):
            yield wall, line


def _string(line: str) -> str | None:
    """Return the text of several lines that a line is as a string of JSON; None for no such."""
    found = _STRING.match(line) if "\\n" in line else None
    if found is None:
        return None
    try:
        text = loads(found[1])
    except JSONDecodeError:
        return None
    return text if "\n" in text.rstrip("\n") else None


def _object(line: str) -> dict[str, Any] | None:
    if not line.lstrip().startswith("{"):
        return None
    try:
        record = loads(line)
    except JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _wall(value: object) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        return wall_ns(value)
    except ValueError:
        return None
