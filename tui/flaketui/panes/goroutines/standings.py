"""Where goroutines stand at one moment, by a dump or by the trace: alike ones together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.frames import shown_frame, split_own
from flakecore.gotest import DumpFrame
from flakecore.timeline import (
    AlikeGoroutines,
    Case,
    CaseDump,
    Frame,
    Lane,
    LaneKind,
    Schedule,
    Stack,
    State,
    alike_goroutines,
)
from flakecore.times import SECOND, format_duration

LOOKED_AT = 1000
"""Goroutines of a trace that are looked at for one moment: about 20 ms on two busy cores."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One goroutine at the moment.

    Attributes:
        number: its number; 0 where the dump has none.
        state: what it does, as the runtime names it.
        waited_ns: for how long; a dump counts whole minutes. 0 if it does not wait, or unknown.
        stack: innermost frame first.
        own: the frame that names the stack; None for none.
        created_at: where it was created; None if unknown.
        creator: who created it; 0 if unknown.
        test: the name of its test; "" if unknown.
        on: what it waits on and who is on the other side, and what it holds; "" if unknown.
    """

    number: int
    state: str
    waited_ns: int
    stack: Stack
    own: Frame | None
    created_at: Frame | None
    creator: int
    test: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """Goroutines that stand in the same place in the same state, made in the same place.

    Attributes:
        members: at least one; of an entry of a debug=1 file one that stands for all.
        count: how many they are.
        rank: 0 for those of the selected goroutine and test, more for those that matter less.
        name: what distinguishes it from others that stand in the same place; "" where none do.
    """

    members: tuple[Standing, ...]
    count: int
    rank: int
    name: str = ""

    @property
    def first(self) -> Standing:
        """The one that stands for all."""
        return self.members[0]

    @property
    def key(self) -> str:
        """What distinguishes it from others; it stays the same when the bundle is reopened."""
        one = self.first
        made = f"{one.created_at.file}:{one.created_at.line}" if one.created_at else ""
        own = f"{one.own.file}:{one.own.line}" if one.own else ""
        return f"goroutines {self.name}{one.state} {own} {made} {one.test}"

    @property
    def waited_ns(self) -> int:
        """How long the one has waited that waited longest."""
        return max(one.waited_ns for one in self.members)

    @property
    def on(self) -> str:
        """What they wait on; of several objects only how many."""
        every = dict.fromkeys(one.on for one in self.members if one.on)
        return next(iter(every), "") if len(every) < 2 else f"{len(every)} objects"

    def waited(self) -> str:
        """Return how long they have waited, for a person; "" for not at all, or unknown."""
        longest = self.waited_ns
        if longest and not longest % (60 * SECOND):
            return f"{longest // (60 * SECOND)} min"
        return format_duration(longest) if longest else ""


def standings_of_dump(case: Case, dump: CaseDump, test: str, number: int) -> tuple[Alike, ...]:
    """Return the goroutines of a dump, those of a test and a goroutine that is asked for first."""
    kinds = alike_goroutines(dump, case.package, test, number)
    return tuple(Alike(_members(case, kind), kind.count, rank) for rank, kind in enumerate(kinds))


def _members(case: Case, kind: AlikeGoroutines) -> tuple[Standing, ...]:
    created = _frame(kind.creator) if kind.creator is not None else None
    if not kind.goroutines:
        shown = kind.frames or ((kind.innermost,) if kind.innermost else ())
        stack = tuple(map(_frame, shown))
        own = shown_frame(stack, case.package)
        return (Standing(0, kind.state, 0, stack, own, created, 0, kind.test_name),)
    first = _stack(kind.goroutines[0].stack.frames)
    own = shown_frame(first, case.package)
    return tuple(
        Standing(
            number=each.stack.number,
            state=each.stack.state,
            waited_ns=each.stack.minutes * 60 * SECOND,
            stack=_stack(each.stack.frames),
            own=own,
            created_at=created,
            creator=each.stack.creator_goroutine,
            test=each.test_name,
        )
        for each in kind.goroutines
    )


def _stack(frames: Sequence[DumpFrame]) -> Stack:
    return tuple(map(_frame, frames))


def _frame(frame: DumpFrame) -> Frame:
    return Frame(frame.function, frame.file.replace("\\", "/"), frame.line)


def standings_of_trace(
    case: Case, schedule: Schedule, moment_ns: int, test: int, number: int
) -> tuple[tuple[Alike, ...], int]:
    """Return the goroutines that are there at a moment of a trace, without the runtime's own.

    Args:
        case: the case.
        schedule: its lanes.
        moment_ns: the moment.
        test: index of the test whose goroutines come first; -1 for none.
        number: the goroutine that comes before all; 0 for none.

    Returns:
        Those alike, and how many goroutines there are, of which ``LOOKED_AT`` are looked at.
    """
    numbers = schedule.alive_at(moment_ns)
    chosen = set(numbers[:LOOKED_AT])
    if number in numbers:
        chosen.add(number)
    kinds: dict[tuple[object, ...], list[Standing]] = {}
    ranks: dict[tuple[object, ...], int] = {}
    for each in sorted(chosen):
        one = _standing(case, schedule, each, moment_ns)
        if one is None:
            continue
        own, _ = split_own(one.stack, case.package)
        key = (one.state, own or one.stack[:1], one.created_at, one.test)
        kinds.setdefault(key, []).append(one)
        wanted = case.tests[test].name if test >= 0 else ""
        of_test = one.test == wanted or one.test.startswith(f"{wanted}/")
        rank = 0 if each == number else 1 if wanted and of_test else 2 if own else 3
        ranks[key] = min(rank, ranks.get(key, rank))
    found = [Alike(tuple(members), len(members), ranks[key]) for key, members in kinds.items()]
    found.sort(key=lambda kind: (kind.rank, -kind.count))
    return tuple(found), len(numbers)


def _standing(case: Case, schedule: Schedule, number: int, moment_ns: int) -> Standing | None:
    now = schedule.at(Lane(LaneKind.GOROUTINE, number), moment_ns)
    known = schedule.goroutine(number)
    if now is None or known is None or now.state is State.ABSENT:
        return None
    made = known.creation_stack
    return Standing(
        number=number,
        state=now.state.label,
        waited_ns=max(0, moment_ns - now.start_ns) if now.state.waiting else 0,
        stack=now.stack,
        own=shown_frame(now.stack, case.package),
        created_at=shown_frame(made, case.package),
        creator=known.creator,
        test=case.tests[known.test].name if known.test >= 0 else "",
    )
