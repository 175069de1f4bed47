"""Crashes: what a dying test binary prints, with the stack of every goroutine it shows.

A crash is an opening (``panic: ``, ``fatal error: ``, ``SIGQUIT: quit``), the rest of its message,
a blank line, and goroutine blocks parted by blank lines (``src/runtime/panic.go``: printpanics,
fatal, dopanic_m; ``src/runtime/signal_unix.go``: sighandler; ``src/runtime/traceback.go``:
goroutineheader, traceback1). Standard output and standard error share one pipe under ``go test``,
so other lines may stand in between, and the opening may follow text that had no newline. Hence an
opening counts only with a goroutine block after it, or at the very end of the output, and lines
that fit nothing are passed over until too many of them follow one another.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from flakecore.gotest.frames import DumpFrame, FrameReader
from flakecore.gotest.lines import Line
from flakecore.gotest.stamps import duration_ns

_OPENING = re.compile(r"panic: |fatal error: |SIG[A-Z0-9]{2,8}: [a-z]", re.ASCII)
_HEADER = re.compile(
    r"goroutine (\d{1,19})(?: gp=\S+)?(?: m=\S+)?(?: mp=\S+)? \[([^\]]*)\](?: \{.*\})?:\Z", re.ASCII
)
_TIMEOUT = re.compile(r"test timed out after \S+\Z")
_RUNNING = re.compile(r"\s+(\S.*) \((\S+)\)\Z")
_RECOVERED = re.compile(r" \[recovered(?:, repanicked)?\]\Z")
_ELIDED = re.compile(r"\.\.\.(\d{1,18}) frames elided\.\.\.\Z", re.ASCII)
_KILLED = "*** Test killed with quit: ran too long"

_MESSAGE_LINES = 500
"""How far below an opening its first goroutine block may begin."""
_STRANGERS = 40
"""How many lines that fit nothing may follow one another in a dump; registers are about 25."""


class CrashKind(StrEnum):
    """What ended the test binary."""

    PANIC = "panic"
    FATAL = "fatal"
    """The runtime itself gave up, or a signal made it dump and exit."""
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class GoroutineDump:
    """One goroutine of a dump.

    Attributes:
        number: the goroutine's number, the same one that traces and race reports use.
        state: status or wait reason, as the runtime names it: ``chan receive``.
        minutes: how long it had been waiting; 0 if less than a minute.
        locked: whether it is locked to its thread.
        frames: innermost first; the runtime prints the innermost 50 and the outermost 50.
        elided: how many frames it left out between those.
        creator: the frame that started it; None if not printed (the main goroutine).
        creator_goroutine: the number of the goroutine that started it; 0 if not printed.
    """

    number: int
    state: str
    minutes: int
    locked: bool
    frames: tuple[DumpFrame, ...]
    elided: int
    creator: DumpFrame | None
    creator_goroutine: int


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash of the test binary.

    Attributes:
        kind: what ended it.
        message: the panic's value or the fatal error; further lines are nested panics and the rest
            of a longer value. Marks such as ``[recovered]`` are left out.
        first_line: position of its first line.
        last_line: position of its last line.
        running: for a timeout, the tests that were running and for how long, in nanoseconds (whole
            seconds in the output; empty before Go 1.20).
        test: index of the test that go blames for the first line; -1 for none. Often wrong: it is
            merely the test that was named last (golang/go#38050).
        goroutines: in the order printed; the first is the one that crashed.
    """

    kind: CrashKind
    message: str
    first_line: int
    last_line: int
    running: tuple[tuple[str, int], ...]
    test: int
    goroutines: tuple[GoroutineDump, ...]


def read_crashes(lines: Sequence[Line]) -> tuple[Crash, ...]:
    """Return the crashes in a package's output lines; never raises.

    Positions in the result are indices into ``lines``.
    """
    openings: list[tuple[int, int]] = []  # position and column
    headers: list[int] = []  # positions of lines that begin a goroutine block
    for position, line in enumerate(lines):
        text = line.text
        # `in` is many times quicker than a regular expression, and most lines have none of these.
        if ("panic: " in text or "r: " in text or "SIG" in text) and (
            found := _OPENING.search(text)
        ):
            openings.append((position, found.start()))
        elif text.startswith("goroutine ") or text == "runtime stack:":
            headers.append(position)
    crashes: list[Crash] = []
    frames = FrameReader(lines)
    at_line_start = [position for position, column in openings if not column]
    for position, column in openings:
        if crashes and position <= crashes[-1].last_line:
            continue
        dump = _dump_after(lines, position, headers, at_line_start)
        if dump is not None:
            crash = _crash_with_dump(lines, frames, position, column, dump)
        elif not column and position == at_line_start[-1]:
            crash = _crash_without_dump(lines, position)
        else:
            continue
        if crash is not None:
            crashes.append(crash)
    return tuple(crashes)


def _dump_after(
    lines: Sequence[Line], opening: int, headers: list[int], at_line_start: list[int]
) -> int | None:
    """Return the position of the first block of the dump that belongs to ``opening``, or None."""
    at = bisect_right(headers, opening)
    if at == len(headers) or headers[at] - opening > _MESSAGE_LINES:
        return None
    header = headers[at]
    rival = bisect_right(at_line_start, opening)
    if rival < len(at_line_start) and at_line_start[rival] < header:
        return None
    # A stack that the program prints itself has no blank line before it.
    before = lines[header - 1].text
    return header if not before or before.startswith("[signal ") else None


