"""Goroutine blocks, as the runtime prints them into crashes and into debug=2 dumps.

A block is a header (``goroutine 7 [select, 3 minutes]:``), frames, and who started the goroutine
(``src/runtime/traceback.go``: goroutineheader, traceback1). Where standard output and standard
error share one pipe, other lines may stand in between; they are passed over until too many of them
follow one another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flakecore.frames import without_probe
from flakecore.gotest.crashes.frame_reader import DumpFrame, FrameReader
from flakecore.gotest.quoting import QUOTED, unquoted
from flakecore.text.printable import clean
from flakecore.text.tracebacks import frames_always_printed, is_internal

HEADER = re.compile(
    r"goroutine (\d{1,19})(?: gp=\S+)?(?: m=\S+)?(?: mp=\S+)? (\[.*\](?: \{.*\})?): *\Z", re.ASCII
)
# Labels stand behind the bracket since Go 1.27, and in it in 1.26.
_STATE = re.compile(r"\[(.*?)(?: labels:\{(.*)\})?\](?: \{(.*)\})?\Z", re.DOTALL)
_LABEL = re.compile(rf'({QUOTED}|[^":,]+): ?({QUOTED}|[^",]*)(?:, |\Z)')
_ELIDED = re.compile(r"\.\.\.(\d{1,18}) frames elided\.\.\.\Z", re.ASCII)
_LEFT_OUT = "--"
"""What grep prints between lines that do not follow one another in what it has read."""
STRANGERS = 40
"""How many lines that fit nothing may follow one another in a dump; registers are about 25."""


@dataclass(frozen=True, slots=True)
class GoroutineDump:
    """One goroutine of a dump.

    Attributes:
        number: the goroutine's number, the same one that traces use; 0 with no state where the
            line that names both is cut off.
        state: status or wait reason, as the runtime names it: ``chan receive``; with ``(leaked)``
            behind it for one that nothing can wake, ``(durable)`` for one that waits inside a
            synctest bubble for the bubble alone.
        minutes: how long it had been waiting; 0 if less than a minute.
        locked: whether it is locked to its thread.
        bubble: the number of the synctest bubble it is in; 0 for none.
        labels: its profiler labels (Go 1.27 and later, 1.26 with GODEBUG=tracebacklabels=1).
        frames: innermost first, without the runtime's own that it prints at GOTRACEBACK=system;
            the runtime prints the innermost 50 and the outermost 50.
        elided: how many frames it left out between those.
        creator: the frame that started it; None if not printed (the main goroutine).
        creator_goroutine: the number of the goroutine that started it; 0 if not printed.
        channel: the address of the channel that it sends on or receives from, outside of a select;
            0 where the runtime's own frames do not have it.
    """

    number: int
    state: str
    minutes: int
    locked: bool
    bubble: int
    labels: tuple[tuple[str, str], ...]
    frames: tuple[DumpFrame, ...]
    elided: int
    creator: DumpFrame | None
    creator_goroutine: int
    channel: int = 0


_ON_CHANNEL = ("runtime.chansend", "runtime.chanrecv")
"""Whose first argument is the channel, in all releases (``src/runtime/chan.go``)."""
_FIRST_WORD = re.compile(r"(0x[0-9a-f]{1,16})(?:,|\Z)", re.ASCII)
_RUNNING = "running"
"""The state of a goroutine that runs, in the runtime's words."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the header of a block has of a goroutine, apart from its number."""

    state: str
    minutes: int
    locked: bool
    bubble: int
    labels: tuple[tuple[str, str], ...]


