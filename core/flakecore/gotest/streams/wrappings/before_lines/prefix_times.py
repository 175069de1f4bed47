"""Times in what stands before lines, in the forms that loggers and CI systems write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flakecore.gotest.streams.runs import Stamps
from flakecore.gotest.streams.stamps import NO_WALL, wall_ns
from flakecore.times import HOUR, MINUTE, SECOND

_CLOCK = (
    r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)(?:[.,](?P<part>\d{1,9}))?"
)
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ]{_CLOCK}"
        r"(?: ?(?P<zone>Z|[+-]\d\d:?\d\d))?",
        rf"(?P<day>\d\d)/(?P<name>[A-Z][a-z]{{2}})/(?P<year>\d{{4}}):{_CLOCK}"
        r"(?: (?P<zone>[+-]\d{4}))?",
        rf"(?P<name>[A-Z][a-z]{{2}}) +(?P<day>\d{{1,2}}) {_CLOCK}",
        rf"\b[IWEFD](?P<month>\d\d)(?P<day>\d\d) {_CLOCK}",  # glog and klog
        r"(?<![\d.])(?P<epoch>[12]\d{9})(?:\.(?P<part>\d{1,9}))?(?![\d.])",
        rf"(?<!\d){_CLOCK}",
    )
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP_YEAR = 2000
_DAY = 24 * HOUR
_SHARE = 0.9
"""Share of prefixes with a time, from which on they are stamps. Chosen."""


@dataclass(frozen=True, slots=True)
class PrefixTime:
    """Where in a prefix its time stands, and what kind of time it is.

    Attributes:
        pattern: finds it.
        stamps: Unix time, or one of an unknown zone, year or day.
        resolution_ns: the smallest step that it shows.
    """

    pattern: re.Pattern[str]
    stamps: Stamps
    resolution_ns: int

    def of(self, prefix: str) -> int:
        """Return the time in a prefix in nanoseconds, ``NO_WALL`` if there is none."""
        found = self.pattern.search(prefix)
        return _read(found) if found is not None else NO_WALL


def find_time(prefixes: Sequence[str]) -> PrefixTime | None:
    """Return the time that nearly all prefixes hold, None if they hold none."""
    for pattern in _FORMS:
        found = [each for prefix in prefixes if (each := pattern.search(prefix))]
        if found and len(found) >= _SHARE * len(prefixes):
            groups = [each.groupdict() for each in found]
            absolute = all(each.get("epoch") or each.get("zone") for each in groups)
            digits = max(len(each.get("part") or "") for each in groups)
            stamps = Stamps.CI if absolute else Stamps.LOCAL
            return PrefixTime(pattern, stamps, SECOND // 10**digits)
    return None


def next_day(wall: int, before: int) -> int:
    """Return a time of day as one of the days since that of ``before``."""
    day = before // _DAY
    wall += day * _DAY
    return wall + _DAY if wall < before - _DAY // 2 else wall


def is_of_day(time: PrefixTime) -> bool:
    """Return whether a time lacks the day it is of."""
    return time.pattern is _FORMS[-1]


def _read(found: re.Match[str]) -> int:
    parts = found.groupdict()
    fraction = int((parts.get("part") or "0").ljust(9, "0"))
    if parts.get("epoch"):
        return int(parts["epoch"]) * SECOND + fraction
    clock = int(parts["hour"]) * HOUR + int(parts["minute"]) * MINUTE
    clock += int(parts["second"]) * SECOND
    day = parts.get("day")
    if day is None:
        return clock + fraction
    name = parts.get("name")
    if name is not None and name not in _MONTHS:
        return NO_WALL
    month = _MONTHS.index(name) + 1 if name else int(parts["month"])
    year = parts.get("year")
    try:
        if year is None:
            since = datetime(_LEAP_YEAR, month, int(day)) - datetime(_LEAP_YEAR, 1, 1)
            return since // timedelta(days=1) * _DAY + clock + fraction
        zone = parts.get("zone") or "Z"
        if len(zone) == 5:
            zone = f"{zone[:3]}:{zone[3:]}"
        time = f"{parts['hour']}:{parts['minute']}:{parts['second']}"
        return wall_ns(f"{year}-{month:02d}-{int(day):02d}T{time}{zone}") + fraction
    except ValueError:
        return NO_WALL
