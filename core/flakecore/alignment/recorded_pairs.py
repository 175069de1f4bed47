"""Pairs lines of output with writes by the packets that ``collect`` recorded.

A packet is what one write put into the pipe at once, so units and writes are one to one but for
packets of other processes and writes to elsewhere. Packets are paired as units; a line then has
the write of its first byte.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.inferred_pairs import ending_crash, pair_units
from flakecore.alignment.matching import Pairs
from flakecore.alignment.traced_writes import TracedWrites
from flakecore.alignment.units import Units, depths, key_of, shapes, tokens
from flakecore.gotest import PackageRun, Packets
from flakecore.text.printable import clean

_MARK = b"\x16"
"""Precedes the lines that package testing formats under ``-test.v=test2json``
(``src/testing/testing.go``, marker)."""
_HEAD_BYTES = 256
"""Bytes of a packet from which its key, shape and tokens are taken; chosen."""
_LOOKAHEAD_LINES = 64
"""Written lines among which a line that was read is looked for; chosen."""
_PIECE = 1 << 20
"""Bytes of the output that are looked at at a time."""


def pair_packets(
    run: PackageRun,
    traced: TracedWrites,
    packets: Packets,
    output: bytes | memoryview,
) -> Pairs:
    """Return which write printed each line of a run.

    Args:
        run: whose lines they are.
        traced: the writes that may have printed them.
        packets: the artefact ``writes``.
        output: the artefact ``output``.
    """
    data = memoryview(output)
    count = int(np.searchsorted(packets.offset + packets.size, len(data), side="right"))
    offset, size = packets.offset[:count], packets.size[:count]
    starts, ends = find_lines(run.lines.texts, data, int(offset[0]) if count else len(data))
    first = np.searchsorted(offset, starts, side="right") - 1
    last = np.searchsorted(offset, np.maximum(ends - 1, starts), side="right") - 1
    known = (starts >= 0) & (first >= 0) & (first < count)
    test = np.full(count, -1, np.int64)
    rows = np.flatnonzero(known)[::-1]
    test[first[rows]] = run.lines.tests[rows]
    heads = [
        bytes(data[at : at + min(length, _HEAD_BYTES)]).decode("utf-8", "replace")
        for at, length in zip(offset.tolist(), size.tolist(), strict=True)
    ]
    ends_line = np.frombuffer(data, np.uint8)[offset + size - 1] == ord("\n")
    texts = [clean(head.partition("\n")[0]) for head in heads]
    foreign = np.zeros(count, np.bool_)
    if (crash := ending_crash(run)) is not None and known[crash.first_line]:
        foreign[first[crash.first_line] :] = True
    may_continue = np.zeros(count, np.bool_)
    may_continue[1:] = packets.full[: max(count - 1, 0)]
    units = Units(
        keys=[key_of(text, at) for text, at in zip(texts, test.tolist(), strict=True)],
        shapes=shapes(texts),
        tokens=tokens(texts),
        depth=depths(texts),
        may_continue=may_continue,
        ends=ends_line,
        wall_ns=packets.wall_ns()[:count],
        foreign=foreign,
        interruptible=np.zeros(count, np.bool_),
    )
    pairs = pair_units(run, units, traced, by_line=False)
    return _pairs_of_lines(pairs, first, last, known)


def _pairs_of_lines(
    pairs: Pairs, first: NDArray[np.int64], last: NDArray[np.int64], known: NDArray[np.bool_]
) -> Pairs:
    """Return the pairs of lines from those of packets.

    Args:
        pairs: of the packets.
        first: (lines,) the packet with the first byte of each line.
        last: (lines,) the packet with its last byte.
        known: (lines,) whether the line was found in the packets.
    """
    count = len(known)
    write = np.full(count, -1, np.int64)
    certain = np.zeros(count, np.bool_)
    goroutine = np.zeros(count, np.int64)
    at = first[known]
    write[known] = pairs.write[at]
    certain[known] = pairs.certain[at]
    goroutine[known] = pairs.goroutine[at]
    # A line with bytes of several goroutines has none of its own.
    changes = np.concatenate([[0], np.cumsum(np.diff(pairs.goroutine) != 0)])
    last = np.minimum(last, max(len(changes) - 1, 0))
    mixed = known.copy()
    mixed[known] = changes[last[known]] != changes[at]
    certain &= ~mixed
    return Pairs(write, certain, goroutine)


class _Written(NamedTuple):
    """A line as it was written: its bytes, the same as text, and where it begins."""

    raw: bytes
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where its newline stands."""
        return self.start + len(self.raw)


def _written_lines(data: memoryview, begin: int) -> Iterator[_Written]:
    """Yield the lines from an offset on, of which few are held at a time."""
    held: list[bytes] = []
    at = begin
    for place in range(begin, len(data), _PIECE):
        held.append(bytes(data[place : place + _PIECE]))
        if b"\n" not in held[-1]:
            continue
        *raws, rest = b"".join(held).split(b"\n")
        held = [rest]
        for raw in raws:
            yield _Written(raw, _clean(raw), at)
            at += len(raw) + 1
    last = b"".join(held)
    yield _Written(last, _clean(last), at)


def find_lines(
    texts: Iterable[str], data: bytes | memoryview, begin: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (lines,) where each line's bytes begin and end in what was written; -1 if not there.

    ``go test`` drops lines (``=== NAME``) and ends a line where package testing begins its own, so
    one written line may be read as several.

    Args:
        texts: the lines as they were read, without escape sequences.
        data: all bytes that were written.
        begin: offset of the first packet in them.
    """
    starts, ends = array("q"), array("q")
    following = _written_lines(memoryview(data), begin)
    ahead: deque[_Written] = deque(islice(following, 1))  # the line that is looked at comes first
    column = 0
    for text in texts:
        starts.append(-1)
        ends.append(-1)
        if not ahead:
            continue
        raw = ahead[0].raw
        rest = ahead[0].text[column:] if column else ahead[0].text
        if rest != text and not (text and rest.startswith(text) and _is_cut(raw, text)):
            ahead.extend(islice(following, _LOOKAHEAD_LINES - len(ahead)))
            found = (number for number, each in enumerate(ahead) if number and each.text == text)
            number = next(found, 0)
            if not number:
                continue
            for _ in range(number):
                ahead.popleft()
            raw, column, rest = ahead[0].raw, 0, text
        start = ahead[0].start
        if column:
            start += max(raw.rfind(_MARK), 0)
        starts[-1] = start
        if rest == text:
            ends[-1] = ahead.popleft().end
            column = 0
            if not ahead:
                ahead.extend(islice(following, 1))
        else:
            ends[-1] = start + len(text.encode())
            column += len(text)
    return np.frombuffer(starts, np.int64), np.frombuffer(ends, np.int64)


def _is_cut(raw: bytes, text: str) -> bool:
    """Return whether ``go test`` may have ended a line behind a text: a testing line follows."""
    return _MARK in raw or f"{text}=== ".encode() in raw or f"{text}--- ".encode() in raw


def _clean(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else clean(text)
