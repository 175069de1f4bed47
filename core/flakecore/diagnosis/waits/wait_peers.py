"""Who could end a wait on a channel, wait group, cond or lock: the goroutines that may come to it.

The operations that would end a wait are looked for under all names of its object in the package
(``source.object_uses``). A goroutine may come to one where a frame of its stack stands in a
function that does it, or that leads to one by calls, and has it still ahead
(``source.call_graph``). For a lock it is whoever may hold it. Nothing is stated of objects that
escape the package, of ends that another package may come to, nor of files that are not at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from flakecore.diagnosis.findings import Role
from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.calls.control_flow import is_in_loop_of
from flakecore.diagnosis.source.go_file import short_name
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.objects.lock_helpers import unpaired_unlocks
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.ender_sets import EnderSets
from flakecore.diagnosis.waits.lock_waits import Locks, LockWait
from flakecore.frames import is_own, is_wrapper

_K = OperationKind
_HARNESS = ("testing.", "runtime.", "os/signal.")
"""Packages whose goroutines call nothing of the package under test but its tests."""


@dataclass(frozen=True)
class WaitKind:
    """A kind of wait: which operation it stands in, and which operations would end it."""

    rule: str
    does: str
    own: tuple[OperationKind, ...]
    ends: tuple[OperationKind, ...]
    role: Role
    enders: str


_SENDS = WaitKind(
    "chan-no-receiver",
    "sends on",
    (_K.SEND,),
    (_K.RECEIVE, _K.RANGE),
    Role.RECEIVES,
    "receives from it",
)
_RECEIVES = WaitKind(
    "chan-no-sender",
    "receives from",
    (_K.RECEIVE, _K.RANGE),
    (_K.SEND, _K.CLOSE),
    Role.SENDS,
    "sends on it or closes it",
)
_SELECTS = WaitKind(
    "chan-no-sender",
    "selects from",
    (_K.RECEIVE, _K.SEND),
    (_K.SEND, _K.CLOSE),
    Role.SENDS,
    "sends on one or closes it",
)
WAIT_KINDS = {
    BlockedOn.SEND: _SENDS,
    BlockedOn.RECEIVE: _RECEIVES,
    BlockedOn.SELECT: _SELECTS,
    BlockedOn.WAIT_GROUP: WaitKind(
        "wait-group-stuck",
        "waits for",
        (_K.WAIT,),
        (_K.DONE,),
        Role.DONE,
        "calls its Done",
    ),
    BlockedOn.COND: WaitKind(
        "cond-lost-signal",
        "waits for a signal of",
        (_K.WAIT,),
        (_K.SIGNAL, _K.BROADCAST),
        Role.SIGNALS,
        "signals it",
    ),
}


@dataclass(frozen=True)
class WaitPeers:
    """A goroutine's wait, and who could end it.

    Attributes:
        state: the goroutine that waits.
        kind: what kind of wait it is.
        own: the operations that it waits in: several of a select.
        package: the package that its objects were followed in.
        ends: the operations that would end it, with the files that they stand in.
        leading: the functions that lead to one of them.
        candidates: the other goroutines that may still come to one.
        itself: whether nobody else may, and the waiting goroutine has one ahead, behind its wait.
    """

    state: GoroutineState
    kind: WaitKind
    own: tuple[Operation, ...]
    package: GoPackage
    ends: tuple[tuple[str, Operation], ...]
    leading: frozenset[FunctionKey]
    candidates: tuple[GoroutineState, ...]
    itself: bool = False

    @property
    def place(self) -> str:
        """Where it waits, for a person."""
        return self.state.own.place if self.state.own is not None else ""

    @property
    def does(self) -> str:
        """What the goroutine does, for a person: ``receives from``."""
        return _does(self.kind, self.own)

    @property
    def text(self) -> str:
        """The objects that it waits on, for a person."""
        return _objects(self.own)


def _does(kind: WaitKind, own: Sequence[Operation]) -> str:
    return "ranges over" if own[0].kind is OperationKind.RANGE else kind.does


def _objects(own: Sequence[Operation]) -> str:
    return " or ".join(dict.fromkeys(each.object.text for each in own))


@dataclass(frozen=True)
class _Ends:
    """What goroutines that wait at one place have in common."""

    own: tuple[Operation, ...]
    package: GoPackage
    ends: tuple[tuple[str, Operation], ...]
    leading: frozenset[FunctionKey]
    candidates: tuple[GoroutineState, ...]

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Numbers of the candidates."""
        return frozenset(each.number for each in self.candidates)


