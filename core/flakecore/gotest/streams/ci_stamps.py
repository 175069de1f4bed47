"""Time stamps that a CI, or ``ts``, puts in front of every line of a log.

- GitHub Actions and Azure: ``2026-01-02T15:04:05.1234567Z text``; behind ``job TAB step TAB`` in
  what ``gh run view --log`` prints.
- GitLab (FF_TIMESTAMPS): ``2026-01-02T15:04:05.123456Z 00O text``: the number of a stream, O or E
  for stdout or stderr, and a ``+`` in place of the space for what goes on with the line before.
- ``ts`` (moreutils): ``Jan 02 15:04:05 text``, any ISO form by its format argument, seconds since
  1970 by ``%s`` or ``%.s``, and ``15:04:05 text`` since the start with ``-s``, since the line
  before with ``-i``.
- Jenkins: ``[2026-01-02T15:04:05.123Z] text``.

A program's own lines may begin with a time as well. So what go prints decides: a form counts if
the lines of go's own framing stand behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from flakecore.gotest.streams.runs import Stamps
from flakecore.gotest.streams.stamps import NO_WALL, wall_ns
from flakecore.times import HOUR, MINUTE, SECOND

_FRAMING = re.compile(
    r"=== (?:RUN|PAUSE|CONT|NAME) |--- (?:PASS|FAIL|SKIP): |(?:ok  |FAIL|\?   )(?:\t| {4})\S"
    r"|(?:FAIL|PANIC): \S+\.go:\d{1,9}: \w+\.\w+\s*\Z"  # gocheck's
)
_MESSAGE = re.compile(r" {4}\S+\.go:\d+:", re.ASCII)
"""What a test prints, as package testing writes it."""
_SAMPLE = 200
"""How many lines of go's own decide."""
_SHARE = 0.8
"""How many of them must agree."""

_ISO = re.compile(
    r"(?:[^\t]{1,200}\t[^\t]{0,200}\t)?\ufeff?\[?"
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\0*(Z|[+-]\d\d:?\d\d)?"
    r"\]?(?: [0-9a-f]{2}[OE](?:(\+)| |$)|[ \t]|$)",
    re.ASCII,
)
_DATED = re.compile(
    r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: |$)", re.ASCII
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?(?: |$)", re.ASCII)
_ELAPSED = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: |$)", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP_YEAR = 2000
_DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class StampForm:
    """One form of stamps, as a log has them.

    Attributes:
        pattern: matches a stamp and the space after it at the start of a line.
        wall_ns: from a match to the time: Unix nanoseconds, or of an unknown zone or start.
        stamps: what kind of time that is.
        resolution_ns: the smallest step that the sampled stamps show.
        steps: whether each time counts from the line before.
    """

    pattern: re.Pattern[str]
    wall_ns: Callable[[re.Match[str]], int]
    stamps: Stamps
    resolution_ns: int
    steps: bool = False

    def goes_on(self, found: re.Match[str]) -> bool:
        """Return whether a line is the rest of the line before it (GitLab)."""
        return self.pattern is _ISO and found[5] is not None


def find_form(lines: Iterable[str]) -> StampForm | None:
    """Return the form of the stamps in a log, None if it has none.

    Args:
        lines: the log's lines, or some of them.
    """
    framing = []
    lines = list(lines)
    for line in lines:
        if _FRAMING.search(line):
            framing.append(line)
            if len(framing) == _SAMPLE:
                break
    for pattern, read in ((_ISO, _iso), (_DATED, _dated), (_EPOCH, _epoch), (_ELAPSED, _elapsed)):
        found = [match for line in framing if (match := pattern.match(line))]
        behind = [match for match in found if _FRAMING.match(match.string[match.end() :].lstrip())]
        if framing and len(behind) >= _SHARE * len(framing):
            return _form(pattern, read, behind)
        below = _below_the_first(pattern, lines, framing)
        if below:
            return _form(pattern, read, below)
    found = _of_runner(lines)
    return _form(_ISO, _iso, found) if found else None


def _of_runner(lines: Sequence[str]) -> list[re.Match[str]]:
    """Return the stamps of lines that a runner of GitHub or Azure has all written; [] if not.

    Its seven decimals are nobody else's (.NET's DateTime, format ``O``).
    """
    sample = [line for line in lines if line.strip()][:_SAMPLE]
    found = [each for line in sample if (each := _ISO.match(line)) and len(each[3] or "") == 7]
    return found if len(found) == len(sample) > 1 else []


def _below_the_first(
    pattern: re.Pattern[str], lines: Sequence[str], framing: Sequence[str]
) -> list[re.Match[str]]:
    """Return the stamps of a log that was copied from the text of its first line on; [] if none.

    Go's own result is then in that line alone, and all others have a stamp; what a test prints of
    them shows that it is not the program's.
    """
    first, *others = [line for line in lines if line.strip()][: _SAMPLE + 1] or [""]
    if list(framing) != [first] or pattern.match(first) is not None:
        return []
    found = [each for line in others if (each := pattern.match(line))]
    has_message = any(_MESSAGE.match(each.string, each.end()) for each in found)
    return found if has_message and len(found) == len(others) else []


def _form(
    pattern: re.Pattern[str], read: Callable[[re.Match[str]], int], found: list[re.Match[str]]
) -> StampForm:
    decimals = {_ISO: 3, _DATED: 6, _EPOCH: 2, _ELAPSED: 4}[pattern]
    digits = max(len(match[decimals] or "") for match in found)
    absolute = pattern is _EPOCH or (
        pattern is _ISO and all(match[4] is not None for match in found)
    )
    times = [read(match) for match in found]
    falls = sum(now < before for before, now in pairwise(times))
    steps = pattern is _ELAPSED and falls > 1
    stamps = Stamps.CI if absolute else Stamps.LOCAL
    return StampForm(pattern, read, stamps, SECOND // 10**digits, steps)


def _fraction(digits: str | None) -> int:
    return int(digits.ljust(9, "0")) if digits else 0


def _iso(found: re.Match[str]) -> int:
    zone = found[4] or "Z"
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    try:
        return wall_ns(f"{found[1]}T{found[2]}{zone}") + _fraction(found[3])
    except ValueError:
        return NO_WALL


def _dated(found: re.Match[str]) -> int:
    """Read a date without a year: nanoseconds since that of its first of January."""
    try:
        month = _MONTHS.index(found[1]) + 1
        day = datetime(_LEAP_YEAR, month, int(found[2])) - datetime(_LEAP_YEAR, 1, 1)
    except ValueError:
        return NO_WALL
    return day // timedelta(days=1) * _DAY + _time_of_day(found, 3)


def _epoch(found: re.Match[str]) -> int:
    return int(found[1]) * SECOND + _fraction(found[2])


def _elapsed(found: re.Match[str]) -> int:
    return _time_of_day(found, 1)


def _time_of_day(found: re.Match[str], first: int) -> int:
    hours, minutes, seconds = (int(found[first + i]) for i in range(3))
    return hours * HOUR + minutes * MINUTE + seconds * SECOND + _fraction(found[first + 3])
