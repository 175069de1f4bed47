"""What goroutines wait on and hold by the objects page of the moment, in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flakecore.diagnosis import CounterpartWait

HOLDING = ("holds", "reads")
_DID = {
    "holds": "held by",
    "reads": "read by",
    "last_send": "sent last by",
    "last_receive": "received last by",
    "last_close": "closed by",
    "last_add": "added last by",
    "last_done": "done last by",
    "last_signal": "signalled last by",
    "cancel": "cancelled by",
}
"""Words for what a counterpart does or did; what made an object is no counterpart."""
_NAMED = 2
"""Holders, and objects held, that are named; of more only the number is shown."""


def waits_by_goroutine(waits: Sequence[CounterpartWait]) -> dict[int, list[CounterpartWait]]:
    """Return the waits of each goroutine: several of one that waits in a select."""
    found: dict[int, list[CounterpartWait]] = {}
    for wait in waits:
        found.setdefault(wait.goroutine, []).append(wait)
    return found


def wait_words(wait: CounterpartWait) -> str:
    """Return an object's name and who holds it, or used it last."""
    for role, words in _DID.items():
        others = counterparts_of(wait, (role,))
        if len(others) > _NAMED:
            return f"{wait.name}, {words} {len(others)} goroutines"
        if others:
            return f"{wait.name}, {words} {', '.join(others)}"
    return wait.name


def counterparts_of(wait: CounterpartWait, roles: Sequence[str]) -> list[str]:
    """Return who did one of these, with who has ended since marked so."""
    return [
        f"G{other.goroutine} (ended)" if other.ended else f"G{other.goroutine}"
        for other in wait.counterparts
        if other.role in roles and other.goroutine > 0
    ]


def held_words(waits: Sequence[CounterpartWait]) -> Mapping[int, str]:
    """Return by goroutine which of the objects it holds that others wait for."""
    held: dict[int, list[str]] = {}
    for wait in waits:
        for other in wait.counterparts:
            if other.role in HOLDING and other.goroutine > 0:
                names = held.setdefault(other.goroutine, [])
                names += [wait.name] if wait.name not in names else []
    return {
        number: f"holds {', '.join(names) if len(names) <= _NAMED else f'{len(names)} objects'}"
        for number, names in held.items()
    }
