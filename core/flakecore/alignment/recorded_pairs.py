"""Pairs lines of output with writes by the packets that ``collect`` recorded: one each.

The packets hold the bytes as they were written, so they are told apart better than lines, and
nothing of them is lost. A line belongs to the write of its first byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import number_keys
from flakecore.alignment.goroutine_tests import GoroutineTests
from flakecore.alignment.inferred_pairs import examples_of, tests_named
from flakecore.alignment.matching import Pairs, match
from flakecore.alignment.units import OutputWrites, Units, depths, key_of, shapes, words
from flakecore.gotest import PackageRun, Packets, clean

_MARK = b"\x16"
"""Stands before testing's own lines under ``-test.v=test2json``."""
_HEAD = 256
"""Bytes of a packet that are looked at to tell what it is."""
_AHEAD = 64
"""How far a line is looked for among those that were written."""


def pair_packets(
    run: PackageRun,
    writes: OutputWrites,
    tree: GoroutineTests,
    goroutines: Sequence[int],
    zero_ns: int | None,
    ended: bool,
    packets: Packets,
    output: bytes | memoryview,
) -> Pairs:
    """Return which write printed each line.

    Args:
        run: whose lines they are.
        writes: that may have printed them.
        tree: whose goroutines' tests are those of ``run``.
        goroutines: of each test, 0 where unknown.
        zero_ns: the wall clock at the trace's time 0, where the trace says it.
        ended: whether the trace reaches to the end of the tests.
        packets: the artefact ``writes``.
        output: the artefact ``output``.
    """
    data = bytes(output)
    whole = np.searchsorted(packets.offset + packets.size, len(data), side="right")
    count = int(whole)
    offset, size = packets.offset[:count], packets.size[:count]
    starts, ends = find_lines(run.lines.texts, data, int(offset[0]) if count else len(data))
    first = np.searchsorted(offset, starts, side="right") - 1
    last = np.searchsorted(offset, np.maximum(ends - 1, starts), side="right") - 1
    known = (starts >= 0) & (first >= 0) & (first < count)
    test = np.full(count, -1, np.int64)
    rows = np.flatnonzero(known)[::-1]
    test[first[rows]] = run.lines.tests[rows]
    heads = [
        data[at : at + min(length, _HEAD)].decode("utf-8", "replace")
        for at, length in zip(offset.tolist(), size.tolist(), strict=True)
    ]
    ends_line = np.frombuffer(data, np.uint8)[offset + size - 1] == ord("\n")
    texts = [clean(head.partition("\n")[0]) for head in heads]
    joined = np.zeros(count, np.bool_)
    joined[1:] = packets.full[: max(count - 1, 0)]
    units = Units(
        keys=[key_of(text, at) for text, at in zip(texts, test.tolist(), strict=True)],
        shapes=shapes(texts),
        words=words(texts),
        depth=depths(texts),
        joined=joined,
        ends=ends_line,
        wall_ns=packets.wall_ns()[:count],
        stranger=np.zeros(count, np.bool_),
        parted=np.zeros(count, np.bool_),
    )
    named = tests_named(writes, tree, goroutines, examples_of(run))
    keys = number_keys(units.keys, writes, named, whole=False)
    pairs = match(units, writes, keys, whole=False, zero_ns=zero_ns, ended=ended)
    return _of_lines(pairs, first, last, known)


def _of_lines(
    pairs: Pairs, first: NDArray[np.int64], last: NDArray[np.int64], known: NDArray[np.bool_]
) -> Pairs:
    """Return which write each line began with, from those of the packets."""
    count = len(known)
    write = np.full(count, -1, np.int64)
    sure = np.zeros(count, np.bool_)
    goroutine = np.zeros(count, np.int64)
    at = first[known]
    write[known] = pairs.write[at]
    sure[known] = pairs.sure[at]
    goroutine[known] = pairs.goroutine[at]
    # A line that several goroutines had a part in is nobody's alone.
    changes = np.concatenate([[0], np.cumsum(np.diff(pairs.goroutine) != 0)])
    last = np.minimum(last, max(len(changes) - 1, 0))
    mixed = known.copy()
    mixed[known] = changes[last[known]] != changes[at]
    sure &= ~mixed
    return Pairs(write, sure, goroutine)


def find_lines(
    texts: Sequence[str], data: bytes, begin: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each line's bytes begin and end in what was written; -1 for lines of others.

    ``go test`` leaves out lines (``=== NAME``) and ends lines where testing's own begin. What was
    written in one line may so be several, one after the other.

    Args:
        texts: the lines as they were read, clean.
        data: all that was written.
        begin: where in it the first packet begins.
    """
    raws = data[begin:].split(b"\n")
    places = np.cumsum([0] + [len(raw) + 1 for raw in raws]) + begin
    written = [_clean(raw) for raw in raws]
    starts = np.full(len(texts), -1, np.int64)
    ends = np.full(len(texts), -1, np.int64)
    at = column = 0
    for position, text in enumerate(texts):
        if at >= len(written):
            break
        rest = written[at][column:] if column else written[at]
        if rest != text and not (text and rest.startswith(text) and _is_cut(raws[at], text)):
            found = next(
                (
                    ahead
                    for ahead in range(at + 1, min(at + _AHEAD, len(written)))
                    if written[ahead] == text
                ),
                None,
            )
            if found is None:
                continue
            at, column, rest = found, 0, written[found]
        start = int(places[at])
        if column:
            start += max(raws[at].rfind(_MARK), 0)
        starts[position] = start
        if rest == text:
            ends[position] = places[at + 1] - 1
            at, column = at + 1, 0
        else:
            ends[position] = start + len(text.encode())
            column += len(text)
    return starts, ends


def _is_cut(raw: bytes, text: str) -> bool:
    """Return whether a line may have been ended behind a text, for testing's own begins there."""
    return _MARK in raw or f"{text}=== ".encode() in raw or f"{text}--- ".encode() in raw


def _clean(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else clean(text)
