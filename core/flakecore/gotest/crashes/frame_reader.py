"""Stack frames as text: two lines a frame, as the runtime and the race detector print them.

The runtime (``src/runtime/traceback.go``, traceback2) prints ``pkg.Func(arguments)`` and then, one
tab deeper, ``file:line +0xoffset`` with ``fp= sp= pc=`` at GOTRACEBACK=system. The race detector
prints the same two lines without arguments, two and six spaces deep. Copying may turn the tab into
blanks or take it away, and leave blanks at the ends of lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACE = re.compile(r" *(\S.*?):(\d{1,9})(?: \+0x[0-9a-f]+)?(?: [a-z]+=.*)? *\Z", re.ASCII)
_UNINDENTED = re.compile(r"\S.*\.(?:go|s|c|h|cc|cpp):\d{1,9}(?: \+0x[0-9a-f]+.*)?\Z", re.ASCII)
"""What a frame's second line looks like where copying took its indentation away."""
_CUT_CALL = re.compile(r"(\S+?\.[^\s()]*(?:\(\*?[^\s()]+\)\.[^\s()]+)?)\([^)\s]*\Z")
"""A frame's first line at the end of a log that is cut off in it."""
_NAME = re.compile(r"[\w./*%()\[\]-]+\Z")
"""A function's qualified name."""
_ARGUMENTS = re.compile(r"(?:0x|\{)[^)]*\Z")
_OFFSET = re.compile(r" \+0x[0-9a-f]+(?: [a-z]+=.*)?\s*\Z", re.ASCII)
_CREATOR = re.compile(r"created by (.+?)(?: in goroutine (\d{1,19}))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class DumpFrame:
    """One frame of a printed stack.

    Attributes:
        function: qualified name, as printed: ``net/http.(*Server).Serve``; ``panic`` for
            ``runtime.gopanic``.
        file: path as printed; empty where it is missing.
        line: in that file; 0 where it is missing.
        arguments: what stands between the parentheses: raw machine words, or ``...`` if inlined.
    """

    function: str
    file: str
    line: int
    arguments: str


class FrameReader:
    """Reads frames out of cleaned lines, remembering what it has parsed.

    Ten thousand goroutines in a dump tend to wait in the same few places, so every distinct line
    is taken apart once.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._places: dict[str, tuple[str, int] | None] = {}
        self._frames: dict[tuple[str, str], DumpFrame] = {}

    def place_at(self, position: int) -> tuple[str, int] | None:
        """Return file and line number if the line at ``position`` is a frame's second one."""
        if position >= len(self._texts):
            return None
        text = self._texts[position]
        if text in self._places:
            return self._places[text]
        found = _PLACE.match(text)
        if found is not None and text[:1] != " " and not _UNINDENTED.match(text):
            found = None
        place = (found[1], int(found[2])) if found else None
        self._places[text] = place
        return place

    def frame_at(self, position: int) -> DumpFrame | None:
        """Return the frame whose two lines begin at ``position``, or None if there is none."""
        call = self._texts[position].rstrip()
        if not call.endswith(")"):
            return self._truncated_frame(call, position)
        place = self.place_at(position + 1)
        if place is None:
            return None
        key = (call, self._texts[position + 1])
        frame = self._frames.get(key)
        if frame is None:
            # Arguments hold braces, commas and hexadecimal words, and never a parenthesis.
            function, _, arguments = call.strip()[:-1].rpartition("(")
            if not function:
                return None
            frame = DumpFrame(function, place[0], place[1], arguments)
            self._frames[key] = frame
        return frame

    def _truncated_frame(self, call: str, position: int) -> DumpFrame | None:
        """Return a frame of whose first line a terminal or a pager has cut the end."""
        function, bracket, arguments = call.strip().rpartition("(")
        if not bracket or position + 1 >= len(self._texts) or "." not in function:
            return None
        if not (_ARGUMENTS.match(arguments) and _NAME.match(function) and function[-1] not in ".*"):
            return None
        below = self._texts[position + 1]
        place = self.place_at(position + 1) if _OFFSET.search(below) else None
        return DumpFrame(function, *place, arguments) if place is not None else None

    def cut_frame_at(self, position: int) -> DumpFrame | None:
        """Return the frame in whose first or second line the log ends; its place is not known."""
        texts = self._texts
        left = len(texts) - position
        if left == 1 and (found := _CUT_CALL.match(texts[position])):
            return DumpFrame(found[1], "", 0, "")
        call = texts[position].strip()
        if left != 2 or not call.endswith(")") or not texts[position + 1].startswith(" "):
            return None
        function, _, arguments = call[:-1].rpartition("(")
        return DumpFrame(function, "", 0, arguments) if function else None

    def creator_at(self, position: int) -> tuple[DumpFrame, int] | None:
        """Return who created a goroutine, and its number (0 if not printed), or None.

        The number is printed since Go 1.21, except where the creator was the runtime itself. Of the
        last line of a log it is not known whether that cuts the name.
        """
        text = self._texts[position].strip()
        if not text.startswith("created by ") or position + 1 == len(self._texts):
            return None
        found = _CREATOR.match(text)
        if found is None:
            return None
        file, line = self.place_at(position + 1) or ("", 0)
        return DumpFrame(found[1], file, line, ""), int(found[2] or 0)
