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
from dataclasses import dataclass, replace
from enum import StrEnum

from flakecore.gotest.crashes.goroutine_blocks import STRANGERS, BlockReader, GoroutineDump
from flakecore.gotest.streams.line_search import positions_of
from flakecore.gotest.streams.lines import Lines
from flakecore.gotest.streams.stamps import duration_ns

_OPENING = re.compile(
    r"panic: |fatal error: |SIG[A-Z0-9]{2,8}: [a-z]|race: limit on \d+ simultaneously"
    r"|Exception 0x[0-9a-f]{1,16} 0x",
    re.ASCII,
)
_WORDS = (
    *("panic: ", "fatal error: ", "SIG", "race: limit on ", "Exception 0x", "goroutine "),
    "runtime stack:",
)
"""What a line of interest holds, for a first look at them all."""
_TIMEOUT = re.compile(r"test (?:timed out after|hung for) \S+\Z")
"""Package testing's own words, and those of a probe that ends a run whose tests hang."""
_ALARM = re.compile(r"testing\.(?:\(\*M\)\.)?startAlarm\.func1\(")
"""What panics when the time is up (``src/testing/testing.go``, startAlarm)."""
_RUNNING = re.compile(r"\s+(\S.*) \((\S+)\)\Z")
_NESTED = re.compile(r"\s*(?:panic: |\[signal |goroutine running |running tests:)")
_RECOVERED = re.compile(r"\s+\[recovered(, repanicked)?\]\s*\Z")
_BEFORE = ("runtime: ", "unexpected fault address ")
"""What the runtime prints above some fatal errors, such as how much memory was asked for."""
_ASLEEP = "fatal error: all goroutines are asleep - deadlock!"
"""``runtime/proc.go``, checkdead."""
_OF_TESTS = ("--- ", "    --- ", "=== ", "PASS", "ok  ")
"""How lines of tests begin that went on."""
_IN_C = "signal arrived during cgo execution"
"""``runtime/signal_unix.go``, sighandler: not Go's own code was running."""
_UNEXPECTED = "unexpected signal "
"""``sigpanic``: which signal it was is stated only below."""
_STACK_OF_ITS_OWN = "runtime/debug.Stack"
_FOUR = "    "
"""What a tab has become."""
_KILLED = "*** Test killed"
"""Go's own line behind the dump; ``with quit`` stands in it since Go 1.13."""
_GOES_ON = re.compile(
    r"=== (?:RUN|PAUSE|CONT|NAME) |\s*--- (?:PASS|FAIL|SKIP|BENCH): \S|PASS\Z|ok {2}\s"
)
"""What a test binary prints only while it lives."""
_LIVING = ("=== ", "--- ", "PASS", "ok  ")

_MESSAGE_LINES = 500
"""How far below an opening its first goroutine block may begin."""


class CrashKind(StrEnum):
    """What ended the test binary."""

    PANIC = "panic"
    FATAL = "fatal"
    """The runtime itself gave up, or a signal made it dump and exit."""
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class PanicValue:
    """One panic of a chain: deferred functions may panic while another panic is under way.

    Attributes:
        value: as printed; of several lines where it has them.
        recovered: whether a deferred function had recovered it.
        repanicked: whether it was then panicked with again, as the test runner does with every
            panic of a test. Since Go 1.23 the runtime states it, before that it prints it twice.
    """

    value: str
    recovered: bool
    repanicked: bool


@dataclass(frozen=True, slots=True)
class Crash:
    """One crash of the test binary.

    Attributes:
        kind: what ended it.
        message: the panic's value or the fatal error; further lines are nested panics and the rest
            of a longer value. Marks such as ``[recovered]`` are left out.
        panics: the chain of panics, the first of them first; empty for what is no panic.
        first_line: position of its first line.
        last_line: position of its last line.
        running: for a timeout, the tests that were running and for how long, in nanoseconds (whole
            seconds in the output; empty before Go 1.20).
        test: index of the test that go attributes the first line to; -1 for none. Often wrong: it
            is merely the test that was named last (golang/go#38050).
        goroutines: in the order printed; the first is the one that crashed.
    """

    kind: CrashKind
    message: str
    panics: tuple[PanicValue, ...]
    first_line: int
    last_line: int
    running: tuple[tuple[str, int], ...]
    test: int
    goroutines: tuple[GoroutineDump, ...]


