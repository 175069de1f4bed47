"""Wall-clock stamps and durations, as Go writes them, in integer nanoseconds."""

from __future__ import annotations

import re
from calendar import timegm

from flakecore.times import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND

_SECOND = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)"
    r"(?:[.Z]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
_REMEMBERED_SECONDS = 10_000
second_starts: dict[str, int] = {}
"""When seconds begin, in Unix nanoseconds, as far as it has been worked out: by the first 20
characters of their stamps (as far as ``.`` or ``Z``), or by the first 19 and the zone."""
_UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,  # U+00B5, which Go writes
    "μs": MICROSECOND,  # U+03BC, which Go reads too
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_DURATION_PART = re.compile(r"(\d+)(?:\.(\d+))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def wall_ns(stamp: str) -> int:
    """Return an RFC 3339 time stamp, with up to nine decimals and any zone, as Unix nanoseconds.

    ``datetime`` keeps microseconds only, and test2json writes nanoseconds (time.RFC3339Nano, which
    leaves out trailing zeros).

    Raises:
        ValueError: if it is no such stamp.
    """
    # A log has thousands of lines a second, so all but the decimals is nearly always known.
    if stamp.endswith("Z"):
        key, decimals = stamp[:20], stamp[20:-1]
    else:
        key, decimals = stamp[:19] + stamp[-6:], stamp[19:-6]
        if decimals:
            if decimals[0] != ".":
                raise ValueError(f"no RFC 3339 time: {stamp[:40]!r}")
            decimals = decimals[1:]
    second = second_starts.get(key)
    if second is None:
        second = _second_ns(key)
    if not decimals:
        return second
    if len(decimals) > 9 or not decimals.isdigit():
        raise ValueError(f"no RFC 3339 time: {stamp[:40]!r}")
    return second + int(decimals.ljust(9, "0"))


def _second_ns(key: str) -> int:
    """Return when the second begins that all but a stamp's decimals name, and remember it."""
    found = _SECOND.fullmatch(key)
    if found is None:
        raise ValueError(f"no RFC 3339 time: {key!r}")
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    seconds = timegm((year, month, day, hour, minute, second))
    if found[7]:
        offset = int(found[8]) * 3600 + int(found[9]) * 60
        seconds -= offset if found[7] == "+" else -offset
    if len(second_starts) >= _REMEMBERED_SECONDS:
        second_starts.clear()
    second_starts[key] = seconds * SECOND
    return seconds * SECOND


def duration_ns(text: str) -> int:
    """Return a duration in Go's notation (``time.Duration.String``: ``1m3.5s``) in nanoseconds.

    Raises:
        ValueError: if it is no such duration.
    """
    total = 0
    end = 0
    for part in _DURATION_PART.finditer(text):
        if part.start() != end:
            break
        size = _UNITS[part[3]]
        total += int(part[1]) * size
        if part[2]:
            total += int(part[2]) * size // 10 ** len(part[2])
        end = part.end()
    if not end or end != len(text):
        raise ValueError(f"no Go duration: {text[:40]!r}")
    return total
