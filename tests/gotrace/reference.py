"""What Go's own reader says of a trace: ``go tool trace -d=parsed``, line by line."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from capture_cache import Recipe, cached_capture
from go_tools import go_tool
from toolchains import go_environment, go_toolchain

_EVENT = re.compile(r"M=(-?\d+) P=(-?\d+) G=(-?\d+) (\w+) Time=(\d+) ?(.*)")
_CHANGE = re.compile(r'(?:GoID|ProcID)=(\d+) (\w+)->(\w+) Reason="(.*)"')


@dataclass(slots=True)
class ReferenceEvent:
    """One event as the reference prints it.

    ``text`` is what it says beyond its kind; ``stack`` holds (function, line), innermost first.
    ``floor`` is the earliest time the reference could give it: it moves every event that does not
    come after the one before it to a nanosecond behind that (``ReadEvent`` in
    ``src/internal/trace/reader.go``).
    """

    thread: int
    proc: int
    goroutine: int
    kind: str
    time: int
    text: str
    floor: int
    stack: list[tuple[str, int]] = field(default_factory=list)

    def is_at(self, time: int) -> bool:
        """Whether its time is ``time``, in the trace's own nanoseconds, moved if need be."""
        return self.time == max(time, self.floor)

    @property
    def change(self) -> tuple[int, str, str, str] | None:
        """Of a state transition: the goroutine or proc, its old and new state, the reason."""
        found = _CHANGE.match(self.text)
        return (int(found[1]), found[2], found[3], found[4]) if found else None

    @property
    def of_proc(self) -> bool:
        """Whether a state transition is a proc's."""
        return self.text.startswith("ProcID=")

    @property
    def status(self) -> bool:
        """Whether it states what was so already, as every generation does at its beginning."""
        change = self.change
        if change is None:
            return False
        _, old, new, _ = change
        return old in (new, "Undetermined") or (old == "NotExist" and self.of_proc)


def read_reference(trace: Path) -> list[ReferenceEvent]:
    """Have the newest Go read a trace; its Sync events and CPU samples are left out."""
    return without_samples(read_every_event(trace))


def without_samples(events: list[ReferenceEvent]) -> list[ReferenceEvent]:
    """Return the events without Sync events and CPU samples."""
    return [event for event in events if event.kind not in ("Sync", "StackSample")]


def read_every_event(trace: Path) -> list[ReferenceEvent]:
    """Have the newest Go read a trace; what it prints of the same bytes is cached on disk."""
    go, digest = go_toolchain(), hashlib.blake2b(trace.read_bytes(), digest_size=16).hexdigest()

    def read(folder: Path) -> None:
        with (folder / "parsed.txt").open("wb") as output:
            command: list[str | Path] = [go_tool("trace"), "-d=parsed", trace]
            subprocess.run(command, env=go_environment(), stdout=output, check=True)

    printed = cached_capture(Recipe("parsed", (), (go, digest)), read) / "parsed.txt"
    with printed.open(encoding="utf-8", errors="replace") as lines:
        return list(_parse(lines))


def _parse(lines: Iterator[str]) -> Iterator[ReferenceEvent]:
    event: ReferenceEvent | None = None
    own_stack, floor = False, 1
    for line in lines:
        found = _EVENT.match(line) if line.startswith("M=") else None
        if found is not None:
            if event is not None:
                yield event
            thread, proc, goroutine, time = (int(found[place]) for place in (1, 2, 3, 5))
            event = ReferenceEvent(thread, proc, goroutine, found[4], time, found[6], floor)
            floor = time + 1
        elif event is None:
            continue
        elif line == "Stack=\n":
            own_stack = True
        elif line == "TransitionStack=\n":
            own_stack = False
        elif line.startswith("\t\t") and own_stack:
            function, _ = event.stack[-1]
            event.stack[-1] = (function, int(line.rpartition(":")[2]))
        elif line.startswith("\t") and own_stack:
            event.stack.append((line.strip().rpartition(" @ ")[0], 0))
    if event is not None:
        yield event