def read_crashes(lines: Lines) -> tuple[Crash, ...]:
    """Return the crashes in a package's output lines; never raises.

    Positions in the result are indices into ``lines``.
    """
    texts = lines.texts
    openings: list[tuple[int, int]] = []  # position and column
    headers: list[int] = []  # positions of lines that begin a goroutine block
    for position in positions_of(texts, _WORDS):
        text = texts[position]
        if found := _OPENING.search(text):
            openings.append((position, found.start()))
        elif text.startswith("goroutine ") or text == "runtime stack:":
            headers.append(position)
    blocks = BlockReader(texts)
    if not openings:
        return _of_alarm(lines, blocks, headers)
    crashes: list[Crash] = []
    alive = max(
        (at for at in positions_of(texts, _LIVING) if _GOES_ON.match(texts[at])), default=-1
    )
    at_line_start = [position for position, column in openings if not column]
    for position, column in openings:
        if crashes and position <= crashes[-1].last_line:
            continue
        dump = _dump_after(texts, position, headers, at_line_start)
        if dump is not None:
            crash = _crash_with_dump(lines, blocks, position, column, dump)
        elif not column and position == at_line_start[-1]:
            crash = _crash_without_dump(lines, blocks, position)
        else:
            continue
        # What a test printed of some other process, or of a panic that it recovered from, is no
        # crash of the process that went on.
        if crash is not None and crash.last_line > alive:
            crashes.append(crash)
    return tuple(crashes)


def _of_alarm(lines: Lines, blocks: BlockReader, headers: list[int]) -> tuple[Crash, ...]:
    """Return the timeout whose dump was copied without the panic above it; () for none.

    Its first goroutine is that of package testing's own timer.
    """
    first = next(iter(headers), None)
    if first is None or not _ALARM.match(lines.texts[min(first + 1, len(lines) - 1)]):
        return ()
    goroutines, last = blocks.blocks(first, _is_beyond)
    message = "test timed out; the lines above its dump are not in the log"
    test = int(lines.tests[first])
    return (Crash(CrashKind.TIMEOUT, message, (), first, last, (), test, goroutines),)


def _dump_after(
    texts: Sequence[str], opening: int, headers: list[int], at_line_start: list[int]
) -> int | None:
    """Return the position of the first block of the dump that belongs to ``opening``, or None."""
    at = bisect_right(headers, opening)
    if at == len(headers) or headers[at] - opening > _MESSAGE_LINES:
        return None
    header = headers[at]
    rival = bisect_right(at_line_start, opening)
    if rival < len(at_line_start) and at_line_start[rival] < header:
        return None
    # A stack that the program prints itself has no blank line before it, but copying may lose one.
    before = texts[header - 1].strip()
    if not before or before.startswith("[signal "):
        return header
    # Of a value of several lines, Go since 1.18 indents the further ones.
    follows = all(
        text.startswith(_FOUR) or _NESTED.match(text) for text in texts[opening + 1 : header]
    )
    return header if follows and not texts[opening][:1].isspace() else None


def _crash_with_dump(
    lines: Lines, blocks: BlockReader, opening: int, column: int, dump: int
) -> Crash | None:
    """Return the crash that begins in line ``opening`` at ``column`` and shows goroutines."""
    texts = lines.texts
    goroutines, last = blocks.blocks(dump, _is_beyond)
    if goroutines and goroutines[0].frames[:1]:
        innermost = goroutines[0].frames[0].function
        if innermost == _STACK_OF_ITS_OWN:
            return None  # a program's own report of a panic that it has recovered from
    elif any(text.startswith(_STACK_OF_ITS_OWN) for text in texts[dump : last + 1]):
        return None
    message_end = dump
    while message_end > opening + 1 and not texts[message_end - 1].strip():
        message_end -= 1
    kind, message, panics, running = _message(
        [texts[opening][column:], *texts[opening + 1 : message_end]]
    )
    if kind is CrashKind.FATAL and _killed_for_time(texts, last):
        kind = CrashKind.TIMEOUT
    first = opening
    while first and not column and texts[first - 1].startswith(_BEFORE):
        first -= 1
    test = int(lines.tests[opening])
    return Crash(kind, message, panics, first, last, running, test, goroutines)


