"""Wall-clock stamps and durations, as Go writes them, in integer nanoseconds."""

from __future__ import annotations

import re
from array import array
from calendar import timegm
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flakecore.times import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND

_SECOND = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)"
    r"(?:[.Z]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
NO_WALL = -(1 << 63)
"""What stands in a column of Unix nanoseconds where no time is known."""
_AT_ONCE = 100
"""From how many stamps on arrays are the quicker way."""
_REMEMBERED_SECONDS = 10_000
_second_starts: dict[str, int] = {}
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
_LONGEST_NS = (1 << 63) - 1
"""What time.Duration can hold."""
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
    second = _second_starts.get(key)
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
    if not 1700 <= year < 2260:  # what 64 bits of nanoseconds can hold
        raise ValueError(f"a time too far away: {key!r}")
    seconds = timegm((year, month, day, hour, minute, second))
    if found[7]:
        offset = int(found[8]) * 3600 + int(found[9]) * 60
        seconds -= offset if found[7] == "+" else -offset
    if len(_second_starts) >= _REMEMBERED_SECONDS:
        _second_starts.clear()
    _second_starts[key] = seconds * SECOND
    return seconds * SECOND


def walls_ns(stamps: Sequence[str]) -> tuple[array[int], int]:
    """Return many stamps (see ``wall_ns``) as an array of Unix nanoseconds.

    What is no such stamp, or none at all, is ``NO_WALL``; how many of them were no empty text is
    the second value.
    """
    if len(stamps) >= _AT_ONCE:
        try:
            joined = ("\n".join(stamps) + "\n").encode("ascii")
            if joined.count(b"\n") == len(stamps):
                return array("q", walls_of_one_zone(joined).tobytes()), 0
        except ValueError:
            pass  # mixed, or damaged: one by one
    walls = array("q")
    bad = 0
    for stamp in stamps:
        try:
            walls.append(wall_ns(stamp))
        except ValueError:
            walls.append(NO_WALL)
            bad += bool(stamp)
    return walls, bad


def walls_of_one_zone(stamps: bytes) -> NDArray[np.int64]:
    """Return stamps that all name the same zone, as int64 Unix nanoseconds.

    Neighbours in a log lie in the same second, so only where a second changes is it worked out.

    Args:
        stamps: at least one, each ended by a newline.

    Raises:
        ValueError: if one of them is no stamp, or of another zone.
    """
    characters = np.frombuffer(stamps, np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    first = stamps[: ends[0]]
    zone = b"Z" if first.endswith(b"Z") else first[-6:]
    decimals = ends - starts - 20 - len(zone)
    most = int(decimals.max())
    if decimals.min() < -1 or most > 9 or (decimals == 0).any():
        raise ValueError("stamps of several forms")
    zones = characters[ends[:, None] + np.arange(-len(zone), 0)]
    seconds = characters[starts[:, None] + np.arange(19)]
    points = characters[(starts + 19)[decimals > 0]]
    if (zones != np.frombuffer(zone, np.uint8)).any() or (points != ord(".")).any():
        raise ValueError("stamps of several zones")
    changes = np.flatnonzero((seconds[1:] != seconds[:-1]).any(axis=1)) + 1
    firsts = np.concatenate(([0], changes))
    keys = [str(stamps[at : at + 19] + zone, "ascii") for at in starts[firsts].tolist()]
    known = [_second_starts[key] if key in _second_starts else _second_ns(key) for key in keys]
    walls = np.repeat(np.array(known, np.int64), np.diff(firsts, append=len(ends)))
    power = SECOND
    for place in range(most):
        power //= 10
        has = decimals > place
        digits = characters[np.minimum(starts + 20 + place, ends)].astype(np.int64) - ord("0")
        if ((digits < 0) | (digits > 9))[has].any():
            raise ValueError("a fraction that is no number")
        walls += np.where(has, digits * power, 0)
    return walls


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
    if not end or end != len(text) or total > _LONGEST_NS:
        raise ValueError(f"no Go duration: {text[:40]!r}")
    return total
