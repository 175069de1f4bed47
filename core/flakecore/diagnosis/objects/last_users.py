"""Who used a channel last on the other side of a wait, for people."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import place_of_event
from flakecore.diagnosis.objects.object_words import at
from flakecore.diagnosis.rules.wording import names
from flakecore.objects import PageEvent
from flakecore.times import format_moment

NOBODY = "only stuck goroutines have it"
"""What the page has of an object that a goroutine waits on which cannot go on."""
_WAS_TO = {"send": "received last", "receive": "sent last"}


def last_user(
    graph: ObjectGraph,
    events: Sequence[tuple[str, PageEvent]],
    operation: str,
    root: tuple[int, ...],
) -> list[str]:
    """Return the words for who used it last on the other side, the longest first."""
    known = [(name, each) for name, each in events if each.goroutine]
    if not known:
        return []
    _, event = max(known, key=lambda each: each[1].at_ns or 0)
    where, did = at(place_of_event(event)), _WAS_TO.get(operation, "used it last")
    if event.goroutine in root:
        return [f"it {did} itself{where}; {NOBODY}", f"it {did} itself{where}"]
    who = f"G{event.goroutine}, which {did}"
    if not graph.has_ended(event.goroutine):
        state = graph.state(event.goroutine)
        if state is None:
            return [f"{who}{where}, does so no more"]
        if graph.dead.get(event.goroutine) == frozenset(root):
            waits = f"waits for {names(root)}"
            return [f"{who}{where}, {waits}{at(state.own)}", f"{who}, {waits}{at(state.own)}"]
        now = f"is now in {state.blocked_on.noun}"
        return [f"{who}{where}, {now}{at(state.own)}", f"{who}{where}, {now}", f"{who}, {now}"]
    ended = graph.ended_ns(event.goroutine)
    when = f" at {format_moment(ended)}" if ended is not None else ""
    return [f"{who}{where}, ended{when}", f"{who}{where}, ended", f"{who}, ended"]
