"""What every goroutine was doing at one moment: from a dump, a trace, or both.

``page_states`` gives the same from an objects page.

A dump has each goroutine's words, its whole stack and the arguments of its frames; a trace has
since when, and which goroutines are the runtime's own. Goroutine numbers are the same in both, so
a dump's goroutine takes the beginning of its wait from the trace where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from flakecore.diagnosis.findings import Evidence, Place, Role
from flakecore.diagnosis.test_owners import Owned, owning_tests
from flakecore.diagnosis.waits.blocked_on import BlockedOn, blocked_on_of_dump, blocked_on_of_trace
from flakecore.frames import HasFunction, is_own, own_frame
from flakecore.gotest import GoroutineDump
from flakecore.objects import ObjectsPage
from flakecore.timeline import Case, Lane, LaneKind

_WORD = re.compile(r"0x[0-9a-f]{1,16}(?![0-9a-f]|\?)")
_ARGUMENT = re.compile(r"0x[0-9a-f]{1,16}")
_MAIN = 1
"""The main goroutine's number; it lives as long as the program."""
_SMALLEST_ADDRESS = 1 << 12
"""Words below it are numbers, lengths and flags; nothing is mapped there (mmap_min_addr)."""


@dataclass(frozen=True, slots=True)
class StackFrame:
    """One frame of a goroutine's stack.

    Attributes:
        function: qualified name.
        file, line: as the evidence has them.
        words: its argument words that are addresses and certain; a dump marks those with ``?`` that
            may be stale (``runtime/traceback.go``, printArgs), and these are left out.
        is_exact: all its argument words are known, and none may be stale.
        arguments: the word of each parameter, the receiver first; 0 for a parameter of several
            words, one that may be stale, and one that is unknown.
    """

    function: str
    file: str
    line: int
    words: tuple[int, ...] = ()
    is_exact: bool = False
    arguments: tuple[int, ...] = ()

    @property
    def short_file(self) -> str:
        """The file's last element."""
        return self.file.rpartition("/")[2]

    @property
    def short_function(self) -> str:
        """The function without its package's path."""
        return self.function.rpartition("/")[2].partition(".")[2]

    @property
    def receiver(self) -> str:
        """Qualified type of a method's receiver: ``a.b/pool.(*Pool)``; "" for a function."""
        at = self.function.find(".(")
        end = self.function.find(")", at)
        return self.function[: end + 1] if at >= 0 and end > at else ""

    @property
    def place(self) -> str:
        """File and line for a person; "" if unknown.

        The runtime gives a goroutine that it stopped at no safe point the file's first line, where
        no code can be.
        """
        return f"{self.short_file}:{self.line}" if self.file and self.line > 1 else ""


