"""Unpacking of a gzipped profile, as far as a limit."""

from __future__ import annotations

import zlib

from flakecore.errors import ProfileError

MOST_BYTES = 256 << 20
"""Real profiles are a few MB unpacked, of a process of years some 100; more is no profile."""

_GZIP = b"\x1f\x8b"


def inflated(data: bytes, *, name: str) -> bytes:
    """Return ``data`` unpacked if it is gzip (all its members, RFC 1952), else as it is.

    Raises:
        ProfileError: if it is empty, damaged, cut off, or larger than ``MOST_BYTES`` unpacked.
    """
    if not data:
        raise ProfileError(
            f"{name} is empty", remedy="the test binary ended before it could write the profile"
        )
    if not data.startswith(_GZIP):
        if len(data) > MOST_BYTES:
            raise _too_large(name)
        return data
    parts = []
    size = 0
    rest = data
    while rest.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(rest, MOST_BYTES - size + 1)
        except zlib.error as error:
            raise ProfileError(f"{name} is damaged: {error}", remedy="capture it again") from error
        size += len(part)
        if size > MOST_BYTES:
            raise _too_large(name)
        if not unpacker.eof:
            raise ProfileError(f"{name} is cut off", remedy="capture it again")
        parts.append(part)
        rest = unpacker.unused_data
    return b"".join(parts)


def _too_large(name: str) -> ProfileError:
    return ProfileError(
        f"{name} unpacks to more than {MOST_BYTES >> 20} MiB", remedy="it is no profile of a test"
    )
