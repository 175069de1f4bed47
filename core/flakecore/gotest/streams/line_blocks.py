"""How a large file of lines is read: in pieces of whole lines, so that little is held twice."""

from __future__ import annotations

from collections.abc import Iterator

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK = 128 * 1024
"""Enough lines to share an effort, few enough to stay in the processor's cache."""


def blocks(data: bytes | memoryview) -> Iterator[bytes]:
    """Yield all of ``data`` but a byte order mark, without the newline that ends a piece."""
    view = memoryview(data)
    at = len(BYTE_ORDER_MARK) if view[: len(BYTE_ORDER_MARK)] == BYTE_ORDER_MARK else 0
    size = _BLOCK
    while at < len(view):
        block = bytes(view[at : at + size])
        end = block.rfind(b"\n")
        if at + len(block) == len(view) and end != len(block) - 1:
            yield block  # the last line has no newline
            return
        if end < 0:
            size *= 2
            continue
        yield block[:end]
        at += end + 1
        size = _BLOCK
