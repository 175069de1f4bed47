"""Who is to end a wait, and waits for the same itself."""

from __future__ import annotations

from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers


def waits_alike(
    graph: ObjectGraph, wait: ObjectWait, peers: WaitPeers | None
) -> GoroutineState | None:
    """Return the one goroutine that may come to end a wait, if it waits for the same itself."""
    if peers is None or len(peers.candidates) != 1:
        return None
    (other,) = peers.candidates
    theirs = [(each.wait.address, each.wait.operation) for each in graph.waits_of(other.number)]
    return other if theirs == [(wait.wait.address, wait.wait.operation)] else None
