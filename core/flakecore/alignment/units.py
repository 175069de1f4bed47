"""The two sequences that are aligned: units of output, and writes that may have printed them.

A unit is a line, or a packet where ``collect`` recorded every write. What package testing formats
is recognised on both sides, in a unit by its text and in a write by its stack, and gets a key that
is equal on both sides.

The numbers of characters, and how long a write without an end lasts, are chosen; the latter count
for traces of Go 1.21 and before alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.writers import (
    PriorClass,
    WriteKind,
    Writer,
    may_write_output,
    writers_by_stack,
)
from flakecore.distinct import distinct
from flakecore.gotrace import Trace

Key = tuple[object, ...]

_FIRST_WITH_ENDS = 22
"""Minor release of Go from which on a trace has the end of every system call; before, only of those
during which the proc was retaken (``src/runtime/trace.go`` of Go 1.21, traceGoSysBlock)."""
_USUAL_WRITE_NS = 20_000
"""A write without an end is taken to have lasted this long, in nanoseconds."""
_LONGEST_WRITE_NS = 20_000_000
"""The longest that a write without an end can have lasted, in nanoseconds: sysmon retakes its proc
after 10 ms at the latest (``src/runtime/proc.go``, retake), which is recorded."""
_PIPE_BUF = 4096
"""Bytes that a pipe takes at once on Linux (pipe(7)); characters are at least as many bytes."""
_FRAME_LINE = re.compile(r"=== (RUN|PAUSE|CONT|NAME|ATTR|ARTIFACTS) ")
_KINDS = {each.name: each for each in WriteKind}
_RESULT = ("--- PASS: ", "--- FAIL: ", "--- SKIP: ")
_LOGGED = re.compile(r" {4}(?:[^ \t:][^:\n]*/)?([^ \t:/][^:/\n]*\.go|\?\?\?):(\d{1,9}):(?: |\Z)")
_DIGITS = re.compile(r"\d+")
_DATE = r"\d\d[-/]\d\d[-/]\d\d"
_TIME_OF_DAY = rf"\d\d(?:{_DATE}(?![\w/.#-])|(?:{_DATE}T\d\d)?:\d\d:\d\d(?:[.,]\d+)?Z?)"
_TOKEN = re.compile(rf"{_TIME_OF_DAY}|([\w/.#-]+)")
"""A word in its group, or a time of day, which is none: it is when a line was printed, and most
lines of one second may well be those of one goroutine."""
_TOKEN_CHARACTERS = 160
"""Characters of a unit from which tokens are taken."""
_LETTERS = re.compile(r"[^\W\d_]+")
_FORM_CHARACTERS = 10
"""Characters of a shape that make its form, with runs of letters replaced by one."""
_SHAPE_CHARACTERS = 24
"""Characters of a unit that make its shape, with runs of digits replaced by one."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes of units: their first characters, with runs of digits replaced by one.

    Attributes:
        of: int32, (units,) the shape of each unit, from 0.
        form: int32, (shapes,) the form of each shape; equal for shapes that differ in letters only.
    """

    of: NDArray[np.int32]
    form: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class UnitTokens:
    """Distinct words of each unit, one unit after the other.

    Attributes:
        number: int32, (tokens,) index into the vocabulary, from 0.
        unit: int64, (tokens,) the unit it occurs in, ascending.
    """

    number: NDArray[np.int32]
    unit: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Units:
    """Lines or packets of output in the order in which they were read; every column (units,).

    Attributes:
        keys: key of what package testing formatted; None for other text.
        shapes: shape of each.
        tokens: words of each.
        depth: uint8, indentation in steps of four spaces; 2 for two or more.
        may_continue: bool, may be of the same write as the unit before it.
        ends: bool, ends with a newline.
        wall_ns: int64, Unix time at which it was read, in nanoseconds; ``NO_WALL`` if unknown.
        foreign: bool, known to be no write that a trace of this process has.
        interruptible: bool, longer than what a pipe takes at once: the text of others may come
            into its middle.
    """

    keys: Sequence[Key | None]
    shapes: Shapes
    tokens: UnitTokens
    depth: NDArray[np.uint8]
    may_continue: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    wall_ns: NDArray[np.int64]
    foreign: NDArray[np.bool_]
    interruptible: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class OutputWrites:
    """System calls that may have written to standard output or error; columns (writes,).

    Attributes:
        start, end: int64, nanoseconds since the trace began; ``start`` ascends.
        latest_end: int64, when it had ended at the latest: ``end``, except in traces without the
            ends of all system calls, where ``end`` is an estimate.
        goroutine: int64.
        stack: int32, stack number.
        site: int32, index of the call site.
        writers: writer of each stack, by its number.
        prior_class: uint8, (sites,) ``PriorClass`` of each site.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    latest_end: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: NDArray[np.int32]
    site: NDArray[np.int32]
    writers: Mapping[int, Writer]
    prior_class: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.start)