class BlockReader:
    """Reads goroutine blocks out of cleaned lines, remembering what it has parsed."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._frames = FrameReader(texts)
        self._standings: dict[str, _Standing] = {}

    def blocks(
        self, start: int, is_end: Callable[[str], bool]
    ) -> tuple[tuple[GoroutineDump, ...], int]:
        """Return the blocks from a position on, and the position of the last line of the last.

        Args:
            start: where the first of them, or the runtime's own stack, begins.
            is_end: whether a line between blocks is beyond the dump.
        """
        texts = self._texts
        goroutines: list[GoroutineDump] = []
        at = last = start
        while at < len(texts) and at - last <= STRANGERS:
            text = texts[at]
            if text.startswith("goroutine "):
                header = HEADER.match(text)
                if header is not None:
                    goroutine, at = self._block(header, at)
                    if goroutine is not None and _has_internals(goroutine):
                        goroutine = _without_internals(goroutine, is_first=not goroutines)
                    if goroutine is not None:
                        goroutines.append(goroutine)
                    last = at - 1
                    continue
            elif text and is_end(text):
                break
            # A frame here is of the runtime's own stack, or stands after a stranger's line.
            frame = self._frames.frame_at(at) if text else None
            at += 1 if frame is None else 2
            if frame is not None:
                last = at - 1
        return tuple(goroutines), last

    def headless(self, start: int) -> tuple[GoroutineDump | None, int]:
        """Return a block that begins with its first frame at ``start``, and where it ends.

        Its goroutine has the number 0 and no state.
        """
        header = HEADER.match("goroutine 0 []:")
        assert header is not None
        goroutine, end = self._block(header, start - 1)
        if goroutine is not None and _has_internals(goroutine):
            goroutine = _without_internals(goroutine, is_first=True)
        return goroutine, end

    def _block(self, header: re.Match[str], start: int) -> tuple[GoroutineDump | None, int]:
        """Return the block that begins at ``start``, and the position after its last line.

        What a goroutine does for ``collect``, whose probe it is in, is left out: it runs there. One
        that does nothing else is None.
        """
        texts = self._texts
        frame_at = self._frames.frame_at
        stack: list[DumpFrame] = []
        elided = 0
        creator: DumpFrame | None = None
        creator_goroutine = 0
        at = end = start + 1
        while at < len(texts) and at - end <= STRANGERS:
            frame = frame_at(at)
            if frame is not None:
                stack.append(frame)
                at += 2
                end = at
                continue
            text = texts[at]
            is_blank = not text or text.isspace()
            if is_blank or text == _LEFT_OUT or text.startswith(("[originating from", "FAIL")):
                break
            made = self._frames.creator_at(at)
            if made is not None:
                creator, creator_goroutine = made
                end = at + (2 if creator.file else 1)
                break
            if text.startswith("goroutine ") and HEADER.match(text):
                break
            if (cut := self._frames.cut_frame_at(at)) is not None:
                stack.append(cut)
                end = at + 1
            if found := _ELIDED.match(text):
                elided = int(found[1])
                end = at + 1
            at += 1
        standing = self._standings.get(header[2])
        if standing is None:
            standing = self._standings[header[2]] = _standing(header[2])
        own = without_probe(stack)
        if stack and not own:
            return None, end
        dump = GoroutineDump(
            int(header[1]),
            standing.state if len(own) == len(stack) else _RUNNING,
            standing.minutes,
            standing.locked,
            standing.bubble,
            standing.labels,
            own,
            elided,
            creator,
            creator_goroutine,
        )
        return dump, end


def _has_internals(dump: GoroutineDump) -> bool:
    return any(
        frame.function.startswith("runtime.") and is_internal(frame.function)
        for frame in dump.frames
    )


def _without_internals(dump: GoroutineDump, *, is_first: bool) -> GoroutineDump | None:
    """Return a goroutine without the runtime's own frames; None for one that is the runtime's own.

    The first of a dump is the one that crashed, and stays whatever it is.
    """
    kept = frames_always_printed([frame.function for frame in dump.frames])
    frames = tuple(dump.frames[at] for at in kept)
    if not frames and dump.frames:
        return dump if is_first else None
    calls = (each for each in dump.frames if each.function in _ON_CHANNEL)
    call = next(calls, None) if dump.state.startswith("chan ") else None
    first = _FIRST_WORD.match(call.arguments) if call is not None else None
    return replace(dump, frames=frames, channel=int(first[1], 16) if first is not None else 0)


def _standing(text: str) -> _Standing:
    """Read what stands between a goroutine's number and the colon: ``[state, notes] {labels}``."""
    found = _STATE.match(text)
    state, *notes = found[1].split(", ") if found is not None else [text]
    return _Standing(
        state=state,
        minutes=next((_number(note[:-8]) for note in notes if note.endswith(" minutes")), 0),
        locked="locked to thread" in notes,
        bubble=next(
            (_number(note[16:]) for note in notes if note.startswith("synctest bubble ")), 0
        ),
        labels=read_labels(found[2] or found[3] or "") if found is not None else (),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def read_labels(text: str) -> tuple[tuple[str, str], ...]:
    """Return profiler labels: ``job: "a b", step: two`` of a dump, ``"job":"a b"`` of a profile."""
    return tuple(
        (clean(unquoted(found[1])), clean(unquoted(found[2]))) for found in _LABEL.finditer(text)
    )
