"""Locks that one goroutine takes and another lets go of, which Go allows and no page shows."""

from __future__ import annotations

from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import is_on_stack, place_of_event


def may_be_handed_over(graph: ObjectGraph, root: tuple[int, ...]) -> bool:
    """Return whether who waits for its own lock may have left the unlocking to another goroutine.

    Without the source that may be any of the same test that can go on, unless a function further
    out in the stack of the waiter has locked it.
    """
    if len(root) > 1 or not graph.is_cycle(root):
        return False
    for wait in graph.waits_of(root[0])[:1]:
        holder = graph.holder_of(wait)
        locked = place_of_event(holder) if holder is not None else None
        depth = wait.state.frames.index(wait.frame) if wait.frame in wait.state.frames else -1
        if locked is not None and is_on_stack(wait.state.frames[depth + 1 :], locked):
            return False
        return graph.has_live_kin(root[0])
    return False
