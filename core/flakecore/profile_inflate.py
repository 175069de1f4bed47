"""Unpacking of a gzipped profile, as far as a limit, and a large one once.

A bundle unpacks a profile to see of which kind it is, and whoever reads it needs the same bytes. So
the latest large one is held until it is read, or another one is looked at.
"""

from __future__ import annotations

import zlib
from hashlib import blake2b

from flakecore.errors import ProfileError

MOST_BYTES = 256 << 20
"""Real profiles are a few MB unpacked, of a process of years some 100; more is no profile."""

_GZIP = b"\x1f\x8b"
_LARGE = 1 << 20
"""Packed bytes from which on a profile is held: a smaller one unpacks in some milliseconds."""
_held: dict[bytes, bytes] = {}
"""The bytes of the latest large profile by the digest of its packed ones; one at most."""


def inflated_profile(data: bytes | memoryview, *, name: str, held: bool = False) -> bytes:
    """Return ``data`` unpacked if it is gzip (all its members, RFC 1952), else as it is.

    Args:
        data: the file's bytes.
        name: what to call the file in an error.
        held: hold the result, if it is large, for the next call with the same bytes.

    Raises:
        ProfileError: if it is empty, damaged, cut off, or larger than ``MOST_BYTES`` unpacked.
    """
    if not data:
        raise ProfileError(
            f"{name} is empty", remedy="the test binary ended before it could write the profile"
        )
    if bytes(data[:2]) != _GZIP:
        if len(data) > MOST_BYTES:
            raise _too_large(name)
        return bytes(data)
    if len(data) < _LARGE:
        return _unpacked(bytes(data), name)
    digest = blake2b(data, digest_size=16).digest()
    found = _held.pop(digest, None)
    if found is None:
        found = _unpacked(bytes(data), name)
    if held:
        _held.clear()
        _held[digest] = found
    return found


def _unpacked(data: bytes, name: str) -> bytes:
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
