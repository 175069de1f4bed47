"""The one place where nanoseconds become text for people, and what people type becomes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def format_duration(ns: int) -> str:
    """Return a duration in three significant digits and the unit that fits: ``3.41s``, ``64ns``.

    From a minute on it is ``1m02s`` or ``2h05m``; a negative one carries a minus sign.
    """
    if ns < 0:
        return "-" + format_duration(-ns)
    # A unit ends where rounding to three digits would show the next one: 999,500 ns is 1.00ms.
    for unit, size in (("ns", NANOSECOND), ("µs", MICROSECOND), ("ms", MILLISECOND)):
        if ns < 999.5 * size:
            return _three_digits(ns / size, whole=size == NANOSECOND) + unit
    if ns < 59.95 * SECOND:
        return _three_digits(ns / SECOND) + "s"
    seconds = (ns + SECOND // 2) // SECOND
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02d}s"
    minutes = (seconds + 30) // 60
    return f"{minutes // 60}h{minutes % 60:02d}m"


def _three_digits(value: float, *, whole: bool = False) -> str:
    if whole or value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def format_time(ns: int, *, digits: int = 6) -> str:
    """Return a moment in seconds since the case began, its decimals grouped: ``3.412 807``.

    Args:
        ns: nanoseconds since the case began; negative before it.
        digits: decimals to show, 0 to 9; the rest is cut off, not rounded, so that a moment
            never seems to lie after what it precedes.
    """
    sign = "-" if ns < 0 else ""
    seconds, rest = divmod(abs(ns), SECOND)
    decimals = f"{rest:09d}"[:digits]
    groups = [decimals[i : i + 3] for i in range(0, len(decimals), 3)]
    return f"{sign}{seconds}" + ("." + " ".join(groups) if groups else "")


def format_moment(ns: int) -> str:
    """Return a moment for a sentence: ``3.412s``, or ``0.000 807s`` where three decimals show 0."""
    return f"{format_time(ns, digits=3 if abs(ns) >= MILLISECOND else 6)}s"


def format_date(unix_ns: int) -> str:
    """Return the day of a moment in UTC, ``2026-11-27``; "" for 0, which is an unknown one."""
    if not unix_ns:
        return ""
    try:
        return datetime.fromtimestamp(unix_ns // SECOND, UTC).strftime("%Y-%m-%d")
    except (OverflowError, OSError, ValueError):
        return ""


_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str) -> int | None:
    """Return the nanoseconds of ``1.5s``, ``200ms`` or ``1m30s``, as Go writes them too.

    A number without a unit is seconds, its decimals grouped or not; None if it is nothing such.
    """
    plain = text.replace(" ", "")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-")
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", plain):
        plain += "s"
    parts = _PART.findall(plain)
    if not parts or "".join(number + unit for number, unit in parts) != plain:
        return None
    return sign * sum(int(Fraction(number) * _UNITS[unit]) for number, unit in parts)
