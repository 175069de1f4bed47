"""Who of a test's goroutines was still at work at a moment: in code of its own, able to go on.

What waits for another goroutine cannot bring about by itself what the test waits for; what sleeps,
runs, is ready or is in a system call can, unless it does so again and again for ever. One at the
network waits for a peer, so it counts only where nobody else does.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from flakecore.diagnosis.findings import Place, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.go_parser import last_line_of, line_of, text_of
from flakecore.diagnosis.source.syntax import walk
from flakecore.diagnosis.waits.blocked_on import blocked_on_of_trace
from flakecore.frames import is_own, own_frame
from flakecore.gotrace import Frame
from flakecore.timeline import Goroutine, Interval, Lane, LaneKind, State

DOING = {
    State.SLEEP: "asleep",
    State.NETWORK: "waiting for the network",
    State.RUNNABLE: "ready to run",
    State.SYSCALL: "in a system call",
}
"""What a goroutine was doing, where the name of its state does not fit into a sentence."""
_GOES_ON = (State.RUNNING, State.RUNNABLE, State.SLEEP, State.SYSCALL, State.NETWORK)
_STANDS = (State.SLEEP, State.SYSCALL, State.NETWORK)
"""States in which the stack of an interval is where the goroutine stands."""
_LOOKED_AT = 400
"""Goroutines of the test that are looked at."""


class AtWork(NamedTuple):
    """A goroutine that could go on.

    Attributes:
        goroutine: which one.
        now: the interval that it was in.
        place: where it stood, or was started.
        doing: for a person: ``asleep``.
        where: the same as ``place``, for a person: `` in (*Store).loop (store.go:28)``.
    """

    goroutine: Goroutine
    now: Interval
    place: Place
    doing: str
    where: str

    @property
    def name(self) -> str:
        """``G39``."""
        return f"G{self.goroutine.id}"

    @property
    def at(self) -> str:
        """``store.go:28``."""
        return f"{self.place.file.rpartition('/')[2]}:{self.place.line}"


def at_work(question: Question, at_ns: int, but: Container[int]) -> list[AtWork]:
    """Return the goroutines of the failing test, but some, that could go on at a moment."""
    schedule, failure = question.case.schedule, question.failure
    if schedule is None or failure is None or failure.test < 0:
        return []
    found = []
    for number in schedule.goroutines_of(failure.test)[:_LOOKED_AT]:
        goroutine = schedule.goroutine(number)
        if goroutine is None or number in but or goroutine.system:
            continue
        now = schedule.at(Lane(LaneKind.GOROUTINE, number), at_ns)
        if now is not None and now.state in _GOES_ON:
            worker = _worker(question, goroutine, now)
            found += [worker] if worker is not None else []
    busy = [each for each in found if each.now.state is not State.NETWORK]
    return busy or found


def waiting_at(question: Question, number: int, at_ns: int) -> AtWork | None:
    """Return what a goroutine waited in at a moment, in code of its own; None where it did not."""
    schedule = question.case.schedule
    goroutine = schedule.goroutine(number) if schedule is not None else None
    now = schedule.at(Lane(LaneKind.GOROUTINE, number), at_ns) if schedule is not None else None
    if goroutine is None or now is None or not now.state.waiting:
        return None
    return _standing(
        question, goroutine, now, f"in {blocked_on_of_trace(now.state, now.stack).noun}"
    )


def _is_periodic(question: Question, frame: Frame) -> bool:
    """Return whether a goroutine stands in a loop without an end that nobody hands anything to."""
    package = question.files.package_of(frame)
    stands = package.function_of(frame) if package is not None else None
    loops = [
        node
        for node in (walk(stands[1]) if stands is not None else ())
        if node.type == "for_statement" and line_of(node) <= frame.line <= last_line_of(node)
    ]
    if not loops:
        return False
    inner = loops[-1]
    is_endless = all(each.type in ("block", "comment") for each in inner.named_children)
    return is_endless and "<-" not in text_of(inner)


def _worker(question: Question, goroutine: Goroutine, now: Interval) -> AtWork | None:
    """Return a goroutine with its place; None where it is in no code of the program's own."""
    package = question.case.package
    doing = DOING.get(now.state, now.state.label)
    if now.state in _STANDS:
        return _standing(question, goroutine, now, doing)
    made = own_frame(goroutine.creation_stack, package)
    if made is None or not is_own(StackFrame(goroutine.function, "", 0), package):
        return None
    at = f"{made.file.rpartition('/')[2]}:{made.line}"
    place = Place(Role.CREATED, goroutine.id, made.function, made.file, made.line)
    return AtWork(goroutine, now, place, doing, f", started at {at}")


def _standing(question: Question, goroutine: Goroutine, now: Interval, doing: str) -> AtWork | None:
    """Return a goroutine with where it stands; None where that is no code of the program's own."""
    package = question.case.package
    frame = own_frame(now.stack, package)
    if frame is None or not is_own(frame, package) or _is_periodic(question, frame):
        return None
    at = f"{frame.file.rpartition('/')[2]}:{frame.line}"
    place = Place(Role.RUNS, goroutine.id, frame.function, frame.file, frame.line)
    name = frame.function.rpartition("/")[2].partition(".")[2]
    return AtWork(goroutine, now, place, doing, f" in {name} ({at})")
