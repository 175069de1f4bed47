"""Tells what a pprof profile measures, from its sample types and string table alone.

A Go profile is a gzipped protocol buffer (github.com/google/pprof/proto/profile.proto). Its sample
types stand near its start as indexes into the string table, which comes last, so all of it is
walked, but only field by field at the top: samples, locations and functions are stepped over.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP = b"\x1f\x8b"
_SAMPLE_TYPE = 1
_STRING_TABLE = 6
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Top-level fields by the shape of their value: messages and strings, or numbers.
_WIRE_OF: dict[int, type] = dict.fromkeys((1, 2, 3, 4, 5, 6, 11, 13), bytes)
_WIRE_OF |= dict.fromkeys((7, 8, 9, 10, 12, 14, 15), int)
# The sample types stand among the first fields, whichever Go release writes them.
_PROBE = 256
# A profile of a test run is a few hundred kilobytes; this bounds a hostile one.
_LARGEST = 64 * 1024 * 1024

# What the first frame of a mutex profile is: the one that let go. Nobody waits in these.
_UNLOCKERS = {
    b"sync.(*Mutex).Unlock",
    b"internal/sync.(*Mutex).Unlock",
    b"sync.(*RWMutex).Unlock",
    b"sync.(*RWMutex).RUnlock",
    b"runtime.unlock",
    b"runtime._LostContendedRuntimeLock",
}


def is_profile(head: bytes) -> bool:
    """Say whether bytes begin like a profile: gzipped, or bare as some tools leave it."""
    body = _inflated(head, _PROBE) if head.startswith(_GZIP) else head[:_PROBE]
    sample_types = 0
    try:
        for field, value in _fields(body):
            if _WIRE_OF.get(field) is not type(value):
                return False
            sample_types += field == _SAMPLE_TYPE
    except IndexError:  # the probe ends inside a field
        pass
    return sample_types > 0


def profile_subject(data: bytes | memoryview) -> str | None:
    """Return ``cpu``, ``mem``, ``block`` or ``mutex``; None where the profile does not tell."""
    body = _inflated(data, _LARGEST) if bytes(data[:2]) == _GZIP else bytes(data[:_LARGEST])
    sample_types: list[int] = []
    strings: list[bytes] = []
    try:
        for field, value in _fields(body):
            if field == _SAMPLE_TYPE and isinstance(value, bytes):
                sample_types += [n for f, n in _fields(value) if f == 1 and isinstance(n, int)]
            elif field == _STRING_TABLE and isinstance(value, bytes):
                strings.append(value)
    except IndexError:  # cut off: what was read so far may still tell
        pass
    measured = {strings[index] for index in sample_types if index < len(strings)}
    if b"cpu" in measured:
        return "cpu"
    if measured & {b"alloc_space", b"inuse_space"}:
        return "mem"
    if b"contentions" in measured:
        return "mutex" if _UNLOCKERS.intersection(strings) else "block"
    return None


def _inflated(data: bytes | memoryview, most: int) -> bytes:
    """Return up to ``most`` bytes of a gzip stream; what there is of one that is damaged."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        return inflate.decompress(data, most)
    except zlib.error:
        return b""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (field number, value) of one message. An IndexError says that it is cut off."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if wire == _BYTES:
            size, at = _varint(message, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise IndexError(at)
        if at + size > len(message):
            raise IndexError(at)
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
