"""Who could end a wait on a channel, wait group, cond or lock: the goroutines that may come to it.

The operations that would end a wait are looked for under all names of its object in the package
(``source.object_uses``), and who may come to one of them by stacks and calls (``goroutine_reach``).
For a lock it is whoever may hold it. Nothing is stated of objects that escape the package, of ends
that another package may come to, nor of files that are not at hand.
Goroutines of other tests count where the two can share an object (``apart_tests``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.lock_helpers import unpaired_unlocks
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation, OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn
from flakecore.diagnosis.waits.locks.lock_waits import Locks, LockWait
from flakecore.diagnosis.waits.peers.apart_tests import (
    ends_of_test,
    may_share,
    root_test,
    shares_objects,
)
from flakecore.diagnosis.waits.peers.goroutine_reach import GoroutineReach, Standing
from flakecore.diagnosis.waits.peers.unblocker_sets import UnblockerSets
from flakecore.diagnosis.waits.peers.wait_kinds import (
    RECEIVES,
    SELECTS,
    SENDS,
    WAIT_KINDS,
    WaitKind,
)
from flakecore.timeline import Case


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

    def __init__(
        self,
        states: GoroutineStates,
        files: GoFiles,
        locks: Locks,
        case: Case,
    ) -> None:
        """Take what the goroutines of a case do, the files of their stacks, and their locks."""
        self._states = states
        self._files = files
        self._locks = locks
        self._reach = GoroutineReach(states, files)
        self._case = case
        self._ends: dict[tuple[str, int, BlockedOn], _Ends | None] = {}
        self._ends_of_test: dict[tuple[str, int, BlockedOn, int], _Ends] = {}
        self._by_root: dict[tuple[str, int, BlockedOn], dict[int, list[GoroutineState]]] = {}
        self._unlockers: dict[tuple[str, str, str], frozenset[int]] = {}

    def peers(self, state: GoroutineState) -> WaitPeers | None:
        """Return who could end a goroutine's wait; None where that cannot be decided."""
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        if kind is None or frame is None or not self._states.complete:
            return None
        found = self._ends_at(state, frame, kind)
        if found is None:
            return None
        others, itself = found.candidates, False
        if state.number in found.numbers:
            others = tuple(each for each in others if each.number != state.number)
            itself = not others and self._reach.has_ahead(state, found.package, found.ends)
        return WaitPeers(
            state, kind, found.own, found.package, found.ends, found.leading, others, itself
        )

    def may_share(self, peers: WaitPeers, other: GoroutineState) -> bool:
        """Return whether a goroutine may have the very object that another one waits on."""
        return may_share(self._case, peers.package, peers.state.test, other.test)

    def operation_of(self, state: GoroutineState) -> str:
        """Return what the source states that a goroutine waits in: ``receives from q.items``.

        Returns:
            The words; "" if unknown. Unlike for ``peers``, nothing need be known of others.
        """
        kind, frame = WAIT_KINDS.get(state.blocked_on), state.own
        own = self._reach.waited_in(frame, kind) if kind is not None and frame is not None else ()
        return f"{_does(kind, own)} {_objects(own)}" if kind is not None and own else ""

    def unblockers(self, state: GoroutineState) -> frozenset[int] | None:
        """Return the numbers of the goroutines that could end a wait; None if that is unknown.

        Goroutines that wait at one place share one set, in which each may be itself: it is not
        counted among its own unblockers.
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
        found = self._ends_at(state, frame, kind)
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
        memory: dict[Standing, bool] = {}
        for state in self._states:
            if self._reach.may_come(state, package, leading, nodes, memory):
                wait = self._locks.waits.get(state.number)
                same = wait is not None and wait.name is not None and wait.name.is_same(name)
                yield (wait.base or -1) if same and wait is not None else 0

    @cached_property
    def dead(self) -> UnblockerSets:
        """The goroutines that nothing can wake, each with those that could, all of them dead.

        Whatever can go on by itself is alive, and so is whatever waits in a way that is not
        understood, or that a goroutine that is alive could end.
        """
        waits = {
            state.number: ends
            for state in self._states
            if state.blocked_on.on_others and (ends := self.unblockers(state)) is not None
        }
        return UnblockerSets(UnblockerSets(waits).dead())

    def behind(self, stuck: frozenset[int]) -> frozenset[int]:
        """Return some dead goroutines, and those that only these could wake."""
        return self.dead.behind(stuck)

    def _ends_at(self, state: GoroutineState, frame: StackFrame, kind: WaitKind) -> _Ends | None:
        key = (frame.file, frame.line, state.blocked_on)
        if key not in self._ends:
            self._ends[key] = self._find(frame, kind)
        found = self._ends[key]
        if found is None or state.test < 0 or shares_objects(found.package):
            return found
        root = root_test(self._case, state.test)
        if (*key, root) not in self._ends_of_test:
            if key not in self._by_root:
                self._by_root[key] = self._candidates_by_root(found)
            by_root = self._by_root[key]
            near = (*by_root.get(root, ()), *by_root.get(-1, ()))
            ends = ends_of_test(found.package, found.ends, self._case.tests[root].name)
            self._ends_of_test[*key, root] = replace(found, candidates=near, ends=ends)
        return self._ends_of_test[*key, root]

    def _candidates_by_root(self, found: _Ends) -> dict[int, list[GoroutineState]]:
        """Return the candidates of a place by the outermost test that each is of, -1 for none."""
        by_root: defaultdict[int, list[GoroutineState]] = defaultdict(list)
        for each in found.candidates:
            by_root[root_test(self._case, each.test)].append(each)
        return dict(by_root)

    def _find(self, frame: StackFrame, kind: WaitKind) -> _Ends | None:
        package = self._files.package_of(frame)
        own = self._reach.waited_in(frame, kind)
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
            if kind is SELECTS:
                ending = SENDS.ends if each.kind is OperationKind.SEND else RECEIVES.ends
            ends += [one for one in package.uses.of(file, each) if one[1].kind in ending]
        leading = package.calls.leading_to((where, each.function) for where, each in ends)
        candidates = self._who_may_come(package, ends, leading)
        if candidates is None:
            return None
        return _Ends(own, package, tuple(ends), leading, candidates)

    def who_may_come(
        self, package: GoPackage, ends: Sequence[tuple[str, Operation]]
    ) -> tuple[GoroutineState, ...] | None:
        """Return the goroutines that may yet come to one of some operations; None if unknown."""
        leading = package.calls.leading_to((where, each.function) for where, each in ends)
        return self._who_may_come(package, ends, leading)

    def _who_may_come(
        self,
        package: GoPackage,
        ends: Sequence[tuple[str, Operation]],
        leading: frozenset[FunctionKey],
    ) -> tuple[GoroutineState, ...] | None:
        if package.calls.is_open(leading) or self._reach.is_called_from_outside(package, leading):
            return None
        memory: dict[Standing, bool] = {}
        nodes = [each.node for _, each in ends]
        candidates = []
        for state in self._states:
            if state.is_lost:
                return None
            others = [each for each in nodes if not self._reach.is_done_now(state, each)]
            known = memory if len(others) == len(nodes) else {}
            if self._reach.may_come(state, package, leading, others, known):
                candidates.append(state)
        return tuple(candidates)


def _is_exported(operation: Operation) -> bool:
    """Return whether other packages may use the object: an exported field or variable."""
    name = operation.object
    last = name.path.rpartition(".")[2]
    return (name.path.startswith(".") or name.scope == "package") and last[:1].isupper()
