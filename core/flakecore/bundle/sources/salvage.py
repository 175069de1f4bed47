"""Finds the members of a zip that has lost its directory, by the header in front of each.

The directory stands at the end and is written last. A collector that was killed, an upload or a
download that stopped leave a zip without one, and every common tool then gives up on all of it.
But each member is preceded by a header of its own, and only the last one is cut.

A header may lack the length of its member: one written to a stream has the sizes behind it (flag
bit 3), and one whose writer died has none. A deflated member then ends where its stream does. A
stored one ends before the next signature that fits: a descriptor that repeats the length, or a
header that could be real; four bytes alone occur by chance in large traces.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from flakecore.bundle.sources.inflate import RAW, inflated_pieces, most_inflated
from flakecore.bundle.sources.spool import CutShortError
from flakecore.bundle.sources.zip_members import DEFLATED, HEADER, LOCAL, MISSING, STORED, Member

_SIGNATURE = re.compile(rb"PK(?:\x03\x04|\x01\x02|\x07\x08)")
_HEADER = re.compile(re.escape(LOCAL))
_DESCRIPTOR = b"PK\x07\x08"
_SIZES_FOLLOW, _UTF8, _ENCRYPTED = 0x8, 0x800, 0x1
_METHODS = {STORED, DEFLATED, 9, 12, 14, 93, 95}
_NEWEST_VERSION = 63
_LONGEST_NAME = 4096
_UNKNOWN = 0xFFFFFFFF
_ZIP64 = 1


def salvaged(data: memoryview, most: int) -> tuple[list[Member], str]:
    """Return up to ``most`` members in the order they lie in, and a sentence about them."""
    members: list[Member] = []
    at, cut = 0, ""
    while len(members) < most and (found := _HEADER.search(data, at)):
        read = _member(data, found.start())
        if read is None:
            at = found.end()
            continue
        member, whole = read
        at = max(member.end, found.end())
        if not member.name.endswith("/"):
            members.append(member)
            cut = "" if whole else member.name
    summary = f"without its directory, {len(members):,} members are found by their own headers"
    return members, f"{summary}; the last one, {cut}, is cut off" if cut else summary


def _member(data: memoryview, at: int) -> tuple[Member, bool] | None:
    """Return the member whose header stands here and whether it is whole; None for no header."""
    if at + HEADER.size > len(data):
        return None
    header = HEADER.unpack_from(data, at)
    _, version, flags, method, _, _, checksum, packed, size, name_size, extra_size = header
    start = at + HEADER.size + name_size + extra_size
    if version & 0xFF > _NEWEST_VERSION or method not in _METHODS or start > len(data):
        return None
    name = _name(bytes(data[at + HEADER.size :][:name_size]), flags)
    if not name:
        return None
    if _UNKNOWN in (packed, size):
        packed, size = _long_sizes(bytes(data[start - extra_size : start]), packed, size)
    unwritten = checksum == packed == size == 0 and not _SIGNATURE.match(data, start)
    problem = "it is encrypted, so it is left out" if flags & _ENCRYPTED else ""
    if not unwritten and not (flags & _SIZES_FOLLOW and not packed):
        whole = start + packed <= len(data)
        packed = min(packed, len(data) - start)
        known = checksum if whole else None
        return Member(name, method, start, packed, size, known, problem), whole
    known = None
    if method == DEFLATED:
        packed, size, whole = _deflated(data, start)
        if whole and flags & _SIZES_FOLLOW:
            # A damaged stream may end by chance, but then there is no descriptor behind it.
            known = _described(data, start + packed)
    else:
        packed, whole = _stored(data, start)
        size = packed
    return Member(name, method, start, packed, size, known, problem), whole


def _name(raw: bytes, flags: int) -> str:
    """Return a member's path, or an empty text where it cannot be one."""
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        return ""
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""


def _long_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Return both sizes with those that do not fit into 32 bits taken from the zip64 field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        at += 4
        if kind == _ZIP64:
            field = extra[at : at + length]  # shorter than it claims where the header is damaged
            whole = len(field) // 8 * 8
            words = [word for (word,) in struct.iter_unpack("<Q", field[:whole])]
            if size == _UNKNOWN and words:
                size = words.pop(0)
            if packed == _UNKNOWN and words:
                packed = words.pop(0)
            break
        at += length
    return packed, size


def _deflated(data: memoryview, start: int) -> tuple[int, int, bool]:
    """Return packed size, size and wholeness of a stream that must be inflated to find them."""
    rest = data[start:]
    size, ends = 0, [len(rest)]
    try:
        for piece in inflated_pieces(rest, RAW, ended=ends.append):
            size += len(piece)
            if size > most_inflated(len(rest)):
                return len(rest), size, False
    except CutShortError:
        # Cut off, or damaged: then the next header that could be real is the next member's.
        after = next((at for at in _headers(data, start + ends[-1]) if _is_header(data, at)), 0)
        return (after or len(data)) - start, size, False
    return ends[-1], size, True


def _described(data: memoryview, at: int) -> int:
    """Return the checksum in the descriptor that begins here."""
    if bytes(data[at : at + 4]) != _DESCRIPTOR or at + 8 > len(data):
        return MISSING
    (checksum,) = struct.unpack_from("<4xI", data, at)
    return int(checksum)


def _stored(data: memoryview, start: int) -> tuple[int, bool]:
    """Return the size of a stored member that no header states, and whether it is whole."""
    # A zip in a zip is full of headers that are its own.
    is_zip = bytes(data[start : start + 4]) == LOCAL
    for found in _SIGNATURE.finditer(data, start):
        size = found.start() - start
        if found[0] == _DESCRIPTOR:
            for form in ("<8xI", "<8xQ"):
                end = found.start() + struct.calcsize(form)
                if end <= len(data) and struct.unpack_from(form, data, found.start())[0] == size:
                    return size, True
        elif not is_zip and (found[0] != LOCAL or _is_header(data, found.start())):
            return size, True
    return len(data) - start, False


def _headers(data: memoryview, at: int) -> Iterator[int]:
    return (found.start() for found in _HEADER.finditer(data, at))


def _is_header(data: memoryview, at: int) -> bool:
    if at + HEADER.size > len(data):
        return False
    _, version, flags, method, *_, name_size, _ = HEADER.unpack_from(data, at)
    name = bytes(data[at + HEADER.size :][:name_size])
    return version & 0xFF <= _NEWEST_VERSION and method in _METHODS and bool(_name(name, flags))
