"""go-deadlock's reports: a lock waited for too long, taken twice, or taken in two orders.

The library (github.com/sasha-s/go-deadlock) prints a title, and below each of its headings who
locked where, the frame that did marked by ``<<<<<`` (``deadlock.go``: onDeadlockTimeout, preLock;
``stacktraces.go``: printStack). It ends the process then, unless it was asked not to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.gotest.frameworks.messages import Message

TITLE = "POTENTIAL DEADLOCK:"
WORDS = (TITLE,)
"""What a line of interest holds."""

_WAITS = re.compile(r"\s*Have been trying to lock it again for more than (\S+)")
_GRABBED = "Previous place where the lock was grabbed"
_HEADINGS = ("happened before", "happened after", "happend after", "in another goroutine")
_GOROUTINE = re.compile(r"\s*(?:current )?goroutine (\d{1,19}) lock 0x", re.ASCII)
_FRAME = re.compile(r"\s*(\S.*\.go):(\d{1,9}) (\S+) .*<<<<<\s*\Z", re.ASCII)
_ENDS = (
    "Here is what goroutine",
    "Other goroutines holding locks",
    "All current goroutines",
    TITLE,
)
_LONGEST = 400
"""Lines of a report that are looked at."""


@dataclass(frozen=True, slots=True)
class _Locking:
    """Where a lock was taken or asked for, and by whom; "" and 0 for what is left out."""

    heading: str
    goroutine: str
    file: str
    line: int

    @property
    def at(self) -> str:
        """`` at crane.go:33``."""
        return f" at {self.file.rpartition('/')[2]}:{self.line}" if self.line else ""


def locks(texts: Sequence[str], at: int) -> Message | None:
    """Return the report that begins at a position, None if none does."""
    title = texts[at].strip()
    if not title.startswith(TITLE):
        return None
    found = _lockings(texts, at)
    sentence = _sentence(title, found)
    if sentence is None:
        return None
    text, place = sentence
    return Message(place.file, place.line, text, at, "", "go-deadlock")


def _sentence(title: str, found: Sequence[_Locking]) -> tuple[str, _Locking] | None:
    """Return what a report states, and where the lock was asked for that is to be explained."""
    grabbed = next((each for each in found if each.heading.startswith(_GRABBED)), None)
    waits = next((each for each in found if _WAITS.match(each.heading)), None)
    if waits is not None and grabbed is not None:
        limit = _WAITS.match(waits.heading)
        who = f"goroutine {waits.goroutine} has been trying"
        since = f" for more than {limit[1]}" if limit is not None else ""
        lock = f"the lock that goroutine {grabbed.goroutine} took{grabbed.at}"
        return f"{TITLE} {who}{since} to take{waits.at} {lock}", waits if waits.line else grabbed
    if "Recursive locking" in title and grabbed is not None and found[0] is not grabbed:
        again = found[0]
        who = f"goroutine {again.goroutine} locks{again.at}"
        return f"{title} {who} what it locked{grabbed.at}", again
    if "Inconsistent locking" in title and len(found) == len(_HEADINGS):
        one, other = (f"{a.at[4:]} before {b.at[4:]}" for a, b in (found[:2], found[2:]))
        return f"{TITLE} Inconsistent locking: {one}, in another goroutine {other}", found[1]
    return None


def _lockings(texts: Sequence[str], at: int) -> list[_Locking]:
    """Return who locked where, in the order of the headings."""
    found: list[_Locking] = []
    heading = ""
    for text in texts[at + 1 : at + _LONGEST]:
        bare = text.strip()
        if bare.startswith(_ENDS):
            break
        if bare.startswith((_GRABBED, *_HEADINGS)) or _WAITS.match(text):
            heading = bare
        elif number := _GOROUTINE.match(text):
            found.append(_Locking(heading, number[1], "", 0))
        elif frame := _FRAME.match(text):
            begun = found.pop() if found and not found[-1].line else None
            goroutine = begun.goroutine if begun is not None else ""
            found.append(_Locking(heading, goroutine, frame[1], int(frame[2])))
    return found
