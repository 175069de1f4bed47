"""Data races: the blocks that the race detector prints between two rules of ``=``.

The text comes from ThreadSanitizer's Go build (compiler-rt ``tsan_report.cpp``, PrintReport), with
examples in ``src/runtime/race/output_test.go``: two accesses, each with a stack, and where the
goroutines in question were created. Go counts the main goroutine as number 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.gotest.crashes.frame_reader import DumpFrame, FrameReader
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Lines

_TITLE = "WARNING: DATA RACE"
_RULE = "=================="
_ACCESS = re.compile(
    r"(previous )?(?:atomic )?(read|write)(?: at 0x([0-9a-f]{1,16}))?"
    r" by (?:(main) goroutine|goroutine (\d{1,19})|.*):\Z",
    re.ASCII | re.IGNORECASE,
)
_CREATED = re.compile(r"Goroutine (\d{1,19}) \((running|finished)\) created at:\Z", re.ASCII)
_PREVIOUS = "Previous "
"""How the second access of a report begins."""
_STRANGERS = 20
"""How many lines that fit nothing may follow one another in a report that has not ended."""
_CUT_LINES = 3
"""How far from a log's end a report's title may stand that the end has cut."""


@dataclass(frozen=True, slots=True)
class RaceAccess:
    """One of the two accesses.

    Attributes:
        kind: ``read`` or ``write``.
        previous: whether it is the earlier one, which the detector remembered.
        address: of the memory; 0 where it is not printed, as before Go 1.6.
        goroutine: its number; 1 for the main goroutine, 0 if not printed.
        frames: innermost first; empty where the detector no longer had the stack.
    """

    kind: str
    previous: bool
    address: int
    goroutine: int
    frames: tuple[DumpFrame, ...]


@dataclass(frozen=True, slots=True)
class RaceGoroutine:
    """One of the goroutines that raced.

    Attributes:
        number: the goroutine's number.
        running: whether it was still running when the race was found.
        frames: where it was created, innermost first.
    """

    number: int
    running: bool
    frames: tuple[DumpFrame, ...]


@dataclass(frozen=True, slots=True)
class Race:
    """One report of the race detector.

    Attributes:
        accesses: the later access first, as printed.
        goroutines: as printed; the main goroutine has no entry.
        first_line: position of the rule above the report, or of its title.
        last_line: position of the rule below it, or of the last line that is there.
        test: index of the test that go blames; -1 for none. Often wrong: it is merely the test
            that was named last (golang/go#57305).
    """

    accesses: tuple[RaceAccess, ...]
    goroutines: tuple[RaceGoroutine, ...]
    first_line: int
    last_line: int
    test: int


def read_races(lines: Lines) -> tuple[Race, ...]:
    """Return the race reports in a package's output lines; never raises.

    Positions in the result are indices into ``lines``.
    """
    texts = lines.texts
    frames = FrameReader(texts)
    titles = [at for at in positions_of(texts, (_TITLE,)) if texts[at].endswith(_TITLE)]
    races = (_race_at(lines, frames, position) for position in _with_cut_one(texts, titles))
    # What tells of no access is quoted, such as what a test expected, unless the log ends there.
    return tuple(
        race for race in races if race.accesses or len(texts) - race.last_line <= _CUT_LINES
    )


def _with_cut_one(texts: Sequence[str], titles: list[int]) -> list[int]:
    """Return where reports begin; of one whose title is cut away, above its earlier access."""
    previous = next(iter(positions_of(texts, (_PREVIOUS,))), -1)
    is_cut = previous > 0 and (not titles or previous < titles[0])
    return [previous - 1, *titles] if is_cut and _ACCESS.match(texts[previous]) else titles


def _race_at(lines: Lines, frames: FrameReader, title: int) -> Race:
    texts = lines.texts
    accesses = []
    goroutines = []
    at = title + 1
    last = title
    while at < len(texts) and at - last <= _STRANGERS:
        text = texts[at]
        if text.endswith(_TITLE):
            break
        if text == _RULE:
            last = at
            break
        if found := _ACCESS.match(text):
            stack, last = _stack(texts, frames, at + 1)
            number = 1 if found[4] else int(found[5] or 0)
            kind = found[2].lower()
            accesses.append(
                RaceAccess(kind, bool(found[1]), int(found[3] or "0", 16), number, stack)
            )
        elif found := _CREATED.match(text):
            stack, last = _stack(texts, frames, at + 1)
            goroutines.append(RaceGoroutine(int(found[1]), found[2] == "running", stack))
        elif frames.frame_at(at) is not None:
            last = at + 1  # of something else, such as where the memory was allocated
        at = max(at, last) + 1
    above = title and texts[title - 1].endswith(_RULE)
    first = title - 1 if above else title
    return Race(tuple(accesses), tuple(goroutines), first, last, int(lines.tests[title]))


def _stack(
    texts: Sequence[str], frames: FrameReader, start: int
) -> tuple[tuple[DumpFrame, ...], int]:
    """Return the frames from ``start`` on, and the position of their last line."""
    stack = []
    at = start
    while at < len(texts) and (frame := frames.frame_at(at)) is not None:
        stack.append(frame)
        at += 2
    return tuple(stack), at - 1
