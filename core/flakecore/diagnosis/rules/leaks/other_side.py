"""Why goroutines that were left wait: the other side of their wait, for the claim of a leak."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flakecore.diagnosis.findings import Certainty, Finding, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.objects.last_users import NOBODY

_NEVER_CLOSED = ", which nothing closes"
_ANOTHER_CASE = " than the "
_WAS_TO = re.compile(r", which was to \w+ \(([\w.-]+:\d+)\), left its select")
_WHEN = re.compile(r" at \d+\.\d{3}(?: \d{3})?s\Z")
_PLACE = re.compile(r" \([\w.-]+:\d+\)(?=.*\w+\.go:\d)")
"""What the other side of a wait is told without: when a goroutine ended, which is evidence, and
where there is little room by which case a select was not left, and the first of two places."""


def why_all_wait(
    states: Sequence[GoroutineState], proven: Mapping[int, Finding]
) -> tuple[str, ...]:
    """Return why all of some goroutines wait, as the other side of their wait was found.

    That is the second part of a claim whose first part is their wait. That nobody but the stuck has
    what they wait on says no more than that they are, nor does that they may wait for each other.

    Returns:
        Its versions, the longest first; empty where it is not known, or of others.
    """
    first = states[0]
    reason = proven.get(first.number)
    if reason is None or any(proven.get(each.number) is not reason for each in states):
        return ()
    if is_of_itself(states, reason):
        return ()
    waits, _, why = reason.claim.partition("; ")
    assert first.own is not None
    its_own = any(
        each.role is Role.WAITS and each.goroutine == first.number for each in reason.places
    )
    _, place, more = waits.partition(f"({first.own.place})")
    told = bool(why) and not why.startswith(NOBODY) and not why.endswith("…")
    if not (its_own and place and told):
        return ()
    if more.startswith(_NEVER_CLOSED):
        return (f"nothing closes it, and {why}", "nothing closes it")
    why = _WHEN.sub("", why)
    without_case, without_place = why.partition(_ANOTHER_CASE)[0], _PLACE.sub("", why, count=1)
    at_its_select = _WAS_TO.sub(r" left its select (\1)", why)
    shorter = (without_case, at_its_select, without_place, why.rpartition("; ")[2])
    return tuple(dict.fromkeys((why, *shorter)))


def is_of_itself(states: Sequence[GoroutineState], reason: Finding) -> bool:
    """Return whether a finding only has that some goroutines, which stand alike, may be a cycle."""
    numbers = {each.number for each in states}
    is_open = reason.rule == "wait-cycle" and reason.certainty is Certainty.INFERRED
    return is_open and len(states) > 1 and reason.explains <= numbers