@dataclass(frozen=True)
class GoroutineState:
    """One goroutine at a moment.

    Attributes:
        number: the runtime's own.
        test: index of its test in ``Case.tests``; -1 if unknown.
        blocked_on: what it waits for, if it waits.
        frames: its stack, innermost first; of a goroutine whose stack is unknown the function that
            it was started with, without a file; empty if that is unknown, too.
        package: import path of the package under test.
        since_ns: since when it has been so, on the case's clock; None if unknown.
        minutes: for how many minutes a dump states that it has been so; 0 if less or unknown.
        creator: number of the goroutine that created it; 0 if unknown.
        created_at: the frame that created it; None if unknown.
        leaked: whether the collector found that nothing can wake it any more (Go 1.27 states it in
            dumps that are written after a goroutineleak profile; ``runtime/traceback.go``).
        live: whether it can still go on, where an objects page states it; None where nothing does.
        channel: address of the channel that it waits on outside of a select, where a dump has it;
            0 if unknown.
    """

    number: int
    test: int
    blocked_on: BlockedOn
    frames: tuple[StackFrame, ...]
    package: str
    since_ns: int | None
    minutes: int
    creator: int
    created_at: StackFrame | None
    leaked: bool = False
    live: bool | None = None
    channel: int = 0

    @property
    def is_lost(self) -> bool:
        """Whether it may go on, from an unknown place in code of one's own."""
        if self.blocked_on.on_others or any(frame.file for frame in self.frames):
            return False
        return not self.frames or is_own(self.frames[0], self.package)

    @cached_property
    def own(self) -> StackFrame | None:
        """The frame that names its stack; None if there is none."""
        return own_frame(self.frames, self.package)

    @property
    def name(self) -> str:
        """``G39``."""
        return f"G{self.number}"

    def at(self) -> str:
        """Return where it stands, for a person: `` in (*Pool).Get (pool.go:33)``; "" if unknown."""
        frame = self.own
        if frame is None:
            return ""
        place = f" ({frame.place})" if frame.place else ""
        return f" in {frame.short_function}{place}"

    def place_of(self, role: Role, frame: StackFrame | None = None) -> Place:
        """Return one of its frames, or its own, as a place of a finding."""
        frame = frame or self.own
        if frame is None:
            return Place(role, self.number, "", "", 0)
        line = frame.line if frame.line > 1 else 0
        return Place(role, self.number, frame.function, frame.file, line)

    def evidence(self, what: str = "") -> Evidence:
        """Return its state as a fact that supports a finding."""
        text = what or f"{self.name} {self.blocked_on.value}{self.at()}"
        return Evidence(text, self.since_ns, self.number)


@dataclass(frozen=True)
class GoroutineStates:
    """The goroutines at a moment.

    Attributes:
        by_number: each by its number; the runtime's own are left out.
        test: the test that is asked about, with its subtests; -1 for none.
        complete: whether every goroutine of the program is there, so that "no other" may be stated.
        is_exact: whether each stack is the one of the moment, also of those that run.
        at_ns: the moment, on the case's clock.
        page: what waited on what at that moment; None where nothing shows.
    """

    by_number: dict[int, GoroutineState]
    test: int
    complete: bool
    is_exact: bool
    at_ns: int
    page: ObjectsPage | None = None

    def __iter__(self) -> Iterator[GoroutineState]:
        return iter(self.by_number.values())

    def with_leaked(self, numbers: frozenset[int]) -> GoroutineStates:
        """Return the same, with some goroutines marked as those that the collector found."""
        found = {
            number: replace(state, leaked=True) if number in numbers else state
            for number, state in self.by_number.items()
        }
        return replace(self, by_number=found)

    def is_stale(self, state: GoroutineState) -> bool:
        """Return whether a goroutine has gone on since its stack was taken.

        A trace has the stack of where a goroutine stopped last, and none of where it is now.
        """
        return not self.is_exact and not (state.blocked_on.on_others or state.blocked_on.waits)

    def of_test(self) -> list[GoroutineState]:
        """Return the goroutines of the test that is asked about, by number."""
        return [each for each in self.by_number.values() if 0 <= self.test == each.test]

    def others(self, state: GoroutineState) -> list[GoroutineState]:
        """Return all goroutines but one."""
        return [each for each in self.by_number.values() if each.number != state.number]


