"""JSON that may be printed: no character of it is one that a terminal acts upon."""

from __future__ import annotations

import re
from typing import Any

import orjson

from flakecore.text.printable import MARK

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
)
"""DEL, C1, bidirectional controls and characters of no width, in UTF-8. What is below 0x20 JSON
itself has escaped."""


def json_bytes(value: Any, option: int = 0) -> bytes:
    """Return a value as JSON in UTF-8.

    DEL, C1, bidirectional controls and characters of no width are escaped in JSON's own way: what
    is read back is the same. A lone surrogate, which stands for a byte of a file name that is no
    UTF-8 and which JSON cannot hold, becomes a mark.

    Args:
        value: what ``orjson`` can write.
        option: options of ``orjson.dumps``.
    """
    try:
        text = orjson.dumps(value, option=option)
    except TypeError:
        text = orjson.dumps(_encodable(value), option=option)
    if text.isascii() and b"\x7f" not in text:
        return text
    return _UNSAFE.sub(_escaped, text)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATES.sub(MARK, value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(each) for each in value]
    return value


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())
