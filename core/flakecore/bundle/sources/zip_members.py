"""One member of a zip, and the header in front of its bytes.

Format: PKWARE's APPNOTE.TXT, 4.3.7 (local file header).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

LOCAL = b"PK\x03\x04"
STORED, DEFLATED = 0, 8
MISSING = -1
"""A checksum that no bytes have."""
HEADER = struct.Struct("<4sHHHHHIIIHH")
"""Signature, version, flags, method, time, date, checksum, both sizes, lengths of name, extra."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member.

    Attributes:
        name: its path.
        method: how it is compressed.
        start: where its bytes begin in the zip.
        packed: how many they are.
        size: how many they are once they are inflated, as far as that is declared.
        checksum: its CRC-32; None if unknown, ``MISSING`` if it is not where it must be.
        problem: why it cannot be used, or an empty text.
    """

    name: str
    method: int
    start: int
    packed: int
    size: int
    checksum: int | None
    problem: str = ""

    @property
    def end(self) -> int:
        """Where its bytes end."""
        return self.start + self.packed


def local_header(data: memoryview, at: int) -> int:
    """Return where the bytes behind a member's header begin, or 0 if there is no header."""
    if not 0 <= at <= len(data) - HEADER.size:
        return 0
    magic, *_, name_size, extra_size = HEADER.unpack_from(data, at)
    return at + HEADER.size + name_size + extra_size if magic == LOCAL else 0