def states_of_dump(
    case: Case,
    goroutines: Sequence[GoroutineDump],
    test: int,
    at_ns: int,
    *,
    whole: bool = True,
) -> GoroutineStates:
    """Return the goroutines of a dump, with the beginnings of their waits from the trace.

    Args:
        case: the dump is of its process.
        goroutines: the dump.
        test: index of the test that is asked about; -1 for none.
        at_ns: when the dump was written.
        whole: whether the dump is known not to be cut off.
    """
    tests = owning_tests(case, [_owned(each) for each in goroutines], at_ns)
    schedule = case.schedule
    found: dict[int, GoroutineState] = {}
    for dump in goroutines:
        frames = tuple(_frame(each) for each in dump.frames)
        if frames and all(each.function.startswith("runtime.") for each in frames):
            continue
        since = None
        if schedule is not None:
            lane = Lane(LaneKind.GOROUTINE, dump.number)
            last = schedule.last(lane)
            blocked = last is not None and last.to_the_end and last.state.waiting
            since = last.start_ns if last is not None and blocked else None
        found[dump.number] = GoroutineState(
            number=dump.number,
            test=tests.get(dump.number, -1),
            blocked_on=blocked_on_of_dump(dump.state, dump.frames),
            frames=frames,
            package=case.package,
            since_ns=since,
            minutes=dump.minutes,
            creator=dump.creator_goroutine,
            created_at=_frame(dump.creator) if dump.creator is not None else None,
            leaked="(leaked)" in dump.state,
            channel=dump.channel,
        )
    # With GOTRACEBACK=single only the crashing goroutine is there; the main one always is.
    complete = whole and any(dump.number == _MAIN for dump in goroutines)
    return GoroutineStates(found, test, complete, is_exact=True, at_ns=at_ns)


def states_of_trace(case: Case, test: int, at_ns: int) -> GoroutineStates:
    """Return what the goroutines of a trace were doing at a moment.

    Args:
        case: one with a trace.
        test: index of the test that is asked about; -1 for none.
        at_ns: the moment; it is moved into what the trace covers.
    """
    schedule = case.schedule
    found: dict[int, GoroutineState] = {}
    if schedule is None:
        return GoroutineStates(found, test, complete=False, is_exact=False, at_ns=at_ns)
    moment = max(schedule.start_ns, min(at_ns, schedule.end_ns))
    for number in schedule.alive_at(moment):
        lane = Lane(LaneKind.GOROUTINE, number)
        goroutine = schedule.goroutine(number)
        interval = schedule.at(lane, moment)
        if goroutine is None or interval is None:
            continue
        made = goroutine.creation_stack
        found[lane.id] = GoroutineState(
            number=lane.id,
            test=goroutine.test,
            blocked_on=blocked_on_of_trace(interval.state, interval.stack),
            frames=tuple(_frame(each) for each in interval.stack)
            or ((StackFrame(goroutine.function, "", 0),) if goroutine.function else ()),
            package=case.package,
            since_ns=interval.start_ns,
            minutes=0,
            creator=goroutine.creator,
            created_at=_frame(made[0]) if made else None,
        )
    return GoroutineStates(found, test, complete=True, is_exact=False, at_ns=moment)


def _owned(dump: GoroutineDump) -> Owned:
    frames = [*dump.frames, *([dump.creator] if dump.creator is not None else [])]
    return Owned(dump.number, dump.creator_goroutine, frames)


@lru_cache(1 << 12)
def _frame(frame: HasFunction) -> StackFrame:
    """Return a frame; goroutines that stand alike differ in few of theirs."""
    arguments = getattr(frame, "arguments", "")
    words = (int(found[0], 16) for found in _WORD.finditer(arguments))
    line = getattr(frame, "line", 0)
    return StackFrame(
        function=frame.function,
        file=frame.file,
        line=line,
        words=tuple(each for each in words if each >= _SMALLEST_ADDRESS),
        is_exact=bool(arguments) and "?" not in arguments and "..." not in arguments,
        arguments=tuple(
            int(each, 16) if _ARGUMENT.fullmatch(each) else 0 for each in _listed(arguments)
        ),
    )


def _listed(arguments: str) -> list[str]:
    """Return the arguments of a frame, each with several words as ``{}``."""
    if "{" not in arguments:
        return [each.strip() for each in arguments.split(",")] if arguments else []
    flat, depth = [], 0
    for part in re.split(r"([{}])", arguments):
        depth += (part == "{") - (part == "}")
        if depth == 0 or part == "{":
            flat.append(part)
    text = "".join(flat)
    return [each.strip() for each in text.split(",")] if text else []
