"""Two locks that were each waited for while the other was held, at different times of one run.

A wait of the trace tells by its stack which call waited; the source tells which lock that call
takes, and which ones the functions of the stack hold there. Only variables of a package count,
each of which is one lock whoever names it; and a file that was changed after the run tells nothing.
Where both sides hold a third lock, that one keeps them apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.source.objects.operations import ObjectName, OperationKind
from flakecore.gotrace import Frame, State
from flakecore.timeline import Case
from flakecore.timeline.profiles.contention import WaitSite
from flakecore.timeline.sources import Sources

_IN_SYNC = ("sync.", "internal/sync.")
_VARIABLE = re.compile(r"\w+(\.\w+)*")
Lock = tuple[str, str]
"""The folder of a package, and how its source names a lock."""


class WaitWhileHolding(NamedTuple):
    """Waits for one lock at one place, in which others were held.

    Attributes:
        frame: where it was waited.
        lock: what for.
        held: what the functions of the stack held.
        waits: how many waits.
    """

    frame: Frame
    lock: Lock
    held: frozenset[Lock]
    waits: int


class BothOrders(NamedTuple):
    """Two locks, each waited for while the other was held."""

    one: WaitWhileHolding
    other: WaitWhileHolding

    @property
    def text(self) -> str:
        """What was seen, as a sentence."""
        return (
            f"{self.one.lock[1]} was waited for {_at(self.one)} while {self.other.lock[1]} was"
            f" held, and {self.other.lock[1]} {_at(self.other)} while {self.one.lock[1]} was held"
        )


def both_orders(
    case: Case, sites: Sequence[WaitSite], sources: Sources | None
) -> tuple[BothOrders, ...]:
    """Return each two locks that were taken in both orders, by the waits of a case."""
    if sources is None:
        return ()
    together: Counter[tuple[Frame, Lock, frozenset[Lock]]] = Counter()
    for frame, lock, others, count in _waits(case, sites, sources):
        together[frame, lock, others] += count
    by_order: defaultdict[tuple[Lock, Lock], list[WaitWhileHolding]] = defaultdict(list)
    for place, count in together.most_common():
        each = WaitWhileHolding(*place, count)
        for held in each.held - {each.lock}:
            by_order[held, each.lock].append(each)
    found: list[BothOrders] = []
    for (held, lock), waits in sorted(by_order.items()):
        if held < lock:
            pairs = product(waits, by_order.get((lock, held), ()))
            apart = (BothOrders(*pair) for pair in pairs if not pair[0].held & pair[1].held)
            found += islice(apart, 1)
    return tuple(found)


def _waits(case: Case, sites: Sequence[WaitSite], sources: Sources) -> Iterator[WaitWhileHolding]:
    """Yield what each stack of waits tells."""
    if case.trace is None:
        return
    files, changed = GoFiles(sources, case.package), dict[str, bool]()
    for site in sites:
        for stack, waits in site.stacks if site.state is State.MUTEX else ():
            frames = [
                frame
                for frame in case.trace.table.stack(stack)
                if not frame.function.startswith(_IN_SYNC)
            ]
            for frame in frames:
                if frame.file not in changed:
                    changed[frame.file] = _is_changed(case, sources, frame)
            if not frames or any(changed[frame.file] for frame in frames):
                continue
            at = frames[0]
            takes = files.operations_at(at, at.line, OperationKind.LOCK)
            lock = _variable(at, takes[0].object) if len(takes) == 1 else None
            if lock is not None:
                yield WaitWhileHolding(at, lock, frozenset(_held(files, frames)), waits)


def _held(files: GoFiles, frames: Sequence[Frame]) -> Iterator[Lock]:
    for depth, frame in enumerate(frames):
        inner = frames[depth - 1] if depth else None
        for each in files.held_at(frame, frame.line, inner):
            lock = _variable(frame, each.object) if each.kind is OperationKind.LOCK else None
            if lock is not None:
                yield lock


def _variable(frame: Frame, name: ObjectName) -> Lock | None:
    if name.scope != "package" or not _VARIABLE.fullmatch(name.path):
        return None
    return frame.file.rpartition("/")[0], name.path


def _is_changed(case: Case, sources: Sources, frame: Frame) -> bool:
    """Return whether a frame's file may have been changed after the run."""
    recorded = case.clock.zero_wall_ns
    excerpt = sources.excerpt(frame, 0)
    modified = excerpt.modified_ns if excerpt is not None else 0
    return modified > 0 and (recorded is None or modified > recorded + case.end_ns)


def _at(wait: WaitWhileHolding) -> str:
    times = "once" if wait.waits == 1 else f"{wait.waits:,} times"
    return f"{times} at {wait.frame.short_function} {wait.frame.short_file}:{wait.frame.line}"
