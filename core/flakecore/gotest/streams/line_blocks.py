"""How a large file of lines is read: in pieces of whole lines, so that little is held twice."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK = 256 * 1024
"""Enough lines to share an effort, few enough to stay in the processor's cache."""
_LET_GO = 64 << 20
"""Bytes of a mapped file after which those that were read are no longer counted as this process's
memory; they stay in the system's, to be read again."""


def blocks(data: bytes | memoryview) -> Iterator[bytes]:
    """Yield all of ``data`` but a byte order mark, without the newline that ends a piece."""
    view = memoryview(data)
    file = view.obj if hasattr(mmap, "MADV_DONTNEED") else None
    mapped = file if isinstance(file, mmap.mmap) and len(file) == len(view) else None
    at = len(BYTE_ORDER_MARK) if view[: len(BYTE_ORDER_MARK)] == BYTE_ORDER_MARK else 0
    let_go = 0
    while at < len(view):
        block = bytes(view[at : at + _BLOCK])
        end = block.rfind(b"\n")
        if at + len(block) == len(view) and end != len(block) - 1:
            yield block  # the last line has no newline
            return
        if end < 0:
            end = _end_of_line(view, at + _BLOCK) - at
            block = bytes(view[at : at + end])
        yield block[:end]
        at += end + 1
        if mapped is not None and at - let_go >= _LET_GO:
            size = (at - let_go) // mmap.PAGESIZE * mmap.PAGESIZE
            mapped.madvise(mmap.MADV_DONTNEED, let_go, size)
            let_go += size


def _end_of_line(view: memoryview, at: int) -> int:
    """Return where the next newline stands, or else the end."""
    for start in range(at, len(view), _BLOCK):
        found = bytes(view[start : start + _BLOCK]).find(b"\n")
        if found >= 0:
            return start + found
    return len(view)
