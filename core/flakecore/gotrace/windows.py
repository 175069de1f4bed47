"""Several traces that a flight recorder left of one process, as one trace with gaps.

A recorder that writes a window at each of several failures numbers its generations through, and
each generation can be read alone. So the windows need no more than one header in front of their
generations, each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.gotrace.format.batch_index import read_header
from flakecore.gotrace.format.wire import HEADER_SIZE, Ev

_PIECE = 1 << 20
"""Bytes yielded at once."""


def joined_windows(parts: Sequence[memoryview]) -> Iterator[bytes]:
    """Yield the bytes of one trace with the generations of all parts.

    Of a generation that is in several parts the first is taken; a part ends where it is damaged.

    Args:
        parts: traces of one process, in the order in which they were written.
    """
    latest = 0
    yield bytes(parts[0][:HEADER_SIZE])
    for part in parts:
        begin, end, last = _later_than(part, latest)
        for at in range(begin, end, _PIECE):
            yield bytes(part[at : min(at + _PIECE, end)])
        latest = max(latest, last)


def _later_than(part: memoryview, latest: int) -> tuple[int, int, int]:
    """Return where the batches after a generation begin and end, and the number of the last."""
    at, begin, last = HEADER_SIZE, -1, latest
    while at < len(part):
        if part[at] == Ev.END_OF_GENERATION:
            at += 1
            continue
        header = read_header(part, at)
        if header is None or header.end > len(part):
            break
        if begin < 0 and header.generation > latest:
            begin = at
        last = max(last, header.generation)
        at = header.end
    return (begin, at, last) if begin >= 0 else (at, at, last)
