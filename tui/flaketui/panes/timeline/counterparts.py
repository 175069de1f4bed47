"""Who holds what a goroutine waits for, as far as the chosen finding names one alone."""

from __future__ import annotations

from flakecore.diagnosis import Certainty, Role
from flaketui.view.scene import Scene

_HOLDING = frozenset({Role.HOLDS, Role.LOCKED_AT})
_LOCK_RULES = frozenset({"lock-cycle", "lock-held"})
"""Rules whose findings name the holders of locks, each beside who waits for it."""


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
