"""The objects that goroutines wait on and hold, by the page of the shown moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flakecore.timeline import CaseDump, Lane, LaneKind
from flaketui.panes.goroutines.standings import Alike, Standing
from flaketui.view.object_waits import held_words, wait_words, waits_by_goroutine
from flaketui.view.scene import Scene

_AT_WORK = frozenset({"running", "runnable", "syscall", "system call"})


def with_objects(scene: Scene, kinds: Sequence[Alike], dump: CaseDump | None) -> tuple[Alike, ...]:
    """Return the same goroutines, each with what it waits on and holds.

    A page is of the failure's moment: of a trace at another moment it holds for those that are in
    the same wait still, and of a dump only if that is the failure's.
    """
    failure = scene.failure
    of_other = dump is not None and (
        failure is None or failure.crash < 0 or scene.case.dumps[failure.crash] is not dump
    )
    if not scene.waits or of_other:
        return tuple(kinds)
    waits, held = waits_by_goroutine(scene.waits), held_words(scene.waits)

    def described(one: Standing) -> Standing:
        mine = waits.get(one.number, [])
        if one.state in _AT_WORK or not _still(
            scene, one.number, dump, mine[0].seen_ns if mine else None
        ):
            return one
        on = wait_words(mine[0]) if len(mine) == 1 else f"{len(mine)} objects" if mine else ""
        return replace(one, on="; ".join(filter(None, (on, held.get(one.number, "")))))

    known = waits.keys() | held.keys()
    return tuple(
        replace(kind, members=tuple(map(described, kind.members)))
        if any(one.number in known for one in kind.members)
        else kind
        for kind in kinds
    )


def _still(scene: Scene, number: int, dump: CaseDump | None, seen_ns: int | None) -> bool:
    """Return whether a goroutine is at the shown moment in the wait that the page saw it in."""
    schedule = scene.case.schedule
    if dump is not None or schedule is None:
        return True
    now = schedule.at(Lane(LaneKind.GOROUTINE, number), scene.view.cursor_ns)
    return now is not None and seen_ns is not None and now.start_ns <= seen_ns <= now.end_ns
