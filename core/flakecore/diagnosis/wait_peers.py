"""Who could end a wait on a channel, wait group, cond or lock: the goroutines that may come to it.

The operations that would end a wait are looked for under all names of its object in the package
(``source.object_uses``). A goroutine may come to one where a frame of its stack stands in a
function that does it, or that leads to one by calls, and has it still ahead. For a lock it is
whoever may hold it. Nothing is said of objects that escape the package, nor of files that are not
at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.blocked_on import BlockedOn
from flakecore.diagnosis.findings import Role
from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates
from flakecore.diagnosis.lock_waits import holders_of, lock_wait
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.operations import Operation, OperationKind

_K = OperationKind


@dataclass(frozen=True)
class WaitKind:
    """A kind of wait: which operation it stands in, and which operations would end it."""

    rule: str
    does: str
    own: tuple[OperationKind, ...]
    ends: tuple[OperationKind, ...]
    role: Role
    enders: str


WAIT_KINDS = {
    BlockedOn.SEND: WaitKind(
        "chan-no-receiver", "sends on", (_K.SEND,), (_K.RECEIVE, _K.RANGE), Role.RECEIVES,
        "receives from it",
    ),
    BlockedOn.RECEIVE: WaitKind(
        "chan-no-sender", "receives from", (_K.RECEIVE, _K.RANGE), (_K.SEND, _K.CLOSE),
        Role.SENDS, "sends on it or closes it",
    ),
    BlockedOn.WAIT_GROUP: WaitKind(
        "wait-group-stuck", "waits for", (_K.WAIT,), (_K.DONE,), Role.DONE, "calls its Done",
    ),
    BlockedOn.COND: WaitKind(
        "cond-lost-signal", "waits for a signal of", (_K.WAIT,), (_K.SIGNAL, _K.BROADCAST),
        Role.SIGNALS, "signals it",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class WaitPeers:
    """A goroutine's wait, and who could end it.

    Attributes:
        state: the goroutine that waits.
        kind: what kind of wait it is.
        own: the operation that it waits in.
        package: the package that its object was followed in.
        ends: the operations that would end it, with the files that they stand in.
        candidates: the goroutines that may still come to one.
    """

    state: GoroutineState
    kind: WaitKind
    own: Operation
    package: GoPackage
    ends: tuple[tuple[str, Operation], ...]
    candidates: tuple[GoroutineState, ...]

    @property
    def place(self) -> str:
        """Where it waits, for a person."""
        return self.state.own.place if self.state.own is not None else ""

    @property
    def does(self) -> str:
        """What the goroutine does, for a person: ``receives from``."""
        return "ranges over" if self.own.kind is OperationKind.RANGE else self.kind.does


def wait_peers(state: GoroutineState, states: GoroutineStates, files: GoFiles) -> WaitPeers | None:
    """Return who could end a goroutine's wait; None where that cannot be told."""
    kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
    package = files.package_of(frame) if kind is not None and frame is not None else None
    if kind is None or frame is None or package is None or not states.complete:
        return None
    file = frame.file.rpartition("/")[2]
    own = files.operations_at(frame, frame.line, *kind.own)
    if len(own) != 1 or package.uses.escapes(file, own[0]) or _is_exported(own[0]):
        return None
    ends = [each for each in package.uses.of(file, own[0]) if each[1].kind in kind.ends]
    leading = package.leading_to(ends)
    candidates = tuple(
        other
        for other in states.others(state)
        if any(
            package.may_reach(each, each.line, where, function, targets)
            for each in other.frames
            for where, function, targets in leading
        )
    )
    return WaitPeers(state, kind, own[0], package, tuple(ends), candidates)


def peers_of(state: GoroutineState, states: GoroutineStates, files: GoFiles) -> set[int] | None:
    """Return the numbers of the goroutines that could end a wait; None where that is unknown."""
    if state.blocked_on.for_ever:
        return set()
    wait = lock_wait(state, files)
    if wait is not None:
        holders = holders_of(wait, states, files)
        known = holders and all(each.locked_at is not None for each in holders)
        return {each.state.number for each in holders} if known else None
    peers = wait_peers(state, states, files)
    return {each.number for each in peers.candidates} if peers is not None else None


def dead_goroutines(states: GoroutineStates, files: GoFiles) -> dict[int, set[int]]:
    """Return the goroutines that nothing can wake, each with those that could, all of them dead.

    A fixpoint: whatever can go on by itself is alive, and so is whatever waits in a way that is not
    understood, or that a goroutine that is alive could end; what is left is dead.
    """
    waits: dict[int, set[int]] = {}
    for state in states:
        if state.blocked_on.on_others and state.blocked_on is not BlockedOn.SELECT:
            peers = peers_of(state, states, files)
            if peers is not None:
                waits[state.number] = peers
    while True:
        alive = [number for number, peers in waits.items() if not peers <= waits.keys()]
        if not alive:
            return waits
        for number in alive:
            del waits[number]


def _is_exported(operation: Operation) -> bool:
    """Return whether other packages may use the object: an exported field or variable."""
    name = operation.object
    last = name.path.rpartition(".")[2]
    return (name.path.startswith(".") or name.scope == "package") and last[:1].isupper()
