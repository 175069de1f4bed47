"""Cycles of locks: each was waited for while the one before was held, at any times of one run.

A wait shows by its stack which call waited; the source shows which lock that call takes, and which
ones the functions of the stack hold there. A package's variable is one lock whoever names it. A
field is reported by its type and a local variable by its function, which may have many values: that
a cycle of them is one of the same values is not known, and stated. Locks of one field are no cycle,
for they may well be taken in an order of their own.

A cycle is a risk and no deadlock: nobody need ever have stood in all of its places at once. Places
that cannot be taken at once are no cycle: where a lock that all hold keeps them apart, where one
goroutine alone came to two of them, or where both of a lock's sides are readers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.lock_helpers import PAIRS
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation, OperationKind
from flakecore.frames import HasFunction
from flakecore.gotrace import Frame, State
from flakecore.pprof import Profile
from flakecore.timeline import Case
from flakecore.timeline.profiles.contention import WaitSite, wait_sites

_IN_SYNC = ("sync.", "internal/sync.")
_LOCKING = frozenset(
    f"sync.(*{each}" for each in ("Mutex).Lock", "RWMutex).Lock", "RWMutex).RLock")
)
_VARIABLE = re.compile(r"\w+(\.\w+)*")
EVENTS_MOST = 1_000_000
"""All waits of a larger trace take longer to read than the rest of a report: profile's contention
reads them. Measured on 9.1 million events: 2.8 s of processor time beside the report's 1.8 s."""
_NOBODY = np.zeros(0, np.int64)
_TRIED = 20_000
"""Paths from lock to lock that are followed at most: a program has some tens of locks."""
_PLACES = 4
"""Places of one lock behind another that are looked at, those with most waits."""


class Lock(NamedTuple):
    """A lock by its name in the source.

    Attributes:
        folder: of the package that has it.
        name: the variable, or type and field: ``journal``, ``Pool.mu``.
        is_one: a package's variable, and so one lock.
    """

    folder: str
    name: str
    is_one: bool


class StackOfWaits(NamedTuple):
    """Waits for locks that began with one stack.

    Attributes:
        frames: innermost first.
        waits: how many.
        goroutine: the only one that waited so; 0 for several, or unknown.
    """

    frames: Sequence[Frame]
    waits: int
    goroutine: int = 0


class WaitWhileHolding(NamedTuple):
    """Waits for one lock at one place, in which others were held.

    Attributes:
        frame: where it was waited.
        lock: what for.
        shared: to read only.
        held: what the functions of the stack held, each with whether to read only.
        waits: how many waits.
        goroutine: the only one that waited so; 0 for several, or unknown.
    """

    frame: Frame
    lock: Lock
    shared: bool
    held: frozenset[tuple[Lock, bool]]
    waits: int
    goroutine: int

    @property
    def at(self) -> str:
        """How often and where, for a person."""
        times = "once" if self.waits == 1 else f"{self.waits:,} times"
        return f"{times} at {self.frame.short_function} {self.place}"

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.frame.short_file}:{self.frame.line}"


class LockOrderCycle(NamedTuple):
    """Locks, each of which was waited for while the one before was held, the first after the last.

    Attributes:
        locks: the one that each step holds.
        steps: of each, the wait for the next lock.
    """

    locks: tuple[Lock, ...]
    steps: tuple[WaitWhileHolding, ...]

    @property
    def is_sure(self) -> bool:
        """Whether each name stands for one lock."""
        return all(lock.is_one for lock in self.locks)

    @property
    def text(self) -> str:
        """What was seen, as a sentence."""
        steps: list[str] = []
        for held, step in zip(self.locks, self.steps, strict=True):
            was = "" if steps else "was waited for "
            steps.append(f"{step.lock.name} {was}{step.at} while {held.name} was held")
        unknown = "" if self.is_sure else "; whether of the same values each time is not seen"
        return f"{', '.join(steps[:-1])}, and {steps[-1]}{unknown}"


def stacks_of_sites(case: Case, sites: Sequence[WaitSite], *, ended: bool) -> list[StackOfWaits]:
    """Return the stacks of waits for locks of a trace.

    Args:
        case: whose sites these are.
        sites: places of waiting.
        ended: leave out the waits that never ended.
    """
    if case.trace is None:
        return []
    return [
        StackOfWaits(case.trace.table.stack(each.stack), waits, each.goroutine)
        for site in sites
        if site.state is State.MUTEX
        for each in site.stacks
        if (waits := each.waits - (each.unended if ended else 0))
    ]


def stacks_of_trace(
    case: Case,
    goroutines: NDArray[np.int64] | None = None,
    *,
    without: NDArray[np.int64] = _NOBODY,
    ended: bool,
) -> list[StackOfWaits]:
    """Return the stacks of all waits for locks of a trace; nothing of a very large one.

    Args:
        case: whose trace is read.
        goroutines: only waits of these; None for all.
        without: goroutines whose waits are left out, beside the runtime's own.
        ended: leave out the waits that never ended.
    """
    if case.trace is None or case.schedule is None or case.trace.events > EVENTS_MOST:
        return []
    nobody = np.concatenate([case.schedule.tree.system, without])
    whole = (case.trace, case.package, 0, case.trace.end_ns + 1, goroutines)
    sites = wait_sites(*whole, without=nobody, states=(State.MUTEX,))
    return stacks_of_sites(case, sites, ended=ended)


def stacks_of_profile(profile: Profile) -> list[StackOfWaits]:
    """Return the stacks of waits for locks of a block profile."""
    counts = profile.stack_values(0)
    found = []
    for at, stack in enumerate(profile.stacks):
        if stack and stack[0].function in _LOCKING:
            frames = [Frame(each.function, each.file, each.line) for each in stack]
            found.append(StackOfWaits(frames, int(counts[at])))
    return found