def output_writes(trace: Trace) -> OutputWrites:
    """Return a trace's writes that may have gone to standard output or error."""
    writes, table = trace.writes, trace.table
    stacks = {number: table.stack(number) for number in distinct(writes.stack).tolist()}
    writers = writers_by_stack(
        {number: stack for number, stack in stacks.items() if may_write_output(stack)}
    )
    numbers: dict[tuple[object, ...], int] = {}
    site_of = np.zeros(max(stacks, default=0) + 1, np.int32)
    classes: list[PriorClass] = []
    for number, writer in writers.items():
        site_of[number] = numbers.setdefault(writer.site, len(numbers))
        if len(classes) < len(numbers):
            classes.append(writer.prior_class)
    rows = np.flatnonzero(np.isin(writes.stack, np.array(list(writers), np.int64)))
    stack = writes.stack[rows].astype(np.int32)
    start, end, goroutine = writes.start[rows], writes.end[rows], writes.goroutine[rows]
    latest_end = end
    if trace.version < _FIRST_WITH_ENDS:
        next_start = _next_start(start, goroutine)
        latest_end = np.maximum(end, np.minimum(start + _LONGEST_WRITE_NS, next_start))
        end = np.maximum(end, np.minimum(start + _USUAL_WRITE_NS, next_start))
    return OutputWrites(
        start=start,
        end=end,
        latest_end=latest_end,
        goroutine=goroutine,
        stack=stack,
        site=site_of[stack],
        writers=writers,
        prior_class=np.array(classes, np.uint8),
    )


def _next_start(start: NDArray[np.int64], goroutine: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (writes,) when the goroutine of each began its next write; 2**62 where it did not."""
    order = np.lexsort((start, goroutine))
    following = np.full(len(start), 1 << 62, np.int64)
    same = goroutine[order[1:]] == goroutine[order[:-1]]
    following[order[:-1][same]] = start[order[1:][same]]
    return following


def key_of(text: str, test: int) -> Key | None:
    """Return the key of a line that package testing formatted; None for other lines.

    Args:
        text: the line.
        test: index of the test that it names, -1 if none.
    """
    if text.startswith("=== "):
        found = _FRAME_LINE.match(text)
        if found is None:
            return None
        kind = _KINDS[found[1]]
        return (kind,) if kind is WriteKind.NAME else (kind, test)
    if text.startswith("--- "):
        return (WriteKind.RESULT, test) if text.startswith(_RESULT) else None
    if text.startswith("    "):
        found = _LOGGED.match(text)
        return (WriteKind.LOG, found[1], int(found[2])) if found is not None else None
    return None


def interruptible(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Return (texts,) whether each is at least as long as what a pipe takes at once."""
    return np.fromiter(map(len, texts), np.int64, len(texts)) >= _PIPE_BUF


def shapes(texts: Iterable[str]) -> Shapes:
    """Return the shapes of texts."""
    numbers: dict[str, int] = {}
    digits = _DIGITS.sub
    found = [
        numbers.setdefault(digits("0", text[:_SHAPE_CHARACTERS]), len(numbers)) for text in texts
    ]
    forms: dict[str, int] = {}
    form = [
        forms.setdefault(_LETTERS.sub("a", each)[:_FORM_CHARACTERS], len(forms)) for each in numbers
    ]
    return Shapes(np.array(found, np.int32), np.array(form, np.int32))


def depths(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return (texts,) the indentation of each: 0, 1 from four spaces on, 2 from eight on."""
    found = [
        0 if not text.startswith("    ") else 2 if text.startswith("        ") else 1
        for text in texts
    ]
    return np.array(found, np.uint8)


def tokens(texts: Iterable[str]) -> UnitTokens:
    """Return the distinct words near the beginning of each text, without dates and times of day."""
    numbers: dict[str, int] = {}
    index = numbers.setdefault
    split = _TOKEN.findall
    found: list[int] = []
    sizes: list[int] = []
    for text in texts:
        words = split(text, 0, _TOKEN_CHARACTERS)
        distinct = {index(word, len(numbers)) for word in words if word}
        found += distinct
        sizes.append(len(distinct))
    return UnitTokens(np.array(found, np.int32), np.repeat(np.arange(len(sizes)), sizes))
