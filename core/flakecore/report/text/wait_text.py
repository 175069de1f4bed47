"""What goroutines wait on and who is on the other side, as lines, one for all alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis import CounterpartWait
from flakecore.report.text.finding_text import wrapped
from flakecore.times import MILLISECOND, format_duration

_SHOWN = 12
_NUMBERS = 3


def grouped_waits(waits: Sequence[CounterpartWait]) -> list[tuple[str, str]]:
    """Return who waits and on what, for people, those that most wait on first.

    At most ``_SHOWN``, and one that counts the rest.
    """
    alike: dict[str, list[int]] = {}
    for wait in waits:
        alike.setdefault(wait.text, []).append(wait.goroutine)
    groups = sorted(alike.items(), key=lambda item: -len(item[1]))
    found = [(_names(numbers), text) for text, numbers in groups[:_SHOWN]]
    if len(groups) > _SHOWN:
        found.append(("…", f"{len(groups) - _SHOWN} more objects; JSON has all"))
    return found


def wait_text(waits: Sequence[CounterpartWait], at_ns: int) -> Iterator[str]:
    """Return waits at a failure as lines of a report; nothing if there are none."""
    if not waits:
        return
    yield f"  {waits_title(waits, at_ns)}:"
    for who, text in grouped_waits(waits):
        yield from wrapped(f"{who} {text}", "    - ")


def waits_title(waits: Sequence[CounterpartWait], at_ns: int) -> str:
    """Return what stands above waits; they may be known of a moment before the failure."""
    seen = waits[0].seen_ns
    before = at_ns - seen if seen is not None else 0
    when = f" {format_duration(before)} before" if before >= MILLISECOND else ""
    return f"What they waited on{when}"


def _names(numbers: Sequence[int]) -> str:
    distinct = list(dict.fromkeys(numbers))
    shown = ", ".join(f"G{number}" for number in distinct[:_NUMBERS])
    more = len(distinct) - _NUMBERS
    return f"{shown} and {more} more:" if more > 0 else f"{shown}:"
