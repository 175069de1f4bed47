"""What every goroutine was doing by an objects page, and which page shows a failure's moment.

A page is written with the world stopped: its stacks are of that very moment, also of goroutines
that run, and whether one can still go on has been worked out there.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates, StackFrame
from flakecore.diagnosis.objects.page_clock import COARSE_NS
from flakecore.diagnosis.test_owners import Owned, owning_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn, blocked_on_of_dump
from flakecore.diagnosis.waits.peers.unblocker_sets import UnblockerSets
from flakecore.objects import LOCKS, ObjectsPage, PageFrame, PageGoroutine, PageReason
from flakecore.timeline import Case, Failure, FailureKind, Lane, LaneKind

_EXACT = 256
"""Goroutines whose waits are looked up in the trace: 20 µs each, on a capture of 30 s."""

_HUNG = (PageReason.DEADLINE, PageReason.HANG, PageReason.QUIT)
_OVER = (PageReason.END, PageReason.EXIT)
_BY_STATE = {
    "running": BlockedOn.RUNNING,
    "runnable": BlockedOn.RUNNABLE,
    "syscall": BlockedOn.SYSCALL,
}


def page_of_failure(case: Case, failure: Failure) -> ObjectsPage | None:
    """Return the page that shows the moment of a failure; None where there is none.

    Of a test that failed by itself that is the page which was written when it did, of a run that
    was ended from outside the last one before its end.
    """
    if failure.kind is FailureKind.ASSERTION:
        own = [
            page
            for page in case.objects
            if page.reason is PageReason.FAIL and page.test == failure.test_name
        ]
        return min(own, key=lambda page: abs(page.at_ns - failure.at_ns), default=None)
    wanted = {
        FailureKind.TIMEOUT: _HUNG,
        FailureKind.FATAL: _HUNG,
        FailureKind.EXIT: (*_HUNG, PageReason.EXIT),
    }.get(failure.kind, ())
    return next((page for page in reversed(case.objects) if page.reason in wanted), None)


def page_at_the_end(case: Case) -> ObjectsPage | None:
    """Return the page that was written when the tests were over; None where there is none.

    One without marks of who can go on shows less than the dump that is written beside it.
    """
    over = (page for page in reversed(case.objects) if page.reason in _OVER)
    return next((page for page in over if page.has_liveness), None)


def states_of_page(
    case: Case, page: ObjectsPage, test: int, at_ns: int, only: int = 0
) -> GoroutineStates:
    """Return the goroutines of a page.

    Args:
        case: the page is of its process.
        page: one of its pages.
        test: index of the test that is asked about; -1 for none.
        at_ns: the moment to go by where the page's own clock is tied to no other.
        only: the number of the one goroutine that is looked at; 0 for all.
    """
    at_ns = page.at_ns if page.timed else at_ns
    asked = (number for number in ((only,) if only else page.by_number) if number in page.by_number)
    there = [page.by_number[number] for number in asked if _is_of_program(page.by_number[number])]
    tests = owning_tests(case, [_owned(each) for each in there], at_ns)
    # Goroutines that stand alike share one stack in the page, and here as well.
    stacks = {id(each.stack): tuple(map(_frame, each.stack)) for each in there}
    stuck = _stuck_on_locks(page)
    mine = [each for each in there if not 0 <= test != tests.get(each.number, -1)]
    since = _since(case, page, mine[:_EXACT])
    found = {
        each.number: GoroutineState(
            number=each.number,
            test=tests.get(each.number, -1),
            blocked_on=_BY_STATE.get(each.state) or blocked_on_of_dump(each.reason, each.stack),
            frames=stacks[id(each.stack)],
            package=case.package,
            since_ns=since.get(each.number, each.since_ns) if page.timed else None,
            minutes=0,
            creator=each.creator,
            created_at=_frame(each.created_at) if each.created_at is not None else None,
            live=False if each.number in stuck else each.live,
        )
        for each in sorted(there, key=lambda each: each.number)
    }
    complete = page.is_whole and not only
    return GoroutineStates(found, test, complete, is_exact=True, at_ns=at_ns, page=page)


def _since(case: Case, page: ObjectsPage, asked: Sequence[PageGoroutine]) -> dict[int, int]:
    """Return since when goroutines wait by the trace, which has it to the tick, by their number."""
    schedule, found = case.schedule, {}
    for each in asked if schedule is not None and page.timed else ():
        assert schedule is not None
        moment = min(page.at_ns, schedule.end_ns)
        interval = schedule.at(Lane(LaneKind.GOROUTINE, each.number), moment)
        if interval is None or each.since_ns is None or not interval.state.waiting:
            continue
        if abs(interval.start_ns - each.since_ns) < COARSE_NS and not interval.before_trace:
            found[each.number] = interval.start_ns
    return found


def _stuck_on_locks(page: ObjectsPage) -> frozenset[int]:
    """Return who cannot go on for locks alone, where the page has no marks of who can.

    Those are goroutines that wait for locks whose holders have ended or wait so themselves.
    """
    there = [each for each in page.by_number.values() if not each.ended]
    if page.has_liveness:
        return frozenset()
    waits: dict[int, frozenset[int]] = {}
    for each in there:
        found = page.by_address.get(each.waits[0].address) if len(each.waits) == 1 else None
        if found is not None and found.kind in LOCKS and found.holders:
            waits[each.number] = frozenset(h.goroutine for h in found.holders if not h.ended)
    return frozenset(UnblockerSets(waits).dead())


def _is_of_program(goroutine: PageGoroutine) -> bool:
    """Return whether a goroutine is there, and none of the runtime's own."""
    if goroutine.ended or goroutine.state == "system":
        return False
    stack = goroutine.stack
    return not stack or not all(frame.function.startswith("runtime.") for frame in stack)


def _owned(goroutine: PageGoroutine) -> Owned:
    made = goroutine.created_at
    frames = [*goroutine.stack, *([made] if made is not None else [])]
    return Owned(goroutine.number, goroutine.creator, frames, goroutine.test)


def _frame(frame: PageFrame) -> StackFrame:
    return StackFrame(frame.function, frame.file, frame.line)
