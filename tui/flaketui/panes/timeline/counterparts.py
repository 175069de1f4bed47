"""What a goroutine waits on and who is on the other side, in a few words for its lane."""

from __future__ import annotations

from typing import NamedTuple

from flakecore.diagnosis import Certainty, CounterpartWait, Role
from flaketui.view.scene import Scene

_HOLDING = frozenset({Role.HOLDS, Role.LOCKED_AT})
_LOCK_RULES = frozenset({"lock-cycle", "lock-held"})
"""Rules whose findings name the holders of locks, each beside who waits for it."""
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
_HOLDS = ("holds", "reads")
_NAMED = 2
"""Holders that are named; of more only the number is told."""


class Counterpart(NamedTuple):
    """What stands in a wait's cells.

    Attributes:
        words: object and counterpart, ``a.mu, held by G40``.
        holder: who holds what it waits for, ``G40``, inferred ``G40?``; "" for nobody alone.
        moment_ns: a moment within the wait that it is known of; None for any of a mutex.
    """

    words: str
    holder: str
    moment_ns: int | None


def counterparts(scene: Scene) -> dict[int, Counterpart]:
    """Return by goroutine what its wait is on, by the objects page, else by the chosen finding."""
    told = {
        number: Counterpart(f"mutex, held by {holder}", holder, None)
        for number, holder in holders(scene).items()
    }
    on: dict[int, list[CounterpartWait]] = {}
    for wait in scene.waits:
        on.setdefault(wait.goroutine, []).append(wait)
    for number, waits in on.items():
        if len(waits) == 1:
            (wait,) = waits
            holding = _others(wait, _HOLDS)
            holder = holding[0] if len(holding) == 1 else ""
            told[number] = Counterpart(wait_words(wait), holder, wait.seen_ns)
    return told


def wait_words(wait: CounterpartWait) -> str:
    """Return an object's name and who holds it, or used it last."""
    for role, words in _DID.items():
        others = _others(wait, (role,))
        if len(others) > _NAMED:
            return f"{wait.name}, {words} {len(others)} goroutines"
        if others:
            return f"{wait.name}, {words} {', '.join(others)}"
    return wait.name


def _others(wait: CounterpartWait, roles: tuple[str, ...]) -> list[str]:
    """Return who did one of these, with who has ended since told so."""
    return [
        f"G{other.goroutine} (ended)" if other.ended else f"G{other.goroutine}"
        for other in wait.counterparts
        if other.role in roles and other.goroutine > 0
    ]


def holders(scene: Scene) -> dict[int, str]:
    """Return by each goroutine that waits for a lock its holder: ``G40``, inferred ``G40?``.

    Where a finding names several who may hold it, none is told.
    """
    findings, chosen = scene.findings or (), scene.view.selection.finding
    if not 0 <= chosen < len(findings) or findings[chosen].rule not in _LOCK_RULES:
        return {}
    finding = findings[chosen]
    doubt = "" if finding.certainty is Certainty.SEEN else "?"
    waiting = {place.goroutine for place in finding.places if place.role is Role.WAITS}
    holding = {place.goroutine for place in finding.places if place.role in _HOLDING} - {0}
    found = {}
    for goroutine in waiting - {0}:
        others = holding - {goroutine}
        if len(others) == 1:
            found[goroutine] = f"G{others.pop()}{doubt}"
    return found
