"""What lies on either side of the pairing: units of output, and writes that may have printed them.

A unit is a line, or a packet where ``collect`` recorded every write. Of both sides it is known
beforehand what package testing prints: a line says so itself, a write by its stack. Such pieces
carry a key, and the same key on the other side is their like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.writers import Habit, WriteKind, Writer, tell_writers, to_output
from flakecore.gotrace import Trace

Key = tuple[object, ...]

_TELLS_ENDS = 22
"""Traces of Go 1.21 and before tell the end of a system call only if it took long."""
_SOON_NS = 20_000
"""Nearly every write is over by then."""
_LATE_NS = 20_000_000
"""A proc is taken from a system call after 10 ms at the latest, and that is told of."""
_PIPE_BUF = 4096
"""Bytes that a pipe takes at once on Linux (pipe(7)); characters are at least as many bytes."""
_FRAME = re.compile(r"=== (RUN|PAUSE|CONT|NAME|ATTR|ARTIFACTS) ")
_KINDS = {each.name: each for each in WriteKind}
_RESULT = ("--- PASS: ", "--- FAIL: ", "--- SKIP: ")
_LOGGED = re.compile(r" {4}(?:[^ \t:][^:\n]*/)?([^ \t:/][^:/\n]*\.go|\?\?\?):(\d{1,9}):(?: |\Z)")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[\w/.#-]+")
_SPOKEN = 160
"""Characters of a unit whose words are looked at."""
_LETTERS = re.compile(r"[^\W\d_]+")
_FORM = 10
_SHAPE = 24
"""Characters of a unit that make its shape, digits run together."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What units look like: their first characters, digits run together.

    Attributes:
        of: int32, (units,) the number of each one's shape, from 0.
        form: int32, (shapes,) which shapes are alike but for their letters.
    """

    of: NDArray[np.int32]
    form: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of units, one unit after the other.

    Attributes:
        number: int32, (words,) the same word has the same number, from 0.
        unit: int64, (words,) the unit it stands in, ascending.
    """

    number: NDArray[np.int32]
    unit: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Units:
    """Pieces of output in the order they were read; every column (n,).

    Attributes:
        keys: what testing printed there; None for what it did not.
        shapes: what each looks like.
        words: the numbers of the words in each, see ``words``.
        depth: uint8, by how many times four spaces it is indented; 2 for more.
        joined: bool, may be of the same write as the unit before it.
        ends: bool, ends with a newline, as whatever prints whole lines does.
        wall_ns: int64, when it was read by some wall clock; ``NO_WALL`` if unknown.
        stranger: bool, known to be no write of this process.
        parted: bool, so long that what others print at the same time may come into its middle.
    """

    keys: Sequence[Key | None]
    shapes: Shapes
    words: Words
    depth: NDArray[np.uint8]
    joined: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    wall_ns: NDArray[np.int64]
    stranger: NDArray[np.bool_]
    parted: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class OutputWrites:
    """System calls that may have written to standard output or error, in order of time; (n,).

    Attributes:
        start, end: int64, nanoseconds since the trace began.
        over: int64, when it had ended at the latest: ``end``, but for traces that do not tell that
            of each, whose ``end`` is what is usual.
        goroutine: int64.
        stack: int32, stack number.
        site: int32, those of one number print alike.
        writers: what each stack says.
        habit: uint8, (sites,) ``Habit`` of each site.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    over: NDArray[np.int64]
    goroutine: NDArray[np.int64]
    stack: NDArray[np.int32]
    site: NDArray[np.int32]
    writers: Mapping[int, Writer]
    habit: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.start)


def output_writes(trace: Trace) -> OutputWrites:
    """Return a trace's writes that may have gone to standard output or error."""
    writes, table = trace.writes, trace.table
    stacks = {number: table.stack(number) for number in np.unique(writes.stack).tolist()}
    writers = tell_writers({n: stack for n, stack in stacks.items() if to_output(stack)})
    numbers: dict[tuple[object, ...], int] = {}
    site_of = np.zeros(max(stacks, default=0) + 1, np.int32)
    habits: list[Habit] = []
    for number, writer in writers.items():
        site_of[number] = numbers.setdefault(writer.site, len(numbers))
        habits[len(habits) :] = [writer.habit] if len(habits) < len(numbers) else []
    rows = np.flatnonzero(np.isin(writes.stack, np.array(list(writers), np.int64)))
    stack = writes.stack[rows].astype(np.int32)
    start, end, goroutine = writes.start[rows], writes.end[rows], writes.goroutine[rows]
    over = end
    if trace.version < _TELLS_ENDS:
        next_start = _next_start(start, goroutine)
        over = np.maximum(end, np.minimum(start + _LATE_NS, next_start))
        end = np.maximum(end, np.minimum(start + _SOON_NS, next_start))
    return OutputWrites(
        start=start,
        end=end,
        over=over,
        goroutine=goroutine,
        stack=stack,
        site=site_of[stack],
        writers=writers,
        habit=np.array(habits, np.uint8),
    )


def _next_start(start: NDArray[np.int64], goroutine: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when the goroutine of each write began its next one; far off where it did not."""
    order = np.lexsort((start, goroutine))
    following = np.full(len(start), 1 << 62, np.int64)
    same = goroutine[order[1:]] == goroutine[order[:-1]]
    following[order[:-1][same]] = start[order[1:][same]]
    return following


def key_of(text: str, test: int) -> Key | None:
    """Return what testing says in a line, which it names ``test`` in; None if it says nothing."""
    if text.startswith("=== "):
        found = _FRAME.match(text)
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


def parted(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Return which texts are longer than what a pipe takes at once."""
    return np.fromiter(map(len, texts), np.int64, len(texts)) >= _PIPE_BUF


def shapes(texts: Iterable[str]) -> Shapes:
    """Return what each text looks like."""
    numbers: dict[str, int] = {}
    digits = _DIGITS.sub
    found = [numbers.setdefault(digits("0", text[:_SHAPE]), len(numbers)) for text in texts]
    forms: dict[str, int] = {}
    form = [forms.setdefault(_LETTERS.sub("a", each)[:_FORM], len(forms)) for each in numbers]
    return Shapes(np.array(found, np.int32), np.array(form, np.int32))


def depths(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return how deep each text is indented: 0, 1 from four spaces on, 2 from eight on."""
    found = [
        0 if not text.startswith("    ") else 2 if text.startswith("        ") else 1
        for text in texts
    ]
    return np.array(found, np.uint8)


def words(texts: Iterable[str]) -> Words:
    """Return the distinct words near the beginning of each text."""
    numbers: dict[str, int] = {}
    count = numbers.setdefault
    split = _WORD.findall
    found: list[int] = []
    sizes: list[int] = []
    for text in texts:
        theirs = {count(word, len(numbers)) for word in split(text, 0, _SPOKEN)}
        found += theirs
        sizes.append(len(theirs))
    return Words(np.array(found, np.int32), np.repeat(np.arange(len(sizes)), sizes))
