"""Which kind of profile some bytes are, from its sample types and string table alone.

A Go profile is a gzipped protocol buffer (github.com/google/pprof/proto/profile.proto). Its sample
types stand near its start as indexes into the string table, which comes last, so all of it is
walked, but only field by field at the top: samples, locations and functions are stepped over.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from flakecore.errors import ProfileError
from flakecore.frames import unlocks
from flakecore.profile_inflate import inflated_profile
from flakecore.profile_kinds import kind_measuring
from flakecore.protobuf.reader import (
    LENGTH,
    VARINT,
    Fields,
    WireError,
    each_field,
    fields_until_damage,
    varint_at,
)

_GZIP = b"\x1f\x8b"
_SAMPLE_TYPE = 1
_STRING_TABLE = 6
_WIRE_OF = dict.fromkeys((1, 2, 3, 4, 5, 6, 11, 13), LENGTH)
"""Top-level fields by the shape of their value: messages and strings, or numbers."""
_WIRE_OF |= dict.fromkeys((7, 8, 9, 10, 12, 14, 15), VARINT)
_PROBE = 256
"""The sample types stand among the first fields, whichever Go release writes them."""
_LARGEST = 64 * 1024 * 1024
"""A profile of a test run is a few hundred kilobytes; this bounds a hostile one."""
_LARGE = 1 << 20
"""Packed bytes from which on a profile may unpack to more than that and is whole all the same."""


def is_profile(head: bytes) -> bool:
    """Return whether bytes begin like a profile: gzipped, or bare as some tools leave it."""
    body = _inflated(head, _PROBE) if head.startswith(_GZIP) else head[:_PROBE]
    sample_types = 0
    try:
        for field in each_field(body):
            if _WIRE_OF.get(field.number) != field.wire:
                return False
            sample_types += field.number == _SAMPLE_TYPE
    except WireError:  # the probe ends inside a field
        pass
    return sample_types > 0


def profile_subject(data: bytes | memoryview) -> str | None:
    """Return the name of a profile's kind (``flakecore.profile_kinds``); None if it is of none."""
    body = _body(data)
    sample_types: list[int] = []
    strings: list[bytes] = []
    try:
        fields, _ = fields_until_damage(body)  # of one that is cut off they may be enough
        for number, start, end in _of_numbers(fields, _SAMPLE_TYPE, _STRING_TABLE):
            value = body[start:end]
            if number == _STRING_TABLE:
                strings.append(value)
                continue
            sample_types += [
                varint_at(value, each.start)[0]
                for each in each_field(value)
                if each.number == 1 and each.wire == VARINT
            ]
    except WireError:
        pass
    texts = [each.decode("utf-8", "replace") for each in strings]
    measured = {texts[index] for index in sample_types if index < len(texts)}
    kind = kind_measuring(measured, unlocks=any(map(unlocks, texts)))
    return kind.name if kind is not None else None


def _of_numbers(fields: Fields, *numbers: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of the messages and strings of some numbers, in their order."""
    chosen = np.isin(fields.number, numbers) & (fields.wire == LENGTH)
    columns = (fields.number, fields.start, fields.end)
    yield from zip(*(column[chosen].tolist() for column in columns), strict=True)


def _body(data: bytes | memoryview) -> bytes:
    """Return the bytes of a profile, unpacked; the first ones of what is damaged or too large."""
    if len(data) >= _LARGE:
        try:
            return inflated_profile(data, name="", held=True)
        except ProfileError:
            pass
    return _inflated(data, _LARGEST) if bytes(data[:2]) == _GZIP else bytes(data[:_LARGEST])


def _inflated(data: bytes | memoryview, most: int) -> bytes:
    """Return up to ``most`` bytes of a gzip stream; what there is of one that is damaged."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        return inflate.decompress(data, most)
    except zlib.error:
        return b""
