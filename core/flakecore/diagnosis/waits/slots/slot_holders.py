"""Who holds the slots of a channel that is used as a semaphore, by the source.

A slot is taken by a send and given back by a receive from the same channel. Whoever stands in a
function behind its send, or a call that leads to one, with the receive, or a call that leads to
one, still ahead or deferred, holds one (``slot_functions``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.counterpart import MANY_SKIPS
from flakecore.diagnosis.waits.peers.wait_peers import WaitGraph, WaitPeers
from flakecore.diagnosis.waits.slots.slot_functions import SlotFunctions, slot_functions


@dataclass(frozen=True)
class TakenSlots:
    """Goroutines that wait for a slot, and those that hold one and wait as well.

    Attributes:
        waits: who waits at one place for a slot.
        holders: who holds one.
        slots: how many there are, all taken; 0 if unknown.
        kept_at: where nobody holds one, the returns that leave a slot taken.
    """

    waits: tuple[WaitPeers, ...]
    holders: tuple[GoroutineState, ...]
    slots: int
    kept_at: tuple[str, ...] = ()

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
    address may be a stale word. Where nobody holds a slot, one of few returns must have kept it.
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
        functions = _functions(group[0])
        if functions is None:
            continue
        near = [each for each in states if waits.may_share(group[0], each)]
        held = _held(group[0], functions, near)
        slots = _full(objects, group[0].state) if objects is not None else 0
        if held:
            holders = tuple(state for state in near if state.number in held)
            known = objects is None or slots == sum(held.values())
            if known and all(map(is_dead, holders)):
                yield TakenSlots(tuple(group), holders, slots)
        elif slots >= 0 and not group[0].candidates:
            kept = functions.keeping_exits()
            if 0 < len(kept) <= MANY_SKIPS:
                yield TakenSlots(tuple(group), (), slots, tuple(kept))


def _full(graph: ObjectGraph, state: GoroutineState) -> int:
    """Return how many slots are taken by the page; -1 where some are free, or it is no channel."""
    waits = graph.waits_of(state.number)
    found = waits[0].object if len(waits) == 1 else None
    if found is None or not found.capacity or found.length != found.capacity:
        return -1
    return found.capacity


def _functions(peers: WaitPeers) -> SlotFunctions | None:
    """Return how the channel that is sent on is used as a semaphore; None where it is none."""
    own = peers.own[0] if len(peers.own) == 1 else None
    frame = peers.state.own
    if own is None or frame is None or own.kind is not OperationKind.SEND:
        return None
    if not _is_of_slots(own) or not any(map(_makes_slots, peers.package.files.values())):
        return None
    return slot_functions(peers.package, frame.short_file, own)


def _held(
    peers: WaitPeers, functions: SlotFunctions, states: Iterable[GoroutineState]
) -> dict[int, int]:
    """Return how many slots each goroutine holds that holds one, by its number."""
    known: dict[tuple[str, str, int], bool] = {}

    def holds(frame: StackFrame) -> bool:
        key = (frame.function, frame.file, frame.line)
        if key not in known:
            stands = peers.package.function_of(frame)
            known[key] = stands is not None and functions.holds(
                (stands[0], stands[1].start_byte), frame.line
            )
        return known[key]

    counts = {state.number: sum(map(holds, state.frames)) for state in states}
    return {number: count for number, count in counts.items() if count}


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