class WaitGraph:
    """Which goroutine could end which one's wait."""

    def __init__(self, states: GoroutineStates, files: GoFiles, locks: Locks) -> None:
        """Take what the goroutines do, the files of their stacks, and their locks."""
        self._states = states
        self._files = files
        self._locks = locks
        self._ends: dict[tuple[str, int, BlockedOn], _Ends | None] = {}
        self._unlockers: dict[tuple[str, str, str], frozenset[int]] = {}

    def peers(self, state: GoroutineState) -> WaitPeers | None:
        """Return who could end a goroutine's wait; None where that cannot be decided."""
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        if kind is None or frame is None or not self._states.complete:
            return None
        found = self._ends_at(frame, state.blocked_on, kind)
        if found is None:
            return None
        others, itself = found.candidates, False
        if state.number in found.numbers:
            others = tuple(each for each in others if each.number != state.number)
            itself = not others and self._comes_to(state, found)
        return WaitPeers(
            state, kind, found.own, found.package, found.ends, found.leading, others, itself
        )

    def operation_of(self, state: GoroutineState) -> str:
        """Return what the source states that a goroutine waits in: ``receives from q.items``.

        Returns:
            The words; "" if unknown. Unlike for ``peers``, nothing need be known of others.
        """
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        own = self._own(frame, kind) if kind is not None and frame is not None else ()
        return f"{_does(kind, own)} {_objects(own)}" if kind is not None and own else ""

    def enders(self, state: GoroutineState) -> frozenset[int] | None:
        """Return the numbers of the goroutines that could end a wait; None if that is unknown.

        Goroutines that wait at one place share one set, in which each may be itself: it is not
        counted among its own enders.
        """
        if state.blocked_on.for_ever:
            return frozenset()
        wait = self._locks.waits.get(state.number)
        if wait is not None and wait.copied:
            return frozenset()
        if wait is not None:
            holders = self._locks.holders_of(wait)
            known = holders and all(each.is_known for each in holders)
            known = known and not self.may_be_unlocked(wait)
            return frozenset(each.state.number for each in holders) if known else None
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        if kind is None or frame is None or not self._states.complete:
            return None
        found = self._ends_at(frame, state.blocked_on, kind)
        return found.numbers if found is not None else None

    def may_be_unlocked(self, wait: LockWait) -> bool:
        """Return whether somebody may yet unlock a lock that another one has taken.

        That is who may come to an Unlock in a function that does not lock, by the source. Who
        waits for that very lock comes to none.
        """
        package = self._files.package_of(wait.frame)
        if package is None or wait.name is None:
            return False
        key = (package.folder, wait.name.scope, wait.name.path)
        if key not in self._unlockers:
            self._unlockers[key] = frozenset(self._unlockers_of(package, wait.name))
        return any(
            not base or (wait.base and 0 < base != wait.base) for base in self._unlockers[key]
        )

    def _unlockers_of(self, package: GoPackage, name: ObjectName) -> Iterator[int]:
        """Yield for who may come to unlock for others the base of the lock that it waits for.

        That is 0 for one that waits for no lock of this name, and -1 for one whose base is unknown.
        """
        frees = unpaired_unlocks(package.lock_operations, package.lock_helpers, name)
        if not frees:
            return
        leading = package.calls.leading_to((file, each.function) for file, each in frees)
        if package.calls.is_open(leading):
            yield 0
        nodes = [each.node for _, each in frees]
        memory: dict[tuple[str, int, str], bool] = {}
        for state in self._states:
            if self._may_come(state, package, leading, nodes, memory):
                wait = self._locks.waits.get(state.number)
                same = wait is not None and wait.name is not None and wait.name.is_same(name)
                yield (wait.base or -1) if same and wait is not None else 0

    @cached_property
    def dead(self) -> EnderSets:
        """The goroutines that nothing can wake, each with those that could, all of them dead.

        Whatever can go on by itself is alive, and so is whatever waits in a way that is not
        understood, or that a goroutine that is alive could end.
        """
        waits = {
            state.number: ends
            for state in self._states
            if state.blocked_on.on_others and (ends := self.enders(state)) is not None
        }
        return EnderSets(EnderSets(waits).dead())

    def behind(self, stuck: frozenset[int]) -> frozenset[int]:
        """Return some dead goroutines, and those that only these could wake."""
        return self.dead.behind(stuck)

    def _ends_at(self, frame: StackFrame, blocked_on: BlockedOn, kind: WaitKind) -> _Ends | None:
        key = (frame.file, frame.line, blocked_on)
        if key not in self._ends:
            self._ends[key] = self._find(frame, kind)
        return self._ends[key]

    def _find(self, frame: StackFrame, kind: WaitKind) -> _Ends | None:
        package = self._files.package_of(frame)
        own = self._own(frame, kind)
        if package is None or not own:
            return None
        file = frame.file.rpartition("/")[2]
        ends: list[tuple[str, Operation]] = []
        for each in own:
            if package.uses.escapes(file, each):
                return None
            exported = _is_exported(each) or package.uses.is_returned_to_importers(file, each)
            if exported and self._files.may_be_used_elsewhere(package, frame):
                return None
            ending = kind.ends
            if kind is _SELECTS:
                ending = _SENDS.ends if each.kind is _K.SEND else _RECEIVES.ends
            ends += [one for one in package.uses.of(file, each) if one[1].kind in ending]
        leading = package.calls.leading_to((where, each.function) for where, each in ends)
        if package.calls.is_open(leading) or self._called_from_outside(package, leading):
            return None
        memory: dict[tuple[str, int, str], bool] = {}
        nodes = [each.node for _, each in ends]
        candidates = []
        for state in self._states:
            if state.is_lost:
                return None
            others = [each for each in nodes if not self._is_done_now(state, each)]
            known = memory if len(others) == len(nodes) else {}
            if self._may_come(state, package, leading, others, known):
                candidates.append(state)
        return _Ends(own, package, tuple(ends), leading, tuple(candidates))

    def _own(self, frame: StackFrame, kind: WaitKind) -> tuple[Operation, ...]:
        """Return the operations that a frame waits in; empty where they are not all known."""
        file = self._files.file_of(frame)
        if file is None:
            return ()
        if kind is not _SELECTS:
            found = file.at(frame.line, *kind.own) or file.deferred_to(frame.line, *kind.own)
            return (found[0],) if len(found) == 1 else ()
        select = file.select_at(frame.line)
        return file.cases_of(select) if select is not None else ()

    def _may_come(
        self,
        state: GoroutineState,
        package: GoPackage,
        leading: frozenset[FunctionKey],
        ends: Sequence[Node],
        memory: dict[tuple[str, int, str], bool],
    ) -> bool:
        stale = self._states.is_stale(state)
        for depth, frame in enumerate(state.frames):
            if is_wrapper(frame.function):
                continue
            inner = short_name(state.frames[depth - 1].function) if depth else ""
            ranging = frame == state.own and self._ranges(state, frame)
            key = (frame.file, 0 if stale else frame.line, f"range {inner}" if ranging else inner)
            if key not in memory:
                stands = package.function_of(frame)
                unclear = stands is None and package.has(frame)  # It may be anywhere in there.
                memory[key] = unclear or (
                    stands is not None
                    and package.calls.may_reach(
                        *stands, key[1], inner, leading, ends, ranging=ranging
                    )
                )
            if memory[key]:
                return True
        return False

    def _is_done_now(self, state: GoroutineState, end: Node) -> bool:
        """Return whether a goroutine waits in an end, for the only time: another object than this.

        Who sends on a channel and who receives from it would have met.
        """
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        if kind is None or frame is None or line_of(end) != frame.line:
            return False
        function = enclosing(end, *FUNCTIONS)
        own = self._own(frame, kind) if function is not None else ()
        if function is None or not any(each.node == end for each in own):
            return False
        return not is_in_loop_of(end, function, frame.line)

    def _ranges(self, state: GoroutineState, frame: StackFrame) -> bool:
        """Return whether a goroutine waits for the next value of a channel that it ranges over."""
        return state.blocked_on is BlockedOn.RECEIVE and bool(
            self._files.operations_at(frame, frame.line, OperationKind.RANGE)
        )

    def _comes_to(self, state: GoroutineState, found: _Ends) -> bool:
        """Return whether a goroutine has an end of its own wait ahead, in a later statement."""
        package, nodes = found.package, [each.node for _, each in found.ends]
        ends = ((file, each.function) for file, each in found.ends)
        leading = package.calls.leading_to(ends, started=False)
        return any(
            (stands := package.function_of(frame)) is not None
            and package.calls.comes_to(*stands, frame.line, leading, nodes)
            for frame in state.frames
            if not is_wrapper(frame.function)
        )

    def _called_from_outside(self, package: GoPackage, leading: frozenset[FunctionKey]) -> bool:
        """Return whether a goroutine of other packages may call a method that leads to an end."""
        if not package.calls.has_exported_method(leading):
            return False
        return any(
            not any(is_own(frame) or frame.function.startswith(_HARNESS) for frame in state.frames)
            for state in self._states
            if state.frames
        )


def _is_exported(operation: Operation) -> bool:
    """Return whether other packages may use the object: an exported field or variable."""
    name = operation.object
    last = name.path.rpartition(".")[2]
    return (name.path.startswith(".") or name.scope == "package") and last[:1].isupper()