def lock_order_cycles(
    case: Case, stacks: Iterable[StackOfWaits], files: GoFiles
) -> tuple[LockOrderCycle, ...]:
    """Return the cycles of locks of a case, the shortest first; of several of the same locks one.

    A file that was changed after the run proves nothing.

    Args:
        case: shows when the run was.
        stacks: of waits for locks.
        files: the source of their frames.
    """
    together: Counter[tuple[Frame, Lock, bool, frozenset[tuple[Lock, bool]]]] = Counter()
    who: dict[tuple[Frame, Lock, bool, frozenset[tuple[Lock, bool]]], int] = {}
    for frame, lock, shared, held, waits, goroutine in waits_while_holding(case, stacks, files):
        key = (frame, lock, shared, held)
        together[key] += waits
        who[key] = goroutine if who.get(key, goroutine) == goroutine else 0
    order: defaultdict[Lock, defaultdict[Lock, list[WaitWhileHolding]]]
    order = defaultdict(lambda: defaultdict(list))
    for key, waits in together.most_common():
        step = WaitWhileHolding(*key, waits, who[key])
        for lock in {lock for lock, _ in step.held} - {step.lock}:
            order[lock][step.lock].append(step)
    found: list[LockOrderCycle] = []
    for cycle in sorted(_cycles(order), key=lambda each: len(each.locks)):
        if not any(set(known.locks) <= set(cycle.locks) for known in found):
            found.append(cycle)
    return tuple(found)


def _cycles(
    order: Mapping[Lock, Mapping[Lock, Sequence[WaitWhileHolding]]],
) -> Iterator[LockOrderCycle]:
    """Yield cycles, each from its first lock by name on."""
    tried = 0
    for start in sorted(order):
        paths: deque[LockOrderCycle] = deque([LockOrderCycle((start,), ())])
        while paths and tried < _TRIED:
            locks, steps = paths.popleft()
            behind = order.get(locks[-1], {})
            for wanted in sorted(behind):
                for step in behind[wanted][:_PLACES]:
                    tried += 1
                    if not all(_may_meet(step, other) for other in steps):
                        continue
                    if steps and _may_share(steps[-1], step):
                        continue
                    if wanted == start and not _may_share(step, steps[0]):
                        yield LockOrderCycle(locks, (*steps, step))
                    elif wanted > start and wanted not in locks:
                        paths.append(LockOrderCycle((*locks, wanted), (*steps, step)))


def _may_meet(one: WaitWhileHolding, other: WaitWhileHolding) -> bool:
    """Return whether two goroutines may be at two places at once."""
    if one.goroutine and one.goroutine == other.goroutine:
        return False
    exclusive = {lock for each in (one, other) for lock, shared in each.held if not shared}
    both = {lock for lock, _ in one.held} & {lock for lock, _ in other.held}
    return not both & exclusive


def _may_share(waiter: WaitWhileHolding, holder: WaitWhileHolding) -> bool:
    """Return whether who waits at one place need not wait for who holds at another: both read."""
    return waiter.shared and (waiter.lock, True) in holder.held


def waits_while_holding(
    case: Case, stacks: Iterable[StackOfWaits], files: GoFiles
) -> Iterator[WaitWhileHolding]:
    """Yield what each stack of waits shows."""
    changed: dict[str, bool] = {}
    for each in stacks:
        frames = [f for f in each.frames if not f.function.startswith(_IN_SYNC)]
        for frame in frames:
            if frame.file not in changed:
                changed[frame.file] = may_be_changed(case, files, frame)
        if not frames or any(changed[frame.file] for frame in frames):
            continue
        at = frames[0]
        takes = files.operations_at(at, at.line, *PAIRS)
        lock = _lock(at, takes[0].object) if len(takes) == 1 else None
        if lock is not None:
            held = frozenset(locks_held(files, frames))
            shared = _is_shared(takes[0])
            yield WaitWhileHolding(at, lock, shared, held, each.waits, each.goroutine)


def locks_held(files: GoFiles, frames: Sequence[Frame]) -> Iterator[tuple[Lock, bool]]:
    """Yield what the functions of a stack hold at its frames, each with whether to read only."""
    for depth, frame in enumerate(frames):
        inner = frames[depth - 1] if depth else None
        for each in files.held_at(frame, frame.line, inner):
            lock = _lock(frame, each.object) if each.kind in PAIRS else None
            if lock is not None:
                yield lock, _is_shared(each)


def _is_shared(operation: Operation) -> bool:
    return operation.kind is OperationKind.RLOCK


def _lock(frame: HasFunction, name: ObjectName) -> Lock | None:
    """Return the lock that a name in a frame's file stands for; None where that is not known."""
    folder = frame.file.rpartition("/")[0]
    scope, _, owner = name.scope.partition(" ")
    if scope == "package" and _VARIABLE.fullmatch(name.path):
        return Lock(folder, name.path, True)
    if scope == "type" and name.path.startswith(".") and owner.isidentifier():
        return Lock(folder, f"{owner}{name.path}", False)
    if scope == "local" and _VARIABLE.fullmatch(name.path):
        return Lock(folder, f"{owner}'s {name.path}", False)
    return None


def may_be_changed(case: Case, files: GoFiles, frame: Frame) -> bool:
    """Return whether a frame's file may have been changed after the run."""
    recorded = case.clock.zero_wall_ns
    modified = files.modified_ns(frame)
    return modified > 0 and (recorded is None or modified > recorded + case.end_ns)
