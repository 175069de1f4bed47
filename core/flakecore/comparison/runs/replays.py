"""What of a failing run's conditions is not as it was where that run is replayed."""

from __future__ import annotations

from flakecore.bundle import Manifest, attempt_to_replay
from flakecore.comparison.runs.conditions import Condition, condition_shown, conditions_of

_OF_THE_MOMENT = frozenset({"load before", "processor pressure in %", "free memory in MB"})
"""Conditions that are never twice the same."""
_OF_A_FIX = "revision"


def not_put_back(before: Manifest, after: Manifest, *, of_a_fix: bool = False) -> tuple[str, ...]:
    """Return in a sentence which recorded conditions differ from those of the failing run.

    Args:
        before: of the bundle with the failure, of which the first failing run is replayed.
        after: of the runs that replay it.
        of_a_fix: whether the source is meant to differ.

    Returns:
        One sentence; none where all that is recorded is as it was.
    """
    failing = attempt_to_replay(before)
    if failing is None or not after.attempts:
        return ()
    then, now = conditions_of(before, failing), conditions_of(after, after.attempts[0])
    left_out = {*_OF_THE_MOMENT, *([_OF_A_FIX] if of_a_fix else ())}
    differing = [
        _words(name, then.get(name), now.get(name))
        for name in dict.fromkeys([*then, *now])
        if then.get(name) != now.get(name) and name not in left_out
    ]
    return (f"Not as in the failing run: {'; '.join(differing)}",) if differing else ()


def _words(name: str, then: Condition | None, now: Condition | None) -> str:
    shown = condition_shown(name, now) if now is not None else f"no {name}"
    before = condition_shown(name, then).removeprefix(name).lstrip(" =") if then is not None else ""
    return f"{shown} (then {before or 'not recorded'})"
