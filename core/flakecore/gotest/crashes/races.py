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
_CALL_ALONE = re.compile(r"  (\S+\.\S+)\(\)\Z", re.ASCII)
"""A frame whose second line was left out when it was copied."""
_LEFT_OUT = ("...", "[...]", "…")
"""What people write for frames that they leave out."""
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
        test: index of the test that go attributes it to; -1 for none. Often wrong: it is merely the
            test that was named last (golang/go#57305).
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
    races = [_race_at(lines, frames, position) for position in titles]
    # What mentions no access is quoted, such as what a test expected, unless the log ends there.
    whole = [race for race in races if race.accesses or len(texts) - race.last_line <= _CUT_LINES]
    above = _cut_one(texts, titles[0] if titles else len(texts))
    part = _race_at(lines, frames, above) if above is not None else None
    is_part = part is not None and (part.accesses or texts[part.last_line] == _RULE)
    return (part, *whole) if part is not None and is_part else tuple(whole)


def _cut_one(texts: Sequence[str], first: int) -> int | None:
    """Return the line above what is left of a report whose title is cut away; None for none.

    That is its earlier access, or where the first of its goroutines was created.

    Args:
        texts: the lines.
        first: where the first title stands.
    """
    for words, line in ((_PREVIOUS, _ACCESS), ("Goroutine ", _CREATED)):
        at = next((at for at in positions_of(texts, (words,)) if line.match(texts[at])), first)
        if at < first:
            return at - 1
    return None


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
    above = title > 0 and texts[title - 1].endswith(_RULE)
    first = title - 1 if above else max(title, 0)
    return Race(tuple(accesses), tuple(goroutines), first, last, int(lines.tests[first]))


def _stack(
    texts: Sequence[str], frames: FrameReader, start: int
) -> tuple[tuple[DumpFrame, ...], int]:
    """Return the frames from ``start`` on, and the position of their last line."""
    stack: list[DumpFrame] = []
    at = start
    while at < len(texts):
        if (frame := frames.frame_at(at)) is not None:
            at += 2
        elif found := _CALL_ALONE.match(texts[at]):
            frame = DumpFrame(found[1], "", 0, "")
            at += 1
        elif stack and texts[at].strip() in _LEFT_OUT and at + 1 < len(texts):
            at += 1
            continue
        else:
            break
        stack.append(frame)
    return tuple(stack), at - 1
