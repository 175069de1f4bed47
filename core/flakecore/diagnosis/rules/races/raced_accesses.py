"""The two sides of a data race: an access, where it stands, and whose goroutine did it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Question
from flakecore.diagnosis.source.values.raced_variables import RacedLine
from flakecore.frames import is_wrapper, own_frame
from flakecore.gotest import DumpFrame, Race, RaceAccess

_MAIN = 1
_CLOSURE = re.compile(r".*\.(Test\w*)\.func\d+(?:\.\d+)*\Z")
"""A function literal of a test; no named function is called so (cmd/compile, closure names)."""
_STARTS_TESTS = "testing.(*T).Run"
_RUNS_TESTS = "testing.tRunner"
_RUNS_TIMERS = "time.goFunc"
"""What starts the goroutine of ``time.AfterFunc`` (``src/time/sleep.go``)."""
_RUNS_FINALIZERS = "runtime.createfing"
"""What starts the goroutine of finalizers and cleanups (``src/runtime/mfinal.go``)."""
_A_FINALIZER = "a finalizer"
_ATOMIC = "sync/atomic."
_OF_MAPS = ("runtime.map", "internal/runtime/maps.")
"""Functions that the compiler calls for reads and writes of maps."""
_ON_CHANNELS = {
    "runtime.closechan": "closes",
    "runtime.chansend": "sends",
    "runtime.chanrecv": "receives",
}
"""What the runtime reports to the detector of a channel itself, by its function: a close as a
write, and the others as reads (``racewritepc`` and ``racereadpc`` in ``src/runtime/chan.go``)."""


@dataclass(frozen=True)
class RacedAccess:
    """One access of a race.

    Attributes:
        kind: ``read`` or ``write``.
        previous: whether it is the earlier one.
        frame: the program's own frame; None if the access has none, or but the compiler's around
            ``go f(x)``, which has the line of that statement and not of what f does.
        made: where its goroutine was started; None if not known, or by package testing.
        who: ``from`` where its goroutine was started, or ``the test itself``; "" if unknown.
        goroutine: the runtime's number; 0 if not certain.
        after: the test that it belongs to, if that ended before the other's began; "" else.
        frames: its whole stack, innermost first.
        subtest: name of the subtest whose own goroutine it is; "" if none, or not certain.
        closure_of: the top-level test whose closure that goroutine was started with; "" for none.
    """

    kind: str
    previous: bool
    frame: StackFrame | None
    made: StackFrame | None
    who: str
    goroutine: int
    after: str
    frames: tuple[DumpFrame, ...]
    subtest: str = ""
    closure_of: str = ""

    @property
    def at(self) -> str:
        """Function and line, for a person."""
        if self.frame is not None:
            at = f" at {self.frame.place}" if self.frame.place else ""
            return f"{plain_name(self.frame)} {self.does}{at}"
        by = f"a goroutine {self.who}" if self.made is not None else self.who
        return f"{self.what} by {by}" if by else self.what

    @property
    def does(self) -> str:
        """What its function does there: ``writes``, ``closes``."""
        function = self.frames[0].function if self.frames else ""
        return _ON_CHANNELS.get(function, f"{self.kind}s")

    @property
    def short(self) -> str:
        """``write at pool.go:33``."""
        if self.frame is not None and self.frame.place:
            return f"{self.kind} at {self.frame.place}"
        return f"a {self.kind}"

    @property
    def what(self) -> str:
        """What it is, as far as Go's own function that did it shows."""
        function = self.frames[0].function if self.frames else ""
        if function.startswith(_ATOMIC):
            return f"an atomic {self.kind} ({function.removeprefix('sync/')})"
        if function.startswith(_OF_MAPS):
            return f"a {self.kind} of a map"
        if self.frame is None and self.who in ("", _A_FINALIZER) and function:
            return f"a {self.kind} in {plain_name(stack_frame(self.frames[0]))}"
        return f"a {self.kind}"

    @property
    def line(self) -> RacedLine | None:
        """What the source is asked about; None where no own line did it."""
        if self.frame is None:
            return None
        inner = ""
        for each in self.frames:
            if stack_frame(each) == self.frame:
                return RacedLine(self.frame, self.kind == "write", inner)
            inner = each.function
        return None

    @property
    def key(self) -> tuple[object, ...]:
        """What alike accesses share."""
        return self.kind, self.frame, self.made, self.who


def race_side(
    question: Question, race: Race, access: RaceAccess, number: int, other: int
) -> RacedAccess:
    """Return one access of a race.

    Args:
        question: what is asked about.
        race: the report.
        access: the access.
        number: the runtime's number of its goroutine; 0 if not certain.
        other: the other access's.
    """
    package = question.case.package
    frame = own_frame(access.frames, package)
    is_own = frame is not None and frame in access.frames and not is_wrapper(frame.function)
    own = stack_frame(frame) if frame is not None and is_own else None
    entry = next((each for each in race.goroutines if each.number == access.goroutine), None)
    stack = entry.frames if entry is not None else ()
    runs_test = bool(stack) and stack[0].function == _STARTS_TESTS
    made = own_frame(stack, package) if stack and not runs_test else None
    place = stack_frame(made) if made is not None else None
    who = f"from {place.place or plain_name(place)}" if place is not None else ""
    if runs_test:
        who = "the test itself"
    elif access.goroutine == _MAIN:
        who = "main"
    elif stack and stack[0].function == _RUNS_TIMERS:
        who = "a timer's goroutine"
    elif stack and stack[0].function == _RUNS_FINALIZERS:
        who, place = _A_FINALIZER, None
    after = _ended_before(question, number, other)
    subtest, closure_of = _subtest(question, number, access) if runs_test else ("", "")
    if subtest or closure_of:
        who = subtest or f"a subtest of {closure_of}"
    return RacedAccess(
        access.kind,
        access.previous,
        own,
        place,
        who,
        number,
        after,
        access.frames,
        subtest,
        closure_of,
    )


def _subtest(question: Question, number: int, access: RaceAccess) -> tuple[str, str]:
    """Return the subtest that a test's goroutine runs, and the test whose closure that is."""
    case, schedule = question.case, question.case.schedule
    functions = [*(frame.function for frame in access.frames), _RUNS_TESTS]
    # One that a test calls, defers or has for its cleanup is not run as a test of its own.
    run = [each for each, by in pairwise(functions) if by == _RUNS_TESTS]
    named = next((found for each in run if (found := _CLOSURE.match(each)) is not None), None)
    if named is None:
        return "", ""
    at = schedule.tree.test_of(number) if schedule is not None and number else -1
    name = case.tests[at].name if at >= 0 and case.tests[at].goroutine == number else ""
    return (name if "/" in name else ""), named[1]


def _ended_before(question: Question, number: int, other: int) -> str:
    """Return the name of a goroutine's test if that ended before the other one's test began.

    The accesses are then both after its end: at least the later one, which the report came with.
    """
    case, schedule = question.case, question.case.schedule
    mine = schedule.tree.test_of(number) if schedule is not None and number else -1
    others = schedule.tree.test_of(other) if schedule is not None and other else -1
    if mine < 0 or others < 0:
        return ""
    test = case.tests[mine]
    return test.name if test.end_ns < case.tests[others].start_ns else ""


def stack_frame(frame: DumpFrame) -> StackFrame:
    """Return a frame of a report as one that the source is asked about."""
    return StackFrame(frame.function, frame.file, frame.line)


def plain_name(frame: StackFrame) -> str:
    """Return a frame's function without its package and without the compiler's ``.gowrap1``."""
    return frame.short_function.partition(".gowrap")[0]