def _crash_with_dump(
    lines: Sequence[Line], frames: FrameReader, opening: int, column: int, dump: int
) -> Crash | None:
    """Return the crash that begins in line ``opening`` at ``column`` and shows goroutines."""
    goroutines, last = _goroutines(lines, frames, dump)
    if goroutines and goroutines[0].frames[:1]:
        innermost = goroutines[0].frames[0].function
        if innermost == "runtime/debug.Stack":
            return None  # a program's own report of a panic that it has recovered from
    message_end = dump
    while message_end > opening + 1 and not lines[message_end - 1].text.strip():
        message_end -= 1
    texts = [line.text for line in lines[opening:message_end]]
    texts[0] = texts[0][column:]
    kind, message, running = _message(texts)
    if kind is CrashKind.FATAL and _killed_for_time(lines, last):
        kind = CrashKind.TIMEOUT
    first = opening
    while first and not column and lines[first - 1].text.startswith("runtime: "):
        first -= 1
    return Crash(kind, message, first, last, running, lines[opening].test, goroutines)


def _crash_without_dump(lines: Sequence[Line], opening: int) -> Crash | None:
    """Return the crash in line ``opening`` if nothing but the end of the output follows it."""
    last = opening
    while last + 1 < len(lines) and lines[last + 1].text.startswith("    "):
        last += 1
    for line in lines[last + 1 : last + 1 + _STRANGERS]:
        if line.test >= 0 and line.text and not line.text.startswith("[signal "):
            return None
    kind, message, running = _message([line.text for line in lines[opening : last + 1]])
    return Crash(kind, message, opening, last, running, lines[opening].test, ())


def _killed_for_time(lines: Sequence[Line], last: int) -> bool:
    """Return whether go itself asked for the dump, a minute after the deadline."""
    return any(line.text.startswith(_KILLED) for line in lines[last + 1 : last + 1 + _STRANGERS])


def _message(texts: list[str]) -> tuple[CrashKind, str, tuple[tuple[str, int], ...]]:
    """Return kind, message and running tests of an opening and the lines that follow it."""
    first = texts[0]
    if first.startswith("panic: "):
        value = _RECOVERED.sub("", first[len("panic: ") :])
        if _TIMEOUT.match(value):
            return CrashKind.TIMEOUT, value, _running_tests(texts[1:])
        kind = CrashKind.PANIC
    else:
        value = first.removeprefix("fatal error: ")
        kind = CrashKind.FATAL
        if value == first:
            return kind, value, ()  # a signal: what follows are registers of the processor
    panics = [[value]]
    for text in texts[1:]:
        # The runtime indents nested panics, and since Go 1.23 the further lines of a value.
        inner = _RECOVERED.sub("", text.removeprefix("    "))
        if inner.startswith("panic: "):
            panics.append([inner.removeprefix("panic: ")])
        elif not inner.startswith("[signal "):
            panics[-1].append(inner)
    values = ["\n".join(lines) for lines in panics]
    # Before Go 1.23 a value that is panicked with again is printed again.
    nested = [now for before, now in pairwise(values) if now != before]
    return kind, "\npanic: ".join([values[0], *nested]), ()


def _running_tests(texts: list[str]) -> tuple[tuple[str, int], ...]:
    """Return the tests that a timeout lists: ``TestX (3s)``, one a line."""
    running = []
    for text in texts:
        found = _RUNNING.match(text)
        if found is None:
            continue
        try:
            running.append((found[1], duration_ns(found[2])))
        except ValueError:
            continue
    return tuple(running)


def _goroutines(
    lines: Sequence[Line], frames: FrameReader, start: int
) -> tuple[tuple[GoroutineDump, ...], int]:
    """Return the goroutine blocks from ``start`` on, and the position of the dump's last line."""
    goroutines = []
    at = last = start
    while at < len(lines) and at - last <= _STRANGERS:
        text = lines[at].text
        if text.startswith("goroutine "):
            header = _HEADER.match(text)
            if header is not None:
                goroutine, at = _goroutine(lines, frames, header, at)
                goroutines.append(goroutine)
                last = at - 1
                continue
        elif text.startswith(("FAIL", "exit status ")) or _OPENING.match(text):
            break
        frame = frames.frame_at(at)  # of the runtime's own stack, or after a stranger's line
        at += 1 if frame is None else 2
        if frame is not None:
            last = at - 1
    return tuple(goroutines), last


def _goroutine(
    lines: Sequence[Line], frames: FrameReader, header: re.Match[str], start: int
) -> tuple[GoroutineDump, int]:
    """Return the block that begins at ``start``, and the position after its last line."""
    state, *notes = header[2].split(", ")
    minutes = next((int(note.split()[0]) for note in notes if _is_minutes(note)), 0)
    stack: list[DumpFrame] = []
    elided = 0
    creator: DumpFrame | None = None
    creator_goroutine = 0
    at = end = start + 1
    while at < len(lines) and at - end <= _STRANGERS:
        text = lines[at].text
        if not text or text.startswith(("[originating from", "FAIL")):
            break
        frame = frames.frame_at(at)
        if frame is not None:
            stack.append(frame)
            at += 2
            end = at
            continue
        made = frames.creator_at(at)
        if made is not None:
            creator, creator_goroutine = made
            end = at + (2 if creator.file else 1)
            break
        if text.startswith("goroutine ") and _HEADER.match(text):
            break
        if found := _ELIDED.match(text):
            elided = int(found[1])
            end = at + 1
        at += 1
    dump = GoroutineDump(
        number=int(header[1]),
        state=state,
        minutes=minutes,
        locked="locked to thread" in notes,
        frames=tuple(stack),
        elided=elided,
        creator=creator,
        creator_goroutine=creator_goroutine,
    )
    return dump, end


def _is_minutes(note: str) -> bool:
    amount, _, unit = note.partition(" ")
    return unit == "minutes" and amount.isascii() and amount.isdigit() and len(amount) < 19
