"""What a goroutine waits on and who is on the other side, in a few words for its lane."""

from __future__ import annotations

from typing import NamedTuple

from flakecore.diagnosis import Certainty, Role
from flakecore.timeline import Lane, LaneKind
from flaketui.view.object_waits import HOLDING, counterparts_of, wait_words, waits_by_goroutine
from flaketui.view.scene import Scene

NAMED_MOST = 6
"""Goroutines at most that get lanes of their own for being named: more are no two sides."""
_HOLDING = frozenset({Role.HOLDS, Role.LOCKED_AT})
_LOCK_RULES = frozenset({"lock-cycle", "lock-held"})
"""Rules whose findings name the holders of locks, each beside who waits for it."""


class LaneCounterpart(NamedTuple):
    """What stands in a wait's cells.

    Attributes:
        words: object and counterpart, ``a.mu, held by G40``.
        holder: who holds what it waits for, ``G40``, inferred ``G40?``; "" for nobody alone.
        moment_ns: a moment within the wait that it is known of; None for any of a mutex.
    """

    words: str
    holder: str
    moment_ns: int | None


def counterparts(scene: Scene) -> dict[int, LaneCounterpart]:
    """Return by goroutine what its wait is on, by the objects page, else by the chosen finding."""
    by_goroutine = {
        number: LaneCounterpart(f"mutex, held by {holder}", holder, None)
        for number, holder in holders(scene).items()
    }
    for number, waits in waits_by_goroutine(scene.waits).items():
        if len(waits) == 1:
            (wait,) = waits
            holding = counterparts_of(wait, HOLDING)
            holder = holding[0] if len(holding) == 1 else ""
            by_goroutine[number] = LaneCounterpart(wait_words(wait), holder, wait.seen_ns)
    return by_goroutine


def named_lanes(scene: Scene) -> frozenset[Lane]:
    """Return the goroutines that the first finding on the selected test names, if a few.

    They are those of its places, and those of other tests in its evidence.
    """
    if not scene.findings:
        return frozenset()
    finding, selected = scene.findings[0], scene.view.selection.test
    if selected != (scene.failure.test if scene.failure is not None else finding.test):
        return frozenset()
    numbers = {place.goroutine for place in finding.places}
    for number in {fact.goroutine for fact in finding.evidence} - numbers:
        goroutine = scene.goroutine(number)
        if goroutine is not None and goroutine.test not in (selected, -1):
            numbers.add(number)
    numbers.discard(0)
    if len(numbers) > NAMED_MOST:
        return frozenset()
    return frozenset(Lane(LaneKind.GOROUTINE, number) for number in numbers)


def holders(scene: Scene) -> dict[int, str]:
    """Return by each goroutine that waits for a lock its holder: ``G40``, inferred ``G40?``.

    Where a finding names several who may hold it, none is shown.
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
