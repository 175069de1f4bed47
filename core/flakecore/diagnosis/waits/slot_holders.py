"""Who holds the slots of a channel that is used as a semaphore, by the source.

A slot is taken by a send and given back by a receive from the same channel. Whoever stands in a
function behind its send, with the receive still ahead or deferred, holds one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.source.calls.control_flow import may_follow
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import Node, last_line_of, text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, is_deferred
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.peers.wait_peers import WaitGraph, WaitPeers


@dataclass(frozen=True)
class TakenSlots:
    """Goroutines that wait for a slot, and those that hold one and wait as well.

    Attributes:
        waits: who waits at one place for a slot.
        holders: who holds one.
        slots: how many there are, all taken; 0 if unknown.
    """

    waits: tuple[WaitPeers, ...]
    holders: tuple[GoroutineState, ...]
    slots: int

    @property
    def numbers(self) -> frozenset[int]:
        """All of them."""
        waiting = (each.state.number for each in self.waits)
        return frozenset((*waiting, *(each.number for each in self.holders)))


def taken_slots(
    states: GoroutineStates, waits: WaitGraph, objects: ObjectGraph | None
) -> Iterator[TakenSlots]:
    """Yield the semaphores all of whose holders are dead, and are seen to hold every slot.

    Without a page how many slots there are is not known, and some holder is enough. Whom a page has
    go on for no more than an address in other hands is dead where the source shows that: the
    address may be a stale word.
    """

    def is_dead(state: GoroutineState) -> bool:
        if objects is None or objects.is_live_by_address(state.number):
            return state.number in waits.dead
        return state.live is False

    alike: defaultdict[tuple[str, int], list[WaitPeers]] = defaultdict(list)
    for state in states:
        if state.blocked_on is BlockedOn.SEND and state.test >= 0 and is_dead(state):
            peers = waits.peers(state)
            if peers is not None:
                alike[peers.place, state.test].append(peers)
    for group in alike.values():
        holders = slot_holders(group[0], states)
        slots = _full(objects, group[0].state) if objects is not None else 0
        known = objects is None or slots == len(holders)
        if holders and known and all(map(is_dead, holders)):
            yield TakenSlots(tuple(group), tuple(holders), slots)


def _full(graph: ObjectGraph, state: GoroutineState) -> int:
    """Return how many slots are taken by the page; -1 where some are free, or it is no channel."""
    waits = graph.waits_of(state.number)
    found = waits[0].object if len(waits) == 1 else None
    if found is None or not found.capacity or found.length != found.capacity:
        return -1
    return found.capacity


def slot_holders(peers: WaitPeers, states: Iterable[GoroutineState]) -> list[GoroutineState]:
    """Return who holds a slot that another one waits to take; empty where it is no semaphore.

    Args:
        peers: who could end the wait of one that sends on the channel.
        states: all goroutines.
    """
    own = peers.own[0] if len(peers.own) == 1 else None
    if own is None or own.kind is not OperationKind.SEND or not _is_of_slots(own):
        return []
    if not any(map(_makes_slots, peers.package.files.values())):
        return []
    givers = [(file, *_gives_back(each)) for file, each in peers.ends]
    known: dict[tuple[str, str, int], bool] = {}

    def holds(frame: StackFrame) -> bool:
        key = (frame.function, frame.file, frame.line)
        if key not in known:
            known[key] = any(_holds(peers, frame, *giver) for giver in givers)
        return known[key]

    return [state for state in states if any(map(holds, state.frames))]


def _is_of_slots(send: Operation) -> bool:
    """Return whether what is sent is nothing: ``struct{}{}``."""
    value = send.node.child_by_field_name("value")
    return value is not None and "".join(text_of(value).split()) == "struct{}{}"


def _makes_slots(file: GoFile) -> bool:
    """Return whether a file makes a channel of nothing that has room."""
    for call in file.calls_of:
        if text_of(call.child_by_field_name("function")) == "make":
            given = call.child_by_field_name("arguments").named_children
            if len(given) > 1 and "".join(text_of(given[0]).split()) == "chanstruct{}":
                return True
    return False


def _gives_back(end: Operation) -> tuple[Node, Node | None, Node | None]:
    """Return an end's node, the function that gives back by it, and the defer that does, if any."""
    if not is_deferred(end.function):
        return end.node, end.function, None
    return (
        end.node,
        enclosing(end.function, *FUNCTIONS),
        enclosing(end.function, "defer_statement"),
    )


def _holds(
    peers: WaitPeers,
    frame: StackFrame,
    file: str,
    end: Node,
    function: Node | None,
    deferred: Node | None,
) -> bool:
    """Return whether a frame stands where its function has taken a slot that it gives back."""
    stands = peers.package.function_of(frame)
    if stands is None or stands[0] != file or stands[1] != function:
        return False
    if deferred is not None:
        return frame.line > last_line_of(deferred)
    ahead = last_line_of(end) >= frame.line and may_follow(end, stands[1], frame.line)
    return ahead and any(last_line_of(send) < frame.line for send in _sends(peers, stands[1]))


def _sends(peers: WaitPeers, function: Node) -> Iterator[Node]:
    """Yield the sends in a function on the channel that is waited for."""
    own = peers.own[0]
    for file in peers.package.files.values():
        for each in file.operations:
            is_send = each.kind is OperationKind.SEND and each.function == function
            if is_send and each.object.is_same(own.object):
                yield each.node