def _is_beyond(text: str) -> bool:
    """Return whether a line of a dump, between two blocks, belongs to what comes after it."""
    return text.startswith(("FAIL", "exit status ")) or _OPENING.match(text) is not None


def _crash_without_dump(lines: Lines, blocks: BlockReader, opening: int) -> Crash | None:
    """Return the crash in line ``opening`` if nothing but the end of the output follows it.

    Frames may, where the line that names the goroutine was not copied.
    """
    texts = lines.texts
    last = opening
    while last + 1 < len(texts) and texts[last + 1].startswith("    "):
        last += 1
    after = slice(last + 1, last + 1 + STRANGERS)
    is_asleep = texts[opening].rstrip() == _ASLEEP
    for text, test in zip(texts[after], lines.tests[after].tolist(), strict=True):
        # Behind go's last line in a log that was cut, lines of a CI system may stand.
        is_more = text.startswith(_OF_TESTS) or not is_asleep
        if test >= 0 and text and is_more and not text.startswith("[signal "):
            return None
        if text.startswith(_STACK_OF_ITS_OWN):
            return None  # a program's own report of a panic that it has recovered from
    kind, message, panics, running = _message(texts[opening : last + 1])
    test = int(lines.tests[opening])
    goroutine, end = blocks.headless(last + 1)
    if goroutine is None or not goroutine.frames:
        return Crash(kind, message, panics, opening, last, running, test, ())
    return Crash(kind, message, panics, opening, end - 1, running, test, (goroutine,))


def _killed_for_time(texts: Sequence[str], last: int) -> bool:
    """Return whether go itself asked for the dump, a minute after the deadline."""
    return any(text.startswith(_KILLED) for text in texts[last + 1 : last + 1 + STRANGERS])


def _message(
    texts: list[str],
) -> tuple[CrashKind, str, tuple[PanicValue, ...], tuple[tuple[str, int], ...]]:
    """Return kind, message, panics and running tests of an opening and the lines that follow it."""
    first = texts[0]
    if not first.startswith(("panic: ", "fatal error: ")):  # a signal
        message = first if "[" in first else first.removesuffix("]")
        in_c = [text for text in texts[1:] if text.startswith(_IN_C)]
        return CrashKind.FATAL, "\n".join([message, *in_c]), (), ()  # the rest are registers
    kind = CrashKind.PANIC if first.startswith("panic: ") else CrashKind.FATAL
    values = [[first.partition(": ")[2]]]
    if kind is CrashKind.PANIC and _TIMEOUT.match(values[0][0]):
        value = values[0][0]
        return CrashKind.TIMEOUT, value, (), _running_tests(texts[1:])
    for text in texts[1:]:
        # The runtime indents nested panics, and since Go 1.23 the further lines of a value.
        inner = text.removeprefix("    ")
        if inner.lstrip().startswith("panic: "):
            values.append([inner.lstrip().removeprefix("panic: ")])
        elif not inner.startswith("[signal ") or _UNEXPECTED in first:
            values[-1].append(inner)
    panics = [_panic("\n".join(value).rstrip()) for value in values]
    if kind is CrashKind.FATAL:
        return kind, panics[0].value, (), ()
    chain: list[PanicValue] = []
    for panic in panics:
        if chain and chain[-1].recovered and chain[-1].value == panic.value:
            chain[-1] = replace(panic, recovered=True, repanicked=True)
        else:
            chain.append(panic)
    return kind, "\npanic: ".join(panic.value for panic in chain), tuple(chain), ()


def _panic(text: str) -> PanicValue:
    mark = _RECOVERED.search(text)
    if mark is None:
        return PanicValue(text, recovered=False, repanicked=False)
    return PanicValue(text[: mark.start()], recovered=True, repanicked=mark[1] is not None)


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
